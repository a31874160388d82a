"""What changed between two days: items whose state, exclusion or clock differ, and the figures of both days."""

from dataclasses import dataclass
from datetime import date

from server.access.actor import Actor
from server.kit.clock import today
from server.kit.messages import say
from server.kit.refusals import invalid
from server.models.cycles import Cycle
from server.queries import organizations
from server.queries.checklists.counts import Cell
from server.queries.checklists.rows import Row, rows_of
from server.queries.checklists.status import Status, status


@dataclass(frozen=True)
class Change:
    """One item, as it was on both days; None: it was not there, or not below this place."""

    row: Row
    """As it is known on the later day, or was on the earlier."""
    before: Cell | None
    after: Cell | None


@dataclass(frozen=True)
class Comparison:
    before: Status
    after: Status
    changes: list[Change]


async def compare(actor: Actor, within: str, cycle: Cycle, days: tuple[date, date]) -> Comparison:
    """The place with the code `within`, as it stood on each day. Raises NotFound, Invalid (from, to)."""
    earlier, later = days
    if later > today():
        raise invalid(to=say("This day is still to come; enter today or a past day."))
    if later < earlier:
        raise invalid(to=say("This day lies before {day}; give a later one.", day=earlier))
    before = await status_on(actor, within, cycle, earlier)
    after = await status_on(actor, within, cycle, later)
    return Comparison(before, after, await changes(before, after))


async def status_on(actor: Actor, within: str, cycle: Cycle, day: date) -> Status:
    return await status(actor, await organizations.find(actor, within, day, field="within"), cycle, day)


async def changes(before: Status, after: Status) -> list[Change]:
    """By branch and number."""
    was = {row.cell.item_id: row for row in await rows_of(before)}
    now = {row.cell.item_id: row for row in await rows_of(after)}
    pairs = [(was.get(key), now.get(key)) for key in was | now]
    found = [
        Change(row, old.cell if old else None, new.cell if new else None)
        for old, new in pairs
        if seen(old) != seen(new) and (row := new or old)
    ]
    return sorted(found, key=lambda change: (change.row.branch.code, change.row.measure.number))


def seen(row: Row | None) -> tuple[object, ...] | None:
    return (row.cell.state, row.cell.exclusion, row.cell.clock) if row else None
