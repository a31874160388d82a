"""Accounts: providing them, signing in and out, tokens for programs."""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Annotated, TypeVar, TypeVarTuple

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error
from pydantic import AfterValidator, Field

from server.access.actor import Actor
from server.access.permits import Permit, require
from server.kit.clock import now, today
from server.kit.drafts import Draft, Line, Text, complained
from server.kit.messages import say
from server.kit.paths import ROOT
from server.kit.refusals import Unauthenticated, invalid
from server.kit.secrets import digest, new_handle, new_key, new_token
from server.kit.transactions import unit_of_work
from server.models.accounts import Account
from server.models.grants import Grant
from server.models.sessions import Session
from server.models.tokens import ApiToken
from server.operations import trail
from server.queries import accounts, organizations
from server.vocabulary import Role, TokenScope

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

LOGIN = re.compile("[a-z0-9][a-z0-9.-]*")
SESSION = timedelta(hours=12)
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODY = HASHER.hash(new_key())
"""What is verified when there is no such account, so that the time taken tells nothing."""
HASHING = ThreadPoolExecutor(max_workers=4, thread_name_prefix="argon2")
"""Four at once: each takes a core and 19 MiB."""


def well_formed(login: str) -> str:
    if not LOGIN.fullmatch(login):
        raise complained(say("Use small letters, digits, dots and hyphens, beginning with a letter or digit."))
    return login


class SignIn(Draft):
    login: Annotated[Line, Field(min_length=1, max_length=60)]
    password: Annotated[Text, Field(min_length=1, max_length=200)]


class Provide(Draft):
    """An account with one role at one place. Without a password it cannot sign in, only call with a token."""

    login: Annotated[Line, Field(min_length=3, max_length=60), AfterValidator(well_formed)]
    name: Annotated[Line, Field(min_length=2, max_length=60)]
    role: Role
    organization: Annotated[Line, Field(max_length=32)]
    password: Annotated[Text | None, Field(min_length=12, max_length=200)] = None
    since: date | None = None
    is_demonstration: bool = False


async def sign_in(actor: Actor, draft: SignIn) -> str:
    """Open a session and return its key, for the browser to keep. Raises Unauthenticated, whatever was wrong."""
    account = await accounts.find_by_login(draft.login)
    known = account.password_hash if account else None
    right = await in_thread(is_right, known or NOBODY, draft.password)
    if account is None or known is None or not right:
        raise Unauthenticated(say("This name and password do not belong together; check both and try again."))
    return await open_session(actor, account)


@unit_of_work()
async def open_session(actor: Actor, account: Account) -> str:
    key = new_key()
    _ = await Session.create(
        key_hash=digest(key),
        handle=new_handle(),
        account=account,
        created_at=now(),
        seen_at=now(),
        expires_at=now() + SESSION,
    )
    await trail.record(actor, "account.signed_in", account, ROOT)
    return key


@unit_of_work()
async def sign_out(actor: Actor, key: str) -> None:
    """End the session of this key; an unknown key is ended already."""
    if session := await Session.filter(key_hash=digest(key)).select_related("account").first():
        await session.delete()
        await trail.record(actor, "account.signed_out", session.account, ROOT)


async def provide(actor: Actor, draft: Provide) -> Account:
    """Make an account with one grant. Raises NotFound, Forbidden, Invalid."""
    password_hash = await in_thread(HASHER.hash, draft.password) if draft.password else None
    return await provide_hashed(actor, draft, password_hash)


@unit_of_work()
async def provide_hashed(actor: Actor, draft: Provide, password_hash: str | None) -> Account:
    organization = await organizations.find_organization(actor, draft.organization, field="organization")
    require(actor, Permit.INVITE_ACCOUNT, organization.path)
    organization.check_alive("organization")
    if await Account.filter(login=draft.login).exists():
        raise invalid(login=say("The name {login} is taken; choose another.", login=draft.login))
    account = await Account.create(
        login=draft.login,
        name=draft.name,
        home=organization,
        password_hash=password_hash,
        password_set_at=now() if password_hash else None,
        is_demonstration=draft.is_demonstration,
    )
    _ = await Grant.create(
        account=account, role=draft.role, organization=organization, valid_from=draft.since or today()
    )
    after = {"login": draft.login, "role": draft.role, "organization": organization.code}
    await trail.record(actor, "account.provided", account, organization.path, after=after)
    return account


@unit_of_work()
async def issue_token(
    actor: Actor, account: Account, place: str, scopes: frozenset[TokenScope], name: str, expires_at: datetime
) -> str:
    """A bearer token that speaks for `account` at and below `place` (a code); its secret can be read only now.

    Raises NotFound, Forbidden.
    """
    organization = await organizations.find_organization(actor, place, field="organization")
    require(actor, Permit.ISSUE_TOKEN, organization.path)
    parts = new_token()
    _ = await ApiToken.create(
        id=parts.id,
        account=account,
        organization=organization,
        name=name,
        scopes=sorted(scopes),
        secret_hash=digest(parts.secret),
        created_at=now(),
        expires_at=expires_at,
    )
    after = {"token": parts.id, "expires_at": expires_at}
    await trail.record(actor, "token.issued", account, organization.path, after=after)
    return parts.text


def is_right(known: str, password: str) -> bool:
    try:
        return HASHER.verify(known, password)
    except Argon2Error:
        return False


async def in_thread(work: Callable[[*Ts], T], *args: *Ts) -> T:
    return await asyncio.get_running_loop().run_in_executor(HASHING, work, *args)
