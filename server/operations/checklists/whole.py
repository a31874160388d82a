"""What the street does with a whole checklist: give it more time, accept it."""

from collections.abc import Sequence
from typing import Any

from server.access.actor import Actor
from server.access.permits import Permit, require
from server.kit.clock import now, today
from server.kit.messages import say
from server.kit.refusals import Forbidden, invalid
from server.kit.transactions import unit_of_work
from server.models.checklists import Checklist, ChecklistItem, Extension
from server.operations import trail
from server.operations.checklists.drafts import Accept, Extend
from server.operations.checklists.record import hand_of
from server.queries import checklists


@unit_of_work()
async def extend(actor: Actor, checklist_id: int, draft: Extend) -> Checklist:
    """Give one branch longer than the others, for a reason; what is sealed stays locked all the same.

    Raises NotFound, Forbidden, Invalid, Conflict.
    """
    checklist = await checklists.find(actor, checklist_id, lock=True)
    require(actor, Permit.EXTEND_CHECKLIST, checklist.branch.path)
    checklist.check_alive()
    before = days_of(checklist)
    checklist.advance(draft.expected_version)
    checklist.extend(draft.due_on, draft.closes_on, today())
    await checklist.save(update_fields=["due_on", "closes_on", "version"])
    _ = await Extension.create(
        checklist=checklist, given_at=now(), given_by_id=actor.account_id, reason=draft.reason, **days_of(checklist)
    )
    after = {**days_of(checklist), "reason": draft.reason}
    await trail.record(actor, "checklist.extended", checklist, checklist.branch.path, before, after)
    return checklist


@unit_of_work()
async def accept(actor: Actor, checklist_id: int, draft: Accept) -> Checklist:
    """Take a checklist as done, every item of it approved. Raises NotFound, Forbidden, Invalid, Conflict."""
    checklist = await checklists.find(actor, checklist_id, lock=True)
    require(actor, Permit.ACCEPT_CHECKLIST, checklist.branch.path)
    checklist.check_alive()
    checklist.check_unlocked()
    checklist.advance(draft.expected_version)
    items = await checklists.items_of(actor, checklist)
    checklist.accept(items, hand_of(actor, Permit.ACCEPT_CHECKLIST, checklist.branch.path), now())
    await check_hands(actor, items)
    await check_standing(actor, items)
    await checklist.save(update_fields=["accepted_at", "accepted_by_id", "accepted_name", "accepted_role", "version"])
    await trail.record(actor, "checklist.accepted", checklist, checklist.branch.path, after={"items": len(items)})
    return checklist


async def check_hands(actor: Actor, items: Sequence[ChecklistItem]) -> None:
    """Raises Forbidden for whoever filled, submitted or reviewed any of it, ever: the trail knows."""
    if await checklists.worked_on_by(actor.account_id, items):
        raise Forbidden(say("You worked on this checklist; somebody else has to accept it."))


async def check_standing(actor: Actor, items: Sequence[ChecklistItem]) -> None:
    """Raises Invalid (checklist) while an approval stands for something else than what is there."""
    if stale := await checklists.overtaken(actor, items):
        said = say("{count} approvals have been overtaken; have them reviewed again first.", count=len(stale))
        raise invalid(checklist=said)


def days_of(checklist: Checklist) -> dict[str, Any]:
    return {"due_on": checklist.due_on, "closes_on": checklist.closes_on}
