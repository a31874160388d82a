"""One item as a page shows it to one reader, with what that reader has just sent about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from server.access.actor import Actor
from server.access.permits import Permit
from server.kit.clock import today
from server.kit.refusals import Conflict, Refusal
from server.queries import checklists, evidence
from server.views.checklists.proofs import NOTHING, Proof
from server.vocabulary import Timeliness

if TYPE_CHECKING:
    from datetime import date

    from server.models.checklists import ChecklistItem


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
    def controls(self) -> tuple[str, ...]:
        """The fields that the reader can change on the page."""
        return ("done_on", "summary", "evidence") if self.can_fill else ("remark",) if self.can_review else ()

    @property
    def is_overtaken(self) -> bool:
        """Whether what was sent has no place any more, because of what somebody else did meanwhile."""
        return isinstance(self.refusal, Conflict) and self.asked_for not in self.possible

    @property
    def asked_for(self) -> Permit:
        """What the form that was sent needs."""
        if "verdict" in self.typed or "remark" in self.typed:
            return Permit.REVIEW_CHECKLIST_ITEM
        return Permit.SAVE_CHECKLIST_ITEM if "summary" in self.typed else Permit.WITHDRAW_CHECKLIST_ITEM

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


def entry(actor: Actor, item: "ChecklistItem", *, is_open: bool = False, deed: str = "") -> Entry:
    return Entry(actor.account_id, item, checklists.possible(actor, item), is_open, deed=deed)


async def proven(actor: Actor, entries: list[Entry]) -> list[Entry]:
    """The entries of one branch with their evidence, asked for together."""
    found = await evidence.around(actor, [each.item for each in entries])
    return [replace(each, proof=replace(each.proof, around=found[each.item.id])) for each in entries]
