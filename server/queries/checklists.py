"""Checklists, their items, and the status that auditors pull: table, matrix and export count the same rows."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tortoise import connections
from tortoise.queryset import QuerySet

from server.access.actor import Actor
from server.access.permits import Permit, may
from server.access.scope import having_id, in_subtree, visible
from server.kit.clock import today
from server.kit.messages import say
from server.kit.refusals import NotFound
from server.kit.text import unstorable
from server.models.checklists import OWED, Checklist, ChecklistItem
from server.models.cycles import Cycle
from server.models.organizations import Organization, Placement
from server.models.templates import Measure, Theme
from server.queries import cycles
from server.vocabulary import ItemState, OrganizationKind, Timeliness

ITEM_ROWS = ("checklist__cycle", "checklist__branch", "measure__theme", "submitted_by", "reviewed_by")
ITEM_ORDER = ("checklist__branch__code", "measure__number", "id")


@dataclass(frozen=True)
class ItemFilter:
    """Which items: at and below a place, of a cycle, in a state."""

    within: Placement | None = None
    cycle: Cycle | None = None
    state: ItemState | None = None


@dataclass(frozen=True)
class Tally:
    """Items counted, by state. `due` is every item counted; `done` is handed in, reviewed or not."""

    states: Counter[ItemState]

    @property
    def by_state(self) -> list[tuple[ItemState, int]]:
        return [(state, self.states[state]) for state in ItemState]

    @property
    def due(self) -> int:
        return sum(self.states.values())

    @property
    def owed(self) -> int:
        return sum(self.states[state] for state in OWED)

    @property
    def done(self) -> int:
        return self.due - self.owed

    @property
    def approved(self) -> int:
        return self.states[ItemState.APPROVED]

    @property
    def ratio(self) -> float | None:
        """Approved of due; None where nothing is due."""
        return self.approved / self.due if self.due else None


@dataclass(frozen=True)
class Cell:
    """One item as the matrix shows it."""

    item_id: int
    branch_id: int
    measure_id: int
    state: ItemState
    checklist_id: int


@dataclass(frozen=True)
class Status:
    """Everything counted for a cycle in a scope, and how the counted rows lie in the tree today."""

    cycle: Cycle
    within: Placement
    themes: list[Theme]
    measures: list[Measure]
    branches: list[Organization]
    community_of: dict[int, Organization]
    cells: list[Cell]

    @property
    def communities(self) -> list[Organization]:
        """Those with branches among the counted, by code."""
        return sorted({c.id: c for c in self.community_of.values()}.values(), key=lambda c: c.code)

    @property
    def total(self) -> Tally:
        return tally(self.cells)

    def of_theme(self, theme: Theme) -> Tally:
        ids = {measure.id for measure in self.measures if measure.theme_id == theme.id}
        return tally(c for c in self.cells if c.measure_id in ids)

    def of_measure(self, measure: Measure) -> Tally:
        return tally(c for c in self.cells if c.measure_id == measure.id)

    def of_branch(self, branch: Organization) -> Tally:
        return tally(c for c in self.cells if c.branch_id == branch.id)

    def of_community(self, community: Organization) -> Tally:
        ids = {branch for branch, place in self.community_of.items() if place.id == community.id}
        return tally(c for c in self.cells if c.branch_id in ids)

    def owed_as(self, counted: Tally, clock: Timeliness) -> int:
        """What is owed of `counted`, if that is what the clock says of this cycle today; nothing else."""
        return counted.owed if self.cycle.timeliness(today()) is clock else 0

    def rows(self) -> list[tuple[Organization, dict[int, Cell]]]:
        """The matrix: each branch with its cells by measure id."""
        cells: dict[int, dict[int, Cell]] = {branch.id: {} for branch in self.branches}
        for cell in self.cells:
            cells[cell.branch_id][cell.measure_id] = cell
        return [(branch, cells[branch.id]) for branch in self.branches]


def tally(cells: Iterable[Cell | ChecklistItem]) -> Tally:
    return Tally(Counter(cell.state for cell in cells))


async def status(actor: Actor, within: Placement, cycle: Cycle) -> Status:
    """How far the living branches at and below `within` are in `cycle`; each item counts once."""
    rows = counted(actor, within, cycle)
    cells: list[Any] = await rows.values_list("id", "checklist__branch_id", "measure_id", "state", "checklist_id")
    ids = {cell[1] for cell in cells}
    branches = await visible(actor, Organization).filter(id__in=ids).order_by("code")
    return Status(
        cycle,
        within,
        await cycles.themes(cycle),
        await cycles.measures(cycle),
        branches,
        await communities_of(branches),
        [Cell(*cell) for cell in cells],
    )


def counted(actor: Actor, within: Placement, cycle: Cycle) -> QuerySet[ChecklistItem]:
    """The items that are in the denominator: of branches that have not been dissolved."""
    rows = items(actor, ItemFilter(within=within, cycle=cycle))
    return rows.filter(checklist__branch__dissolved_on__isnull=True)


async def progress(cycle: Cycle, placements: Sequence[Placement]) -> dict[int, Tally]:
    """The same at and below each of the (visible) placements, by placement id; where nothing is due there is none."""
    rows = await connections.get("default").execute_query_dict(
        """
        SELECT top.id, item.state, count(*) AS items
          FROM placement top
          JOIN organization branch ON branch.path >= top.path AND branch.path < left(top.path, -1) || '0'
           AND branch.dissolved_on IS NULL
          JOIN checklist ON checklist.branch_id = branch.id AND checklist.cycle_id = $2
          JOIN checklist_item item ON item.checklist_id = checklist.id
         WHERE top.id = ANY($1)
         GROUP BY top.id, item.state
        """,
        [[p.id for p in placements], cycle.id],
    )
    states: dict[int, Counter[ItemState]] = defaultdict(Counter)
    for row in rows:
        states[row["id"]][ItemState[row["state"]]] = row["items"]
    return {placement: Tally(counted) for placement, counted in states.items()}


async def communities_of(branches: list[Organization]) -> dict[int, Organization]:
    """The community above each branch (by its id), where there is one: its name is part of the branch's address."""
    above = {int(key) for branch in branches for key in branch.path.split("/") if key}
    places = {p.id: p for p in await Organization.filter(id__in=above, kind=OrganizationKind.COMMUNITY)}
    found = {}
    for branch in branches:
        for key in branch.path.split("/"):
            if key and int(key) in places:
                found[branch.id] = places[int(key)]
    return found


