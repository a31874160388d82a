"""Accounts: providing them, tokens for programs."""

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from server.access.actor import Actor
from server.access.permits import Permit, require
from server.kit.clock import now, today
from server.kit.drafts import Draft, Line, Text, complained
from server.kit.messages import say
from server.kit.refusals import invalid
from server.kit.secrets import digest, new_token
from server.kit.transactions import unit_of_work
from server.models.accounts import Account
from server.models.grants import Grant
from server.models.tokens import ApiToken
from server.operations import passwords, trail
from server.queries import organizations
from server.vocabulary import Role, TokenScope

LOGIN = re.compile("[a-z0-9][a-z0-9.-]*")


def well_formed(login: str) -> str:
    if not LOGIN.fullmatch(login):
        raise complained(say("Use small letters, digits, dots and hyphens, beginning with a letter or digit."))
    return login


class Provide(Draft):
    """An account with one role at one place. Without a password it cannot sign in, only call with a token."""

    login: Annotated[Line, Field(min_length=3, max_length=60), AfterValidator(well_formed)]
    name: Annotated[Line, Field(min_length=2, max_length=60)]
    role: Role
    organization: Annotated[Line, Field(max_length=32)]
    password: Annotated[Text | None, Field(min_length=12, max_length=200)] = None
    since: date | None = None
    is_demonstration: bool = False


async def provide(actor: Actor, draft: Provide) -> Account:
    """Make an account with one grant. Raises NotFound, Forbidden, Invalid."""
    password_hash = await passwords.hashed(draft.password) if draft.password else None
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
