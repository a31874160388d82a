"""Where an actor reaches: the base of every query."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import reduce
from typing import Any, TypeVar

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.access.actor import Actor, Grant
from server.access.permits import GIVEN, Permit, require_scope
from server.kit.clock import today
from server.kit.numbers import MAX_INT
from server.kit.paths import below
from server.models.accounts import Account
from server.models.base import Scoped, holding_on
from server.models.checklists import Checklist, ChecklistItem, Extension, Transition
from server.models.cycles import Cycle
from server.models.evidence import Evidence
from server.models.grants import Grant as GrantRow
from server.models.members import Membership
from server.models.organizations import Lineage, Organization, Placement
from server.models.records import Record
from server.models.seals import Seal
from server.models.templates import Template, TemplateVersion
from server.models.tokens import ApiToken
from server.models.trail import TrailEntry
from server.vocabulary import TokenScope

S = TypeVar("S", bound=Scoped)

NOTHING = Q(pk__in=[])

OPENS: dict[type[Scoped], tuple[Permit | None, TokenScope]] = {
    Organization: (None, TokenScope.ORGANIZATIONS_READ),
    Placement: (None, TokenScope.ORGANIZATIONS_READ),
    Cycle: (None, TokenScope.CHECKLISTS_READ),
    Checklist: (None, TokenScope.CHECKLISTS_READ),
    ChecklistItem: (None, TokenScope.CHECKLISTS_READ),
    Transition: (None, TokenScope.CHECKLISTS_READ),
    Extension: (None, TokenScope.CHECKLISTS_READ),
    Evidence: (None, TokenScope.CHECKLISTS_READ),
    Record: (None, TokenScope.CHECKLISTS_READ),
    Template: (None, TokenScope.CHECKLISTS_READ),
    TemplateVersion: (None, TokenScope.CHECKLISTS_READ),
    Seal: (None, TokenScope.CHECKLISTS_READ),
    Membership: (Permit.READ_MEMBERS, TokenScope.MEMBERS_READ),
    Account: (Permit.READ_ACCOUNTS, TokenScope.ACCOUNTS_READ),
    GrantRow: (Permit.READ_ACCOUNTS, TokenScope.ACCOUNTS_READ),
    ApiToken: (Permit.READ_ACCOUNTS, TokenScope.ACCOUNTS_READ),
    TrailEntry: (Permit.READ_TRAIL, TokenScope.TRAIL_READ),
}
"""What it takes to see the rows of a table where one reaches: a permit (None: any role), and a token's scope.

A table that is not listed cannot be asked for at all.
"""


def visible(actor: Actor, model: type[S]) -> QuerySet[S]:
    """The rows of `model` at the places where the actor holds a role, and below them."""
    return model.filter(under(model.scope, [grant.path for grant in reaching(actor, model)]))


def held(actor: Actor, model: type[S], permit: Permit) -> QuerySet[S]:
    """The rows of `model` at the places where the actor holds `permit`, and below them."""
    return visible(actor, model).filter(under(model.scope, [g.path for g in actor.grants if permit in GIVEN[g.role]]))


async def visible_on(actor: Actor, model: type[S], day: date, scope: str = "") -> QuerySet[S]:
    """The same, as the tree stood on `day`; `scope` names the column that holds that day's path, if not the model's."""
    return model.filter(under(scope or model.scope, await reach(actor, model, day)))


async def reach(actor: Actor, model: type[Scoped], day: date) -> list[str]:
    """The paths below which the actor sees `model` on `day`: of the places held today, or of their predecessors."""
    grants = reaching(actor, model)
    return [grant.path for grant in grants] if day == today() else await paths_on(grants, day)


def reaching(actor: Actor, model: type[Scoped]) -> list[Grant]:
    """The grants that open `model`: every one, or those with the permit to read it. Raises Forbidden for a token."""
    permit, scope = OPENS[model]
    require_scope(actor, scope)
    return [g for g in actor.grants if permit is None or permit in GIVEN[g.role]]


async def paths_on(grants: Sequence[Grant], day: date) -> list[str]:
    """Where the places of `grants`, and their predecessors, stood on `day`."""
    held = {grant.organization_id for grant in grants}
    places = held | await predecessors(held)
    rows = Placement.filter(holding_on(day), organization_id__in=places)
    paths: list[Any] = await rows.values_list("path", flat=True)
    return paths + [grant.path for grant in grants if not grant.organization_id]


async def predecessors(organizations: set[int]) -> set[int]:
    """Everything that the given organizations came out of, over any number of acts."""
    found: set[int] = set()
    newest = organizations
    while newest:
        rows: list[Any] = await Lineage.filter(successor_id__in=newest).values_list("predecessor_id", flat=True)
        newest = set(rows) - found
        found |= newest
    return found


def having_id(row_id: int) -> Q:
    """The row with this id; a number that no id can be finds nothing."""
    return Q(id=row_id) if 0 < row_id <= MAX_INT else NOTHING


def under(column: str, paths: Iterable[str]) -> Q:
    """Rows whose `column` lies in one of the subtrees; the bounds make it an index range."""
    ranges = [in_subtree(column, path) for path in paths]
    return reduce(lambda left, right: left | right, ranges) if ranges else NOTHING


def in_subtree(column: str, path: str) -> Q:
    """Rows whose `column` lies in the subtree of `path`."""
    low, high = below(path)
    bounds: dict[str, Any] = {f"{column}__gte": low, f"{column}__lt": high}
    return Q(**bounds)
