"""Second factors and one-time links for people of the cast."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

import pyotp

from server.access.actor import Actor
from server.kit.clock import now
from server.kit.secrets import digest, new_handle, new_key
from server.models.accounts import Account, AccountLink
from server.operations import sessions as operations
from server.operations.sessions import EnrolSecondFactor
from server.queries import sessions as queries
from server.vocabulary import LinkKind
from tests.cast import by_login

STEP = timedelta(seconds=30)


class Factor(NamedTuple):
    """What a person has at home: the secret in the phone, and the recovery codes on paper."""

    secret: str
    codes: list[str]

    def code(self, instant: datetime | None = None) -> str:
        """The next one, which is taken already: the present one was used to enrol, and may end at any moment."""
        return pyotp.TOTP(self.secret).at(instant or now() + STEP)


async def at_browser(login: str) -> Actor:
    return replace(await by_login(login), session=new_handle())


async def enrolled(login: str) -> Factor:
    person = await at_browser(login)
    await operations.prepare_second_factor(person)
    secret = queries.secret_of(await queries.me(person))
    code = pyotp.TOTP(secret).at(now())
    return Factor(secret, await operations.enrol_second_factor(person, EnrolSecondFactor(code=code)))


async def link_for(login: str, kind: LinkKind = LinkKind.RESET, days: int = 3) -> str:
    key = new_key()
    begun = now() - timedelta(days=10) if days < 0 else now()
    expires_at = now() + timedelta(days=days)
    account = await Account.get(login=login)
    _ = await AccountLink.create(
        account=account, kind=kind, key_hash=digest(key), created_at=begun, expires_at=expires_at
    )
    return key
