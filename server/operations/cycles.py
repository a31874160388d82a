"""Opening a cycle: one checklist for every branch that it covers, one item for every measure."""

from itertools import pairwise
from typing import Annotated

from pydantic import Field

from server.access.actor import Actor
from server.access.permits import Permit, require
from server.access.scope import in_subtree
from server.kit.clock import today
from server.kit.drafts import Day, Draft, Line
from server.kit.messages import say
from server.kit.paths import keys
from server.kit.refusals import invalid
from server.kit.transactions import unit_of_work
from server.models.checklists import Checklist, ChecklistItem
from server.models.cycles import Cycle
from server.models.organizations import Organization, Placement
from server.models.templates import Measure, TemplateVersion
from server.operations import trail
from server.queries import cycles, organizations
from server.vocabulary import OrganizationKind, Sector, VersionState


class OpenCycle(Draft):
    """A period for the branches of `sector` below `organization`, with the newest version of `template` (codes)."""

    organization: Annotated[Line, Field(max_length=32)]
    template: Annotated[Line, Field(max_length=32)]
    sector: Sector
    code: Annotated[Line, Field(min_length=2, max_length=32)]
    starts_on: Day
    ends_on: Day
    opens_on: Day
    due_on: Day
    closes_on: Day


@unit_of_work()
async def open_cycle(actor: Actor, draft: OpenCycle) -> Cycle:
    """Open a cycle over the branches that its selector picks now. Raises NotFound, Forbidden, Invalid."""
    organization = await organizations.find_organization(actor, draft.organization, field="organization")
    require(actor, Permit.OPEN_CYCLE, organization.path)
    check_days(draft)
    if await cycles.exists(organization, draft.code):
        raise invalid(code=say("The code {code} is taken; choose another.", code=draft.code))
    placements = await selected(organization, draft.sector)
    if not placements:
        name = organization.name
        raise invalid(sector=say("There is no branch of this sector below {name}; choose another.", name=name))
    version = await newest_version(organization, draft.template)
    cycle = await Cycle.create(
        organization=organization,
        template_version=version,
        selector={"sector": draft.sector.value},
        **draft.model_dump(exclude={"organization", "template", "sector"}),
    )
    count = await assign(cycle, placements)
    after = {"code": cycle.code, "organization": organization.code, "items": count}
    await trail.record(actor, "cycle.opened", cycle, organization.path, after=after)
    return cycle


def check_days(draft: OpenCycle) -> None:
    days = [("starts_on", draft.starts_on), ("ends_on", draft.ends_on)]
    course = [("opens_on", draft.opens_on), ("due_on", draft.due_on), ("closes_on", draft.closes_on)]
    for pairs in (days, course):
        for (_, before), (field, day) in pairwise(pairs):
            if day < before:
                raise invalid(**{field: say("This day lies before {day}; give a later one.", day=before)})


async def newest_version(organization: Organization, code: str) -> TemplateVersion:
    """The newest that is published, of the place's own template or of the nearest one above it."""
    rows = TemplateVersion.filter(template__code=code, template__organization_id__in=keys(organization.path))
    rows = rows.filter(state=VersionState.PUBLISHED)
    if version := await rows.order_by("-template__organization__path", "-number").first():
        return version
    raise invalid(template=say("There is no template {code}; publish it first.", code=code))


async def selected(organization: Organization, sector: Sector) -> list[Placement]:
    """Where the living branches of `sector` below `organization` stand today."""
    branches = Placement.filter(in_subtree("path", organization.path), valid_to__isnull=True)
    return await branches.filter(
        organization__sector=sector, organization__kind=OrganizationKind.BRANCH, organization__dissolved_on__isnull=True
    ).order_by("path")


async def assign(cycle: Cycle, placements: list[Placement]) -> int:
    """One checklist a branch, one item a measure; returns the number of items."""
    measures = await Measure.filter(theme__version_id=cycle.template_version_id).order_by("number")
    days = {"assigned_on": today(), "due_on": cycle.due_on, "closes_on": cycle.closes_on}
    checklists = [
        Checklist(cycle_id=cycle.id, branch_id=p.organization_id, placement_id=p.id, **days) for p in placements
    ]
    await Checklist.bulk_create(checklists)
    made = await Checklist.filter(cycle_id=cycle.id).order_by("id")
    items = [ChecklistItem(checklist_id=c.id, measure_id=m.id) for c in made for m in measures]
    await ChecklistItem.bulk_create(items, batch_size=1000)
    return len(items)
