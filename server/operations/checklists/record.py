"""How a move of an item is kept: a transition for everybody who looks at the item, a line of the trail for auditors."""

from collections.abc import Mapping
from typing import Any

from server.access.actor import Actor
from server.access.permits import Permit, role_for
from server.kit.clock import now
from server.models.checklists import Checklist, ChecklistItem, Hand, Transition
from server.operations import trail
from server.vocabulary import ItemState, ItemVerb

KEPT = ("state", "done_on", "summary", "remark", "not_applicable", "reason")


def filled(item: ChecklistItem) -> dict[str, object]:
    return {name: getattr(item, name) for name in KEPT}


def hand_of(actor: Actor, permit: Permit, path: str) -> Hand:
    """The actor, under the name and in the role of this moment."""
    return Hand(actor.account_id, actor.name, role_for(actor, permit, path))


async def moved(
    item: ChecklistItem,
    verb: ItemVerb,
    before: Mapping[str, object],
    hand: Hand,
    words: str = "",
    bound: Mapping[str, Any] | None = None,
) -> None:
    """Keep a move; one that changes neither the state nor an approval is none."""
    was = before["state"]
    if was is item.state and bound is None:
        return
    _ = await Transition.create(
        item_id=item.id,
        at=(item.reviewed_at if bound else None) or now(),
        verb=verb,
        was=ItemState[str(was)],
        state=item.state,
        not_applicable=item.not_applicable,
        account_id=hand.account_id,
        name=hand.name,
        role=hand.role,
        words=words,
        **(bound or {}),
    )


async def lapse(checklist: Checklist) -> None:
    """An item of it is open again, so it is not accepted any more."""
    if checklist.accepted_at:
        checklist.lapse()
        checklist.advance(checklist.version)
        await checklist.save(
            update_fields=["accepted_at", "accepted_by_id", "accepted_name", "accepted_role", "version"]
        )


async def record(actor: Actor, deed: str, item: ChecklistItem, before: Mapping[str, object], **also: object) -> None:
    """The fields that changed, before and after, and what there is `also` to say."""
    after = filled(item)
    changed = [name for name in after if after[name] != before[name]]
    await trail.record(
        actor,
        deed,
        item,
        item.checklist.branch.path,
        {name: before[name] for name in changed},
        {name: after[name] for name in changed} | also,
    )
