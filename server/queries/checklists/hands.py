"""Who ever had a hand in an item: preparer, reviewer and whoever accepts or seals are three people."""

from collections.abc import Sequence
from typing import Any

from server.models.checklists import ChecklistItem
from server.models.trail import TrailEntry
from server.queries.evidence import handled_by

PREPARED = tuple(f"checklist_item.{verb}" for verb in ("saved", "submitted", "declared"))
REVIEWED = ("checklist_item.reviewed",)
"""Deeds that make somebody a part of an item. Giving it back to its branch, or more time, does not."""


async def prepared_by(account_id: int | None, items: Sequence[ChecklistItem]) -> set[int]:
    """The items (ids) that this account ever filled, submitted, declared, or changed the evidence of.

    The trail knows each hand, and so does each piece of evidence.
    """
    if account_id is None:
        return set()
    ids = [item.id for item in items]
    now = {item.id for item in items if item.is_work_of(account_id)}
    return now | await told(account_id, ids, PREPARED) | await handled_by(account_id, ids)


async def worked_on_by(account_id: int | None, items: Sequence[ChecklistItem]) -> set[int]:
    """The same, and those that it reviewed."""
    if account_id is None:
        return set()
    reviewed = {item.id for item in items if item.reviewed_by_id == account_id}
    told_of = await told(account_id, [item.id for item in items], REVIEWED)
    return reviewed | told_of | await prepared_by(account_id, items)


async def told(account_id: int, ids: Sequence[int], deeds: Sequence[str]) -> set[int]:
    rows = TrailEntry.filter(subject_kind="checklist_item", subject_id__in=[str(key) for key in ids])
    found: list[Any] = await rows.filter(account_id=account_id, deed__in=deeds).values_list("subject_id", flat=True)
    return set(map(int, found))
