"""The status that auditors pull, on any day: page, matrix, export and API count the same rows."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

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
from server.queries.checklists.counts import NOTHING, Cell, Tally, tallies, tally
from server.vocabulary import Exclusion, ItemState, OrganizationKind


@dataclass(frozen=True)
class Status:
    """Everything counted for a cycle in a scope on a day, and how the counted rows lay in the tree then.

    `branches` are those that are counted, `left_out` those that had been dissolved by then; `above` are the places
    above each branch (by its id), from the top down.
    """

    cycle: Cycle
    within: Placement
    day: date
    themes: list[Theme]
    measures: list[Measure]
    branches: list[Organization]
    left_out: list[Organization]
    above: dict[int, list[Organization]]
    cells: list[Cell]

    @property
    def is_past(self) -> bool:
        return self.day != today()

    @cached_property
    def community_of(self) -> dict[int, Organization]:
        return communities_among(self.above)

    @cached_property
    def communities(self) -> list[Organization]:
        """Those with branches among the rows, by code."""
        return sorted({c.id: c for c in self.community_of.values()}.values(), key=lambda c: c.code)

    @cached_property
    def parts(self) -> list[Organization | None]:
        """The communities, and None where branches lie in none: together they are everything."""
        found: list[Organization | None] = [*self.communities]
        return [*found, None] if any(c.branch_id not in self.community_of for c in self.cells) else found

    @cached_property
    def total(self) -> Tally:
        return tally(self.cells)

    def of_theme(self, theme: Theme) -> Tally:
        return self.by_theme.get(theme.id, NOTHING)

    def of_measure(self, measure: Measure) -> Tally:
        return self.by_measure.get(measure.id, NOTHING)

    def of_branch(self, branch: Organization) -> Tally:
        return self.by_branch.get(branch.id, NOTHING)

    def of_community(self, community: Organization | None) -> Tally:
        """None: of the branches that lie in none."""
        return self.by_community.get(community.id if community else None, NOTHING)

    def of_both(self, community: Organization | None, theme: Theme) -> Tally:
        """Of the branches of a community (None: of those that lie in none), for the measures of a theme."""
        return self.by_both.get((community.id if community else None, theme.id), NOTHING)

    @cached_property
    def by_theme(self) -> dict[int, Tally]:
        return tallies(self.cells, lambda cell: self.theme_of[cell.measure_id])

    @cached_property
    def by_measure(self) -> dict[int, Tally]:
        return tallies(self.cells, lambda cell: cell.measure_id)

    @cached_property
    def by_branch(self) -> dict[int, Tally]:
        return tallies(self.cells, lambda cell: cell.branch_id)

    @cached_property
    def by_community(self) -> dict[int | None, Tally]:
        return tallies(self.cells, self.community_id)

    @cached_property
    def by_both(self) -> dict[tuple[int | None, int], Tally]:
        return tallies(self.cells, lambda cell: (self.community_id(cell), self.theme_of[cell.measure_id]))

    @cached_property
    def theme_of(self) -> dict[int, int]:
        return {measure.id: measure.theme_id for measure in self.measures}

    def community_id(self, cell: Cell) -> int | None:
        found = self.community_of.get(cell.branch_id)
        return found.id if found else None

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
        await above_on({cell.branch_id: cell.path for cell in found}, day),
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


async def above_on(paths: dict[int, str], day: date) -> dict[int, list[Organization]]:
    """The places above each branch (by its id), from the top down: their names are part of the branch's address."""
    above = {key for path in paths.values() for key in keys(path)[:-1]}
    places = {place.id: place for place in await called(above, day)}
    return {branch: [places[key] for key in keys(path)[:-1] if key in places] for branch, path in paths.items()}


def communities_among(above: Mapping[int, Sequence[Organization]]) -> dict[int, Organization]:
    """The community above each branch, where there is one."""
    lying = {branch: [p for p in places if p.kind is OrganizationKind.COMMUNITY] for branch, places in above.items()}
    return {branch: found[-1] for branch, found in lying.items() if found}


async def communities_of(branches: Sequence[Organization]) -> dict[int, Organization]:
    """The community above each branch of today."""
    return communities_among(await above_on({branch.id: branch.path for branch in branches}, today()))


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
