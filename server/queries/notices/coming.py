"""What comes next, and when: cycles that open, are due, and close."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from server.access.actor import Actor
from server.access.permits import Permit
from server.access.scope import held
from server.kit.clock import today
from server.kit.messages import Message, say
from server.models.checklists import Checklist
from server.models.cycles import Cycle
from server.queries import cycles

MOST = 3
STEPS = (say("{cycle} opens"), say("{cycle} is due"), say("{cycle} closes"))


@dataclass(frozen=True)
class Coming:
    """Something that happens on a day, and in how many days that is."""

    day: date
    what: Message

    @property
    def days(self) -> int:
        return (self.day - today()).days


async def coming(actor: Actor) -> list[Coming]:
    """The nearest first; for whoever fills checklists, by the days that these have, extensions and all."""
    day = today()
    own = held(actor, Checklist, Permit.SAVE_CHECKLIST_ITEM).filter(closes_on__gte=day, locked_at__isnull=True)
    filled = await own.filter(branch__dissolved_on__isnull=True).select_related("cycle").order_by("due_on", "id")
    others = await cycles.all_of(actor).filter(closes_on__gte=day) if not filled else []
    found = {each for checklist in filled for each in of_course(checklist.cycle, checklist)}
    found |= {each for cycle in others for each in of_course(cycle, cycle)}
    ordered = sorted((each for each in found if each[0] >= day), key=lambda each: (each[0], each[1]))
    return [Coming(on, Message(STEPS[step].text, {"cycle": code})) for on, step, code in ordered[:MOST]]


def of_course(cycle: Cycle, of: Checklist | Cycle) -> Iterator[tuple[date, int, str]]:
    """The days of its course: the opening, if that is still to come, the day on which it is due, the last day."""
    if cycle.opens_on > today():
        yield cycle.opens_on, 0, cycle.code
    yield of.due_on, 1, cycle.code
    if of.closes_on != of.due_on:
        yield of.closes_on, 2, cycle.code
