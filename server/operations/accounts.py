"""Accounts: inviting, resetting, disabling, enabling; providing them for the demonstration."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, Field

from server.access.actor import Actor
from server.access.permits import Permit, require, require_giving
from server.kit.clock import now, today
from server.kit.drafts import Blank, Day, Draft, Line, Text, Version, complained
from server.kit.messages import say
from server.kit.paths import ROOT
from server.kit.refusals import Invalid, invalid
from server.kit.secrets import digest, new_key
from server.kit.transactions import unit_of_work
from server.models.accounts import ACCOUNT_NAME_LENGTH, LOGIN_LENGTH, Account, AccountLink, RecoveryCode
from server.models.grants import Grant, check_place
from server.models.organizations import Organization
from server.models.sessions import Session
from server.operations import organizations as tree
from server.operations import passwords, trail
from server.operations.grants import Code, Give, check_kept, granted, said_of
from server.operations.organizations import Establish
from server.queries import accounts, grants, organizations
from server.vocabulary import DUTIES, Duty, LinkKind, OrganizationKind, Role

LOGIN = re.compile("[a-z0-9][a-z0-9.-]*")


def well_formed(login: str) -> str:
    if not LOGIN.fullmatch(login):
        raise complained(say("Use small letters, digits, dots and hyphens, beginning with a letter or digit."))
    return login


NewLogin = Annotated[Line, Field(min_length=3, max_length=LOGIN_LENGTH), AfterValidator(well_formed)]
AccountName = Annotated[Line, Field(min_length=2, max_length=ACCOUNT_NAME_LENGTH)]
LIFE = {LinkKind.INVITATION: timedelta(days=7), LinkKind.RESET: timedelta(hours=24)}


class Invite(Draft):
    """An account with a first role at `organization` (a code), looked after at `home`: there too, if left out."""

    login: NewLogin
    name: AccountName
    role: Role
    organization: Code
    home: Annotated[Code | None, Blank] = None
    since: Annotated[Day | None, Blank] = None
    until: Annotated[Day | None, Blank] = None
    delegable: bool = False


DROPPED = ("password_hash", "former_passwords", "oidc_subject", "totp", "totp_since", "totp_step")
FIRST = {"role", "organization", "since", "until", "delegable"}
"""What of an invitation is about the first role."""


class SetUp(Draft):
    """A street, and whoever looks after its accounts from the first day on."""

    code: Code
    name: Annotated[Line, Field(min_length=2, max_length=60)]
    login: NewLogin
    person: AccountName


class Reset(Draft):
    second_factor_off: bool = False
    expected_version: Version


class Disable(Draft):
    reason: Annotated[Text, Field(min_length=2, max_length=500)]
    expected_version: Version


class Enable(Disable):
    pass


class Link(NamedTuple):
    """The key in the address of a one-time link, which can be read only now, and when it expires."""

    key: str
    expires_at: datetime

    @property
    def address(self) -> str:
        return f"/join/{self.key}"


class Invited(NamedTuple):
    account: Account
    link: Link | None


class Provide(Draft):
    """An account with one role at one place. Without a password it cannot sign in, only call with a token."""

    login: NewLogin
    name: AccountName
    role: Role
    organization: Code
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
    check_place(draft.role, organization)
    account = await new_account(
        draft.login,
        draft.name,
        organization,
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
async def set_up(actor: Actor, draft: SetUp) -> Invited:
    """Establish the street and invite its first security administrator, where there is no account yet.

    Raises Forbidden, Invalid.
    """
    if await accounts.any_at_all():
        raise Invalid(say("There are accounts here already; sign in, and invite others from there."))
    _ = await tree.establish(actor, Establish(code=draft.code, kind=OrganizationKind.STREET, name=draft.name))
    invitation = Invite(login=draft.login, name=draft.person, role=Role.SECURITY_ADMIN, organization=draft.code)
    return await invite(actor, invitation)


@unit_of_work()
async def invite(actor: Actor, draft: Invite) -> Invited:
    """Make an account with a first role, and a link by which its owner chooses a password.

    A system gets no link: it never signs in. Raises NotFound, Forbidden, Invalid.
    """
    place = await organizations.find_organization(actor, draft.organization, field="organization")
    home = place
    if draft.home:
        home = await organizations.find_organization(actor, draft.home, field="home")
    require(actor, Permit.INVITE_ACCOUNT, home.path)
    require_giving(actor, Permit.GIVE_GRANT, draft.role, place.path)
    home.check_alive("home")
    account = await new_account(draft.login, draft.name, home)
    first = Give(**draft.model_dump(include=FIRST), account=draft.login)
    grant = await granted(account, place, first)
    link = None if is_for_systems(draft.role) else await new_link(account, LinkKind.INVITATION)
    after = said_of(grant) | {"login": account.login, "home": home.code}
    await trail.record(actor, "account.invited", account, home.path, after=after)
    return Invited(account, link)


@unit_of_work()
async def reset(actor: Actor, account_id: int, draft: Reset) -> Invited:
    """Give out a link by which the owner of an account chooses a new password.

    Until then nothing lets anybody in: sessions end, the old password and a connected identity open nothing any more.
    Whoever resets could take the link, so the permit is needed at every place where the account holds a role.
    Raises NotFound, Forbidden, Invalid, Conflict.
    """
    account = await find_another(actor, account_id, Permit.RESET_ACCOUNT)
    held = await grants.held_from(account.id, today())
    for grant in held:
        require(actor, Permit.RESET_ACCOUNT, grant.organization.path)
    check_resettable(account, [grant.role for grant in held])
    account.advance(draft.expected_version)
    account.drop_password()
    await check_kept(held, today())
    if draft.second_factor_off:
        account.drop_second_factor()
        await RecoveryCode.filter(account_id=account.id).delete()
    await account.save(update_fields=["version", *DROPPED])
    await shut_out(account)
    link = await new_link(account, LinkKind.RESET)
    after = {"second_factor_off": draft.second_factor_off}
    await trail.record(actor, "account.reset", account, path_of(account), after=after)
    return Invited(account, link)


@unit_of_work()
async def disable(actor: Actor, account_id: int, draft: Disable) -> Account:
    """Let nobody in with this account any more: its sessions, links and tokens open nothing from this moment on.

    Raises NotFound, Forbidden, Invalid, Conflict.
    """
    account = await find_another(actor, account_id, Permit.DISABLE_ACCOUNT)
    account.disable(draft.expected_version)
    await check_kept(await grants.held_from(account.id, today()), today())
    await account.save(update_fields=["active", "version"])
    await shut_out(account)
    await trail.record(actor, "account.disabled", account, path_of(account), after={"reason": draft.reason})
    return account


@unit_of_work()
async def enable(actor: Actor, account_id: int, draft: Enable) -> Account:
    """Let a disabled account in again, with what it still holds. Raises NotFound, Forbidden, Invalid, Conflict."""
    account = await find_another(actor, account_id, Permit.DISABLE_ACCOUNT)
    account.enable(draft.expected_version)
    await account.save(update_fields=["active", "version"])
    await trail.record(actor, "account.enabled", account, path_of(account), after={"reason": draft.reason})
    return account


async def find_another(actor: Actor, account_id: int, permit: Permit) -> Account:
    """An account to look after, never one's own. Raises NotFound, Forbidden, Invalid."""
    account = await accounts.find(actor, account_id)
    require(actor, permit, path_of(account))
    if account.id == actor.account_id:
        raise Invalid(say("Nobody does this to their own account; ask another administrator."))
    return account


