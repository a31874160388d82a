"""The tree on any day: rows are placements, each with its organization."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tortoise import connections
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.access.actor import Actor
from server.access.scope import in_subtree, reach, visible, visible_on
from server.kit.clock import today
from server.kit.messages import say
from server.kit.numbers import MAX_INT
from server.kit.paging import Slice, check, number, sliced
from server.kit.paths import ROOT, keys, within
from server.kit.refusals import NotFound, invalid
from server.kit.text import fits, printable, unstorable
from server.models.base import holding_on
from server.models.organizations import CODE_LENGTH, Organization, Placement
from server.vocabulary import BranchType, OrganizationKind, Sector

TREE_ORDER = ("path", "id")

BELOW = """
    SELECT placement.id, placement.path FROM placement
     WHERE placement.path > top.path AND placement.path < left(top.path, -1) || '0'
       AND placement.valid_from <= $2 AND (placement.valid_to IS NULL OR placement.valid_to > $2)
"""
"""What lay below `top` on the day $2."""


@dataclass(frozen=True)
class OrganizationFilter:
    """What to look for; `within` is a code, `search` Chinese, pinyin, initials or a code."""

    within: str | None = None
    kind: OrganizationKind | None = None
    branch_type: BranchType | None = None
    sector: Sector | None = None
    search: str | None = None


@dataclass(frozen=True)
class PlaceName:
    """A place on the way down to an organization, by name only."""

    code: str
    name: str
    kind: OrganizationKind


async def standing(actor: Actor, day: date | None = None) -> QuerySet[Placement]:
    """Everything that stood on `day` (today) where the actor reaches, from the top down."""
    day = checked_day(day)
    rows = await visible_on(actor, Placement, day)
    return rows.filter(holding_on(day)).select_related("organization").order_by("path")


def checked_day(day: date | None) -> date:
    """Today if none is named. Raises Invalid (as_of) for a day to come: nobody knows the tree of that day."""
    if day and day > today():
        raise invalid(as_of=say("This day is still to come; enter today or a past day."))
    return day or today()


async def find(actor: Actor, code: str, day: date | None = None, *, field: str = "code") -> Placement:
    """Raises NotFound (`field`) for a code that is unknown, hidden from the actor, or did not stand on `day`."""
    rows = await standing(actor, day)
    if fits(code, CODE_LENGTH) and (placement := await rows.filter(organization__code=code).first()):
        return placement
    raise no_organization(code, field)


async def find_by_id(actor: Actor, organization_id: int, day: date | None = None) -> Placement:
    rows = await standing(actor, day)
    if organization_id <= MAX_INT and (placement := await rows.filter(organization_id=organization_id).first()):
        return placement
    raise no_organization(str(organization_id))


async def find_many(actor: Actor, organization_ids: Sequence[int], day: date | None = None) -> dict[int, Placement]:
    """Those that stood on `day` where the actor reaches, by organization id."""
    rows = (await standing(actor, day)).filter(organization_id__in=organization_ids)
    return {placement.organization_id: placement for placement in await rows}


async def find_organization(actor: Actor, code: str, *, field: str = "code", lock: bool = False) -> Organization:
    """The row itself, for a change. Raises NotFound, naming `field`."""
    rows = visible(actor, Organization).filter(code=code)
    if fits(code, CODE_LENGTH) and (organization := await (rows.select_for_update() if lock else rows).first()):
        return organization
    raise no_organization(code, field)


async def current_placement(organization: Organization) -> Placement:
    """Where a living organization stands today."""
    return await Placement.get(organization_id=organization.id, valid_to__isnull=True).select_related("organization")


async def standing_since(organization: Organization) -> date:
    """Since when a living organization has stood where it stands, under whatever name."""
    runs = Placement.filter(organization_id=organization.id, path=organization.path)
    newest, *earlier = await runs.order_by("-valid_from", "-id")
    since = newest.valid_from
    for placement in earlier:
        since = placement.valid_from if placement.valid_to == since else since
    return since


async def street(actor: Actor, code: str, day: date | None = None) -> Placement:
    placement = await find(actor, code, day)
    if placement.organization.kind is not OrganizationKind.STREET:
        raise no_organization(code)
    return placement


async def roots(actor: Actor, day: date | None = None) -> list[Placement]:
    """The topmost places that the actor sees: where their tree begins."""
    rows = await standing(actor, day)
    tops: list[Placement] = []
    for placement in await rows.filter(path__in=await reach(actor, Placement, day or today())):
        if not tops or not within(placement.path, tops[-1].path):
            tops.append(placement)
    return tops


async def children(actor: Actor, parents: Sequence[int], day: date | None = None) -> dict[int, list[Placement]]:
    """What lay directly below each of `parents` (organization ids), by code."""
    rows = (await standing(actor, day)).filter(parent_id__in=parents).order_by("organization__code")
    found: dict[int, list[Placement]] = defaultdict(list)
    for placement in await rows:
        found[placement.parent_id or 0].append(placement)
    return found


async def subtree(actor: Actor, top: Placement, day: date | None = None) -> QuerySet[Placement]:
    """Everything at and below `top`."""
    return (await standing(actor, day)).filter(in_subtree("path", top.path))


async def pages_below(
    tops: Sequence[Placement], day: date, first: int, after: str | None = None
) -> dict[int, Slice[Placement]]:
    """The same page of what lay below each of the (visible) `tops`, by their id, in one statement. Raises Invalid."""
    start = check(first, after, TREE_ORDER)
    if start:
        _ = number(start[1])
    found = await connections.get("default").execute_query_dict(
        f"""
        SELECT top.id AS top, found.id FROM placement top CROSS JOIN LATERAL
               ({BELOW} AND placement.path > $3 ORDER BY placement.path LIMIT $4) found
         WHERE top.id = ANY($1) ORDER BY found.path
        """,  # noqa: S608 - a constant
        [[top.id for top in tops], day, start[0] if start else ROOT, first + 1],
    )
    rows = Placement.filter(id__in={row["id"] for row in found}).select_related("organization")
    by_id = {placement.id: placement for placement in await rows}
    below: dict[int, list[Placement]] = {top.id: [] for top in tops}
    for row in found:
        below[row["top"]].append(by_id[row["id"]])
    return {top: sliced(rows, TREE_ORDER, first, start) for top, rows in below.items()}


async def counts_below(tops: Sequence[Placement], day: date) -> dict[int, int]:
    """How many organizations lay below each of the (visible) `tops`, by their id."""
    found = await connections.get("default").execute_query_dict(
        f"SELECT top.id, count(*) FROM placement top CROSS JOIN LATERAL ({BELOW}) found"  # noqa: S608 - a constant
        " WHERE top.id = ANY($1) GROUP BY top.id",
        [[top.id for top in tops], day],
    )
    return defaultdict(int, {row["id"]: row["count"] for row in found})


async def ancestors(actor: Actor, placement: Placement, day: date | None = None) -> list[Placement]:
    """What lay above, as far as the actor sees it, from the top down."""
    return await (await standing(actor, day)).filter(organization_id__in=keys(placement.path)[:-1])


async def addresses(placements: Sequence[Placement], day: date | None = None) -> dict[int, list[PlaceName]]:
    """The names on the way down to each placement (by its id), its own left out.

    An organization's address is part of what it is: whoever sees the organization sees these names, and no more.
    """
    above = {key for placement in placements for key in keys(placement.path)[:-1]}
    rows = await Placement.filter(holding_on(day or today()), organization_id__in=above).select_related("organization")
    names = {p.organization_id: PlaceName(p.organization.code, p.name, p.organization.kind) for p in rows}
    return {p.id: [names[key] for key in keys(p.path)[:-1] if key in names] for p in placements}


async def matching(actor: Actor, wanted: OrganizationFilter, day: date | None = None) -> QuerySet[Placement]:
    """Everything that fits `wanted`, ready for a page. Raises NotFound (within)."""
    rows = await standing(actor, day)
    if wanted.within is not None:
        rows = rows.filter(in_subtree("path", (await find(actor, wanted.within, day, field="within")).path))
    for column, value in (("kind", wanted.kind), ("branch_type", wanted.branch_type), ("sector", wanted.sector)):
        if value:
            rows = rows.filter(**{f"organization__{column}": value})
    return rows.filter(found_by(wanted.search.strip())) if wanted.search and wanted.search.strip() else rows


def found_by(text: str) -> Q:
    """Names that contain `text`, in Chinese or pinyin; initials that start with it; the code itself."""
    if complaint := unstorable(text):
        raise invalid(search=complaint)
    latin = text.lower().replace(" ", "")
    return (
        Q(name__contains=text)
        | Q(party_name__contains=text)
        | Q(pinyin__contains=latin)
        | Q(initials__startswith=latin)
        | Q(organization__code__iexact=text)
    )


def no_organization(code: str, field: str = "code") -> NotFound:
    message = say(
        "There is no organization {code} here for you; check the code, or ask who can see it.", code=printable(code)
    )
    return NotFound(message, {field: message})
