"""Who belongs to a branch, and how many they are; each person is reached through a membership."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from tortoise import connections
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server import keys
from server.access.actor import Actor
from server.access.permits import Permit, may
from server.access.scope import NOTHING, in_subtree, reach, under, visible
from server.kit.clock import today
from server.kit.identity import recognised
from server.kit.messages import say
from server.kit.paging import Slice, check, number, sliced
from server.kit.paths import below
from server.kit.refusals import invalid
from server.kit.sealing import blind_index
from server.kit.text import unstorable
from server.models.base import holding_on
from server.models.members import Membership
from server.models.organizations import Placement
from server.vocabulary import MEMBERS, MembershipKind

ROSTER_ORDER = ("member__pinyin", "id")

ROSTER = """
    SELECT membership.id, member.pinyin FROM placement branch
      JOIN membership ON membership.branch_id = branch.organization_id
       AND membership.valid_from <= $2 AND (membership.valid_to IS NULL OR membership.valid_to > $2)
      JOIN member ON member.id = membership.member_id
      JOIN organization now ON now.id = membership.branch_id
     WHERE branch.path >= top.path AND branch.path < left(top.path, -1) || '0'
       AND branch.valid_from <= $2 AND (branch.valid_to IS NULL OR branch.valid_to > $2)
       AND EXISTS (SELECT FROM unnest($3::text[], $4::text[]) reach (low, high)
                    WHERE branch.path >= low AND branch.path < high)
       AND EXISTS (SELECT FROM unnest($5::text[], $6::text[]) reach (low, high)
                    WHERE now.path >= low AND now.path < high)
