"""Communities by themes, and what any ratio of it is made of: the items counted, and those left out with the reason."""

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from server.queries import checklists
from server.queries.checklists import NO_COMMUNITY, Part, Row, Tally
from server.views.checklists.choice import Choice, choose
from server.views.forms import asked, day
from server.views.pages import page

NAMED = ("theme", "measure", "community", "branch")
"""What a part can be narrowed to, by code or number."""
MOST = 400
"""Rows of one kind on a page; there are files for all."""


async def roll_up(request: Request) -> Response:
    choice = await choose(request)
    return page(request, "checklists/roll_up.html", choice=choice, day=day(request), nowhere=NO_COMMUNITY)


@dataclass(frozen=True)
class Opened:
    """A part of a status, down to its rows: approved, open, and left out."""

    choice: Choice
    part: Part
    rows: list[Row]

    @property
    def tally(self) -> Tally:
        return checklists.tally(row.cell for row in self.rows)

    @property
    def approved(self) -> list[Row]:
        return [row for row in self.rows if not row.cell.exclusion and not row.cell.is_open]

    @property
    def open(self) -> list[Row]:
        return [row for row in self.rows if row.cell.is_open]

    @property
    def left_out(self) -> list[Row]:
        return [row for row in self.rows if row.cell.exclusion]

    @property
    def names(self) -> list[str]:
        """What the part is called, from the place to the measure."""
        found: dict[str, None] = {}
        for row in self.rows[:1]:
            community = row.community.name if row.community else ""
            theme = f"{row.measure.theme.grasp} {row.measure.theme.lift}"
            measure = f"{row.measure.number} {row.measure.text}"
            pairs = [
                (self.part.community, community),
                (self.part.branch, row.branch.name),
                (self.part.theme, theme),
                (self.part.measure, measure),
            ]
            found = {name: None for asked_for, name in pairs if asked_for and name}
        return list(found)

    def address(self, **changes: str) -> str:
        """Of the same part with `changes`."""
        part = {name: getattr(self.part, name) for name in NAMED}
        query = {name: value for name, value in (self.choice.asked | part | changes).items() if value}
        return f"/status?{urlencode(query)}" if query else "/status"


async def show(request: Request) -> Response:
    """Raises Invalid (theme, measure) for what the checklist does not have."""
    choice = await choose(request)
    opened = None
    if choice:
        part = Part(**{name: asked(request, name) for name in NAMED}, mark=choice.state)
        opened = Opened(choice, part, await checklists.rows_of(choice.status, part))
    return page(request, "checklists/status.html", choice=choice, opened=opened, day=day(request), most=MOST)
