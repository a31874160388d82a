"""What people do with their own account: the password, the second factor, their sessions."""

from typing import Annotated

from pydantic import Field
from tortoise.queryset import QuerySet

from server.access.actor import Actor
from server.kit import codes
from server.kit.clock import now
from server.kit.drafts import Draft, Line
from server.kit.messages import say
from server.kit.passwords import LONGEST, Password
from server.kit.refusals import Invalid, invalid
from server.kit.transactions import unit_of_work
from server.models.accounts import Account, AccountLink, RecoveryCode
from server.models.sessions import Session
from server.operations import limits, passwords
from server.operations.sessions import proofs
from server.operations.sessions.record import record
from server.queries import sessions as queries


class ChangePassword(Draft):
    current: Annotated[Password, Field(min_length=1, max_length=LONGEST)]
    password: Annotated[Password, Field(min_length=1)]


class EnrolSecondFactor(Draft):
    code: Annotated[Line, Field(min_length=1, max_length=40)]


class ShowPassword(Draft):
    """What is asked before something that a stolen session must not do."""

    current: Annotated[Password, Field(min_length=1, max_length=LONGEST)]


class Revoke(Draft):
    handle: Annotated[Line, Field(max_length=16)]


# ── password ──────────────────────────────────────────────────────────────────────────────────────────


async def change_password(actor: Actor, draft: ChangePassword) -> None:
    """Also ends every other session. Raises Invalid (current, password), TooMany, Forbidden."""
    account = await queries.me(actor)
    await check_password(actor, account, draft.current)
    await passwords.check_new(account, draft.password)
    await replace_password(actor, await passwords.hashed(draft.password))


@unit_of_work()
async def replace_password(actor: Actor, password_hash: str) -> None:
    account = await queries.me(actor)
    await passwords.give(account, password_hash)
    _ = await others(actor, account).delete()
    _ = await AccountLink.filter(account_id=account.id, used_at__isnull=True).delete()
    await record(actor, "password.changed", account)


async def check_password(actor: Actor, account: Account, password: str) -> None:
    """Raises Invalid (current), TooMany."""
    if account.password_hash is None:
        raise invalid(
            current=say("This account has no password; ask your security administrator for a link to set one.")
        )
    async with limits.counted(*await limits.for_password(actor, account.login, account)):
        if not await passwords.fits(account, password):
            raise invalid(current=say("This is not your present password."))


# ── second factor ─────────────────────────────────────────────────────────────────────────────────────


@unit_of_work()
async def prepare_second_factor(actor: Actor) -> None:
    """Make a secret, which counts once a code has shown that a phone has it. Raises Invalid, Forbidden."""
    account = await queries.me(actor)
    check_not_enrolled(account)
    account.totp, account.totp_step = proofs.seal_secret(account, codes.new_secret()), 0
    await account.save(update_fields=["totp", "totp_step"])
    await record(actor, "second_factor.prepared", account)


async def enrol_second_factor(actor: Actor, draft: EnrolSecondFactor) -> list[str]:
    """From now on a code is asked for; answers the recovery codes. Raises Invalid (code), TooMany, Forbidden."""
    account = await queries.me(actor)
    check_not_enrolled(account)
    async with limits.counted(*await limits.for_code(actor, account)):
        return await confirm_second_factor(actor, draft)


@unit_of_work()
async def confirm_second_factor(actor: Actor, draft: EnrolSecondFactor) -> list[str]:
    account = await queries.me(actor)
    check_not_enrolled(account)
    code = codes.plain(draft.code)
    if not codes.is_of_the_clock(code) or not await proofs.redeem_step(account, code):
        raise invalid(code=say("This code does not fit; wait for the next one, or check the clock of your phone."))
    account.totp_since = now()
    await account.save(update_fields=["totp_since"])
    fresh = await proofs.renew(account)
    await record(actor, "second_factor.enrolled", account)
    return fresh


async def renew_recovery_codes(actor: Actor, draft: ShowPassword) -> list[str]:
    """New ones in the place of all before. Raises Invalid (current), TooMany, Forbidden."""
    account = await queries.me(actor)
    check_enrolled(account)
    await check_password(actor, account, draft.current)
    return await replace_recovery_codes(actor)


@unit_of_work()
async def replace_recovery_codes(actor: Actor) -> list[str]:
    account = await queries.me(actor)
    check_enrolled(account)
    fresh = await proofs.renew(account)
    await record(actor, "recovery_codes.renewed", account)
    return fresh


async def remove_second_factor(actor: Actor, draft: ShowPassword) -> None:
    """Raises Invalid (current), TooMany, Forbidden."""
    account = await queries.me(actor)
    check_enrolled(account)
    await check_password(actor, account, draft.current)
    await take_off_second_factor(actor)


@unit_of_work()
async def take_off_second_factor(actor: Actor) -> None:
    account = await queries.me(actor)
    check_enrolled(account)
    account.totp, account.totp_since = None, None
    await account.save(update_fields=["totp", "totp_since"])
    _ = await RecoveryCode.filter(account_id=account.id).delete()
    await record(actor, "second_factor.removed", account)


def check_enrolled(account: Account) -> None:
    if not account.totp_since:
        raise Invalid(say("There is no second factor on this account; set one up first."))


def check_not_enrolled(account: Account) -> None:
    if account.totp_since:
        raise Invalid(say("The second factor is set up already; take it off before you set up another."))


# ── sessions ──────────────────────────────────────────────────────────────────────────────────────────


@unit_of_work()
async def revoke(actor: Actor, draft: Revoke) -> Session:
    """End one of one's own sessions. Raises NotFound (handle), Forbidden."""
    session = await queries.find_mine(actor, draft.handle)
    await session.delete()
    await record(actor, "session.revoked", await queries.me(actor), {"session": session.handle})
    return session


@unit_of_work()
async def revoke_others(actor: Actor) -> int:
    """End all of one's own sessions but this one; answers how many. Raises Forbidden."""
    account = await queries.me(actor)
    ended = await others(actor, account).values_list("handle", flat=True)
    _ = await others(actor, account).delete()
    for handle in ended:
        await record(actor, "session.revoked", account, {"session": handle})
    return len(ended)


def others(actor: Actor, account: Account) -> QuerySet[Session]:
    return Session.filter(account_id=account.id).exclude(handle=actor.session)
