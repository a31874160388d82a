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
           item.not_applicable, checklist.due_on, checklist.closes_on, branch.dissolved_on AS gone_on,
           greatest(checklist.assigned_on, cycle.opens_on) AS begun_on,
           CASE item.state WHEN 'SUBMITTED' THEN item.submitted_at WHEN 'RETURNED' THEN item.reviewed_at END AS moved_at
      FROM checklist
      JOIN cycle ON cycle.id = checklist.cycle_id
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
           CASE WHEN place.valid_to <= $6 THEN place.valid_to END AS gone_on,
           greatest(checklist.assigned_on, cycle.opens_on) AS begun_on,
           CASE WHEN moved.state IN ('SUBMITTED', 'RETURNED') THEN moved.at END AS moved_at
      FROM checklist
      JOIN cycle ON cycle.id = checklist.cycle_id
      JOIN LATERAL (SELECT coalesce(up.path || own.organization_id || '/', own.path) AS path, own.valid_to
                      FROM placement own
                      LEFT JOIN LATERAL (SELECT path FROM placement
                                          WHERE organization_id = own.parent_id AND valid_from <= $6
                                          ORDER BY valid_from DESC, id DESC LIMIT 1) up ON own.valid_to <= $6
                     WHERE own.organization_id = checklist.branch_id AND own.valid_from <= $6
                     ORDER BY own.valid_from DESC, own.id DESC LIMIT 1) place ON true
      JOIN checklist_item item ON item.checklist_id = checklist.id
      LEFT JOIN LATERAL (SELECT state, not_applicable, at FROM transition
                          WHERE item_id = item.id AND at < $7 ORDER BY id DESC LIMIT 1) moved ON true
      LEFT JOIN LATERAL (SELECT due_on, closes_on FROM extension
                          WHERE checklist_id = checklist.id AND given_at < $7 ORDER BY id DESC LIMIT 1) longer ON true
     WHERE checklist.cycle_id = $1 AND checklist.assigned_on <= $6
       AND place.path >= $2 AND place.path < $3
       AND EXISTS (SELECT FROM unnest($4::text[], $5::text[]) AS reach (low, high)
                    WHERE place.path >= reach.low AND place.path < reach.high)
"""
"""The last move before midnight says what an item was; the last extension before it, until when the branch had time.

What was gone by then lies where its parent lay: it moves along, as it does today.
"""


async def cells(actor: Actor, within: Placement, cycle: Cycle, day: date) -> list[Cell]:
    """At and below `within` as far as the actor reached on `day`, also what is left out of ratios."""
    return await (cells_now if day == today() else cells_then)(actor, within, cycle, day)


async def cells_now(actor: Actor, within: Placement, cycle: Cycle, day: date) -> list[Cell]:
    """As the rows say now; `day` is today."""
    rows = await connections.get("default").execute_query_dict(NOW, await choice(actor, within, cycle, day))
    return [cell(row, day) for row in rows]


async def cells_then(actor: Actor, within: Placement, cycle: Cycle, day: date) -> list[Cell]:
    """As what happened until the end of `day` says."""
    values = [*await choice(actor, within, cycle, day), day, midnight_after(day)]
    return [cell(row, day) for row in await connections.get("default").execute_query_dict(THEN, values)]


async def choice(actor: Actor, within: Placement, cycle: Cycle, day: date) -> list[Any]:
    """What both statements are asked with: the cycle, the place, and where the actor reached on `day`."""
    bounds = [below(path) for path in await reach(actor, ChecklistItem, day)]
    return [cycle.id, *below(within.path), [low for low, _ in bounds], [high for _, high in bounds]]


def cell(row: dict[str, Any], day: date) -> Cell:
    """Nobody has to act on what is left out, so the clock says nothing of it."""
    state = ItemState[row["state"]]
    left_out = exclusion(state, not_applicable=row["not_applicable"], gone=row["gone_on"] is not None)
    owed = state in OWED and not left_out
    return Cell(
        row["id"],
        row["branch_id"],
        row["measure_id"],
        state,
        row["checklist_id"],
        row["path"],
        row["not_applicable"],
        timeliness(row["due_on"], row["closes_on"], day) if owed else Timeliness.ON_TIME,
        left_out,
        row["gone_on"],
        None if left_out else since(state, row["begun_on"], row["due_on"], row["moved_at"], day),
    )


def since(state: ItemState, begun_on: date, due_on: date, moved_at: datetime | None, day: date) -> date | None:
    """Since when somebody has had to act: what is late since it is; what was handed in or returned since then."""
    if state is ItemState.APPROVED:
        return None
    if state in OWED and day > due_on:
        return due_on + timedelta(days=1)
    return moved_at.astimezone(HOME).date() if moved_at else begun_on


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
            item.checklist.branch.dissolved_on,
        )
        for item in items
    ]


def midnight_after(day: date) -> datetime:
    """The instant at which a day is over at home."""
    return datetime.combine(day + timedelta(days=1), time(), HOME)
