"""Coming in: the password, then the code if there is a second factor; and going out."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from server import settings
from server.access.actor import Actor
from server.kit.clock import now
from server.kit.drafts import Draft, Line
from server.kit.messages import say
from server.kit.passwords import LONGEST, Password
from server.kit.refusals import Unauthenticated, invalid
from server.kit.secrets import digest, new_handle, new_key
from server.kit.transactions import unit_of_work
from server.models.accounts import LOGIN_LENGTH, Account
from server.models.sessions import Device, Session
from server.operations import limits, passwords
from server.operations.sessions.proofs import redeem
from server.operations.sessions.record import record
from server.queries import accounts
from server.queries import sessions as queries
from server.vocabulary import SessionStage

log = logging.getLogger("qiangji")

WAITING = timedelta(minutes=10)
"""How long the code may take."""
UNNOTICED = timedelta(minutes=1)
"""How far `seen_at` may lag behind."""
DEVICES = 20
"""Browsers from which one account is known."""


class SignIn(Draft):
    login: Annotated[Line, Field(min_length=1, max_length=LOGIN_LENGTH)]
    password: Annotated[Password, Field(min_length=1, max_length=LONGEST)]


class GiveCode(Draft):
    code: Annotated[Line, Field(min_length=1, max_length=40)]


@dataclass(frozen=True)
class Opened:
    """What the browser is to keep: the key of a session, and, once it is open, the key by which it is known again."""

    key: str
    stage: SessionStage
    device: str = ""


async def sign_in(actor: Actor, draft: SignIn) -> Opened:
    """A session, which still waits for a code if there is a second factor.

    Raises Unauthenticated, whatever was wrong; TooMany.
    """
    account = await accounts.find_by_login(draft.login)
    async with limits.counted(*await limits.for_password(actor, draft.login, account)):
        fits = await passwords.fits(account, draft.password)
        if account is None or not fits:
            log.warning("sign-in refused: password", extra={"request_id": actor.request_id})
            raise Unauthenticated(say("This name and password do not belong together; check both and try again."))
    return await enter(actor, account)


async def enter(actor: Actor, account: Account) -> Opened:
    """Let in whoever has proved to be the owner, or ask for the code first if there is a second factor."""
    return await (await_code(actor, account) if account.totp_since else open_session(actor, account))


async def give_code(actor: Actor, key: str, draft: GiveCode) -> Opened:
    """Replace the session that waits by an open one. Raises Unauthenticated, Invalid (code), TooMany."""
    waiting = await queries.find_waiting(key)
    async with limits.counted(*await limits.for_code(actor, waiting.account)):
        return await pass_code(actor, key, draft)


@unit_of_work()
async def pass_code(actor: Actor, key: str, draft: GiveCode) -> Opened:
    waiting = await queries.find_waiting(key)
    if not await redeem(waiting.account, draft.code):
        log.warning("sign-in refused: code", extra={"request_id": actor.request_id})
        raise invalid(code=say("This code does not fit; wait for the next one, or check the clock of your phone."))
    await waiting.delete()
    return await open_session(actor, waiting.account)


@unit_of_work()
async def await_code(actor: Actor, account: Account) -> Opened:
    await check_same(account)
    key = await begin(actor, account, SessionStage.CODE, now() + WAITING)
    return Opened(key, SessionStage.CODE)


@unit_of_work()
async def open_session(actor: Actor, account: Account) -> Opened:
    """Let `account`, which has proved what it must, in by the browser of `actor`. Raises Unauthenticated."""
    await check_same(account)
    key = await begin(actor, account, SessionStage.OPEN, now() + timedelta(hours=settings.load().session_hours))
    device = await remember(actor, account)
    who = replace(await accounts.actor_of(account), request_id=actor.request_id)
    await record(who, "account.signed_in", account)
    return Opened(key, SessionStage.OPEN, device)


async def check_same(proved: Account) -> None:
    """Raises Unauthenticated if what was proved has been replaced meanwhile: checking a password takes a while."""
    account = await Account.get(id=proved.id)
    proofs = ("active", "password_hash", "oidc_subject", "totp_since")
    if any(getattr(account, name) != getattr(proved, name) for name in proofs):
        raise Unauthenticated(say("This account has changed meanwhile; sign in again."))


async def begin(actor: Actor, account: Account, stage: SessionStage, expires_at: datetime) -> str:
    """The key of a new session. Those of the account that are over are cleared away."""
    key, instant = new_key(), now()
    _ = await Session.filter(account_id=account.id, expires_at__lte=instant).delete()
    _ = await Session.create(
        key_hash=digest(key),
        handle=new_handle(),
        account=account,
        stage=stage,
        agent=actor.client.agent,
        created_at=instant,
        seen_at=instant,
        expires_at=expires_at,
    )
    return key


async def remember(actor: Actor, account: Account) -> str:
    """Know this browser again, as one of the last that this account has used; answers the key that it is to keep."""
    key = actor.client.device or new_key()
    if device := await queries.find_device(account, key):
        device.seen_at = now()
        await device.save(update_fields=["seen_at"])
        return key
    known = await Device.filter(account_id=account.id).order_by("-seen_at").offset(DEVICES - 1)
    _ = await Device.filter(key_hash__in=[device.key_hash for device in known]).delete()
    _ = await Device.create(
        key_hash=queries.device_hash(account, key), account=account, created_at=now(), seen_at=now()
    )
    return key


@unit_of_work()
async def sign_out(actor: Actor, key: str) -> None:
    """End the session of this key; an unknown key is ended already."""
    if session := await Session.filter(key_hash=digest(key)).select_related("account").first():
        await session.delete()
        if session.stage is SessionStage.OPEN:
            await record(actor, "account.signed_out", session.account)


async def touch(session: Session) -> None:
    """Note that it was used, at most once a minute. No act, so nothing of the trail."""
    if now() - session.seen_at >= UNNOTICED:
        stale = Session.filter(key_hash=session.key_hash, seen_at__lte=now() - UNNOTICED)
        _ = await stale.update(seen_at=now())
