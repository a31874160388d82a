"""The items of a checklist: their states, and who may move them from one to another."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from tortoise import fields

from server.kit.messages import Message, say
from server.kit.refusals import Forbidden, Invalid, invalid
from server.models.accounts import Account
from server.models.base import Scoped, Versioned
from server.models.checklists.checklist import Checklist
from server.models.templates import Measure
from server.vocabulary import ItemState, Timeliness, Verdict

if TYPE_CHECKING:
    from server.models.records import Record

SUMMARY_LENGTH = 2000
REMARK_LENGTH = 500
REASON_LENGTH = 500

OWED = frozenset({ItemState.TODO, ItemState.IN_PROGRESS, ItemState.RETURNED})
"""The branch has to act next."""


class ChecklistItem(Scoped, Versioned):
    """One measure of one branch in one cycle: what was done and when, and what the reviewer says of it."""

    scope = "checklist__branch__path"

    id = fields.IntField(primary_key=True)
    checklist: fields.ForeignKeyRelation[Checklist] = fields.ForeignKeyField(
        "models.Checklist", "items", on_delete=fields.RESTRICT
    )
    checklist_id: int
    measure: fields.ForeignKeyRelation[Measure] = fields.ForeignKeyField(
        "models.Measure", "items", on_delete=fields.RESTRICT
    )
    measure_id: int
    state = fields.CharEnumField(ItemState, max_length=32, default=ItemState.TODO)
    done_on: date | None = fields.DateField(null=True)
    summary = fields.TextField(default="")
    not_applicable = fields.BooleanField(default=False)
    reason = fields.TextField(default="")
    """Why the measure does not apply."""
    remark = fields.TextField(default="")
    filled_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", "filled_items", null=True, on_delete=fields.RESTRICT
    )
    filled_by_id: int | None
    submitted_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", "submitted_items", null=True, on_delete=fields.RESTRICT
    )
    submitted_by_id: int | None
    submitted_at: datetime | None = fields.DatetimeField(null=True)
    reviewed_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", "reviewed_items", null=True, on_delete=fields.RESTRICT
    )
    reviewed_by_id: int | None
    reviewed_at: datetime | None = fields.DatetimeField(null=True)
    reopened_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "checklist_item"

    def current(self) -> dict[str, Message]:
        return {
            "summary": say("Now: {value}", value=self.summary),
            "done_on": say("Now: {value}", value=self.done_on or "—"),
        }

    def fill(self, done_on: date | None, summary: str, by: int | None, today: date) -> None:
        """Keep what was typed so far. Raises Invalid outside TODO, IN_PROGRESS, RETURNED, or for a wrong day.

        What was declared not to apply is filled in after all.
        """
        self.check_owed(say("It has been submitted; withdraw it first, then change it."))
        self.check_day(done_on, today)
        self.done_on, self.summary, self.filled_by_id = done_on, summary, by
        self.not_applicable, self.reason = False, ""
        self.state = ItemState.IN_PROGRESS

    def submit(self, by: int | None, at: datetime, lacking: Message | None = None) -> None:
        """Hand in for review. Raises Invalid unless it is filled: the day, what was done, and the evidence asked for.

        `lacking`: what evidence the rule of the measure still wants.
        """
        self.check_owed(say("It has been submitted already."))
        missing = self.missing(lacking)
        if missing:
            raise Invalid(say("Some fields need another look."), missing)
        self.state, self.submitted_by_id, self.submitted_at = ItemState.SUBMITTED, by, at

    def declare(self, reason: str, by: int | None, at: datetime) -> None:
        """Say that the measure does not apply, for a reviewer to agree. What was filled in before stays."""
        self.check_owed(say("It has been submitted already; withdraw it first."))
        self.not_applicable, self.reason, self.filled_by_id = True, reason, by
        self.state, self.submitted_by_id, self.submitted_at = ItemState.SUBMITTED, by, at

    def withdraw(self) -> None:
        """Take back what nobody has reviewed yet; also that it does not apply."""
        if self.state is not ItemState.SUBMITTED:
            raise self.wrong_state(say("Only a submitted item can be withdrawn."))
        self.state, self.submitted_by_id, self.submitted_at = ItemState.IN_PROGRESS, None, None
        self.not_applicable, self.reason = False, ""

    def reopen(self, at: datetime, today: date) -> None:
        """Let the branch work on it again. Raises Invalid unless it is approved and can still be filled."""
        if self.state is not ItemState.APPROVED:
            raise self.wrong_state(say("Only an approved item can be reopened."))
        self.checklist.check_alive()
        self.check_in_time(today)
        self.state, self.submitted_by_id, self.submitted_at = ItemState.IN_PROGRESS, None, None
        self.not_applicable, self.reason, self.reopened_at = False, "", at

    def review(
        self,
        verdict: Verdict,
        remark: str,
        by: int | None,
        at: datetime,
        today: date,
        *,
        is_stale: bool = False,
        has_prepared: bool = False,
    ) -> None:
        """Approve, or return with a remark. Raises Forbidden for whoever filled or submitted it.

        An approval that something has overtaken (`is_stale`) is given or refused anew. `has_prepared`: whether the
        reviewer ever had a part in what is reviewed.
        """
        if self.state is not ItemState.SUBMITTED and not (self.state is ItemState.APPROVED and is_stale):
            raise self.wrong_state(say("Only a submitted item can be reviewed."))
        if has_prepared or self.is_work_of(by):
            raise Forbidden(say("You filled or submitted this item; somebody else has to review it."))
        if verdict is Verdict.RETURN:
            self.check_return(remark, today)
        self.state = ItemState.APPROVED if verdict is Verdict.APPROVE else ItemState.RETURNED
        self.remark, self.reviewed_by_id, self.reviewed_at = remark, by, at

    def check_addable(self) -> None:
        """Raises Invalid (state) unless the branch may still add evidence."""
        self.check_owed(say("It has been submitted; withdraw it first, then add evidence."))

    def take_up(self, by: int | None) -> bool:
        """Begin with a first piece of evidence; whether that moved it."""
        self.check_addable()
        if self.state is not ItemState.TODO:
            return False
        self.state, self.filled_by_id, self.version = ItemState.IN_PROGRESS, by, self.version + 1
        return True

    def draw_from(self, records: "Sequence[Record]") -> bool:
        """Where the branch has written nothing yet, say what its records say; whether that wrote anything."""
        if self.summary or self.done_on or not records:
            return False
        self.done_on = max(record.held_on for record in records)
        self.summary = "\n".join(record.said for record in records)[:SUMMARY_LENGTH]
        return True

    def take_off(self) -> bool:
        """Lose a piece of evidence; whether somebody who has seen it approved looks again. Raises Invalid (state)."""
        if self.state is ItemState.SUBMITTED:
            raise self.wrong_state(say("It has been submitted; withdraw it first, then remove evidence."))
        if self.state is not ItemState.APPROVED:
            return False
        self.version += 1
        return True

    def is_work_of(self, account_id: int | None) -> bool:
        """Whether this account filled or submitted it, and so may not review it."""
        return account_id is not None and account_id in (self.filled_by_id, self.submitted_by_id)

    def check_return(self, remark: str, today: date) -> None:
        """Raises Invalid for a return that says nothing, or that the branch could not answer any more."""
        if not remark:
            raise invalid(remark=say("Say what has to change, so that the branch can mend it."))
        self.check_in_time(today)

    def check_in_time(self, today: date) -> None:
        """Raises Invalid (verdict) once the branch could not mend anything any more."""
        day = self.checklist.closes_on
        if today > day:
            said = say("This closed on {day}, so the branch could not mend it; give it more time first.", day=day)
            raise invalid(verdict=said)

    @property
    def is_locked(self) -> bool:
        """Whether it lies under a seal, and has not been reopened since."""
        locked = self.checklist.locked_at
        return locked is not None and (self.reopened_at is None or self.reopened_at < locked)

    def check_unlocked(self) -> None:
        """Raises Invalid (state) for what is sealed."""
        if self.is_locked:
            raise invalid(state=say("This cycle has been sealed; only the subdistrict can reopen an item of it."))

    def missing(self, lacking: Message | None = None) -> dict[str, Message]:
        """What has to be there before this can be submitted, by field."""
        wanted = {"done_on": self.done_on, "summary": self.summary}
        empty = {name: say("Fill this in before you submit.") for name, value in wanted.items() if not value}
        return empty | ({"evidence": lacking} if lacking else {})

    def timeliness(self, today: date) -> Timeliness:
        return self.checklist.timeliness(today) if self.state in OWED else Timeliness.ON_TIME

    def check_day(self, day: date | None, today: date, field: str = "done_on") -> None:
        """Raises Invalid (`field`) for a day to come, or outside the measure's window in this cycle."""
        cycle = self.checklist.cycle
        first, last = self.measure.window(cycle.starts_on, cycle.ends_on)
        if day and day > today:
            raise invalid(**{field: say("This day is still to come; enter the day on which it was done.")})
        if day and not first <= day <= last:
            raise invalid(**{field: say("Give a day from {first} to {last}.", first=first, last=last)})

    def check_owed(self, remedy: Message) -> None:
        if self.state not in OWED:
            raise self.wrong_state(remedy)

    def wrong_state(self, remedy: Message) -> Invalid:
        return invalid(state=say("{remedy} Its state is: {state}.", remedy=remedy, state=self.state))
