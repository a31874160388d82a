"""The status that auditors pull: page, matrix, export and API count the same rows."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tortoise import connections

from server.access.actor import Actor
from server.access.scope import visible
from server.kit.clock import today
from server.models.checklists import OWED, ChecklistItem
from server.models.cycles import Cycle
from server.models.organizations import Organization, Placement
from server.models.templates import Measure, Theme
from server.queries import cycles
from server.queries.checklists.items import ItemFilter, matching
from server.vocabulary import ItemState, OrganizationKind, Timeliness


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
            cells.get(cell.branch_id, {})[cell.measure_id] = cell
        return [(branch, cells[branch.id]) for branch in self.branches]


def tally(cells: Iterable[Cell | ChecklistItem]) -> Tally:
    return Tally(Counter(cell.state for cell in cells))


async def status(actor: Actor, within: Placement, cycle: Cycle) -> Status:
    """How far the living branches at and below `within` are in `cycle`; each item counts once."""
    rows = matching(actor, ItemFilter(within=within, cycle=cycle))
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
