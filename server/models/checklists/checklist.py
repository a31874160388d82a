"""One branch's checklist in one cycle: until when it can be filled, and whether it was accepted or locked."""

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING

from tortoise import fields

from server.kit.messages import say
from server.kit.refusals import invalid
from server.models.accounts import Account
from server.models.base import Scoped, Versioned
from server.models.cycles import Cycle, timeliness
from server.models.organizations import Organization, Placement
from server.vocabulary import ChecklistState, ItemState, Role, Timeliness

if TYPE_CHECKING:
    from server.models.checklists.items import ChecklistItem
    from server.models.checklists.transitions import Hand


class Checklist(Scoped, Versioned):
    """The measures of one branch in one cycle, and the placement under which they are filled.

    `due_on` and `closes_on` are the cycle's, or later, if the branch was given an extension; `assigned_on` is later
    than the cycle's opening for a branch that joined afterwards.
    """

    scope = "branch__path"

    id = fields.IntField(primary_key=True)
    cycle: fields.ForeignKeyRelation[Cycle] = fields.ForeignKeyField(
        "models.Cycle", "checklists", on_delete=fields.RESTRICT
    )
    cycle_id: int
    branch: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", "checklists", on_delete=fields.RESTRICT
    )
    branch_id: int
    placement: fields.ForeignKeyRelation[Placement] = fields.ForeignKeyField(
        "models.Placement", "checklists", on_delete=fields.RESTRICT
    )
    placement_id: int
    assigned_on: date = fields.DateField()
    due_on: date = fields.DateField()
    closes_on: date = fields.DateField()
    accepted_at: datetime | None = fields.DatetimeField(null=True)
    accepted_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", "accepted_checklists", null=True, on_delete=fields.RESTRICT
    )
    accepted_by_id: int | None
    accepted_name = fields.CharField(max_length=80, default="")
    accepted_role = fields.CharField(max_length=32, default="")
    locked_at: datetime | None = fields.DatetimeField(null=True)

    items: fields.ReverseRelation["ChecklistItem"]

    class Meta:
        table = "checklist"

    @property
    def is_extended(self) -> bool:
        """Whether the branch has longer than the others."""
        return (self.due_on, self.closes_on) != (self.cycle.due_on, self.cycle.closes_on)

    def state(self, items: Collection[ItemState]) -> ChecklistState:
        """How far it is, given the states of its items."""
        if self.locked_at:
            return ChecklistState.LOCKED
        if self.accepted_at:
            return ChecklistState.ACCEPTED
        ready = all(state is ItemState.APPROVED for state in items)
        return ChecklistState.READY if items and ready else ChecklistState.OPEN

    @property
    def accepted_as(self) -> Role | None:
        """The role in which somebody accepted it."""
        return Role[self.accepted_role] if self.accepted_role else None

    def is_open(self, today: date) -> bool:
        return max(self.cycle.opens_on, self.assigned_on) <= today <= self.closes_on

    def timeliness(self, today: date) -> Timeliness:
        """What the clock says of work on it that is still owed on this day."""
        return timeliness(self.due_on, self.closes_on, today)

    def check_open(self, today: date) -> None:
        """Raises Invalid (cycle) unless items can be filled on this day."""
        if today < self.cycle.opens_on:
            raise invalid(cycle=say("This cycle opens on {day}; come back then.", day=self.cycle.opens_on))
        if today > self.closes_on:
            raise invalid(cycle=say("This cycle closed on {day}; ask the subdistrict for help.", day=self.closes_on))

    def check_alive(self) -> None:
        """Raises Invalid (state) once the branch is dissolved."""
        if self.branch.dissolved_on:
            said = say(
                "{name} was dissolved on {day}; its checklist stays as it was then.",
                name=self.branch.name,
                day=self.branch.dissolved_on,
            )
            raise invalid(state=said)

    def check_unlocked(self) -> None:
        """Raises Invalid (checklist) once it lies under a seal."""
        if self.locked_at:
            raise invalid(checklist=say("This cycle has been sealed; the checklist stays as it was then."))

    def extend(self, due_on: date, closes_on: date, today: date) -> None:
        """Give the branch longer. Raises Invalid for days that give it less, or that are over."""
        if due_on < self.due_on:
            raise invalid(due_on=say("It is due on {day} already; give a later day.", day=self.due_on))
        if due_on < today:
            raise invalid(due_on=say("This day has passed; give today or a day to come."))
        if closes_on < max(due_on, self.closes_on):
            raise invalid(closes_on=say("Give {day} or a later day.", day=max(due_on, self.closes_on)))
        if (due_on, closes_on) == (self.due_on, self.closes_on):
            raise invalid(due_on=say("These are the days that it has already; give later ones."))
        self.due_on, self.closes_on = due_on, closes_on

    def accept(self, items: "Collection[ChecklistItem]", hand: "Hand", at: datetime) -> None:
        """The street takes it as done. Raises Invalid unless every item is approved."""
        if self.accepted_at:
            raise invalid(checklist=say("It has been accepted already."))
        if open_items := [item for item in items if item.state is not ItemState.APPROVED]:
            raise invalid(checklist=say("{count} items are not approved yet.", count=len(open_items)))
        self.accepted_at, self.accepted_by_id = at, hand.account_id
        self.accepted_name, self.accepted_role = hand.name, hand.role or ""

    def lapse(self) -> None:
        """Something of it was reopened, so it is not accepted any more."""
        self.accepted_at, self.accepted_by_id, self.accepted_name, self.accepted_role = None, None, "", ""


class Extension(Scoped):
    """More time for one branch, and why; the newest counts."""

    scope = "checklist__branch__path"

    id = fields.IntField(primary_key=True)
    checklist: fields.ForeignKeyRelation[Checklist] = fields.ForeignKeyField(
        "models.Checklist", "extensions", on_delete=fields.RESTRICT
    )
    checklist_id: int
    due_on: date = fields.DateField()
    closes_on: date = fields.DateField()
    reason = fields.TextField()
    given_at: datetime = fields.DatetimeField()
    given_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", "extensions", null=True, on_delete=fields.RESTRICT
    )
    given_by_id: int | None

    class Meta:
        table = "extension"
