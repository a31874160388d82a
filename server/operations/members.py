"""People join a branch: for good, or for the task of a temporary one."""

from datetime import date
from typing import Annotated

from pydantic import Field

from server.access.actor import Actor
from server.access.permits import Permit, require
from server.kit.clock import today
from server.kit.drafts import Blank, Day, Draft, Line, Version
from server.kit.messages import say
from server.kit.refusals import invalid, named
from server.kit.text import person_keys
from server.kit.transactions import unit_of_work
from server.models.base import holding_on
from server.models.members import NAME_LENGTH, Member, Membership, check_membership
from server.models.organizations import Organization
from server.operations import trail
from server.queries import members, organizations
from server.vocabulary import MEMBERS, MembershipKind, MemberStage, Origin


class Enrol(Draft):
    """A person who is new here. `since` is the day from which the branch is their home: today if left out."""

    branch: Annotated[Line, Field(max_length=32)]
    name: Annotated[Line, Field(min_length=2, max_length=NAME_LENGTH)]
    stage: MemberStage
    joined_on: Annotated[Day | None, Blank] = None
    since: Annotated[Day | None, Blank] = None


class Attach(Draft):
    """A member who works in a temporary branch for a while, and keeps the home branch."""

    branch: Annotated[Line, Field(max_length=32)]
    member: Version
    since: Annotated[Day | None, Blank] = None


@unit_of_work()
async def enrol(actor: Actor, draft: Enrol, origin: Origin = Origin.RECORDED) -> Membership:
    """Register a person with a home branch. Raises NotFound, Forbidden, Invalid."""
    branch = await organizations.find_organization(actor, draft.branch, field="branch")
    require(actor, Permit.ENROL_MEMBER, branch.path)
    check_membership(branch, MembershipKind.HOME)
    since = draft.since or today()
    check_since(since, branch)
    check_joining(draft)
    member = await Member.create(
        name=draft.name,
        **person_keys(draft.name)._asdict(),
        stage=draft.stage,
        joined_on=draft.joined_on,
        origin=origin,
    )
    membership = await Membership.create(member=member, branch=branch, kind=MembershipKind.HOME, valid_from=since)
    after = {"member_id": member.id, "branch": branch.code, "stage": member.stage, "since": since}
    await trail.record(actor, "member.enrolled", membership, branch.path, after=after)
    return membership


@unit_of_work()
async def attach(actor: Actor, draft: Attach) -> Membership:
    """Take a member into a temporary branch. Raises NotFound, Forbidden, Invalid.

    The permit is needed at the temporary branch; the member has to be one whom the actor sees.
    """
    branch = await organizations.find_organization(actor, draft.branch, field="branch")
    require(actor, Permit.ATTACH_MEMBER, branch.path)
    check_membership(branch, MembershipKind.TEMPORARY)
    since = draft.since or today()
    check_since(since, branch)
    with named("member"):
        home = await members.find_home(actor, draft.member)
    if since < home.valid_from:
        raise invalid(
            since=say(
                "{name} is here since {day}; give that day or a later one.", name=home.member.name, day=home.valid_from
            )
        )
    if await Membership.filter(holding_on(today()), branch_id=branch.id, member_id=draft.member).exists():
        raise invalid(member=say("{name} is in this branch already.", name=home.member.name))
    membership = await Membership.create(
        member=home.member, branch=branch, kind=MembershipKind.TEMPORARY, valid_from=since
    )
    after = {"member_id": draft.member, "branch": branch.code, "since": since}
    await trail.record(actor, "member.attached", membership, branch.path, after=after)
    return membership


def check_since(since: date, branch: Organization) -> None:
    """Raises Invalid (since) for a day to come, or one before the branch existed."""
    if since > today():
        raise invalid(since=say("This day is still to come; enter today or a past day."))
    if since < branch.established_on:
        day = branch.established_on
        raise invalid(since=say("The branch exists since {day}; give that day or a later one.", day=day))


def check_joining(draft: Enrol) -> None:
    """Raises Invalid (joined_on) unless members, and only they, have a day of joining that has come."""
    if draft.joined_on and draft.joined_on > today():
        raise invalid(joined_on=say("This day is still to come; enter today or a past day."))
    if (draft.stage in MEMBERS) != bool(draft.joined_on):
        raise invalid(
            joined_on=say("Enter the day of joining for a probationary or full member, and leave it empty for others.")
        )
