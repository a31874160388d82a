"""What changed between two days, and the cycles of a template in a row."""

from dataclasses import dataclass
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response

from server.kit.clock import today
from server.kit.messages import Message, say
from server.kit.refusals import Invalid, NotFound
from server.queries import checklists
from server.queries.checklists import Comparison, Tally
from server.views.checklists.choice import Choice, choose
from server.views.forms import asked, read
from server.views.pages import page
from server.vocabulary import Exclusion, ItemState, Timeliness

WEEK = timedelta(days=7)
LAST_CYCLES = 8
MOST = 400


@dataclass(frozen=True)
class Figure:
    """One number on both days; `key` is what it counts."""

    key: ItemState | Exclusion | Timeliness | None
    name: Message | None
    before: int
    after: int

    @property
    def step(self) -> str:
        """+3, −2, or nothing where it stayed."""
        step = self.after - self.before
        return f"{step:+}".replace("-", "−") if step else ""


def figures(before: Tally, after: Tally) -> list[Figure]:
    named = [(say("All items"), "every"), (say("Due"), "due")]
    return [
        *(Figure(None, name, getattr(before, field), getattr(after, field)) for name, field in named),
        *(Figure(state, None, before.states[state], after.states[state]) for state in reversed(ItemState)),
        *(Figure(c, None, before.clocks[c], after.clocks[c]) for c in (Timeliness.LATE, Timeliness.MISSED)),
        *(Figure(why, None, before.exclusions[why], after.exclusions[why]) for why in Exclusion),
    ]


async def show(request: Request) -> Response:
    """A pair of days that cannot be compared is said at its fields."""
    choice, typed = await choose(request), {name: asked(request, name) for name in ("from", "to")}
    found, refusal = None, None
    try:
        days = asked_days(typed)
        found = await compared(request, choice, days) if choice else None
        typed = {"from": days[0].isoformat(), "to": days[1].isoformat()}
    except (Invalid, NotFound) as error:
        refusal = error
    lines = figures(found.before.total, found.after.total) if found else []
    return page(
        request,
        "checklists/comparison.html",
        "",
        refusal,
        choice=choice,
        typed=typed,
        found=found,
        figures=lines,
        most=MOST,
    )


async def compared(request: Request, choice: Choice, days: tuple[date, date]) -> Comparison:
    return await checklists.compare(request.state.actor, choice.within.organization.code, choice.cycle, days)


def asked_days(typed: dict[str, str]) -> tuple[date, date]:
    """Until today, from a week before; raises Invalid (from, to)."""
    later = read("to", typed["to"], today())
    return read("from", typed["from"], later - WEEK), later


async def trend(request: Request) -> Response:
    """Of the template of the chosen cycle."""
    choice = await choose(request)
    points = []
    if choice:
        template = choice.cycle.template_version.template.code
        points = await checklists.trend(request.state.actor, choice.within, template, LAST_CYCLES)
    return page(request, "checklists/trend.html", choice=choice, points=points)