def items(actor: Actor, wanted: ItemFilter) -> QuerySet[ChecklistItem]:
    """Items that fit `wanted`, with everything that shows them, ready for a page."""
    rows = visible(actor, ChecklistItem).select_related(*ITEM_ROWS)
    if wanted.within:
        rows = rows.filter(in_subtree("checklist__branch__path", wanted.within.path))
    if wanted.cycle:
        rows = rows.filter(checklist__cycle_id=wanted.cycle.id)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    return rows.order_by(*ITEM_ORDER)


async def find_item(actor: Actor, item_id: int, *, lock: bool = False) -> ChecklistItem:
    """Raises NotFound."""
    rows = visible(actor, ChecklistItem).filter(having_id(item_id)).select_related(*ITEM_ROWS)
    if item := await (rows.select_for_update(of=("checklist_item",)) if lock else rows).first():
        return item
    raise NotFound(say("There is no such checklist item here for you; open it from the checklist of its branch."))


async def find(actor: Actor, checklist_id: int) -> Checklist:
    """Raises NotFound."""
    rows = visible(actor, Checklist).filter(having_id(checklist_id))
    if checklist := await rows.select_related("cycle__template_version__template", "branch", "placement").first():
        return checklist
    raise NotFound(say("There is no such checklist here for you; open it from the page of its branch."))


async def of_branches(actor: Actor, branch_ids: Iterable[int], cycle: str | None = None) -> list[Checklist]:
    """The checklists of these branches, the newest cycle first; of the cycle with this code only, if one is given."""
    if cycle and unstorable(cycle):
        return []
    rows = visible(actor, Checklist).filter(branch_id__in=list(branch_ids))
    rows = rows.filter(cycle__code=cycle) if cycle else rows
    return await rows.select_related("cycle", "branch", "placement").order_by("-cycle__starts_on", "branch__code", "id")


async def items_of(actor: Actor, checklist: Checklist) -> list[ChecklistItem]:
    """The items of one checklist, by the number of their measure."""
    return (
        await visible(actor, ChecklistItem)
        .filter(checklist_id=checklist.id)
        .select_related(*ITEM_ROWS)
        .order_by("measure__number")
    )


async def items_of_all(actor: Actor, checklist_ids: Sequence[int]) -> dict[int, list[ChecklistItem]]:
    """The items of each of these checklists, by the number of their measure."""
    rows = visible(actor, ChecklistItem).filter(checklist_id__in=checklist_ids).select_related(*ITEM_ROWS)
    found: dict[int, list[ChecklistItem]] = defaultdict(list)
    for item in await rows.order_by("measure__number", "id"):
        found[item.checklist_id].append(item)
    return found


async def awaiting_review(actor: Actor, most: int = 100) -> list[ChecklistItem]:
    """Submitted items that the actor may review, the longest waiting first: never the actor's own."""
    rows = items(actor, ItemFilter(state=ItemState.SUBMITTED)).order_by("submitted_at", "id")
    return [item async for item in rows if Permit.REVIEW_CHECKLIST_ITEM in possible(actor, item)][:most]


async def owed_by(actor: Actor) -> list[ChecklistItem]:
    """What the actor has to fill, and still can: returned items first, then what is due."""
    rows = visible(actor, ChecklistItem).filter(state__in=list(OWED)).select_related(*ITEM_ROWS)
    mine = [i async for i in rows if Permit.SAVE_CHECKLIST_ITEM in possible(actor, i)]
    return sorted(mine, key=lambda i: (i.state is not ItemState.RETURNED, i.checklist.cycle.due_on, i.measure.number))


def possible(actor: Actor, item: ChecklistItem) -> frozenset[Permit]:
    """What the actor may do with an item as it is now; the operations refuse everything else."""
    can_change = item.checklist.cycle.is_open(today())
    owed, waiting = item.state in OWED, item.state is ItemState.SUBMITTED
    moves = {
        Permit.SAVE_CHECKLIST_ITEM: owed and can_change,
        Permit.SUBMIT_CHECKLIST_ITEM: owed and can_change,
        Permit.WITHDRAW_CHECKLIST_ITEM: waiting and can_change,
        Permit.REVIEW_CHECKLIST_ITEM: waiting and item.submitted_by_id != actor.account_id,
    }
    path = item.checklist.branch.path
    return frozenset(permit for permit, fits in moves.items() if fits and may(actor, permit, path))
