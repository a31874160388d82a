"""Every item of a cycle below a place, as it was on a day: one statement for today and for the past."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from tortoise import connections

from server.access.actor import Actor
from server.access.scope import reach
from server.kit.clock import HOME, today
from server.kit.paths import below
from server.models.checklists import OWED, ChecklistItem
from server.models.cycles import Cycle, timeliness
from server.models.organizations import Placement
from server.queries.checklists.counts import Cell
from server.vocabulary import Exclusion, ItemState, Timeliness

NOW = """
    SELECT item.id, checklist.branch_id, item.measure_id, item.state, checklist.id AS checklist_id, branch.path,
           item.not_applicable, checklist.due_on, checklist.closes_on, branch.dissolved_on IS NOT NULL AS gone
      FROM checklist
      JOIN organization branch ON branch.id = checklist.branch_id
      JOIN checklist_item item ON item.checklist_id = checklist.id
     WHERE checklist.cycle_id = $1
       AND branch.path >= $2 AND branch.path < $3
       AND EXISTS (SELECT FROM unnest($4::text[], $5::text[]) AS reach (low, high)
                    WHERE branch.path >= reach.low AND branch.path < reach.high)
"""

THEN = """
    SELECT item.id, checklist.branch_id, item.measure_id, coalesce(moved.state, 'TODO') AS state,
           checklist.id AS checklist_id, place.path, coalesce(moved.not_applicable, false) AS not_applicable,
           coalesce(longer.due_on, cycle.due_on) AS due_on, coalesce(longer.closes_on, cycle.closes_on) AS closes_on,
           place.valid_to <= $6 AS gone
      FROM checklist
      JOIN cycle ON cycle.id = checklist.cycle_id
      JOIN LATERAL (SELECT path, valid_to FROM placement
                     WHERE organization_id = checklist.branch_id AND valid_from <= $6
                     ORDER BY valid_from DESC, id DESC LIMIT 1) place ON true
      JOIN checklist_item item ON item.checklist_id = checklist.id
      LEFT JOIN LATERAL (SELECT state, not_applicable FROM transition
                          WHERE item_id = item.id AND at < $7 ORDER BY id DESC LIMIT 1) moved ON true
      LEFT JOIN LATERAL (SELECT due_on, closes_on FROM extension
                          WHERE checklist_id = checklist.id AND given_at < $7 ORDER BY id DESC LIMIT 1) longer ON true
     WHERE checklist.cycle_id = $1 AND checklist.assigned_on <= $6
       AND place.path >= $2 AND place.path < $3
       AND EXISTS (SELECT FROM unnest($4::text[], $5::text[]) AS reach (low, high)
                    WHERE place.path >= reach.low AND place.path < reach.high)
"""
"""The last move before midnight says what an item was; the last extension before it, until when the branch had time."""


async def cells(actor: Actor, within: Placement, cycle: Cycle, day: date) -> list[Cell]:
    """At and below `within` as far as the actor reached on `day`, also what is left out of ratios."""
    bounds = [below(path) for path in await reach(actor, ChecklistItem, day)]
    lows, highs = [low for low, _ in bounds], [high for _, high in bounds]
    values: list[Any] = [cycle.id, *below(within.path), lows, highs]
    if day == today():
        rows = await connections.get("default").execute_query_dict(NOW, values)
    else:
        rows = await connections.get("default").execute_query_dict(THEN, [*values, day, midnight_after(day)])
    return [cell(row, day) for row in rows]


def cell(row: dict[str, Any], day: date) -> Cell:
    state = ItemState[row["state"]]
    clock = timeliness(row["due_on"], row["closes_on"], day) if state in OWED else Timeliness.ON_TIME
    return Cell(
        row["id"],
        row["branch_id"],
        row["measure_id"],
        state,
        row["checklist_id"],
        row["path"],
        row["not_applicable"],
        clock,
        exclusion(state, not_applicable=row["not_applicable"], gone=bool(row["gone"])),
    )


def exclusion(state: ItemState, *, not_applicable: bool, gone: bool) -> Exclusion | None:
    """Why an item is left out: its branch is gone, or a reviewer agreed that the measure does not apply there."""
    if gone:
        return Exclusion.BRANCH_DISSOLVED
    return Exclusion.NOT_APPLICABLE if not_applicable and state is ItemState.APPROVED else None


def exclusion_of(item: ChecklistItem) -> Exclusion | None:
    """The same for a row of today."""
    gone = item.checklist.branch.dissolved_on is not None
    return exclusion(item.state, not_applicable=item.not_applicable, gone=gone)


def cells_of(items: Sequence[ChecklistItem]) -> list[Cell]:
    """Rows of today as cells."""
    return [
        Cell(
            item.id,
            item.checklist.branch_id,
            item.measure_id,
            item.state,
            item.checklist_id,
            item.checklist.branch.path,
            item.not_applicable,
            item.timeliness(today()),
            exclusion_of(item),
        )
        for item in items
    ]


def midnight_after(day: date) -> datetime:
    """The instant at which a day is over at home."""
    return datetime.combine(day + timedelta(days=1), time(), HOME)
