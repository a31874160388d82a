"""The list of cycles, and one cycle: its days, the branches that it covers, those that left it, those that may join."""

from starlette.requests import Request
from starlette.responses import Response

from server.access.permits import Permit, may
from server.kit import paging
from server.queries import checklists
from server.queries import cycles as queries
from server.views import forms
from server.views.pages import page

CYCLES_AT_ONCE, BRANCHES_AT_ONCE = 20, 50
OUTCOMES = ("opened", "joined", "accepted")
"""What can have been done, by the word in the address."""


async def index(request: Request) -> Response:
    actor, after = request.state.actor, forms.asked(request, "after") or None
    found = await paging.page(queries.all_of(actor), queries.ORDER, CYCLES_AT_ONCE, after)
    return page(
        request,
        "cycles/index.html",
        "rows",
        found=found,
        progress=await checklists.progress_in(actor, [cycle.id for cycle in found.rows]),
        more=f"/cycles?after={found.cursors[-1]}" if found.has_next else "",
    )


async def show(request: Request) -> Response:
    """A page of the branches at a time; what is asked for with `after` is the next."""
    actor = request.state.actor
    cycle = await queries.find_by_id(actor, forms.row_id(request.path_params["id"]))
    every = checklists.of_cycle(actor, cycle)
    living = every.filter(branch__dissolved_on__isnull=True)
    after = forms.asked(request, "after") or None
    found = await paging.page(living, checklists.WHOLE_ORDER, BRANCHES_AT_ONCE, after)
    gone = await every.filter(branch__dissolved_on__isnull=False)
    joining = await queries.joinable(actor, cycle)
    done = forms.asked(request, "done")
    return page(
        request,
        "cycles/show.html",
        "rows",
        cycle=cycle,
        words=queries.in_words(cycle),
        left_out=await queries.left_out(actor, cycle),
        begun=(await queries.begun([cycle.id]))[cycle.id],
        total=(await checklists.progress_in(actor, [cycle.id])).get(cycle.id),
        wholes=await checklists.wholes(actor, found.rows),
        communities=await checklists.communities_of([row.branch for row in found.rows]),
        count=await living.count(),
        more=f"/cycles/{cycle.id}?after={found.cursors[-1]}" if found.has_next else "",
        gone=await checklists.wholes(actor, gone),
        joining=[place for place in joining if may(actor, Permit.JOIN_CYCLE, place.path)],
        done=done if done in OUTCOMES else "",
    )
