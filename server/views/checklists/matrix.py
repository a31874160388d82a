"""The matrix: branches by measures, each cell the state of one item; the page and its export show the same grid."""

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from server.queries.checklists import Cell, Status, Tally
from server.views.checklists.choice import choose
from server.views.pages import page
from server.vocabulary import ItemState

if TYPE_CHECKING:
    from server.models.organizations import Organization
    from server.models.templates import Measure, Theme


@dataclass(frozen=True)
class Line:
    """One branch, with its cells in the order of the measures; None where the filter hides one."""

    branch: "Organization"
    community: "Organization | None"
    checklist_id: int
    cells: list[Cell | None]
    tally: Tally


@dataclass(frozen=True)
class Grid:
    """What is shown of a status: all of it, or the cells in one `state` and the branches that have any."""

    status: Status
    state: ItemState | None

    @property
    def counted(self) -> ItemState:
        """The state that the totals count."""
        return self.state or ItemState.APPROVED

    @property
    def themes(self) -> list[tuple["Theme", list["Measure"]]]:
        return [(theme, list(group)) for theme, group in groupby(self.status.measures, key=lambda m: m.theme)]

    @property
    def begins(self) -> set[int]:
        """The measures (ids) with which a theme begins."""
        return {measures[0].id for _, measures in self.themes}

    @property
    def lines(self) -> list[Line]:
        return [line for line in map(self.line, self.status.rows()) if self.state is None or any(line.cells)]

    @property
    def groups(self) -> list[tuple["Organization | None", list[Line]]]:
        """The lines by community."""
        lines = sorted(self.lines, key=lambda line: line.community.code if line.community else "")
        return [(community, list(group)) for community, group in groupby(lines, key=lambda line: line.community)]

    def line(self, row: tuple["Organization", dict[int, Cell]]) -> Line:
        branch, cells = row
        shown = [cell if (cell := cells.get(m.id)) and self.shows(cell) else None for m in self.status.measures]
        checklist_id = next(iter(cells.values())).checklist_id
        community = self.status.community_of.get(branch.id)
        return Line(branch, community, checklist_id, shown, self.status.of_branch(branch))

    def shows(self, cell: Cell) -> bool:
        return self.state in (None, cell.state)

    def figure(self, tally: Tally) -> int:
        return tally.states[self.counted]


async def show(request: Request) -> Response:
    choice = await choose(request)
    grid = Grid(choice.status, choice.state) if choice else None
    return page(request, "checklists/matrix.html", choice=choice, grid=grid)
