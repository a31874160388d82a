"""One person: found where the actor reaches, with what has been, and who has looked."""

import json
from datetime import datetime
from typing import NamedTuple

from tortoise import connections

from server.access.actor import Actor
from server.access.scope import having_id, visible
from server.kit.clock import today
from server.kit.messages import say
from server.kit.numbers import MAX_INT
from server.kit.refusals import NotFound
from server.models.base import holding_on
from server.models.members import Membership
from server.models.trail import TrailEntry
from server.vocabulary import MembershipKind


class Look(NamedTuple):
    """Somebody had to do with what is held on a member."""

    at: datetime
    account_name: str
    roles: list[str]
    token_id: str
    deed: str
    reason: str


async def find(actor: Actor, membership_id: int) -> Membership:
    """A membership that holds today. Raises NotFound."""
    rows = visible(actor, Membership).filter(holding_on(today()), having_id(membership_id))
    if membership := await rows.select_related("member", "branch").first():
        return membership
    raise no_member()


async def find_person(actor: Actor, member_id: int) -> Membership:
    """A membership by which the actor sees this member, the home one first. Raises NotFound (member).

    Of somebody who belongs nowhere any more it is the last one.
    """
    if not 0 < member_id <= MAX_INT:
        raise no_member()
    rows = visible(actor, Membership).filter(member_id=member_id).select_related("member", "branch")
    if membership := await rows.filter(holding_on(today())).order_by("kind", "id").first():
        return membership
    held = Membership.filter(member_id=member_id)
    last = await held.order_by("-valid_to", "kind", "-id").first()
    if (
        last
        and not await held.filter(holding_on(today())).exists()
        and (membership := await rows.get_or_none(id=last.id))
    ):
        return membership
    raise no_member()


async def history(actor: Actor, member_id: int) -> list[Membership]:
    """The memberships of a member in branches that the actor reaches, the newest first."""
    rows = visible(actor, Membership).filter(member_id=member_id)
    return await rows.select_related("branch").order_by("-valid_from", "-id")


async def all_memberships(member_id: int) -> list[Membership]:
    """For whoever takes out all that is held on a member."""
    return await Membership.filter(member_id=member_id).select_related("branch").order_by("valid_from", "id")


async def find_home(actor: Actor, member_id: int) -> Membership:
    """The home membership of a member whom the actor sees. Raises NotFound (member)."""
    rows = visible(actor, Membership).filter(holding_on(today()), member_id=member_id, kind=MembershipKind.HOME)
    if membership := await rows.select_related("member", "branch").first():
        return membership
    raise no_member()


LOOKS = """
    SELECT at, account_name, roles, token_id, deed, coalesce(after ->> 'reason', '') AS reason FROM trail
     WHERE deed = 'member.read' AND after -> 'members' @> jsonb_build_array($1::int)
        OR subject_kind = 'member' AND subject_id = $1::text AND deed <> 'member.read'
     ORDER BY id
"""


async def looks_at(member_id: int) -> list[Look]:
    """Who has read, revealed, taken out or changed what is held on this member, when and why; the oldest first."""
    rows = await connections.get("default").execute_query_dict(LOOKS, [member_id])
    return [Look(**dict(row) | {"roles": json.loads(row["roles"])}) for row in rows]


async def reveals_since(actor: Actor, instant: datetime) -> int:
    """How often this account has had the numbers of somebody in clear since."""
    clear = ("member.revealed", "member.exported")
    return await TrailEntry.filter(account_id=actor.account_id, deed__in=clear, at__gte=instant).count()


def no_member() -> NotFound:
    message = say("There is no such member here for you; look the person up in the roster of their branch.")
    return NotFound(message, {"member": message})
