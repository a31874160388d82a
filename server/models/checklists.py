"""One branch's checklist in one cycle: its items, their states and who may move them from one to another."""

from datetime import date, datetime

from tortoise import fields

from server.kit.messages import Message, say
from server.kit.refusals import Forbidden, Invalid, invalid
from server.models.accounts import Account
from server.models.base import Scoped, Versioned
from server.models.cycles import Cycle
from server.models.organizations import Organization, Placement
from server.models.templates import Measure
from server.vocabulary import ItemState, Timeliness, Verdict

SUMMARY_LENGTH = 2000
REMARK_LENGTH = 500

OWED = frozenset({ItemState.TODO, ItemState.IN_PROGRESS, ItemState.RETURNED})
"""The branch has to act next."""


class Checklist(Scoped):
    """The measures of one branch in one cycle, and the placement under which they are filled."""

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

    items: fields.ReverseRelation["ChecklistItem"]

    class Meta:
        table = "checklist"


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

    class Meta:
        table = "checklist_item"

    def current(self) -> dict[str, Message]:
        return {
            "summary": say("Now: {value}", value=self.summary),
            "done_on": say("Now: {value}", value=self.done_on or "—"),
        }

    def fill(self, done_on: date | None, summary: str, by: int | None, today: date) -> None:
        """Keep what was typed so far. Raises Invalid outside TODO, IN_PROGRESS, RETURNED, or for a wrong day."""
        self.check_owed(say("It has been submitted; withdraw it first, then change it."))
        self.check_day(done_on, today)
        self.done_on, self.summary, self.filled_by_id = done_on, summary, by
        self.state = ItemState.IN_PROGRESS

    def submit(self, by: int | None, at: datetime) -> None:
        """Hand in for review. Raises Invalid unless it is filled: the day and what was done."""
        self.check_owed(say("It has been submitted already."))
        missing = self.missing()
        if missing:
            raise Invalid(say("Some fields need another look."), missing)
        self.state, self.submitted_by_id, self.submitted_at = ItemState.SUBMITTED, by, at

    def withdraw(self) -> None:
        """Take back what nobody has reviewed yet."""
        if self.state is not ItemState.SUBMITTED:
            raise self.wrong_state(say("Only a submitted item can be withdrawn."))
        self.state, self.submitted_by_id, self.submitted_at = ItemState.IN_PROGRESS, None, None

    def review(self, verdict: Verdict, remark: str, by: int | None, at: datetime, today: date) -> None:
        """Approve, or return with a remark. Raises Forbidden for whoever filled or submitted it."""
        if self.state is not ItemState.SUBMITTED:
            raise self.wrong_state(say("Only a submitted item can be reviewed."))
        if self.is_work_of(by):
            raise Forbidden(say("You filled or submitted this item; somebody else has to review it."))
        if verdict is Verdict.RETURN:
            self.check_return(remark, today)
        self.state = ItemState.APPROVED if verdict is Verdict.APPROVE else ItemState.RETURNED
        self.remark, self.reviewed_by_id, self.reviewed_at = remark, by, at

    def is_work_of(self, account_id: int | None) -> bool:
        """Whether this account filled or submitted it, and so may not review it."""
        return account_id is not None and account_id in (self.filled_by_id, self.submitted_by_id)

    def has_hand_of(self, account_id: int | None) -> bool:
        """Whether this account filled, submitted or reviewed it, and so may not seal it."""
        return account_id is not None and (self.is_work_of(account_id) or account_id == self.reviewed_by_id)

    def check_return(self, remark: str, today: date) -> None:
        """Raises Invalid for a return that says nothing, or that the branch could not answer any more."""
        if not remark:
            raise invalid(remark=say("Say what has to change, so that the branch can mend it."))
        if today > self.checklist.cycle.closes_on:
            day = self.checklist.cycle.closes_on
            raise invalid(
                verdict=say("This cycle closed on {day}, so the branch could not mend it any more; leave it.", day=day)
            )

    def missing(self) -> dict[str, Message]:
        """What has to be filled before this can be submitted, by field."""
        wanted = {"done_on": self.done_on, "summary": self.summary}
        return {name: say("Fill this in before you submit.") for name, value in wanted.items() if not value}

    def timeliness(self, today: date) -> Timeliness:
        return self.checklist.cycle.timeliness(today) if self.state in OWED else Timeliness.ON_TIME

    def check_day(self, day: date | None, today: date) -> None:
        """Raises Invalid (done_on) for a day to come, or outside the measure's window in this cycle."""
        cycle = self.checklist.cycle
        first, last = self.measure.window(cycle.starts_on, cycle.ends_on)
        if day and day > today:
            raise invalid(done_on=say("This day is still to come; enter the day on which it was done."))
        if day and not first <= day <= last:
            raise invalid(done_on=say("Give a day from {first} to {last}.", first=first, last=last))

    def check_alive(self) -> None:
        """Raises Invalid (state) once the branch is dissolved."""
        branch = self.checklist.branch
        if branch.dissolved_on:
            said = say(
                "{name} was dissolved on {day}; its checklist stays as it was then.",
                name=branch.name,
                day=branch.dissolved_on,
            )
            raise invalid(state=said)

    def check_owed(self, remedy: Message) -> None:
        if self.state not in OWED:
            raise self.wrong_state(remedy)

    def wrong_state(self, remedy: Message) -> Invalid:
        return invalid(state=say("{remedy} Its state is: {state}.", remedy=remedy, state=self.state))
