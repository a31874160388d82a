"""What is held on a person: corrected, revealed, taken out, erased. Every one of these needs a reason."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from server.access.actor import Actor
from server.access.permits import Permit, require
from server.kit.clock import now, today
from server.kit.messages import say
from server.kit.refusals import Forbidden, TooMany, invalid
from server.kit.text import person_keys
from server.kit.transactions import unit_of_work
from server.models.base import holding_on
from server.models.members import MASKS, Member, Membership
from server.operations import trail
from server.operations.members.drafts import Correct, Erase, Export, Reveal
from server.operations.members.extracts import Extract, extract
from server.operations.members.joining import check_joining
from server.queries import members
from server.vocabulary import MembershipKind

REVEALS_AN_HOUR = 30
"""More than that is no look-up any more, but a copy of the roster."""


@dataclass(frozen=True)
class Revealed:
    """The numbers of one person in clear; they stay out of every `repr`."""

    membership: Membership
    phone: str | None = field(repr=False)
    id_number: str | None = field(repr=False)


@unit_of_work()
async def reveal(actor: Actor, member_id: int, draft: Reveal) -> Revealed:
    """Phone and ID number of one person, once. Raises NotFound, Forbidden, Invalid, TooMany."""
    membership = await members.find_person(actor, member_id)
    require(actor, Permit.REVEAL_MEMBER, membership.branch.path)
    member = membership.member
    member.check_held()
    await check_few(actor)
    path = membership.branch.path
    await trail.record(actor, "member.revealed", member, path, after={"reason": draft.reason})
    return Revealed(membership, member.opened("phone"), member.opened("id_number"))


@unit_of_work()
async def correct(actor: Actor, member_id: int, draft: Correct) -> Membership:
    """Put right what is held on a person. Raises NotFound, Forbidden, Invalid, Conflict."""
    membership = await find_keeping(actor, member_id, Permit.CORRECT_MEMBER)
    member = membership.member
    member.check_held()
    member.advance(draft.expected_version)
    before = digested(member)
    joined_on = draft.given("joined_on", member.joined_on)
    check_joining(member.stage, joined_on)
    rename(member, draft)
    member.joined_on = joined_on
    renumber(member, draft)
    await member.save()
    after = {name: value for name, value in digested(member).items() if value != before[name]}
    before = {name: before[name] for name in after}
    path = membership.branch.path
    await trail.record(actor, "member.corrected", member, path, before, after | {"reason": draft.reason})
    return membership


@unit_of_work()
async def export(actor: Actor, member_id: int, draft: Export) -> Extract:
    """All that is held on a person, in clear. Raises NotFound, Forbidden, Invalid, TooMany."""
    membership = await find_keeping(actor, member_id, Permit.EXPORT_MEMBER)
    member = membership.member
    member.check_held()
    await check_few(actor)
    path = membership.branch.path
    await trail.record(actor, "member.exported", member, path, after={"reason": draft.reason})
    return await extract(actor, member, draft.reason)


@unit_of_work()
async def erase(actor: Actor, member_id: int, draft: Erase) -> Membership:
    """End what memberships there are and forget the person, for good. Raises NotFound, Forbidden, Invalid, Conflict.

    The salts of the digests in the trail go as well: the trail can still be verified, and says nothing of anybody.
    """
    membership = await find_keeping(actor, member_id, Permit.ERASE_MEMBER)
    member = membership.member
    member.check_held()
    if draft.confirmation != member.name:
        raise invalid(confirmation=say("This is not the name of the person; write it as it stands above."))
    day = today()
    member.erase(day, draft.expected_version)
    await member.save()
    ended = await end_memberships(member, day)
    await trail.forget(member.id)
    after = {"erased_on": day, "memberships_ended": ended, "reason": draft.reason}
    await trail.record(actor, "member.erased", member, membership.branch.path, after=after)
    return membership


async def check_few(actor: Actor) -> None:
    """Raises TooMany."""
    if await members.reveals_since(actor, now() - timedelta(hours=1)) >= REVEALS_AN_HOUR:
        raise TooMany(
            say(
                "You have revealed {count} people within an hour; that is the limit. Go on later.",
                count=REVEALS_AN_HOUR,
            )
        )


async def find_keeping(actor: Actor, member_id: int, permit: Permit) -> Membership:
    """The home membership, whose branch keeps what is held on the person. Raises NotFound, Forbidden."""
    membership = await members.find_person(actor, member_id)
    require(actor, permit, membership.branch.path)
    if membership.kind is not MembershipKind.HOME:
        raise Forbidden(say("The home branch keeps what is held on this person; ask there."))
    return membership


def digested(member: Member) -> dict[str, trail.Personal]:
    """What can be corrected, as the trail takes it; of a sealed number, the digest by which it is looked up."""
    held = {"name": member.name, "pinyin": member.pinyin, "initials": member.initials}
    held |= {"joined_on": str(member.joined_on or "")}
    held |= {name: getattr(member, f"{name}_index") or "" for name in MASKS}
    return {name: trail.Personal(value, member.id) for name, value in held.items()}


def rename(member: Member, draft: Correct) -> None:
    """A new name brings new keys, unless others were given than those that stood there."""
    keys = person_keys(draft.name)
    renamed = draft.name != member.name
    for name in ("pinyin", "initials"):
        given, held = getattr(draft, name), getattr(member, name)
        setattr(member, name, getattr(keys, name) if not given or (renamed and given == held) else given)
    member.name = draft.name


def renumber(member: Member, draft: Correct) -> None:
    """Raises Invalid for a number that is both given and to be dropped."""
    for name in MASKS:
        given, dropped = getattr(draft, name), getattr(draft, f"drop_{name}")
        if given and dropped:
            raise invalid(**{name: say("Either write a new number, or have the old one removed.")})
        if given or dropped:
            member.keep(name, given)


async def end_memberships(member: Member, day: date) -> list[int]:
    """Those that hold end on `day`; their ids."""
    held = Membership.filter(holding_on(day), member_id=member.id)
    ended: list[Any] = await held.order_by("id").values_list("id", flat=True)
    _ = await Membership.filter(id__in=ended).update(valid_to=day)
    return ended
