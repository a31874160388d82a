"""The checklists that a reader sees, and one branch's checklist: five themes, nineteen measures, one screen."""

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from server.kit.refusals import NotFound
from server.queries import checklists, organizations
from server.views.checklists.choice import choose
from server.views.checklists.entries import Entry, entry, surrounded
from server.views.checklists.matrix import Grid
from server.views.checklists.proofs import Proof
from server.views.forms import asked, row_id
from server.views.pages import go, page

if TYPE_CHECKING:
    from server.access.actor import Actor
    from server.models.checklists import Checklist, ChecklistItem

DEEDS = (
    "saved",
    "submitted",
    "declared",
    "withdrawn",
    "reviewed",
    "reopened",
    "evidence-added",
    "evidence-removed",
)
"""What can have been done with an item, by the word in the address."""
ONWARD = ("submitted", "declared")
"""After these the next item stands open."""
OUTCOMES = ("extended", "accepted")
"""The same for the whole checklist."""


async def index(request: Request) -> Response:
    """The checklists in reach. Whoever sees one alone, and in one running cycle, is taken to it."""
    choice = await choose(request)
    grid = Grid(choice.status, None) if choice else None
    lines = grid.lines if grid else []
    if choice and len(lines) == 1 and not choice.is_narrowed and len(choice.running) < 2:
        return go(request, f"/checklists/{lines[0].checklist_id}")
    return page(request, "checklists/index.html", "rows", choice=choice, grid=grid)


async def show(request: Request) -> Response:
    checklist = await checklists.find(request.state.actor, row_id(request.path_params["id"]))
    done = asked(request, "done")
    return await answer(request, checklist, wanted=row_id(asked(request, "item")), deed=done if done in DEEDS else "")


async def answer(
    request: Request,
    checklist: "Checklist",
    worked: Entry | None = None,
    block: str = "",
    *,
    wanted: int = 0,
    deed: str = "",
) -> Response:
    """The page of a checklist, or those blocks of it that show the item which was `worked` on."""
    actor = request.state.actor
    rows = await checklists.items_of(actor, checklist)
    [whole] = await checklists.wholes(actor, [checklist])
    item = next((row for row in rows if row.id == wanted), None)
    worked = worked or (opened(actor, item, deed) if item else None)
    known = [worked if worked and worked.item.id == row.id else entry(actor, row) for row in rows]
    entries = await surrounded(actor, known)
    worked = next((each for each in entries if worked and each.item.id == worked.item.id), worked)
    following = next((e for e in after(entries, worked) if e.can_fill or e.can_review), None)
    if following and worked and worked.deed in ONWARD and not block:
        entries = [replace(e, is_open=True) if e.item.id == following.item.id else e for e in entries]
    themes = [
        (theme, group, checklists.tally(checklists.cells_of([e.item for e in group])))
        for theme, group in ((t, list(g)) for t, g in groupby(entries, key=lambda e: e.item.measure.theme))
    ]
    return page(
        request,
        "checklists/show.html",
        block,
        (worked.refusal or worked.proof.refusal) if worked else None,
        checklist=checklist,
        whole=whole,
        beside=await checklists.beside(actor, checklist),
        done=outcome if (outcome := asked(request, "done")) in OUTCOMES else "",
        entry=worked,
        following=following,
        fills=any(e.can_fill for e in entries),
        themes=themes,
        tally=checklists.tally(checklists.cells_of(rows)),
        steps=await steps(actor, checklist),
    )


def opened(actor: "Actor", item: "ChecklistItem", deed: str) -> Entry:
    """An item with what was done last: to its evidence, or to the whole of it."""
    about_evidence = deed.startswith("evidence-")
    found = entry(actor, item, is_open=True, deed="" if about_evidence else deed)
    return replace(found, proof=Proof(deed=deed.removeprefix("evidence-"))) if about_evidence else found


def after(entries: list[Entry], worked: Entry | None) -> list[Entry]:
    """The others, from the one behind `worked` round to the one before it."""
    at = next((n for n, e in enumerate(entries) if worked and e.item.id == worked.item.id), -1)
    return entries[at + 1 :] + entries[: max(at, 0)]


async def steps(actor: "Actor", checklist: "Checklist") -> list[tuple[str, str]]:
    """The way down to the branch; what lies above the reader's own places is named, without a link."""
    try:
        placement = await organizations.find_by_id(actor, checklist.branch_id)
    except NotFound:  # it has been dissolved
        placement = checklist.placement
    reached = {above.organization.code for above in await organizations.ancestors(actor, placement)}
    above = (await organizations.addresses([placement]))[placement.id]
    return [(f"/organizations/{place.code}" if place.code in reached else "", place.name) for place in above]
