"""Who is behind a bearer token. Asked before there is an actor, so nothing here is scoped."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from server.access.actor import Actor, Grant
from server.kit.clock import now
from server.kit.paths import within
from server.kit.secrets import digest, parse_token, same
from server.models.organizations import Organization
from server.models.tokens import ApiToken
from server.queries.accounts import actor_of
from server.vocabulary import TokenScope


async def actor_behind(token: str) -> Actor | None:
    """The actor that this token speaks for, or None when it is malformed, unknown, revoked or expired."""
    if not (parts := parse_token(token)):
        return None
    rows = ApiToken.filter(id=parts.id, expires_at__gt=now(), revoked_at__isnull=True, account__active=True)
    row = await rows.select_related("account", "organization").first()
    if row is None or not same(row.secret_hash, digest(parts.secret)):
        return None
    actor = await actor_of(row.account)
    return replace(
        actor,
        grants=tuple(narrowed(actor.grants, row.organization)),
        token_id=row.id,
        scopes=frozenset(scope for scope in TokenScope if scope in row.scopes),
    )


def narrowed(grants: Iterable[Grant], place: Organization) -> Iterator[Grant]:
    """What of these grants lies at or below `place`; nothing, once it is dissolved."""
    for grant in grants:
        if place.dissolved_on is None and within(place.path, grant.path):
            yield Grant(grant.role, place.id, place.path, place.name)
        elif within(grant.path, place.path):
            yield grant
