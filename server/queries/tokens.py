"""Who is behind a bearer token, asked before there is an actor; and the tokens of a place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.access.actor import Actor, Grant
from server.access.scope import in_subtree, visible
from server.kit.clock import now
from server.kit.messages import say
from server.kit.paths import within
from server.kit.refusals import NotFound
from server.kit.secrets import digest, parse_token, same
from server.kit.text import fits, printable
from server.models.accounts import LOGIN_LENGTH
from server.models.organizations import Organization
from server.models.tokens import TOKEN_ID_LENGTH, ApiToken
from server.queries import organizations
from server.queries.accounts import actor_of
from server.vocabulary import TokenScope, TokenState

ORDER = ("name", "id")


async def actor_behind(token: str) -> Actor | None:
    """The actor that this token speaks for, or None when it is malformed, unknown, revoked or expired."""
    row = await find_by_text(token)
    return await actor_with(row) if row else None


async def find_by_text(token: str) -> ApiToken | None:
    """The token that was sent, if it opens anything."""
    if not (parts := parse_token(token)):
        return None
    rows = ApiToken.filter(id=parts.id, expires_at__gt=now(), revoked_at__isnull=True, account__active=True)
    row = await rows.select_related("account", "organization").first()
    return row if row and same(row.secret_hash, digest(parts.secret)) else None


async def actor_with(row: ApiToken) -> Actor:
    actor = await actor_of(row.account)
    return replace(
        actor,
        grants=tuple(narrowed(actor.grants, row.organization)),
        token_id=row.id,
        scopes=frozenset(scope for scope in TokenScope if scope in row.scopes),
        trusted_documents_only=row.trusted_documents_only,
    )


def narrowed(grants: Iterable[Grant], place: Organization) -> Iterator[Grant]:
    """What of these grants lies at or below `place`; nothing, once it is dissolved."""
    for grant in grants:
        if place.dissolved_on is None and within(place.path, grant.path):
            yield Grant(grant.role, place.id, place.path, place.name)
        elif within(grant.path, place.path):
            yield grant


# --- tokens that the actor looks after


@dataclass(frozen=True)
class TokenFilter:
    """What to look for; `within` is a code, `account` a login."""

    within: str | None = None
    account: str | None = None
    state: TokenState | None = None


async def matching(actor: Actor, wanted: TokenFilter) -> QuerySet[ApiToken]:
    """Tokens at the places where the actor reads accounts. Raises NotFound (within)."""
    rows = visible(actor, ApiToken).select_related("account", "organization")
    if wanted.within is not None:
        top = await organizations.find_organization(actor, wanted.within, field="within")
        rows = rows.filter(in_subtree("organization__path", top.path))
    if wanted.account is not None:
        rows = rows.filter(account__login=wanted.account if fits(wanted.account, LOGIN_LENGTH) else "")
    return rows.filter(in_state(wanted.state)) if wanted.state else rows


def in_state(state: TokenState) -> Q:
    """The rows of which `ApiToken.state_at` says this now."""
    match state:
        case TokenState.REVOKED:
            return Q(revoked_at__isnull=False)
        case TokenState.EXPIRED:
            return Q(revoked_at__isnull=True, expires_at__lte=now())
        case TokenState.ACTIVE:
            return Q(revoked_at__isnull=True, expires_at__gt=now())


async def find(actor: Actor, identifier: str) -> ApiToken:
    """Raises NotFound."""
    rows = visible(actor, ApiToken).filter(id=identifier).select_related("account", "organization")
    if fits(identifier, TOKEN_ID_LENGTH) and (token := await rows.first()):
        return token
    message = say("There is no token {token} here for you; look it up in the list.", token=printable(identifier))
    raise NotFound(message, {"identifier": message})
