"""Who holds what, where, from when to when."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.access.actor import Actor
from server.access.permits import KEEPERS, require_scope
from server.access.scope import having_id, in_subtree, under, visible
from server.kit.clock import today
from server.kit.messages import say
from server.kit.paths import keys
from server.kit.refusals import NotFound
from server.kit.text import fits
from server.models.accounts import LOGIN_LENGTH
from server.models.base import holding_on
from server.models.grants import Grant
from server.queries import organizations
from server.vocabulary import Role, TokenScope

ORDER = ("organization__path", "id")
RELATED = ("account", "organization", "source__account", "source__organization")


@dataclass(frozen=True)
class GrantFilter:
    """What to look for; `within` is a code, `account` a login, `on` a day on which it holds."""

    within: str | None = None
    role: Role | None = None
    account: str | None = None
    on: date | None = None


async def matching(actor: Actor, wanted: GrantFilter) -> QuerySet[Grant]:
    """Everything that fits `wanted`, ready for a page. Raises NotFound (within)."""
    rows = visible(actor, Grant).select_related(*RELATED)
    if wanted.within is not None:
        top = await organizations.find_organization(actor, wanted.within, field="within")
        rows = rows.filter(in_subtree("organization__path", top.path))
    if wanted.role:
        rows = rows.filter(role=wanted.role)
    if wanted.account is not None:
        rows = rows.filter(account__login=wanted.account if fits(wanted.account, LOGIN_LENGTH) else "")
    return rows.filter(holding_on(wanted.on)) if wanted.on else rows


async def of_accounts(actor: Actor, account_ids: Sequence[int]) -> dict[int, list[Grant]]:
    """What each account holds today or will hold, by account id, as far as the actor sees the places."""
    rows = visible(actor, Grant).filter(to_come(today()), account_id__in=account_ids).select_related(*RELATED)
    found: dict[int, list[Grant]] = defaultdict(list)
    for grant in await begun(rows.order_by("valid_from", "id")):
        found[grant.account_id].append(grant)
    return found


async def find(actor: Actor, grant_id: int) -> Grant:
    """Raises NotFound."""
    if grant := await visible(actor, Grant).filter(having_id(grant_id)).select_related(*RELATED).first():
        return grant
    raise no_grant()


async def find_endable(actor: Actor, grant_id: int) -> Grant:
    """One that the actor reads, or that the actor passed on. Raises NotFound."""
    passed_on = Grant.filter(having_id(grant_id), source__account_id=actor.account_id or 0)
    if grant := await passed_on.select_related(*RELATED).first():
        return grant
    return await find(actor, grant_id)


async def own(actor: Actor) -> list[Grant]:
    """What the actor's account holds today or will hold; for a token, where it reaches.

    Raises Forbidden for a token without the scope.
    """
    require_scope(actor, TokenScope.ACCOUNTS_READ)
    rows = Grant.filter(to_come(today()), account_id=actor.account_id or 0)
    if actor.token_id:
        rows = rows.filter(under("organization__path", [grant.path for grant in actor.grants]))
    return await begun(rows.select_related(*RELATED).order_by("valid_from", "id"))


async def find_own(actor: Actor, grant_id: int) -> Grant:
    """One that the actor's account holds today or will hold. Raises NotFound, and Forbidden for a token."""
    if grant := next((grant for grant in await own(actor) if grant.id == grant_id), None):
        return grant
    raise no_grant()


async def passed_on(sources: Iterable[Grant]) -> dict[int, list[Grant]]:
    """What was passed on of each of these and has not ended, by the id of its source."""
    rows = Grant.filter(to_come(today()), source_id__in=[source.id for source in sources])
    found: dict[int, list[Grant]] = defaultdict(list)
    for grant in await begun(rows.select_related("account", "organization").order_by("valid_from", "id")):
        found[grant.source_id or 0].append(grant)
    return found


async def overlapping(account_id: int, since: date, end: date | None, **also: object) -> list[Grant]:
    """What the account holds on any of the days from `since` until the day before `end`, if it is `also` this."""
    rows = Grant.filter(to_come(since), account_id=account_id).filter(**also)
    return await begun(rows.filter(valid_from__lt=end) if end else rows)


def to_come(day: date) -> Q:
    """Grants that hold on `day` or will."""
    return Q(valid_to__isnull=True) | Q(valid_to__gt=day)


async def begun(rows: QuerySet[Grant]) -> list[Grant]:
    """Without those that were ended before their first day was over, and so never held."""
    return [grant for grant in await rows if grant.valid_to is None or grant.valid_from < grant.valid_to]


def keepers(path: str, day: date) -> QuerySet[Grant]:
    """By which accounts are looked after, at `path` or above, from `day` on for good.

    Held without an end, begun by that day, by somebody who can sign in.
    """
    entering = Q(account__password_hash__isnull=False) | Q(account__oidc_subject__isnull=False)
    return Grant.filter(
        entering,
        role__in=KEEPERS,
        organization_id__in=keys(path),
        organization__dissolved_on__isnull=True,
        valid_from__lte=day,
        valid_to__isnull=True,
        account__active=True,
    )


async def held_from(account_id: int, day: date) -> list[Grant]:
    """What the account holds on `day` or later, wherever that is."""
    return await begun(Grant.filter(to_come(day), account_id=account_id).select_related("organization"))


def no_grant() -> NotFound:
    message = say("There is no such grant here for you; look it up in the list of grants.")
    return NotFound(message, {"id": message})
