"""Records of what a branch did: entered once, corrected, withdrawn. Approvals that rest on one see what it says now."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from server.access.actor import Actor
from server.access.permits import Permit, require
from server.kit.clock import now, today
from server.kit.drafts import Blank, Day, Draft, Line, Text, Version
from server.kit.messages import say
from server.kit.refusals import invalid
from server.kit.transactions import unit_of_work
from server.models.checklists import ChecklistItem
from server.models.organizations import CODE_LENGTH, Organization
from server.models.records import SUMMARY_LENGTH, TITLE_LENGTH, TOPIC_LENGTH, Record
from server.operations import trail
from server.queries import organizations
from server.queries import records as queries
from server.vocabulary import ItemState, OrganizationKind, Origin, RecordKind

EARLIEST = date(2000, 1, 1)
MOST_PEOPLE = 100_000
KEPT = ("kind", "held_on", "topic", "title", "summary", "attendance")

Title = Annotated[Line, Field(min_length=2, max_length=TITLE_LENGTH)]
Topic = Annotated[Line, Field(max_length=TOPIC_LENGTH)]
Summary = Annotated[Text, Field(max_length=SUMMARY_LENGTH)]
Attendance = Annotated[int, Field(ge=1, le=MOST_PEOPLE)]
Reason = Annotated[Text, Field(min_length=2, max_length=500)]


class Enter(Draft):
    """What the branch with this code did on a day, and how many people took part; no resident is named."""

    branch: Annotated[Line, Field(min_length=1, max_length=CODE_LENGTH)]
    kind: RecordKind
    held_on: Day
    title: Title
    topic: Topic = ""
    summary: Summary = ""
    attendance: Annotated[Attendance | None, Blank] = None


class Correct(Draft):
    """What a record should have said, and why. What is left out stays as it is."""

    kind: Annotated[RecordKind | None, Blank] = None
    held_on: Annotated[Day | None, Blank] = None
    title: Annotated[Title | None, Blank] = None
    topic: Topic | None = None
    summary: Summary | None = None
    attendance: Annotated[Attendance | None, Blank] = None
    reason: Reason
    expected_version: Version


class Withdraw(Draft):
    reason: Reason
    expected_version: Version


@unit_of_work()
async def enter(actor: Actor, draft: Enter, origin: Origin = Origin.RECORDED) -> Record:
    """Keep what a branch did. Raises NotFound, Forbidden, Invalid."""
    branch = await organizations.find_organization(actor, draft.branch, field="branch")
    require(actor, Permit.ENTER_RECORD, branch.path)
    check_branch(branch)
    check_day(draft.held_on)
    record = await Record.create(
        branch=branch,
        entered_by_id=actor.account_id,
        entered_at=now(),
        origin=origin,
        **draft.model_dump(exclude={"branch"}),
    )
    after = said(record) | {"branch": branch.code}
    await trail.record(actor, "record.entered", record, branch.path, after=after)
    return await queries.find(actor, record.id)


@unit_of_work()
async def correct(actor: Actor, record_id: int, draft: Correct) -> Record:
    """Put right what a record says. Raises NotFound, Forbidden, Invalid, Conflict."""
    record = await queries.find(actor, record_id, lock=True)
    require(actor, Permit.CORRECT_RECORD, record.branch.path)
    check_branch(record.branch)
    record.check_standing()
    record.advance(draft.expected_version)
    before = said(record)
    rewrite(record, draft)
    check_day(record.held_on)
    after = {name: value for name, value in said(record).items() if value != before[name]}
    if not after:
        raise invalid(reason=say("It says this already; change what is wrong, or leave it."))
    await record.save(update_fields=[*KEPT, "version"])
    await overtake(record)
    before = {name: before[name] for name in after}
    await trail.record(actor, "record.corrected", record, record.branch.path, before, after | {"reason": draft.reason})
    return record


@unit_of_work()
async def withdraw(actor: Actor, record_id: int, draft: Withdraw) -> Record:
    """Take back a record that should not be; it stays readable. Raises NotFound, Forbidden, Invalid, Conflict."""
    record = await queries.find(actor, record_id, lock=True)
    require(actor, Permit.WITHDRAW_RECORD, record.branch.path)
    check_branch(record.branch)
    record.check_standing()
    record.advance(draft.expected_version)
    record.withdrawn_at, record.withdrawn_because = now(), draft.reason
    await record.save(update_fields=["withdrawn_at", "withdrawn_because", "version"])
    await overtake(record)
    await trail.record(actor, "record.withdrawn", record, record.branch.path, after={"reason": draft.reason})
    return record


def check_branch(branch: Organization) -> None:
    """Raises Invalid (branch) for a place that is no branch, or one that is gone."""
    if branch.kind is not OrganizationKind.BRANCH:
        raise invalid(branch=say("{name} is no branch; choose one of its branches.", name=branch.name))
    if branch.dissolved_on:
        day = branch.dissolved_on
        raise invalid(branch=say("{name} was dissolved on {day}; its records stay.", name=branch.name, day=day))


def check_day(day: date) -> None:
    """Raises Invalid (held_on) for a day to come, or one that is too long ago to be meant."""
    if day > today():
        raise invalid(held_on=say("This day is still to come; enter it when it has taken place."))
    if day < EARLIEST:
        raise invalid(held_on=say("Give {day} or a later day.", day=EARLIEST))


def rewrite(record: Record, draft: Correct) -> None:
    record.kind = draft.kind or record.kind
    record.held_on = draft.held_on or record.held_on
    record.title = draft.title or record.title
    record.topic = draft.given("topic", record.topic) or ""
    record.summary = draft.given("summary", record.summary) or ""
    record.attendance = draft.given("attendance", record.attendance)


async def overtake(record: Record) -> None:
    """A reviewer who has looked at an item that rests on this record looks again."""
    resting = ChecklistItem.filter(evidence__record_id=record.id, evidence__removed_at__isnull=True)
    resting = resting.filter(state__in=[ItemState.SUBMITTED, ItemState.APPROVED]).select_for_update()
    for item in await resting.order_by("id"):
        item.version += 1
        await item.save(update_fields=["version"])


def said(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in KEPT}
