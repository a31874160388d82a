"""The last cycles of a template, each as it stood at its close; the one that runs, as it stands today."""

from dataclasses import dataclass
from datetime import date

from server.access.actor import Actor
from server.kit.clock import today
from server.kit.messages import say
from server.kit.refusals import NotFound, invalid
from server.models.cycles import Cycle
from server.models.organizations import Placement
from server.queries import cycles, organizations
from server.queries.checklists.counts import Tally
from server.queries.checklists.status import status

MOST_CYCLES = 24


@dataclass(frozen=True)
class Point:
    cycle: Cycle
    day: date
    tally: Tally

    @property
    def percent(self) -> float:
        return 100 * (self.tally.ratio or 0)


async def trend(actor: Actor, within: Placement, template: str, first: int) -> list[Point]:
    """At and below `within`, the oldest of the last `first` cycles first. Raises Invalid (first)."""
    if not 1 <= first <= MOST_CYCLES:
        raise invalid(first=say("Ask for 1 to {most} cycles.", most=MOST_CYCLES))
    begun = await cycles.last_of(actor, template, within, first)
    found = [await point(actor, within, cycle) for cycle in reversed(begun)]
    return [each for each in found if each]


async def point(actor: Actor, within: Placement, cycle: Cycle) -> Point | None:
    """None where the place did not stand yet."""
    day = min(cycle.closes_on, today())
    try:
        then = await organizations.find_by_id(actor, within.organization_id, day)
    except NotFound:
        return None
    return Point(cycle, day, (await status(actor, then, cycle, day)).total)
