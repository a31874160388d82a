"""Who is behind a session or a token. Asked before there is an actor, so nothing here is scoped."""

from datetime import date

from server.access.actor import Actor
from server.access.actor import Grant as Reach
from server.kit.clock import now, today
from server.kit.secrets import digest, parse_token, same
from server.models.accounts import Account, ApiToken, Grant, Session
from server.models.base import holding_on


async def by_session(key: str) -> Actor | None:
    """The actor whose browser holds this session key, or None when it is unknown, expired or ended."""
    rows = Session.filter(key_hash=digest(key), expires_at__gt=now(), account__active=True)
    session = await rows.select_related("account").first()
    return await actor_of(session.account) if session else None


async def by_token(token: str) -> Actor | None:
    """The actor that this bearer token speaks for, or None when it is malformed, unknown or expired."""
    if not (parts := parse_token(token)):
        return None
    row = (
        await ApiToken.filter(id=parts.id, expires_at__gt=now(), account__active=True).select_related("account").first()
    )
    if row is None or not same(row.secret_hash, digest(parts.secret)):
        return None
    return await actor_of(row.account, row.id)


async def find_by_login(login: str) -> Account | None:
    return await Account.filter(login=login, active=True).first()


async def actor_of(account: Account, token_id: str = "") -> Actor:
    """The account with the grants that hold today, each reaching where its organization stands now."""
    return Actor(
        account.id,
        account.name,
        await reach_of(account, today()),
        token_id,
        locale=account.locale,
        is_demonstration=account.is_demonstration,
    )


async def reach_of(account: Account, day: date) -> tuple[Reach, ...]:
    rows = Grant.filter(holding_on(day), account_id=account.id, organization__dissolved_on__isnull=True)
    grants = await rows.select_related("organization").order_by("id")
    return tuple(Reach(g.role, g.organization_id, g.organization.path, g.organization.name) for g in grants)
