"""The status that auditors pull, on any day: page, matrix, export and API count the same rows."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tortoise import connections

from server.access.actor import Actor
from server.kit.clock import today
from server.kit.messages import say
from server.kit.paths import keys
from server.kit.refusals import invalid
from server.models.cycles import Cycle
from server.models.organizations import Organization, Placement
from server.models.templates import Measure, Theme
from server.queries import cycles
from server.queries.checklists.cells import cells
from server.queries.checklists.counts import Cell, Tally, tally
from server.vocabulary import Exclusion, ItemState, OrganizationKind


@dataclass(frozen=True)
class Status:
    """Everything counted for a cycle in a scope on a day, and how the counted rows lay in the tree then.

    `branches` are those that are counted, `left_out` those that had been dissolved by then.
    """

    cycle: Cycle
    within: Placement
    day: date
    themes: list[Theme]
    measures: list[Measure]
    branches: list[Organization]
    left_out: list[Organization]
    community_of: dict[int, Organization]
    cells: list[Cell]

    @property
    def is_past(self) -> bool:
        return self.day != today()

    @property
    def communities(self) -> list[Organization]:
        """Those with branches among the counted, by code."""
        return sorted({c.id: c for c in self.community_of.values()}.values(), key=lambda c: c.code)

    @property
    def total(self) -> Tally:
        return tally(self.cells)

    def of_theme(self, theme: Theme, community: Organization | None = None) -> Tally:
        ids = {measure.id for measure in self.measures if measure.theme_id == theme.id}
        return tally(c for c in self.cells if c.measure_id in ids and self.lies_in(c, community))

    def of_measure(self, measure: Measure) -> Tally:
        return tally(c for c in self.cells if c.measure_id == measure.id)

    def of_branch(self, branch: Organization) -> Tally:
        return tally(c for c in self.cells if c.branch_id == branch.id)

    def of_community(self, community: Organization | None) -> Tally:
        """None: of the branches that lie in none."""
        return tally(c for c in self.cells if self.lies_in(c, community, exactly=True))

    def lies_in(self, cell: Cell, community: Organization | None, *, exactly: bool = False) -> bool:
        found = self.community_of.get(cell.branch_id)
        if community is None:
            return found is None or not exactly
        return found is not None and found.id == community.id

    def rows(self) -> list[tuple[Organization, dict[int, Cell]]]:
        """The matrix: each branch with its cells by measure id."""
        found: dict[int, dict[int, Cell]] = {branch.id: {} for branch in self.branches}
        for cell in self.cells:
            found.get(cell.branch_id, {})[cell.measure_id] = cell
        return [(branch, found[branch.id]) for branch in self.branches]


async def status(actor: Actor, within: Placement, cycle: Cycle, day: date | None = None) -> Status:
    """How far the branches at and below `within` are in `cycle`, or were on `day`; each item counts once.

    `within` is a placement of that day. Raises Invalid (as_of).
    """
    if day and day > today():
        raise invalid(as_of=say("This day is still to come; enter today or a past day."))
    day = day or today()
    found = await cells(actor, within, cycle, day)
    gone = {cell.branch_id for cell in found if cell.exclusion is Exclusion.BRANCH_DISSOLVED}
    branches = await called({cell.branch_id for cell in found}, day)
    return Status(
        cycle,
        within,
        day,
        await cycles.themes(cycle),
        await cycles.measures(cycle),
        [branch for branch in branches if branch.id not in gone],
        [branch for branch in branches if branch.id in gone],
        await communities_on({cell.branch_id: cell.path for cell in found}, day),
        found,
    )


async def called(ids: set[int], day: date) -> list[Organization]:
    """These organizations by code, under the names that they had on `day`; those gone by then, under their last."""
    found = await Organization.filter(id__in=ids).order_by("code")
    if day == today():
        return found
    rows = Placement.filter(organization_id__in=ids, valid_from__lte=day).order_by("valid_from", "id")
    names = {row.organization_id: row.name for row in await rows}
    for organization in found:
        organization.name = names.get(organization.id, organization.name)
    return found


async def communities_on(paths: dict[int, str], day: date) -> dict[int, Organization]:
    """The community above each branch (by its id), where there was one: its name is part of the branch's address."""
    above = {key for path in paths.values() for key in keys(path)}
    places = {p.id: p for p in await called(above, day) if p.kind is OrganizationKind.COMMUNITY}
    lying = {branch: [places[key] for key in keys(path) if key in places] for branch, path in paths.items()}
    return {branch: found[-1] for branch, found in lying.items() if found}


async def communities_of(branches: Sequence[Organization]) -> dict[int, Organization]:
    """The same for branches of today."""
    return await communities_on({branch.id: branch.path for branch in branches}, today())


async def progress(cycle: Cycle, placements: Sequence[Placement]) -> dict[int, Tally]:
    """Counted at and below each of the (visible) placements, by placement id; where nothing is due there is none."""
    rows = await connections.get("default").execute_query_dict(
        """
        SELECT top.id, item.state, count(*) AS items
          FROM placement top
          JOIN organization branch ON branch.path >= top.path AND branch.path < left(top.path, -1) || '0'
           AND branch.dissolved_on IS NULL
          JOIN checklist ON checklist.branch_id = branch.id AND checklist.cycle_id = $2
          JOIN checklist_item item ON item.checklist_id = checklist.id
           AND NOT (item.not_applicable AND item.state = 'APPROVED')
         WHERE top.id = ANY($1)
         GROUP BY top.id, item.state
        """,
        [[p.id for p in placements], cycle.id],
    )
    states: dict[int, Counter[ItemState]] = defaultdict(Counter)
    for row in rows:
        states[row["id"]][ItemState[row["state"]]] = row["items"]
    return {placement: Tally(counted) for placement, counted in states.items()}