def path_of(account: Account) -> str:
    return account.home.path if account.home else ROOT


def is_for_systems(role: Role) -> bool:
    return DUTIES[role] is Duty.SYSTEM


def check_resettable(account: Account, held: Iterable[Role]) -> None:
    """Raises Invalid for a disabled account, and for a system."""
    if not account.active:
        raise Invalid(say("{name} is disabled; enable it first.", name=account.name))
    if any(is_for_systems(role) for role in held):
        raise Invalid(say("{name} is a system and never signs in; issue a token for it.", name=account.name))


async def new_account(login: str, name: str, home: Organization, **columns: Any) -> Account:
    """Raises Invalid (login)."""
    if await Account.filter(login=login).exists():
        raise invalid(login=say("The name {login} is taken; choose another.", login=login))
    return await Account.create(login=login, name=name, home=home, **columns)


async def new_link(account: Account, kind: LinkKind) -> Link:
    """A one-time link instead of those that wait; the table keeps the hash of its key."""
    await AccountLink.filter(account_id=account.id, used_at__isnull=True).delete()
    key, made = new_key(), now()
    row = await AccountLink.create(
        account=account, kind=kind, key_hash=digest(key), created_at=made, expires_at=made + LIFE[kind]
    )
    return Link(key, row.expires_at)


async def shut_out(account: Account) -> None:
    """End its sessions, and the links that wait."""
    await Session.filter(account_id=account.id).delete()
    await AccountLink.filter(account_id=account.id, used_at__isnull=True).delete()
