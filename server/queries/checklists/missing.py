"""Who owes what: since when, how late, and who acts next."""

from dataclasses import dataclass
from datetime import date

from server.kit.paging import Slice, check, number, sliced
from server.models.organizations import Organization
from server.queries.checklists.counts import OVERDUE
from server.queries.checklists.rows import Row, rows_of
from server.queries.checklists.status import Status
from server.vocabulary import ItemState, OrganizationKind, Role, Timeliness

DEBT_ORDER = ("is_in_time", "since", "branch_code", "measure_number", "item_id")
"""The longest overdue first, then what has waited longest."""


@dataclass(frozen=True)
class Debt:
    """An item that is counted and not approved: somebody has to act next."""

    row: Row
    since: date
    day: date
    next_role: Role
    next_place: Organization

    @property
    def waiting_days(self) -> int:
        return (self.day - self.since).days

    @property
    def is_in_time(self) -> int:
        """0 for what is overdue, which comes first."""
        return int(self.row.cell.clock not in OVERDUE)

    @property
    def branch_code(self) -> str:
        return self.row.branch.code

    @property
    def measure_number(self) -> int:
        return self.row.measure.number

    @property
    def item_id(self) -> int:
        return self.row.cell.item_id

    @property
    def place_in_order(self) -> tuple[int, str, str, int, int]:
        return self.is_in_time, str(self.since), self.branch_code, self.measure_number, self.item_id


async def missing(status: Status) -> list[Debt]:
    """Everything that a status counts and that is not approved, in order."""
    rows = [row for row in await rows_of(status) if row.cell.is_open]
    debts = [debt(status, row) for row in rows]
    return sorted(debts, key=lambda debt: debt.place_in_order)


def debt(status: Status, row: Row) -> Debt:
    role, place = acts_next(status, row)
    return Debt(row, row.cell.since or status.day, status.day, role, place)


def acts_next(status: Status, row: Row) -> tuple[Role, Organization]:
    """The reviewer for what was handed in; the branch for what it owes; the street once that cannot be filled any more.

    A branch that lies in no community is reviewed for whatever lies directly above it.
    """
    above = status.above[row.branch.id]
    if row.cell.state is ItemState.SUBMITTED:
        return Role.COMMUNITY_REVIEWER, row.community or (above or [row.branch])[-1]
    if row.cell.clock is Timeliness.MISSED:
        streets = [place for place in above if place.kind is OrganizationKind.STREET]
        return Role.STREET_REVIEWER, (streets or above or [row.branch])[-1]
    return Role.BRANCH_SECRETARY, row.branch


def page_of(debts: list[Debt], first: int, after: str | None = None) -> Slice[Debt]:
    """The next `first` behind the cursor `after`. Raises Invalid (first, after)."""
    start = check(first, after, DEBT_ORDER)
    if start:
        in_time, since, branch, measure, item = start
        place = (number(in_time), since, branch, number(measure), number(item))
        debts = [debt for debt in debts if debt.place_in_order > place]
    return sliced(debts, DEBT_ORDER, first, start)
