"""What a wording costs the branches that fill it in, and what it asks for that they give already."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from server.access.actor import Actor
from server.access.scope import in_subtree, visible
from server.kit.clock import today
from server.kit.paths import keys
from server.models.checklists import Checklist
from server.models.cycles import Cycle
from server.models.organizations import Organization
from server.models.templates import (
    Burden,
    Elsewhere,
    Measure,
    Overlap,
    Template,
    Wording,
    burden,
    measures_of,
    overlaps,
)
from server.vocabulary import OrganizationKind, Sector


@dataclass(frozen=True)
class Reckoning:
    """`sector`: of the branches that are counted."""

    sector: Sector
    burden: Burden
    overlaps: list[Overlap]


async def reckon(actor: Actor, template: Template, wording: Wording, sector: Sector | None = None) -> Reckoning:
    """For the branches of `sector` below the place; if none is named, of the sector that it was opened for."""
    place = template.organization
    sector = sector or await usual_sector(template)
    measures = [measure for _, measure in measures_of(wording)]
    counted = burden(measures, await branches_of(place, sector), await budget_of(place))
    return Reckoning(sector, counted, overlaps(wording, await elsewhere(actor, template, sector)))


async def usual_sector(template: Template) -> Sector:
    """Of the branches that its newest cycle was opened for; before any, of residents' groups."""
    newest = await Cycle.filter(template_version__template_id=template.id).order_by("-starts_on", "-id").first()
    named = newest.selector.get("sector") if newest else None
    return Sector[named] if named else Sector.RESIDENT_GROUP


async def branches_of(place: Organization, sector: Sector) -> int:
    """How many living branches a selector of this sector picks below `place`."""
    rows = Organization.filter(in_subtree("path", place.path), kind=OrganizationKind.BRANCH)
    return await rows.filter(sector=sector, dissolved_on__isnull=True).count()


async def budget_of(place: Organization) -> int | None:
    """Minutes a month and branch: of the nearest place at or above that has a budget."""
    rows = Organization.filter(id__in=keys(place.path), minutes_a_month__isnull=False)
    nearest = await rows.order_by("-path").first()
    return nearest.minutes_a_month if nearest else None


async def elsewhere(actor: Actor, template: Template, sector: Sector) -> list[Elsewhere]:
    """The measures of other templates with which cycles run now over branches of this sector below the place."""
    rows = visible(actor, Checklist).filter(in_subtree("branch__path", template.organization.path))
    rows = rows.filter(branch__sector=sector, branch__dissolved_on__isnull=True, cycle__closes_on__gte=today())
    found: Sequence[Any] = await rows.distinct().values_list("cycle__template_version_id", flat=True)
    measures = Measure.filter(theme__version_id__in=list(found)).exclude(theme__version__template_id=template.id)
    names = measures.select_related("theme__version__template").order_by("theme__version_id", "number")
    return [Elsewhere(measure.theme.version.template.title, measure.words) for measure in await names]
