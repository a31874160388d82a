"""Who belongs to a branch, and how many they are; each person is reached through a membership."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from tortoise import connections
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.access.actor import Actor
from server.access.scope import having_id, in_subtree, reach, under, visible
from server.kit.clock import today
from server.kit.messages import say
from server.kit.refusals import NotFound, invalid
from server.kit.text import unstorable
from server.models.base import holding_on
from server.models.members import Membership
from server.models.organizations import Placement
from server.vocabulary import MEMBERS, MembershipKind

ROSTER_ORDER = ("member__pinyin", "id")


async def roster(actor: Actor, top: Placement, day: date | None = None, search: str = "") -> QuerySet[Membership]:
    """Memberships at and below `top` on `day`, as the tree stood then."""
    day = day or today()
    branches = Placement.filter(holding_on(day)).filter(in_subtree("path", top.path))
    branches = branches.filter(under("path", await reach(actor, Membership, day)))
    ids = await branches.values_list("organization_id", flat=True)
    rows = Membership.filter(holding_on(day), branch_id__in=ids).select_related("member", "branch")
    return rows.filter(found_by(search.strip())) if search.strip() else rows


async def find(actor: Actor, membership_id: int) -> Membership:
    """A membership that holds today. Raises NotFound."""
    rows = visible(actor, Membership).filter(holding_on(today()), having_id(membership_id))
    if membership := await rows.select_related("member", "branch").first():
        return membership
    raise no_member()


async def find_home(actor: Actor, member_id: int) -> Membership:
    """The home membership of a member whom the actor sees. Raises NotFound (member)."""
    rows = visible(actor, Membership).filter(holding_on(today()), member_id=member_id, kind=MembershipKind.HOME)
    if membership := await rows.select_related("member", "branch").first():
        return membership
    raise no_member()


async def counts(placements: Sequence[Placement], day: date | None = None) -> dict[int, int]:
    """Party members at home at and below each of the (visible) placements on `day`, by placement id.

    A number tells nothing of a person, so it needs no permit beyond seeing the place. Each person counts once,
    at home: memberships in temporary branches are left out.
    """
    rows = await connections.get("default").execute_query_dict(
        """
        SELECT top.id, count(*) AS members
          FROM placement top
          JOIN placement branch ON branch.path >= top.path AND branch.path < left(top.path, -1) || '0'
           AND branch.valid_from <= $2 AND (branch.valid_to IS NULL OR branch.valid_to > $2)
          JOIN membership ON membership.branch_id = branch.organization_id AND membership.kind = 'HOME'
           AND membership.valid_from <= $2 AND (membership.valid_to IS NULL OR membership.valid_to > $2)
          JOIN member ON member.id = membership.member_id AND member.stage = ANY($3)
         WHERE top.id = ANY($1)
         GROUP BY top.id
        """,
        [[p.id for p in placements], day or today(), [stage.value for stage in MEMBERS]],
    )
    return defaultdict(int, {row["id"]: row["members"] for row in rows})


def found_by(text: str) -> Q:
    """Names that contain `text`; pinyin or initials that start with it."""
    if complaint := unstorable(text):
        raise invalid(search=complaint)
    latin = text.lower().replace(" ", "")
    return Q(member__name__contains=text) | Q(member__pinyin__startswith=latin) | Q(member__initials__startswith=latin)


def no_member() -> NotFound:
    message = say("There is no such member here for you; look the person up in the roster of their branch.")
    return NotFound(message, {"member": message})
