"""Who is behind a session, what is still to come before one, and one's own. None of it is scoped: there is no actor
yet, or only the actor's own account is looked at."""

from dataclasses import replace
from datetime import timedelta

from tortoise.expressions import Q

from server import keys, settings
from server.access.actor import Actor, Demand
from server.access.permits import needs_second_factor
from server.kit.clock import now
from server.kit.messages import say
from server.kit.passwords import PROFILES
from server.kit.refusals import Forbidden, NotFound, Unauthenticated
from server.kit.sealing import unseal
from server.kit.secrets import digest
from server.models.accounts import Account, AccountLink, RecoveryCode
from server.models.sessions import Device, Session
from server.queries.accounts import actor_of
from server.vocabulary import SessionStage

# ── before there is an actor ──────────────────────────────────────────────────────────────────────────


async def behind(key: str) -> Session | None:
    """The open session of this key, or None when it is unknown, expired, ended, or of a disabled account."""
    rows = Session.filter(living(), key_hash=digest(key), account__active=True)
    return await rows.select_related("account").first()


async def actor_in(session: Session) -> Actor:
    """Whose session it is, and what has to be done first."""
    actor = replace(await actor_of(session.account), session=session.handle)
    return replace(actor, demand=demand_of(session.account, actor))


async def actor_behind(key: str) -> Actor | None:
    session = await behind(key)
    return await actor_in(session) if session else None


async def find_waiting(key: str) -> Session:
    """The session of this key that waits for its code. Raises Unauthenticated."""
    rows = Session.filter(key_hash=digest(key), expires_at__gt=now(), account__active=True, stage=SessionStage.CODE)
    if session := await rows.select_related("account").first():
        return session
    raise Unauthenticated(say("Too much time has passed; sign in again."))


async def find_link(key: str) -> AccountLink:
    """The one-time link of this key, while it can be used. Raises NotFound."""
    rows = AccountLink.filter(key_hash=digest(key), used_at__isnull=True, expires_at__gt=now(), account__active=True)
    if link := await rows.select_related("account").first():
        return link
    raise NotFound(say("This link is unknown, was used already, or has expired; ask for a new one."))


async def find_device(account: Account, key: str) -> Device | None:
    """The browser that holds this key, if the account has signed in from it."""
    return await Device.filter(key_hash=device_hash(account, key), account_id=account.id).first() if key else None


def device_hash(account: Account, key: str) -> str:
    """Of one browser and one account: colleagues who share a browser are known there each for himself."""
    return digest(f"{key}:{account.id}")


def living() -> Q:
    """Sessions that are signed in, neither too old nor forgotten."""
    idle = timedelta(minutes=settings.load().idle_minutes)
    return Q(stage=SessionStage.OPEN, expires_at__gt=now(), seen_at__gt=now() - idle)


def demand_of(account: Account, actor: Actor) -> Demand | None:
    chosen = settings.load()
    free = account.is_demonstration or account.totp_since is not None or chosen.second_factor == "optional"
    if not free and needs_second_factor(actor):
        return Demand.SECOND_FACTOR
    if PROFILES[chosen.password_profile].is_over(account.password_set_at, now()):
        return Demand.PASSWORD
    return None


# ── one's own ─────────────────────────────────────────────────────────────────────────────────────────


async def me(actor: Actor) -> Account:
    """The account of whoever sits at a browser. Raises Forbidden for a token: it speaks for an account, it is none."""
    if not actor.session or actor.account_id is None:
        raise Forbidden(say("A token cannot do this; sign in with a browser."))
    return await Account.get(id=actor.account_id)


async def mine(actor: Actor) -> list[Session]:
    """The sessions of the actor's own account, the one that asks first; none for a token."""
    if not actor.session:
        return []
    found = await Session.filter(living(), account_id=actor.account_id).order_by("-seen_at", "handle")
    return sorted(found, key=lambda session: session.handle != actor.session)


async def find_mine(actor: Actor, handle: str) -> Session:
    """Raises Forbidden, NotFound (handle)."""
    account = await me(actor)
    if session := await Session.filter(living(), account_id=account.id, handle=handle).first():
        return session
    missing = say("There is no such session; it may have ended.")
    raise NotFound(missing, {"handle": missing})


async def recovery_codes_left(account: Account) -> int:
    return await RecoveryCode.filter(account_id=account.id, used_at__isnull=True).count()


def secret_of(account: Account) -> str:
    """What the account's phone shares; "" if there is none. Raises Unsealable."""
    return unseal(keys.ring().openers, account.totp, place_of_secret(account)) if account.totp else ""


def place_of_secret(account: Account) -> str:
    return f"account.totp:{account.id}"
