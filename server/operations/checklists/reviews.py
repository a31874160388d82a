"""What the reviewer of a community does: approve, return, and approve together what fits its rule."""

from server.access.actor import Actor
from server.access.permits import Permit, require
from server.kit.clock import now, today
from server.kit.messages import say
from server.kit.refusals import Conflict, Forbidden, Invalid, invalid
from server.kit.transactions import unit_of_work
from server.models.checklists import ChecklistItem, approval_of
from server.operations.checklists.drafts import Review, Together
from server.operations.checklists.record import filled, hand_of, lapse, moved, record
from server.queries import checklists, evidence
from server.vocabulary import ItemVerb, Verdict

REVIEWED = ["state", "remark", "reviewed_by_id", "reviewed_at", "version"]
VERBS = {Verdict.APPROVE: ItemVerb.APPROVE, Verdict.RETURN: ItemVerb.RETURN}


@unit_of_work()
async def review(actor: Actor, item_id: int, draft: Review) -> ChecklistItem:
    """Approve a submitted item, or return it with a remark. Raises NotFound, Forbidden, Invalid, Conflict."""
    item = await checklists.find_item(actor, item_id, lock=True)
    require(actor, Permit.REVIEW_CHECKLIST_ITEM, item.checklist.branch.path)
    await judge(actor, item, draft)
    return await checklists.find_item(actor, item_id)


@unit_of_work()
async def approve_together(actor: Actor, draft: Together) -> list[ChecklistItem]:
    """Approve several items that wait and are clean: all of them, or none.

    Raises NotFound, Forbidden, Invalid, Conflict; the message names the item.
    """
    approved = [await approve(actor, item_id, version) for item_id, version in sorted(draft.items)]
    return [await checklists.find_item(actor, item.id) for item in approved]


async def approve(actor: Actor, item_id: int, version: int) -> ChecklistItem:
    """One of several: what makes it unfit is told with its name."""
    item = await checklists.find_item(actor, item_id, lock=True)
    require(actor, Permit.REVIEW_CHECKLIST_ITEM, item.checklist.branch.path)
    name = say("{branch}, measure {number}", branch=item.checklist.branch.name, number=item.measure.number)
    if not await evidence.is_clean(actor, item):
        raise invalid(items=say("{item}: it does not fit its rule; look at it alone.", item=name))
    try:
        await judge(actor, item, Review(verdict=Verdict.APPROVE, expected_version=version))
    except (Invalid, Conflict, Forbidden) as refusal:
        raise invalid(items=say("{item}: {why}", item=name, why=refusal.message)) from refusal
    return item


async def judge(actor: Actor, item: ChecklistItem, draft: Review) -> None:
    item.checklist.check_alive()
    item.check_unlocked()
    pieces = await evidence.of_item(actor, item)
    before, overtaken = filled(item), await checklists.overtaken(actor, [item])
    item.advance(draft.expected_version)
    prepared = await checklists.prepared_by(actor.account_id, [item])
    item.review(
        draft.verdict,
        draft.remark,
        actor.account_id,
        now(),
        today(),
        is_stale=bool(overtaken),
        has_prepared=bool(prepared),
    )
    await item.save(update_fields=REVIEWED)
    if draft.verdict is Verdict.RETURN:
        await lapse(item.checklist)
    hand = hand_of(actor, Permit.REVIEW_CHECKLIST_ITEM, item.checklist.branch.path)
    bound = approval_of(item, pieces, hand) if draft.verdict is Verdict.APPROVE else None
    await moved(item, VERBS[draft.verdict], before, hand, draft.remark, bound)
    await record(actor, "checklist_item.reviewed", item, before, **({"digest": bound["digest"]} if bound else {}))
