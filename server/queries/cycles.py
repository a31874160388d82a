"""The cycles whose checklists the actor sees, and what it takes to open one."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tortoise.functions import Min
from tortoise.queryset import QuerySet

from server.access.actor import Actor
from server.access.scope import having_id, in_subtree, visible
from server.kit.clock import today
from server.kit.messages import Message, say
from server.kit.paths import keys, within
from server.kit.refusals import NotFound, invalid
from server.kit.text import fits, printable
from server.models.checklists import Checklist
from server.models.cycles import CODE_LENGTH, Cycle
from server.models.organizations import CODE_LENGTH as PLACE_LENGTH
from server.models.organizations import Organization, Placement
from server.models.templates import Measure, TemplateVersion, Theme
from server.vocabulary import OrganizationKind, Sector, VersionState

ORDER = ("-starts_on", "id")


@dataclass(frozen=True)
class Selection:
    """Where the branches stand that a cycle would be opened over, with how many measures, of which version."""

    version: TemplateVersion
    measures: int
    placements: list[Placement]
    """Those that the selector picks, also those to be left out."""
    without: frozenset[str]

    @property
    def covered(self) -> list[Placement]:
        return [p for p in self.placements if p.organization.code not in self.without]

    @property
    def items(self) -> int:
        return len(self.covered) * self.measures


def all_of(actor: Actor) -> QuerySet[Cycle]:
    """The newest first."""
    rows = visible(actor, Cycle).select_related("template_version__template", "organization")
    return rows.distinct().order_by(*ORDER)


async def find(actor: Actor, code: str) -> Cycle:
    """The newest cycle of this code that the actor sees; HG/2026-Q4 is that of one place. Raises NotFound (cycle)."""
    if not fits(code, PLACE_LENGTH + 1 + CODE_LENGTH):
        raise no_cycle(code)
    place, _, rest = code.partition("/")
    if rest and (cycle := await all_of(actor).filter(organization__code=place, code=rest).first()):
        return cycle
    if cycle := await all_of(actor).filter(code=code).first():
        return cycle
    raise no_cycle(code)


async def find_over(actor: Actor, code: str, organization: Organization) -> Cycle:
    """The cycle of this code that runs over `organization`: its own, one from above it, or from below it.

    Raises NotFound (cycle), or Invalid (cycle) where places below have several.
    """
    found = await all_of(actor).filter(code=code) if fits(code, CODE_LENGTH) else []
    own = [c for c in found if within(organization.path, c.organization.path)]
    below = [c for c in found if within(c.organization.path, organization.path)]
    chosen = sorted(own, key=lambda c: -len(c.organization.path)) or below
    if not chosen:
        raise no_cycle(code)
    if not own and len(chosen) > 1:
        raise invalid(cycle=say("Several places here have a cycle {code}; choose one of those places.", code=code))
    return chosen[0]


async def find_by_id(actor: Actor, cycle_id: int) -> Cycle:
    if cycle := await all_of(actor).filter(having_id(cycle_id)).first():
        return cycle
    raise no_cycle(str(cycle_id))


async def find_many(actor: Actor, cycle_ids: Sequence[int]) -> dict[int, Cycle]:
    """Those that the actor sees, by id."""
    return {cycle.id: cycle for cycle in await all_of(actor).filter(id__in=cycle_ids)}


async def running(actor: Actor, day: date | None = None) -> list[Cycle]:
    """Every cycle that is open on this day (today), the main one first.

    What is not due yet stands before what is late, a longer period before a shorter one: the quarter's cycle is the
    main one, whatever months run beside it.
    """
    day = day or today()
    found = await all_of(actor).filter(opens_on__lte=day, closes_on__gte=day)
    return sorted(found, key=lambda c: (c.due_on < day, c.starts_on - c.ends_on))


async def main(actor: Actor, day: date | None = None) -> Cycle | None:
    """The one that is meant where none is named."""
    return next(iter(await running(actor, day)), None)


async def last_of(actor: Actor, template: str, within: Placement, most: int) -> list[Cycle]:
    """The newest cycles of the template of this code that have opened over branches at and below `within`."""
    if not fits(template, CODE_LENGTH):
        return []
    rows = all_of(actor).filter(in_subtree("checklists__branch__path", within.path), opens_on__lte=today())
    return await rows.filter(template_version__template__code=template).limit(most)


async def begun(cycle_ids: Collection[int]) -> dict[int, date]:
    """The day on which each was opened: whoever was given a checklist later has joined it."""
    rows = Checklist.filter(cycle_id__in=list(cycle_ids)).annotate(first=Min("assigned_on")).group_by("cycle_id")
    found: list[Any] = await rows.values_list("cycle_id", "first")
    return dict(found)


async def left_out(actor: Actor, cycle: Cycle) -> list[Organization]:
    """The branches that were left out when it was opened, as far as the actor sees them."""
    return await visible(actor, Organization).filter(code__in=cycle.without).order_by("code") if cycle.without else []


def in_words(cycle: Cycle) -> Message:
    """What its selector picked."""
    said = {"sector": cycle.sector, "name": cycle.organization.name}
    if cycle.without:
        return say("Branches of the sector “{sector}” below {name}, {count} left out", count=len(cycle.without), **said)
    return say("Branches of the sector “{sector}” below {name}", **said)


async def joinable(actor: Actor, cycle: Cycle) -> list[Placement]:
    """Where the branches stand that it would pick today and that have no checklist, as far as the actor sees them."""
    rows = visible(actor, Placement)
    if cycle.is_past(today()):
        return []
    covered: list[Any] = await Checklist.filter(cycle_id=cycle.id).values_list("branch_id", flat=True)
    return await picked(rows.exclude(organization_id__in=covered), cycle.organization, cycle.sector)


# --- opening one


async def select(organization: Organization, template: str, sector: Sector, without: Collection[str]) -> Selection:
    """What a cycle of `organization` would be opened over today. Raises Invalid (sector, template, without)."""
    placements = await picked(Placement.all(), organization, sector)
    name = organization.name
    if not placements:
        raise invalid(sector=say("There is no branch of this sector below {name}; choose another.", name=name))
    strange = set(without) - {placement.organization.code for placement in placements}
    if strange:
        said = say("It would not pick {code}, so it cannot be left out.", code=printable(min(strange)))
        raise invalid(without=said)
    version = await newest_version(organization, template)
    measures = await Measure.filter(theme__version_id=version.id).count()
    found = Selection(version, measures, placements, frozenset(without))
    if not found.covered:
        raise invalid(without=say("Every branch is left out; keep at least one."))
    return found


async def check_code(organization: Organization, code: str) -> None:
    """Raises Invalid (code) for one that another cycle of the place has."""
    if await exists(organization, code):
        raise invalid(code=say("The code {code} is taken; choose another.", code=code))


async def pickable(actor: Actor, organization: Organization, sector: Sector) -> list[Placement]:
    """Where the branches stand that a cycle would pick today, as far as the actor sees them."""
    return await picked(visible(actor, Placement), organization, sector)


async def picked(rows: QuerySet[Placement], organization: Organization, sector: Sector) -> list[Placement]:
    """Those of `rows` where a living branch of `sector` stands today, below `organization`."""
    rows = rows.filter(in_subtree("path", organization.path), valid_to__isnull=True)
    rows = rows.filter(
        organization__sector=sector, organization__kind=OrganizationKind.BRANCH, organization__dissolved_on__isnull=True
    )
    return await rows.select_related("organization").order_by("path")


def published(*paths: str) -> QuerySet[TemplateVersion]:
    """The versions of the places with these paths and above, the nearest place's first, the newest first."""
    above = {key for path in paths for key in keys(path)}
    rows = TemplateVersion.filter(template__organization_id__in=above, state=VersionState.PUBLISHED)
    return rows.select_related("template").order_by("-template__organization__path", "-number")


