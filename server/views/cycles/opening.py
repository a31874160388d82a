"""Opening a cycle: a period is picked, what the selector finds is looked at, branches are left out, then it opens."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from server.access.actor import Actor
from server.access.permits import Permit, may, require
from server.kit.clock import today
from server.kit.messages import say
from server.kit.periods import Span, following, name_of, named, whole
from server.kit.refusals import Conflict, Invalid, NotFound, Refusal
from server.operations import cycles as operations
from server.operations.cycles import OpenCycle
from server.queries import checklists, organizations
from server.queries import cycles as queries
from server.views import forms
from server.views.forms import Typed, many
from server.views.grants import require_anywhere
from server.views.pages import go, page
from server.vocabulary import OrganizationKind, Sector

if TYPE_CHECKING:
    from server.models.cycles import Cycle
    from server.models.organizations import Placement
    from server.queries.cycles import Selection

GRACE = timedelta(days=10)
"""Between the due day and the day on which a cycle closes, where nobody says otherwise."""
HOMES = (OrganizationKind.DISTRICT, OrganizationKind.STREET, OrganizationKind.COMMUNITY)
"""What a cycle is opened for."""

MOST_TICKS = 1000
"""Fields of the form: a tick for every branch of a large subdistrict."""


@dataclass(frozen=True)
class Sheet:
    """The form as it stands: what is typed, what was wrong with it, and what it would open, once it was looked at."""

    typed: Typed
    refusal: Refusal | None = None
    seen: "Selection | None" = None


@many(MOST_TICKS)
async def new(request: Request) -> Response:
    """`?period` fills in its days, `?preview` shows what it would open; else it opens what was looked at."""
    actor = request.state.actor
    if request.method != "POST":
        require_anywhere(actor, Permit.OPEN_CYCLE)
        return await answer(request, Sheet(await prefilled(request)))
    form = await forms.texts(request)
    ticks = {"without": " ".join(await unticked(request, form))} if "shown" in form else {}
    if "period" in request.query_params:
        require_anywhere(actor, Permit.OPEN_CYCLE)
        return await answer(request, Sheet(await dated(request, ticks)))
    if "preview" in request.query_params or await is_outdated(actor, form):
        return await answer(request, await look(request, ticks))
    attempt = await forms.attempt(request, OpenCycle, partial(operations.open_cycle, actor), **ticks)
    if attempt.done:
        return go(request, f"/cycles/{attempt.result.id}?done=opened")
    return await answer(request, Sheet(Typed(attempt.typed | ticks), attempt.refusal))


async def unticked(request: Request, form: Typed) -> list[str]:
    """The branches that were shown with a tick and came back without one."""
    ticked = set(map(str, (await request.form()).getlist("branch")))
    return [code for code in form["shown"].split() if code not in ticked]


async def dated(request: Request, ticks: dict[str, str]) -> Typed:
    """What is typed, with the days of the period that the address names."""
    period = named(forms.asked(request, "period"))
    return Typed(await forms.fields(request, OpenCycle) | ticks | (days(period) if period else {}))


async def look(request: Request, ticks: dict[str, str]) -> Sheet:
    """What it would open. Raises the refusals that no field can show."""
    typed = Typed(await forms.fields(request, OpenCycle) | ticks)
    try:
        return Sheet(typed, seen=await foreseen(request.state.actor, OpenCycle.parse(typed)))
    except (Invalid, Conflict) as refusal:
        return Sheet(typed, refusal)
    except NotFound as refusal:
        if not refusal.fields:
            raise
        return Sheet(typed, refusal)


async def foreseen(actor: Actor, draft: OpenCycle) -> "Selection":
    """What the operation would open, refused by the same rules."""
    organization = await organizations.find_organization(actor, draft.organization, field="organization")
    require(actor, Permit.OPEN_CYCLE, organization.path)
    draft.check_days()
    await queries.check_code(organization, draft.code)
    return await queries.select(organization, draft.template, draft.sector, draft.without)


async def is_outdated(actor: Actor, form: Typed) -> bool:
    """Whether the place or the sector picks other branches than those that were shown with a tick."""
    if "shown" not in form or form["sector"] not in Sector.__members__:
        return False
    try:
        organization = await organizations.find_organization(actor, form["organization"], field="organization")
    except NotFound:
        return False
    found = await queries.pickable(actor, organization, Sector[form["sector"]])
    return {place.organization.code for place in found} != set(form["shown"].split())


async def answer(request: Request, sheet: Sheet) -> Response:
    actor = request.state.actor
    homes = await places(actor)
    versions = await queries.templates([place.path for place in homes])
    shown = sheet.seen.placements if sheet.seen else []
    return page(
        request,
        "cycles/new.html",
        "form",
        sheet.refusal,
        typed=sheet.typed,
        seen=sheet.seen,
        left_out=set(sheet.typed["without"].split()),
        communities=await checklists.communities_of([place.organization for place in shown]),
        places=[(p.organization.code, f"{p.name} {p.organization.code}") for p in homes],
        templates=[
            (v.template.code, say("{title}, version {number}", title=v.template.title, number=v.number))
            for v in versions
        ],
        sectors=list(Sector),
        periods=offered(),
        day=today(),
    )


async def places(actor: Actor) -> "list[Placement]":
    """What the actor may open a cycle for, from the top down."""
    rows = (await organizations.standing(actor)).filter(organization__kind__in=HOMES)
    return [place for place in await rows if may(actor, Permit.OPEN_CYCLE, place.path)]


# --- what stands in the form before anybody types


async def prefilled(request: Request) -> Typed:
    """What the address says, on top of the period after the last one; `after` names the cycle that this one follows."""
    actor, asked = request.state.actor, Typed(request.query_params)
    last = await queries.find_by_id(actor, forms.row_id(asked["after"])) if asked["after"] else await newest(actor)
    typed = (
        assignment(last) if asked["after"] and last else Typed(sector=last.sector if last else Sector.RESIDENT_GROUP)
    )
    if asked["after"] and last:
        standing = await queries.pickable(actor, last.organization, last.sector)
        codes = {place.organization.code for place in standing}
        typed["without"] = " ".join(code for code in last.without if code in codes)
    elif homes := await places(actor):
        typed["organization"] = homes[0].organization.code
    typed |= {name: text for name, text in asked.items() if name in OpenCycle.model_fields}
    picked = named(asked["period"])
    if picked or not typed["starts_on"]:
        typed |= days(picked or (following(Span(last.starts_on, last.ends_on)) if last else this_quarter()))
    return typed


def assignment(cycle: "Cycle") -> Typed:
    """All that the next cycle takes over: which template, over which branches."""
    version = cycle.template_version
    return Typed(organization=cycle.organization.code, template=version.template.code, sector=cycle.sector)


async def newest(actor: Actor) -> "Cycle | None":
    homes = await places(actor)
    return await queries.newest_of(actor, homes[0].path) if homes else None


def days(period: Span) -> Typed:
    """A period, and the days of its course that fit it."""
    course = {
        "starts_on": period.first,
        "ends_on": period.last,
        "opens_on": period.first,
        "due_on": period.last,
        "closes_on": period.last + GRACE,
    }
    return Typed(code=name_of(period), **{name: day.isoformat() for name, day in course.items()})


def this_quarter() -> Span:
    day = today()
    return whole(date(day.year, day.month - (day.month - 1) % 3, 1), 3)


def offered() -> list[str]:
    """This and the next month, quarter and year, by name."""
    day = today()
    spans = [whole(date(day.year, day.month, 1), 1), this_quarter(), whole(date(day.year, 1, 1), 12)]
    return [name_of(each) for span in spans for each in (span, following(span))]