"""
"""Memberships at and below `top` on the day $2, where the actor reached on that day (between the bounds $3 and $4)
and reaches today ($5 and $6): whoever has lost a branch reads nothing of its people any more."""


async def roster(actor: Actor, top: Placement, day: date | None = None, search: str = "") -> QuerySet[Membership]:
    """Memberships at and below `top` on `day`, as the tree stood then; of branches that the actor still reaches."""
    day = day or today()
    branches = Placement.filter(holding_on(day)).filter(in_subtree("path", top.path))
    branches = branches.filter(under("path", await reach(actor, Membership, day)))
    ids = await branches.values_list("organization_id", flat=True)
    rows = visible(actor, Membership).filter(holding_on(day), branch_id__in=ids).select_related("member", "branch")
    return rows.filter(found_by(actor, search.strip())) if search.strip() else rows


async def rosters(
    actor: Actor, tops: Sequence[Placement], day: date, first: int, after: str | None = None
) -> dict[int, Slice[Membership]]:
    """The same page of the roster of each of `tops`, by their id, in one statement. Raises Invalid (first, after)."""
    start = check(first, after, ROSTER_ORDER)
    found = await connections.get("default").execute_query_dict(
        f"""
        SELECT top.id AS top, found.id FROM placement top CROSS JOIN LATERAL
               ({ROSTER} AND (member.pinyin, membership.id) > ($7, $8)
                ORDER BY member.pinyin, membership.id LIMIT $9) found
         WHERE top.id = ANY($1) ORDER BY found.pinyin, found.id
        """,  # noqa: S608 - a constant
        [*await bounds(actor, tops, day), *position(start), first + 1],
    )
    rows = Membership.filter(id__in={row["id"] for row in found}).select_related("member", "branch")
    by_id = {membership.id: membership async for membership in rows}
    of: dict[int, list[Membership]] = {top.id: [] for top in tops}
    for row in found:
        of[row["top"]].append(by_id[row["id"]])
    return {top: sliced(rows, ROSTER_ORDER, first, start) for top, rows in of.items()}


async def roster_counts(actor: Actor, tops: Sequence[Placement], day: date) -> dict[int, int]:
    """How many memberships are in the roster of each of `tops`, by their id."""
    found = await connections.get("default").execute_query_dict(
        f"SELECT top.id, count(*) FROM placement top CROSS JOIN LATERAL ({ROSTER}) found"  # noqa: S608 - a constant
        " WHERE top.id = ANY($1) GROUP BY top.id",
        await bounds(actor, tops, day),
    )
    return defaultdict(int, {row["id"]: row["count"] for row in found})


async def bounds(actor: Actor, tops: Sequence[Placement], day: date) -> list[object]:
    """The first parameters of ROSTER."""
    then = [below(path) for path in await reach(actor, Membership, day)]
    now = [below(path) for path in await reach(actor, Membership, today())]
    return [[top.id for top in tops], day, *zip_bounds(then), *zip_bounds(now)]


def zip_bounds(ranges: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    return [low for low, _ in ranges], [high for _, high in ranges]


def position(start: list[str] | None) -> tuple[str, int]:
    """Where in the roster a page begins. Raises Invalid (after)."""
    if start is None:
        return "", 0
    pinyin, key = start
    return pinyin, number(key)


async def attachable(actor: Actor, branch: Placement, search: str, most: int = 20) -> list[Membership]:
    """Home memberships of people whom the actor sees and who are not in `branch` yet; none without `search`."""
    if not search.strip():
        return []
    here = Membership.filter(holding_on(today()), branch_id=branch.organization_id)
    taken: list[Any] = await here.values_list("member_id", flat=True)
    rows = visible(actor, Membership).filter(
        holding_on(today()), found_by(actor, search.strip()), kind=MembershipKind.HOME
    )
    rows = rows.exclude(member_id__in=taken).select_related("member", "branch")
    return await rows.order_by(*ROSTER_ORDER).limit(most)


async def having_number(actor: Actor, text: str) -> list[Membership]:
    """Whoever has this whole phone or ID number, today, where the actor could reveal it. Raises Invalid (number)."""
    if not recognised(text):
        raise invalid(number=say("Write the whole phone number, or the whole ID number."))
    rows = visible(actor, Membership).filter(holding_on(today()), numbered(actor, text))
    return await rows.select_related("member", "branch").order_by("member_id", "kind")


async def counts(
    placements: Sequence[Placement], day: date | None = None, kind: MembershipKind = MembershipKind.HOME
) -> dict[int, int]:
    """Party members at home at and below each of the (visible) placements on `day`, by placement id.

    A number tells nothing of a person, so it needs no permit beyond seeing the place. Each person counts once,
    at home: those who work in temporary branches are another number, of the other `kind`.
    """
    rows = await connections.get("default").execute_query_dict(
        """
        SELECT top.id, count(DISTINCT member.id) AS members
          FROM placement top
          JOIN placement branch ON branch.path >= top.path AND branch.path < left(top.path, -1) || '0'
           AND branch.valid_from <= $2 AND (branch.valid_to IS NULL OR branch.valid_to > $2)
          JOIN membership ON membership.branch_id = branch.organization_id AND membership.kind = $4
           AND membership.valid_from <= $2 AND (membership.valid_to IS NULL OR membership.valid_to > $2)
          JOIN member ON member.id = membership.member_id AND member.stage = ANY($3)
         WHERE top.id = ANY($1)
         GROUP BY top.id
        """,
        [[p.id for p in placements], day or today(), [stage.value for stage in MEMBERS], kind.value],
    )
    return defaultdict(int, {row["id"]: row["members"] for row in rows})


def found_by(actor: Actor, text: str) -> Q:
    """Names that contain `text`; pinyin or initials that start with it; whoever has it as a whole number."""
    if complaint := unstorable(text):
        raise invalid(search=complaint)
    latin = text.lower().replace(" ", "")
    named = Q(member__name__contains=text) | Q(member__pinyin__startswith=latin) | Q(member__initials__startswith=latin)
    return named | numbered(actor, text)


def numbered(actor: Actor, text: str) -> Q:
    """Whoever has the phone or ID number that `text` is, where the actor could reveal it; nobody for part of one.

    For others it would be a way to try out what the mask hides.
    """
    if not (number := recognised(text)):
        return NOTHING
    held: dict[str, Any] = {f"member__{number.field}_index": blind_index(keys.ring().index, *number)}
    open_to = [grant.path for grant in actor.grants if may(actor, Permit.REVEAL_MEMBER, grant.path)]
    return Q(**held) & under("branch__path", open_to)
