"""Taking evidence off an item: it stays readable, with the reason."""

from server.access.actor import Actor
from server.access.permits import Permit, require
from server.kit.clock import now
from server.kit.transactions import unit_of_work
from server.models.evidence import Evidence
from server.operations import trail
from server.operations.checklists.items import check_workable
from server.operations.evidence.drafts import Remove
from server.queries import checklists, evidence


@unit_of_work()
async def remove(actor: Actor, evidence_id: int, draft: Remove) -> Evidence:
    """Take a piece off its item; an approval of the item is overtaken by that.

    Raises NotFound, Forbidden, Invalid.
    """
    piece = await evidence.find(actor, evidence_id)
    item = await checklists.find_item(actor, piece.item_id, lock=True)
    require(actor, Permit.REMOVE_EVIDENCE, item.checklist.branch.path)
    check_workable(item)
    if item.take_off():
        await item.save(update_fields=["version"])
    piece.remove(draft.reason, actor.account_id, now())
    await piece.save(update_fields=["removed_at", "removed_by_id", "removed_because"])
    after = {"item": item.id, "title": piece.title, "sha256": piece.sha256, "reason": draft.reason}
    await trail.record(actor, "evidence.removed", piece, item.checklist.branch.path, after=after)
    return await evidence.find(actor, piece.id)