async def newest_version(organization: Organization, code: str) -> TemplateVersion:
    """The newest that is published, of the place's own template or of the nearest one above it."""
    if version := await published(organization.path).filter(template__code=code).first():
        return version
    raise invalid(template=say("There is no template {code}; publish it first.", code=printable(code)))


async def templates(paths: Sequence[str]) -> list[TemplateVersion]:
    """The newest published version of each template that a cycle of one of these places may be opened with."""
    found: dict[str, TemplateVersion] = {}
    for version in await published(*paths):
        _ = found.setdefault(version.template.code, version)
    return list(found.values())


async def newest_of(actor: Actor, path: str) -> Cycle | None:
    """The cycle of the place with this path whose period is the last."""
    return await all_of(actor).filter(organization__path=path).order_by("-ends_on", "id").first()


# --- what is asked for in it


async def themes(cycle: Cycle) -> list[Theme]:
    """The themes of the cycle's template version, in order."""
    return await Theme.filter(version_id=cycle.template_version_id).order_by("position")


async def versions(version_ids: Sequence[int]) -> dict[int, TemplateVersion]:
    """Template versions by their id, each with its template and whoever published it."""
    rows = TemplateVersion.filter(id__in=version_ids).select_related("template__organization", "published_by")
    return {version.id: version for version in await rows}


async def themes_of(version_ids: Sequence[int]) -> dict[int, list[Theme]]:
    """The themes of each template version, in order."""
    found: dict[int, list[Theme]] = defaultdict(list)
    for theme in await Theme.filter(version_id__in=version_ids).order_by("position"):
        found[theme.version_id].append(theme)
    return found


async def measures_of(theme_ids: Sequence[int]) -> dict[int, list[Measure]]:
    """The measures of each theme by number, each with its theme."""
    found: dict[int, list[Measure]] = defaultdict(list)
    for measure in await Measure.filter(theme_id__in=theme_ids).select_related("theme").order_by("number"):
        found[measure.theme_id].append(measure)
    return found


async def measures(cycle: Cycle) -> list[Measure]:
    """The measures of the cycle's template version by number, each with its theme."""
    rows = Measure.filter(theme__version_id=cycle.template_version_id)
    return await rows.select_related("theme").order_by("number")


async def exists(organization: Organization, code: str) -> bool:
    return await Cycle.filter(organization_id=organization.id, code=code).exists()


def no_cycle(code: str) -> NotFound:
    message = say(
        "There is no cycle {code} here for you; take a code from the list of cycles, such as 2026-Q4.",
        code=printable(code),
    )
    return NotFound(message, {"cycle": message})
