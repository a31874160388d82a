"""Acts on the tree: establish, rename, move, dissolve. The days before the act stay as they were."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field
from tortoise import connections

from server.access.actor import Actor
from server.access.permits import Permit, require
from server.access.scope import in_subtree
from server.kit.clock import today
from server.kit.drafts import Blank, Draft, Line, Text, Version, complained
from server.kit.messages import say
from server.kit.paths import ROOT, below, join, replanted
from server.kit.refusals import invalid, named
from server.kit.text import search_keys
from server.kit.transactions import unit_of_work
from server.models.members import Membership
from server.models.organizations import CODE_LENGTH, NAME_LENGTH, Organization, Placement, forbidden_child, may_hold
from server.operations import trail
from server.queries import organizations
from server.vocabulary import (
    BranchType,
    CommunityType,
    OrganizationKind,
    Origin,
    PartyBody,
    PlacementCause,
    Sector,
)

CODE = re.compile("[A-Z][A-Z0-9]*(-[A-Z0-9]+)*")


def well_formed(code: str) -> str:
    if not CODE.fullmatch(code):
        raise complained(say("Use capital letters, digits and single hyphens between them, as in HG-YJ-01."))
    return code


Code = Annotated[Line, Field(min_length=2, max_length=CODE_LENGTH), AfterValidator(well_formed)]
Name = Annotated[Line, Field(min_length=2, max_length=NAME_LENGTH)]
PartyName = Annotated[Line, Field(max_length=NAME_LENGTH)]
Reason = Annotated[Text, Field(min_length=2, max_length=500)]


class Establish(Draft):
    """A new organization below `parent` (a code; none for the top of a tree)."""

    code: Code
    kind: OrganizationKind
    name: Name
    parent: Annotated[Code | None, Blank] = None
    party_name: PartyName = ""
    party_body: Annotated[PartyBody | None, Blank] = None
    branch_type: Annotated[BranchType | None, Blank] = None
    sector: Annotated[Sector | None, Blank] = None
    community_type: Annotated[CommunityType | None, Blank] = None
    established_on: Annotated[date | None, Blank] = None


class Rename(Draft):
    """`party_name` left out stays as it is; an empty one is cleared."""

    name: Name
    party_name: PartyName | None = None
    expected_version: Version


class Move(Draft):
    """To below `parent`, a code; everything below the moved organization goes with it."""

    parent: Code
    expected_version: Version


class Dissolve(Draft):
    reason: Reason
    expected_version: Version


@dataclass(frozen=True)
class Provenance:
    """Where the facts of a new organization come from."""

    origin: Origin = Origin.RECORDED
    source: str = ""
    note: str = ""


@unit_of_work()
async def establish(actor: Actor, draft: Establish, provenance: Provenance | None = None) -> Placement:
    """Add an organization to the tree. Raises NotFound, Forbidden, Invalid."""
    parent = await find_parent(actor, draft.parent) if draft.parent else None
    require(actor, Permit.ESTABLISH_ORGANIZATION, parent.path if parent else ROOT)
    organization = new_organization(draft, parent, provenance or Provenance())
    organization.check_shape()
    check_below(parent, organization)
    await check_code_is_free(draft.code)
    await check_day(parent, organization.established_on)
    await organization.save()
    organization.path = join(parent.path if parent else ROOT, organization.id)
    await organization.save(update_fields=["path"])
    placement = await place(organization, organization.established_on, PlacementCause.ESTABLISH)
    await trail.record(actor, "organization.established", organization, organization.path, after=draft.model_dump())
    return placement


@unit_of_work()
async def rename(actor: Actor, code: str, draft: Rename) -> Placement:
    """Give an organization another name from today on. Raises NotFound, Forbidden, Invalid, Conflict."""
    organization = await find_living(actor, code)
    require(actor, Permit.RENAME_ORGANIZATION, organization.path)
    before = {"name": organization.name, "party_name": organization.party_name}
    party_name = organization.party_name if draft.party_name is None else draft.party_name
    organization.rename(draft.name, party_name, draft.expected_version)
    await organization.save(update_fields=["name", "party_name", "version"])
    placement = await replace(organization, PlacementCause.RENAME)
    await trail.record(
        actor,
        "organization.renamed",
        organization,
        organization.path,
        before,
        {"name": organization.name, "party_name": organization.party_name},
    )
    return placement


@unit_of_work()
async def move(actor: Actor, code: str, draft: Move) -> Placement:
    """Hang an organization, with all below it, under another parent from today on.

    Raises NotFound, Forbidden, Invalid, Conflict. Both the old place and the new one need the permit.
    """
    organization = await find_living(actor, code)
    require(actor, Permit.MOVE_ORGANIZATION, organization.path)
    parent = await find_parent(actor, draft.parent)
    require(actor, Permit.MOVE_ORGANIZATION, parent.path)
    organization.check_may_move_below(parent)
    organization.advance(draft.expected_version)
    before = {"parent_id": organization.parent_id, "path": organization.path}
    placement = await transplant(organization, parent)
    after = {"parent_id": parent.id, "path": organization.path}
    await trail.record(actor, "organization.moved", organization, organization.path, before, after)
    return placement


@unit_of_work()
async def dissolve(actor: Actor, code: str, draft: Dissolve) -> Organization:
    """End an organization as of today; its history stays. Raises NotFound, Forbidden, Invalid, Conflict.

    Refused while something lives below it or members have their home there. Members whom a temporary branch
    borrowed go back: their home never changed.
    """
    organization = await find_living(actor, code)
    require(actor, Permit.DISSOLVE_ORGANIZATION, organization.path)
    await check_empty(organization)
    organization.dissolve(today(), draft.expected_version)
    await organization.save(update_fields=["dissolved_on", "version"])
    await Placement.filter(organization_id=organization.id, valid_to__isnull=True).update(valid_to=today())
    await Membership.filter(branch_id=organization.id, valid_to__isnull=True).update(valid_to=today())
    await trail.record(actor, "organization.dissolved", organization, organization.path, after={"reason": draft.reason})
    return organization


async def find_living(actor: Actor, code: str) -> Organization:
    organization = await organizations.find_organization(actor, code, lock=True)
    organization.check_alive("code")
    return organization


async def find_parent(actor: Actor, code: str) -> Organization:
    with named("parent"):
        parent = await organizations.find_organization(actor, code)
    parent.check_alive("parent")
    return parent


def new_organization(draft: Establish, parent: Organization | None, provenance: Provenance) -> Organization:
    fields = draft.model_dump(exclude={"parent", "established_on"})
    return Organization(
        **fields,
        parent_id=parent.id if parent else None,
        path=ROOT,
        established_on=draft.established_on or today(),
        origin=provenance.origin,
        source=provenance.source,
        note=provenance.note,
    )


def check_below(parent: Organization | None, child: Organization) -> None:
    if parent:
        parent.check_may_hold(child, "parent")
    elif not may_hold(None, None, child.kind, child.branch_type):
        raise forbidden_child(None, child, "parent")


async def check_code_is_free(code: str) -> None:
    """A code is never used twice, also not after its organization was dissolved or where the actor cannot see it."""
    if await Organization.filter(code=code).exists():
        raise invalid(code=say("The code {code} is taken; choose another.", code=code))


async def check_day(parent: Organization | None, day: date) -> None:
    """An organization may begin today, or on a past day since which its parent has stood where it stands."""
    if day > today():
        raise invalid(established_on=say("This day is still to come; enter today or a past day."))
    if parent and day < (since := (await organizations.current_placement(parent)).valid_from):
        raise invalid(
            established_on=say(
                "{name} stands where it is since {since}; give that day or a later one.", name=parent.name, since=since
            )
        )


async def check_empty(organization: Organization) -> None:
    """Raises Invalid (code) while there are living organizations below, or members at home."""
    if found := await organizations.obstacles(organization):
        raise invalid(code=found[0])


async def place(organization: Organization, since: date, cause: PlacementCause) -> Placement:
    """Begin a placement that says what `organization` says now."""
    placement = Placement(
        organization=organization,
        parent_id=organization.parent_id,
        name=organization.name,
        party_name=organization.party_name,
        **search_keys(organization.name)._asdict(),
        path=organization.path,
        cause=cause,
        valid_from=since,
    )
    await placement.save()
    return placement


async def replace(organization: Organization, cause: PlacementCause) -> Placement:
    """End today the placement that holds, and begin the next."""
    await Placement.filter(organization_id=organization.id, valid_to__isnull=True).update(valid_to=today())
    return await place(organization, today(), cause)


async def transplant(organization: Organization, parent: Organization) -> Placement:
    """Give `organization` and everything below it the paths under `parent`, today and on the rows of the tree."""
    old, new = organization.path, join(parent.path, organization.id)
    moved = Placement.filter(in_subtree("path", old), valid_to__isnull=True)
    placements = await moved.select_related("organization").order_by("path")
    await moved.update(valid_to=today())
    organization.parent_id = parent.id
    await organization.save(update_fields=["parent_id", "version"])
    await rewrite_paths(old, new)
    organization.path = new
    await Placement.bulk_create([moved_placement(p, organization, parent, old, new) for p in placements])
    return await organizations.current_placement(organization)


def moved_placement(was: Placement, top: Organization, parent: Organization, old: str, new: str) -> Placement:
    return Placement(
        organization_id=was.organization_id,
        parent_id=parent.id if was.organization_id == top.id else was.parent_id,
        name=was.name,
        party_name=was.party_name,
        pinyin=was.pinyin,
        initials=was.initials,
        path=replanted(was.path, old, new),
        cause=PlacementCause.MOVE,
        valid_from=today(),
    )


async def rewrite_paths(old: str, new: str) -> None:
    """Also of what was dissolved below: its history is reached through the place where it lay."""
    low, high = below(old)
    await connections.get("default").execute_query(
        "UPDATE organization SET path = $1 || substr(path, $2) WHERE path >= $3 AND path < $4",
        [new, len(old) + 1, low, high],
    )
