"""The matrix: branches by measures, each cell the state of one item; the page and its export show the same grid."""

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from server.kit.clock import HOME, today
from server.queries import checklists
from server.queries.checklists import Cell, Status, Tally
from server.views.checklists.choice import MARKS, Mark, choose
from server.views.checklists.entries import Entry, entry
from server.views.forms import day, row_id
from server.views.pages import go, page, wants_block
from server.vocabulary import Exclusion, ItemState

if TYPE_CHECKING:
    from server.models.checklists import Transition
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
    """What is shown of a status: all of it, or the cells with one mark (`state`) and the branches that have any."""

    status: Status
    state: Mark | None

    @property
    def counted(self) -> Mark:
        """What the totals count."""
        return self.state or ItemState.APPROVED

    @property
    def marks(self) -> list[tuple[Mark, int]]:
        """What can be asked for alone, with how many there are."""
        return [(mark, count(self.status.total, mark)) for mark in MARKS]

    @property
    def shown(self) -> int:
        """The cells of the branches that stand: what is not applicable has one too."""
        return sum(found for _, found in self.marks)

    @property
    def overdue(self) -> int:
        return self.status.total.late + self.status.total.missed

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

    @property
    def gone(self) -> list[tuple["Organization", "Organization | None", Cell, int]]:
        """The branches that had been dissolved: each with its community, one of its cells, and how many it has."""
        first: dict[int, Cell] = {}
        for cell in self.status.cells:
            first.setdefault(cell.branch_id, cell)
        lying, tally = self.status.community_of, self.status.of_branch
        return [(b, lying.get(b.id), first[b.id], tally(b).excluded) for b in self.status.left_out]

    def line(self, row: tuple["Organization", dict[int, Cell]]) -> Line:
        branch, cells = row
        shown = [cell if (cell := cells.get(m.id)) and self.shows(cell) else None for m in self.status.measures]
        checklist_id = next(iter(cells.values())).checklist_id
        community = self.status.community_of.get(branch.id)
        return Line(branch, community, checklist_id, shown, self.status.of_branch(branch))

    def shows(self, cell: Cell) -> bool:
        return self.state in (None, cell.mark)

    def figure(self, tally: Tally) -> int:
        return count(tally, self.counted)


def count(tally: Tally, mark: Mark) -> int:
    return tally.exclusions[mark] if isinstance(mark, Exclusion) else tally.states[mark]


async def show(request: Request) -> Response:
    return await answer(request)


async def open_cell(request: Request) -> Response:
    """One item, opened beside the grid; without script, its own page."""
    item_id = row_id(request.path_params["id"])
    item = await checklists.find_item(request.state.actor, item_id)
    if not wants_block(request):
        return go(request, f"/checklist-items/{item.id}")
    return await answer(request, entry(request.state.actor, item, is_open=True), "cell")


async def answer(request: Request, opened: Entry | None = None, block: str = "") -> Response:
    """The page, or those blocks of it that show the item which was opened, as it is or was on the day."""
    choice = await choose(request)
    grid = Grid(choice.status, choice.state) if choice else None
    cells = choice.status.cells if choice and opened else []
    return page(
        request,
        "checklists/matrix.html",
        block,
        opened.refusal if opened else None,
        choice=choice,
        grid=grid,
        day=day(request),
        entry=opened,
        cell=next((c for c in cells if opened and c.item_id == opened.item.id), None),
        moves=await moves(request, opened) if opened else [],
    )


async def moves(request: Request, opened: Entry) -> "list[Transition]":
    """What moved the item until the end of the day that is looked at, the newest first."""
    item_id, until = opened.item.id, day(request) or today()
    found = (await checklists.transitions_of(request.state.actor, [item_id])).get(item_id, [])
    return [move for move in reversed(found) if move.at.astimezone(HOME).date() <= until]
