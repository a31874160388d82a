"""Which part of the status an address asks for: a cycle, a place, a day, a state. Pages and exports ask alike."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.requests import Request

from server.kit.messages import say
from server.kit.paths import within as lies_within
from server.kit.refusals import invalid
from server.queries import checklists, cycles, organizations
from server.queries.checklists import Status
from server.views.forms import asked, day
from server.vocabulary import Exclusion, ItemState

if TYPE_CHECKING:
    from server.models.cycles import Cycle
    from server.models.organizations import Placement

Mark = ItemState | Exclusion

MARKS: tuple[Mark, ...] = (*ItemState, Exclusion.NOT_APPLICABLE)
"""What a cell of the matrix can show, and the matrix can be filtered by."""

PARTS = ("cycle", "within", "state", "asOf")


@dataclass(frozen=True)
class Choice:
    """What was chosen, and `cycles` and `places` (code and name) to choose from.

    `day` is None for today; of those that are `running` on it the main one comes first.
    """

    cycle: "Cycle"
    within: "Placement"
    state: Mark | None
    day: date | None
    cycles: list["Cycle"]
    running: list["Cycle"]
    places: list[tuple[str, str]]
    status: Status
    asked: dict[str, str]

    @property
    def is_narrowed(self) -> bool:
        return any(self.asked.values())

    @property
    def offers_cycles(self) -> bool:
        """Whether there are others to choose from than those that run, each of which has a link of its own."""
        return len(self.cycles) > max(1, len(self.running))

    def name_of(self, cycle: "Cycle") -> str:
        """What names it in an address: its code, with its place where another one has the same code."""
        return cycle.code if sum(each.code == cycle.code for each in self.cycles) == 1 else cycle.name

    def address(self, path: str, **changes: str) -> str:
        """`path` with the same choice, or with `changes` of it; "" takes a part away."""
        query = {name: value for name, value in (self.asked | changes).items() if value}
        return f"{path}?{urlencode(query)}" if query else path


async def choose(request: Request) -> Choice | None:
    """None where there is nothing to choose from: no place, or no cycle. Raises NotFound, Invalid."""
    actor, wanted = request.state.actor, {name: asked(request, name) for name in PARTS}
    mark, then = marked(wanted["state"]), day(request)
    roots, every_cycle = await organizations.roots(actor, then), await cycles.all_of(actor)
    if not roots or not every_cycle:
        return None
    running = await cycles.running(actor, then)
    cycle = await cycles.find(actor, wanted["cycle"]) if wanted["cycle"] else (running or every_cycle)[0]
    within = await organizations.find(actor, wanted["within"], then) if wanted["within"] else roots[0]
    root = next(place for place in roots if lies_within(within.path, place.path))
    whole = await checklists.status(actor, root, cycle, then)
    status = whole if within.id == root.id else await checklists.status(actor, within, cycle, then)
    offered = places(roots, whole, within)
    return Choice(cycle, within, mark, then, every_cycle, running, offered, status, wanted)


def places(roots: list["Placement"], whole: Status, within: "Placement") -> list[tuple[str, str]]:
    """The reader's own places, the communities of the one that is shown, and the one that was chosen."""
    own = [(place.organization.code, place.name) for place in roots]
    below = [(community.code, community.name) for community in whole.communities]
    offered = own + [place for place in below if place not in own and len(below) > 1]
    chosen = (within.organization.code, within.name)
    return offered if chosen in offered else [*offered, chosen]


def marked(value: str) -> Mark | None:
    """Raises Invalid (state)."""
    found = next((mark for mark in MARKS if mark.value == value), None)
    if value and found is None:
        raise invalid(state=say("Choose one of: {options}.", options=", ".join(MARKS)))
    return found
