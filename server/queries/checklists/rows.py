"""What a ratio is made of: the items counted, and those left out, each with the reason."""

from dataclasses import dataclass
from typing import Any

from server.kit.messages import say
from server.kit.refusals import invalid
from server.models.checklists import Transition
from server.models.organizations import Organization
from server.models.templates import Measure
from server.queries.checklists.cells import midnight_after
from server.queries.checklists.counts import Cell
from server.queries.checklists.status import Status
from server.vocabulary import Exclusion, ItemState, ItemVerb

NO_COMMUNITY = "-"
"""Stands for the branches that lie in none, where a code is asked for."""


@dataclass(frozen=True)
class Row:
    """An item as it was, with its branch, its community and its measure under the names of that day.

    `words`: why the measure does not apply, as the branch said it.
    """

    cell: Cell
    branch: Organization
    community: Organization | None
    measure: Measure
    words: str = ""


@dataclass(frozen=True)
class Part:
    """Which of the rows: of a theme, a measure, a community, a branch, with a mark. What is empty asks for all."""

    theme: str = ""
    measure: str = ""
    community: str = ""
    branch: str = ""
    mark: ItemState | Exclusion | None = None

    def holds(self, row: Row) -> bool:
        community = row.community.code if row.community else NO_COMMUNITY
        return (
            self.theme in ("", row.measure.theme.code)
            and self.measure in ("", str(row.measure.number))
            and self.community in ("", community)
            and self.branch in ("", row.branch.code)
            and self.mark in (None, row.cell.mark)
        )

    def check(self, status: Status) -> None:
        """Raises Invalid (theme, measure) for what the cycle's checklist does not have."""
        if self.theme and self.theme not in {theme.code for theme in status.themes}:
            codes = ", ".join(theme.code for theme in status.themes)
            raise invalid(theme=say("Choose one of: {options}.", options=codes))
        if self.measure and self.measure not in {str(measure.number) for measure in status.measures}:
            last = max((measure.number for measure in status.measures), default=0)
            raise invalid(measure=say("Give the number of a measure, 1 to {last}.", last=last))


async def rows_of(status: Status, part: Part | None = None) -> list[Row]:
    """Every item of a status, or of a part of it, by branch and number; what is left out too. Raises Invalid."""
    wanted = part or Part()
    wanted.check(status)
    branches = {branch.id: branch for branch in [*status.branches, *status.left_out]}
    measures, words = {measure.id: measure for measure in status.measures}, await reasons(status)
    rows = [
        Row(
            cell,
            branches[cell.branch_id],
            status.community_of.get(cell.branch_id),
            measures[cell.measure_id],
            words.get(cell.item_id, ""),
        )
        for cell in status.cells
    ]
    return sorted(filter(wanted.holds, rows), key=lambda row: (row.branch.code, row.measure.number))


async def left_out(status: Status) -> list[Row]:
    """The items that no ratio counts, by branch and number."""
    return [row for row in await rows_of(status) if row.cell.exclusion]


async def reasons(status: Status) -> dict[int, str]:
    """Why the items of a status do not apply, by item id, as it was said last before the end of its day."""
    declared = [cell.item_id for cell in status.cells if cell.not_applicable]
    if not declared:
        return {}
    said = Transition.filter(item_id__in=declared, verb=ItemVerb.DECLARE, at__lt=midnight_after(status.day))
    found: list[Any] = await said.order_by("id").values_list("item_id", "words")
    return dict(found)
