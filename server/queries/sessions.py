"""Who is behind a session. Asked before there is an actor, so nothing here is scoped."""

from dataclasses import replace

from server.access.actor import Actor
from server.kit.clock import now
from server.kit.secrets import digest
from server.models.sessions import Session
from server.queries.accounts import actor_of
from server.vocabulary import SessionStage


async def actor_behind(key: str) -> Actor | None:
    """The actor whose browser holds this session key, or None when it is unknown, expired or ended."""
    rows = Session.filter(key_hash=digest(key), expires_at__gt=now(), account__active=True, stage=SessionStage.OPEN)
    session = await rows.select_related("account").first()
    return replace(await actor_of(session.account), session=session.handle) if session else None
