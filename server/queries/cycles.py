"""The cycles whose checklists the actor sees."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from tortoise.queryset import QuerySet

from server.access.actor import Actor
from server.access.scope import having_id, in_subtree, visible
from server.kit.clock import today
from server.kit.messages import say
from server.kit.paths import within
from server.kit.refusals import NotFound, invalid
from server.kit.text import fits, printable
from server.models.cycles import CODE_LENGTH, Cycle
from server.models.organizations import Organization, Placement
from server.models.templates import Measure, TemplateVersion, Theme

ORDER = ("-starts_on", "id")


def all_of(actor: Actor) -> QuerySet[Cycle]:
    """The newest first."""
    rows = visible(actor, Cycle).select_related("template_version__template", "organization")
    return rows.distinct().order_by(*ORDER)


async def find(actor: Actor, code: str) -> Cycle:
    """The newest cycle of this code that the actor sees. Raises NotFound (cycle)."""
    if fits(code, CODE_LENGTH) and (cycle := await all_of(actor).filter(code=code).first()):
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


async def running(actor: Actor, day: date | None = None) -> Cycle | None:
    """The cycle that is open on this day (today), if there is one."""
    day = day or today()
    return await all_of(actor).filter(opens_on__lte=day, closes_on__gte=day).first()


async def last_of(actor: Actor, template: str, within: Placement, most: int) -> list[Cycle]:
    """The newest cycles of the template of this code that have opened over branches at and below `within`."""
    if not fits(template, CODE_LENGTH):
        return []
    rows = all_of(actor).filter(in_subtree("checklists__branch__path", within.path), opens_on__lte=today())
    return await rows.filter(template_version__template__code=template).limit(most)


async def themes(cycle: Cycle) -> list[Theme]:
    """The themes of the cycle's template version, in order."""
    return await Theme.filter(version_id=cycle.template_version_id).order_by("position")


async def versions(version_ids: Sequence[int]) -> dict[int, TemplateVersion]:
    """Template versions by their id, each with its template."""
    return {v.id: v for v in await TemplateVersion.filter(id__in=version_ids).select_related("template")}


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
