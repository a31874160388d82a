"""Establish, rename, move, dissolve, set a budget. The days before the act stay as they were."""

from datetime import date
from typing import Any

from server.access.actor import Actor
from server.access.permits import Permit, require
from server.kit.clock import today
from server.kit.messages import say
from server.kit.paths import ROOT, join
from server.kit.refusals import invalid, named
from server.kit.transactions import unit_of_work
from server.models.members import Membership
from server.models.organizations import Organization, Placement, forbidden_child, may_hold
from server.operations import trail
from server.operations.organizations.drafts import Budget, Dissolve, Establish, Move, Provenance, Rename
from server.operations.organizations.placements import next_id, place, replace, transplant
from server.queries import organizations
from server.vocabulary import PlacementCause


@unit_of_work()
async def establish(actor: Actor, draft: Establish, provenance: Provenance | None = None) -> Placement:
    """Add an organization to the tree. Raises NotFound, Forbidden, Invalid."""
    parent = await find_parent(actor, draft.parent) if draft.parent else None
    require(actor, Permit.ESTABLISH_ORGANIZATION, parent.path if parent else ROOT)
    organization = await new_organization(draft, parent, provenance or Provenance())
    organization.check_shape()
    check_below(parent, organization)
    await check_code_is_free(draft.code)
    await check_day(parent, organization.established_on)
    await organization.save()
    placement = await place(organization, organization.established_on, PlacementCause.ESTABLISH)
    after = draft.model_dump() | {"established_on": organization.established_on}
    await trail.record(actor, "organization.established", organization, organization.path, after=after)
    return placement


@unit_of_work()
async def rename(actor: Actor, code: str, draft: Rename) -> Placement:
    """Give an organization another name from today on. Raises NotFound, Forbidden, Invalid, Conflict."""
    organization = await find_living(actor, code, Permit.RENAME_ORGANIZATION)
    before = named_as(organization)
    party_name = draft.given("party_name", organization.party_name)
    organization.rename(draft.name, party_name or "", draft.expected_version)
    await organization.save(update_fields=["name", "party_name", "version"])
    placement = await replace(organization, PlacementCause.RENAME, today())
    path, after = organization.path, named_as(organization)
    await trail.record(actor, "organization.renamed", organization, path, before, after)
    return placement


@unit_of_work()
async def move(actor: Actor, code: str, draft: Move) -> Placement:
    """Hang an organization, with all below it, under another parent from today on.

    Raises NotFound, Forbidden, Invalid, Conflict. Both the old place and the new one need the permit.
    """
    organization = await find_living(actor, code, Permit.MOVE_ORGANIZATION)
    parent = await find_parent(actor, draft.parent)
    require(actor, Permit.MOVE_ORGANIZATION, parent.path)
    organization.advance(draft.expected_version)
    organization.check_may_move_below(parent)
    before = {"parent_id": organization.parent_id, "path": organization.path}
    placement = await transplant(organization, parent, today())
    after = {"parent_id": parent.id, "path": organization.path}
    await trail.record(actor, "organization.moved", organization, organization.path, before, after)
    return placement


@unit_of_work()
async def dissolve(actor: Actor, code: str, draft: Dissolve) -> Organization:
    """End an organization as of today; its history stays. Raises NotFound, Forbidden, Invalid, Conflict.

    Refused while something lives below it or members have their home there. Members whom a temporary branch
    borrowed go back: their home never changed.
    """
    organization = await find_living(actor, code, Permit.DISSOLVE_ORGANIZATION)
    await check_empty(organization)
    day = today()
    organization.dissolve(day, draft.expected_version)
    await organization.save(update_fields=["dissolved_on", "version"])
    await Placement.filter(organization_id=organization.id, valid_to__isnull=True).update(valid_to=day)
    after = {"reason": draft.reason, "dissolved_on": day, "memberships_ended": await end_memberships(organization, day)}
    await trail.record(actor, "organization.dissolved", organization, organization.path, {"dissolved_on": None}, after)
    return organization


@unit_of_work()
async def budget(actor: Actor, code: str, draft: Budget) -> Organization:
    """Set how long checklists may keep a branch busy in a month. Raises NotFound, Forbidden, Invalid, Conflict."""
    organization = await find_living(actor, code, Permit.BUDGET_ORGANIZATION)
    before = {"minutes_a_month": organization.minutes_a_month}
    organization.budget(draft.minutes_a_month, draft.expected_version)
    await organization.save(update_fields=["minutes_a_month", "version"])
    after = {"minutes_a_month": organization.minutes_a_month}
    await trail.record(actor, "organization.budgeted", organization, organization.path, before, after)
    return organization


async def find_living(actor: Actor, code: str, permit: Permit) -> Organization:
    organization = await organizations.find_organization(actor, code, lock=True)
    require(actor, permit, organization.path)
    organization.check_alive("code")
    return organization


def named_as(organization: Organization) -> dict[str, object]:
    return {"name": organization.name, "party_name": organization.party_name}


async def end_memberships(branch: Organization, day: date) -> list[int]:
    """Those that hold end on `day`; their ids."""
    held = Membership.filter(branch_id=branch.id, valid_to__isnull=True)
    ended: list[Any] = await held.order_by("id").values_list("id", flat=True)
    await held.update(valid_to=day)
    return ended


async def find_parent(actor: Actor, code: str) -> Organization:
    with named("parent"):
        parent = await organizations.find_organization(actor, code)
    parent.check_alive("parent")
    return parent


async def new_organization(draft: Establish, parent: Organization | None, provenance: Provenance) -> Organization:
    """With its id, which its path is made of."""
    key = await next_id()
    return Organization(
        **draft.model_dump(exclude={"parent", "established_on"}),
        id=key,
        parent_id=parent.id if parent else None,
        path=join(parent.path if parent else ROOT, key),
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
    if parent and day < (since := await organizations.standing_since(parent)):
        said = say(
            "{name} stands where it is since {since}; give that day or a later one.", name=parent.name, since=since
        )
        raise invalid(established_on=said)


async def check_empty(organization: Organization) -> None:
    """Raises Invalid (code) while there are living organizations below, or members at home."""
    if found := await organizations.obstacles(organization):
        raise invalid(code=found[0])
