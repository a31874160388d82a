"""What a branch and its reviewer do with an item: save, submit, withdraw, review."""

from typing import Annotated

from pydantic import Field

from server.access.actor import Actor
from server.access.permits import Permit, require
from server.kit.clock import now, today
from server.kit.drafts import Blank, Day, Draft, Text, Version
from server.kit.transactions import unit_of_work
from server.models.checklists import REMARK_LENGTH, SUMMARY_LENGTH, ChecklistItem
from server.operations import trail
from server.queries import checklists
from server.vocabulary import Verdict

FILLED = ["state", "done_on", "summary", "filled_by_id", "version"]
SUBMITTED = ["submitted_by_id", "submitted_at"]


class Fill(Draft):
    """What a branch writes about a measure: the day on which it was done, and what was done.

    What is left out stays as it is; an empty value clears it.
    """

    done_on: Annotated[Day | None, Blank] = None
    summary: Annotated[Text, Field(max_length=SUMMARY_LENGTH)] | None = None
    expected_version: Version


class Withdraw(Draft):
    expected_version: Version


class Review(Draft):
    """A verdict on a submitted item; a return needs a remark."""

    verdict: Verdict
    remark: Annotated[Text, Field(max_length=REMARK_LENGTH)] = ""
    expected_version: Version


@unit_of_work()
async def save(actor: Actor, item_id: int, draft: Fill) -> ChecklistItem:
    """Keep what was typed so far. Raises NotFound, Forbidden, Invalid, Conflict."""
    item = await checklists.find_item(actor, item_id, lock=True)
    require(actor, Permit.SAVE_CHECKLIST_ITEM, item.checklist.branch.path)
    before = filled(item)
    fill(item, draft, actor.account_id)
    await item.save(update_fields=FILLED)
    await record(actor, "checklist_item.saved", item, before)
    return item


@unit_of_work()
async def submit(actor: Actor, item_id: int, draft: Fill) -> ChecklistItem:
    """Keep what was typed and hand it in for review. Raises NotFound, Forbidden, Invalid, Conflict."""
    item = await checklists.find_item(actor, item_id, lock=True)
    require(actor, Permit.SUBMIT_CHECKLIST_ITEM, item.checklist.branch.path)
    before = filled(item)
    fill(item, draft, actor.account_id)
    item.submit(actor.account_id, now())
    await item.save(update_fields=FILLED + SUBMITTED)
    await record(actor, "checklist_item.submitted", item, before)
    return await checklists.find_item(actor, item_id)


@unit_of_work()
async def withdraw(actor: Actor, item_id: int, draft: Withdraw) -> ChecklistItem:
    """Take back what nobody has reviewed yet. Raises NotFound, Forbidden, Invalid, Conflict."""
    item = await checklists.find_item(actor, item_id, lock=True)
    require(actor, Permit.WITHDRAW_CHECKLIST_ITEM, item.checklist.branch.path)
    item.check_alive()
    item.checklist.cycle.check_open(today())
    before = filled(item)
    item.advance(draft.expected_version)
    item.withdraw()
    await item.save(update_fields=["state", "version", *SUBMITTED])
    await record(actor, "checklist_item.withdrawn", item, before)
    return await checklists.find_item(actor, item_id)


@unit_of_work()
async def review(actor: Actor, item_id: int, draft: Review) -> ChecklistItem:
    """Approve a submitted item, or return it with a remark. Raises NotFound, Forbidden, Invalid, Conflict."""
    item = await checklists.find_item(actor, item_id, lock=True)
    require(actor, Permit.REVIEW_CHECKLIST_ITEM, item.checklist.branch.path)
    item.check_alive()
    before = filled(item)
    item.advance(draft.expected_version)
    item.review(draft.verdict, draft.remark, actor.account_id, now(), today())
    await item.save(update_fields=["state", "remark", "reviewed_by_id", "reviewed_at", "version"])
    await record(actor, "checklist_item.reviewed", item, before)
    return await checklists.find_item(actor, item_id)


def fill(item: ChecklistItem, draft: Fill, by: int | None) -> None:
    item.check_alive()
    item.checklist.cycle.check_open(today())
    item.advance(draft.expected_version)
    done_on, summary = draft.given("done_on", item.done_on), draft.given("summary", item.summary)
    item.fill(done_on, summary or "", by, today())


def filled(item: ChecklistItem) -> dict[str, object]:
    return {"state": item.state, "done_on": item.done_on, "summary": item.summary, "remark": item.remark}


async def record(actor: Actor, deed: str, item: ChecklistItem, before: dict[str, object]) -> None:
    """The fields that changed, before and after."""
    after = filled(item)
    changed = [name for name in after if after[name] != before[name]]
    await trail.record(
        actor,
        deed,
        item,
        item.checklist.branch.path,
        {name: before[name] for name in changed},
        {name: after[name] for name in changed},
    )
