"""People join a branch: for good, or for the task of a temporary one."""

from datetime import date

from tortoise import connections

from server.access.actor import Actor
from server.access.permits import Permit, require
from server.kit.clock import today
from server.kit.messages import say
from server.kit.refusals import invalid, named
from server.kit.text import person_keys
from server.kit.transactions import unit_of_work
from server.models.base import holding_on
from server.models.members import MASKS, Member, Membership, check_membership
from server.models.organizations import Organization
from server.operations import trail
from server.operations.members.drafts import Attach, Enrol
from server.queries import members, organizations
from server.vocabulary import MEMBERS, MembershipKind, MemberStage, Origin


@unit_of_work()
async def enrol(actor: Actor, draft: Enrol, origin: Origin = Origin.RECORDED) -> Membership:
    """Register a person with a home branch. Raises NotFound, Forbidden, Invalid."""
    branch = await organizations.find_organization(actor, draft.branch, field="branch")
    require(actor, Permit.ENROL_MEMBER, branch.path)
    check_membership(branch, MembershipKind.HOME)
    since = draft.since or today()
    check_since(since, branch)
    check_joining(draft.stage, draft.joined_on)
    member = await new_member(draft, origin)
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


async def new_member(draft: Enrol, origin: Origin) -> Member:
    """With its id, to which the sealed numbers are bound."""
    [row] = await connections.get("default").execute_query_dict("SELECT nextval('member_id_seq') AS id")
    known = draft.model_dump(include={"name", "stage", "joined_on"}) | person_keys(draft.name)._asdict()
    member = Member(id=row["id"], origin=origin, **known)
    for field in MASKS:
        member.keep(field, getattr(draft, field))
    await member.save()
    return member


def check_since(since: date, branch: Organization) -> None:
    """Raises Invalid (since) for a day to come, or one before the branch existed."""
    if since > today():
        raise invalid(since=say("This day is still to come; enter today or a past day."))
    if since < branch.established_on:
        day = branch.established_on
        raise invalid(since=say("The branch exists since {day}; give that day or a later one.", day=day))


def check_joining(stage: MemberStage, joined_on: date | None) -> None:
    """Raises Invalid (joined_on) unless members, and only they, have a day of joining that has come."""
    if joined_on and joined_on > today():
        raise invalid(joined_on=say("This day is still to come; enter today or a past day."))
    if (stage in MEMBERS) != bool(joined_on):
        raise invalid(
            joined_on=say("Enter the day of joining for a probationary or full member, and leave it empty for others.")
        )
