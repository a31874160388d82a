"""One item as a page shows it to one reader, with what that reader has just sent about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from server.access.actor import Actor
from server.access.permits import Permit
from server.kit.clock import today
from server.kit.refusals import Conflict, Refusal
from server.queries import checklists
from server.views.checklists.proofs import NOTHING, Proof
from server.vocabulary import ItemState, ItemVerb, Timeliness

if TYPE_CHECKING:
    from datetime import date

    from server.kit.messages import Message
    from server.models.checklists import ChecklistItem, Transition


@dataclass(frozen=True)
class Entry:
    """`typed` and `refusal` are of a form that was refused; `deed` is what was done; `typing`: by itself, unasked."""

    reader: int | None
    item: "ChecklistItem"
    possible: frozenset[Permit]
    is_open: bool = False
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None
    deed: str = ""
    typing: bool = False
    history: "Sequence[Transition]" = ()
    stale: Sequence[str] = ()
    """The fields that say something else than what was approved."""
    proof: Proof = NOTHING

    @property
    def can_fill(self) -> bool:
        return Permit.SAVE_CHECKLIST_ITEM in self.possible

    @property
    def can_submit(self) -> bool:
        return Permit.SUBMIT_CHECKLIST_ITEM in self.possible

    @property
    def can_add(self) -> bool:
        return Permit.ADD_EVIDENCE in self.possible

    @property
    def can_remove(self) -> bool:
        return Permit.REMOVE_EVIDENCE in self.possible

    @property
    def can_withdraw(self) -> bool:
        return Permit.WITHDRAW_CHECKLIST_ITEM in self.possible

    @property
    def can_review(self) -> bool:
        return Permit.REVIEW_CHECKLIST_ITEM in self.possible

    @property
    def can_declare(self) -> bool:
        return Permit.DECLARE_CHECKLIST_ITEM in self.possible

    @property
    def can_reopen(self) -> bool:
        return Permit.REOPEN_CHECKLIST_ITEM in self.possible

    @property
    def approval(self) -> "Transition | None":
        """The one that holds, with the name and the role of whoever gave it."""
        given = [move for move in self.history if move.verb is ItemVerb.APPROVE]
        return given[-1] if given and self.item.state is ItemState.APPROVED else None

    @property
    def returned(self) -> "Transition | None":
        """Who gave it back last, and why, while the branch has to act on it."""
        if self.item.state not in (ItemState.RETURNED, ItemState.IN_PROGRESS):
            return None
        back = [move for move in self.history if move.verb in (ItemVerb.RETURN, ItemVerb.REOPEN)]
        return back[-1] if back else None

    @property
    def missing(self) -> "dict[str, Message]":
        """What has to be there before it can be submitted."""
        return checklists.wanting(self.item, self.proof.around.pieces)

    @property
    def controls(self) -> tuple[str, ...]:
        """The fields that the reader can change on the page."""
        fills = ("done_on", "summary", "evidence", "reason") if self.can_fill else ()
        return fills + (("remark",) if self.can_review else ()) + (("reason",) if self.can_reopen else ())

    @property
    def is_overtaken(self) -> bool:
        """Whether what was sent has no place any more, because of what somebody else did meanwhile."""
        return isinstance(self.refusal, Conflict) and self.asked_for not in self.possible

    @property
    def asked_for(self) -> Permit:
        """What the form that was sent needs."""
        if "verdict" in self.typed or "remark" in self.typed:
            return Permit.REVIEW_CHECKLIST_ITEM
        if self.is_reasoned:
            return Permit.REOPEN_CHECKLIST_ITEM if self.can_reopen else Permit.DECLARE_CHECKLIST_ITEM
        return Permit.SAVE_CHECKLIST_ITEM if "summary" in self.typed else Permit.WITHDRAW_CHECKLIST_ITEM

    @property
    def is_reasoned(self) -> bool:
        """Whether what was sent is a verb that takes a reason; the fields that are filled had no part in it."""
        return "reason" in self.typed

    @property
    def filling(self) -> Refusal | None:
        """What was wrong with the fields that are filled."""
        return None if self.is_reasoned else self.refusal

    @property
    def lost(self) -> str:
        """The words of a form that has no place any more."""
        if not self.refusal or self.asked_for in self.possible:
            return ""
        return next((text for name in ("summary", "reason", "remark") if (text := self.typed.get(name))), "")

    @property
    def timeliness(self) -> Timeliness:
        return self.item.timeliness(today())

    @property
    def window(self) -> tuple["date", "date"]:
        """The days on which the measure may be done."""
        cycle = self.item.checklist.cycle
        return self.item.measure.window(cycle.starts_on, cycle.ends_on)

    def value(self, name: str) -> object:
        """What a field shows: what was typed, else what is kept."""
        return self.typed.get(name, getattr(self.item, name, ""))

    def was(self, name: str) -> object:
        """What a field held when the form was made."""
        return self.typed.get(f"was_{name}", getattr(self.item, name) or "")

    @property
    def version(self) -> object:
        """The version that the form was made from: until a refusal is settled, the one that was sent."""
        return self.typed.get("expected_version", self.item.version)

    @property
    def filled_version(self) -> object:
        """The same for the fields that are filled: they are as they are kept when another form was refused."""
        return self.item.version if self.is_reasoned else self.version

    @property
    def settled_version(self) -> object:
        """The same for a form without values of its own: after a conflict it goes on from what is shown."""
        return self.item.version if isinstance(self.refusal, Conflict) else self.version


def entry(actor: Actor, item: "ChecklistItem", *, is_open: bool = False, deed: str = "") -> Entry:
    return Entry(actor.account_id, item, checklists.possible(actor, item), is_open, deed=deed)


async def surrounded(actor: Actor, entries: Sequence[Entry]) -> list[Entry]:
    """With what moved each item, its evidence, and whether its approval still stands: a question each, for them all."""
    items = [each.item for each in entries]
    history = await checklists.transitions_of(actor, [item.id for item in items])
    around, stale = await checklists.around(actor, items), await checklists.overtaken(actor, items)
    mine = await checklists.prepared_by(actor.account_id, items)
    return [
        replace(
            each,
            possible=checklists.possible(
                actor, each.item, is_stale=each.item.id in stale, has_prepared=each.item.id in mine
            ),
            history=history.get(each.item.id, ()),
            stale=stale.get(each.item.id, ()),
            proof=replace(each.proof, around=around[each.item.id]),
        )
        for each in entries
    ]
