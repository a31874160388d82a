"""What a branch does with an item: save, submit, declare not applicable, withdraw; and the street: reopen."""

from server.access.actor import Actor
from server.access.permits import Permit, require
from server.kit.clock import now, today
from server.kit.transactions import unit_of_work
from server.models.checklists import ChecklistItem, lacking
from server.operations.checklists.drafts import Declare, Fill, Reopen, Withdraw
from server.operations.checklists.record import filled, hand_of, lapse, moved, record
from server.queries import checklists, evidence
from server.vocabulary import ItemVerb

FILLED = ["state", "done_on", "summary", "not_applicable", "reason", "filled_by_id", "version"]
SUBMITTED = ["submitted_by_id", "submitted_at"]


@unit_of_work()
async def save(actor: Actor, item_id: int, draft: Fill) -> ChecklistItem:
    """Keep what was typed so far. Raises NotFound, Forbidden, Invalid, Conflict."""
    item = await checklists.find_item(actor, item_id, lock=True)
    require(actor, Permit.SAVE_CHECKLIST_ITEM, item.checklist.branch.path)
    before = filled(item)
    fill(item, draft, actor.account_id)
    await item.save(update_fields=FILLED)
    hand = hand_of(actor, Permit.SAVE_CHECKLIST_ITEM, item.checklist.branch.path)
    await moved(item, ItemVerb.SAVE, before, hand)
    await record(actor, "checklist_item.saved", item, before)
    return item


@unit_of_work()
async def submit(actor: Actor, item_id: int, draft: Fill) -> ChecklistItem:
    """Keep what was typed and hand it in for review. Raises NotFound, Forbidden, Invalid, Conflict."""
    item = await checklists.find_item(actor, item_id, lock=True)
    require(actor, Permit.SUBMIT_CHECKLIST_ITEM, item.checklist.branch.path)
    before = filled(item)
    fill(item, draft, actor.account_id)
    item.submit(actor.account_id, now(), lacking(item, await evidence.of_item(actor, item)))
    await item.save(update_fields=FILLED + SUBMITTED)
    hand = hand_of(actor, Permit.SUBMIT_CHECKLIST_ITEM, item.checklist.branch.path)
    await moved(item, ItemVerb.SUBMIT, before, hand)
    await record(actor, "checklist_item.submitted", item, before)
    return await checklists.find_item(actor, item_id)


@unit_of_work()
async def declare(actor: Actor, item_id: int, draft: Declare) -> ChecklistItem:
    """Hand in that the measure does not apply. Raises NotFound, Forbidden, Invalid, Conflict."""
    item = await checklists.find_item(actor, item_id, lock=True)
    require(actor, Permit.DECLARE_CHECKLIST_ITEM, item.checklist.branch.path)
    before = filled(item)
    check_workable(item)
    item.advance(draft.expected_version)
    item.declare(draft.reason, actor.account_id, now())
    await item.save(update_fields=FILLED + SUBMITTED)
    hand = hand_of(actor, Permit.DECLARE_CHECKLIST_ITEM, item.checklist.branch.path)
    await moved(item, ItemVerb.DECLARE, before, hand, draft.reason)
    await record(actor, "checklist_item.declared", item, before)
    return await checklists.find_item(actor, item_id)


@unit_of_work()
async def withdraw(actor: Actor, item_id: int, draft: Withdraw) -> ChecklistItem:
    """Take back what nobody has reviewed yet. Raises NotFound, Forbidden, Invalid, Conflict."""
    item = await checklists.find_item(actor, item_id, lock=True)
    require(actor, Permit.WITHDRAW_CHECKLIST_ITEM, item.checklist.branch.path)
    check_workable(item)
    before = filled(item)
    item.advance(draft.expected_version)
    item.withdraw()
    await item.save(update_fields=["state", "not_applicable", "reason", "version", *SUBMITTED])
    hand = hand_of(actor, Permit.WITHDRAW_CHECKLIST_ITEM, item.checklist.branch.path)
    await moved(item, ItemVerb.WITHDRAW, before, hand)
    await record(actor, "checklist_item.withdrawn", item, before)
    return await checklists.find_item(actor, item_id)


@unit_of_work()
async def reopen(actor: Actor, item_id: int, draft: Reopen) -> ChecklistItem:
    """Give an approved item back to its branch; the checklist is not accepted any more.

    Raises NotFound, Forbidden, Invalid, Conflict.
    """
    item = await checklists.find_item(actor, item_id, lock=True)
    require(actor, Permit.REOPEN_CHECKLIST_ITEM, item.checklist.branch.path)
    before = filled(item)
    item.advance(draft.expected_version)
    item.reopen(now(), today())
    await item.save(update_fields=["state", "not_applicable", "reason", "reopened_at", "version", *SUBMITTED])
    await lapse(item.checklist)
    hand = hand_of(actor, Permit.REOPEN_CHECKLIST_ITEM, item.checklist.branch.path)
    await moved(item, ItemVerb.REOPEN, before, hand, draft.reason)
    await record(actor, "checklist_item.reopened", item, before, because=draft.reason)
    return await checklists.find_item(actor, item_id)


def fill(item: ChecklistItem, draft: Fill, by: int | None) -> None:
    check_workable(item)
    item.advance(draft.expected_version)
    done_on, summary = draft.given("done_on", item.done_on), draft.given("summary", item.summary)
    item.fill(done_on, summary or "", by, today())


def check_workable(item: ChecklistItem) -> None:
    """Raises Invalid for a branch that is gone, a cycle that is not open, an item that is sealed."""
    item.checklist.check_alive()
    item.check_unlocked()
    item.checklist.check_open(today())
