"""Letting a branch into a running cycle."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from server.access.permits import Permit
from server.operations import cycles as operations
from server.operations.cycles import JoinCycle
from server.queries import cycles as queries
from server.views import forms
from server.views.grants import require_anywhere
from server.views.pages import go, page


async def join(request: Request) -> Response:
    actor = request.state.actor
    cycle = await queries.find_by_id(actor, forms.row_id(request.path_params["id"]))
    if request.method != "POST":
        require_anywhere(actor, Permit.JOIN_CYCLE)
    attempt = await forms.attempt(request, JoinCycle, partial(operations.join, actor, cycle.id))
    if attempt.done:
        return go(request, f"/cycles/{cycle.id}?done=joined")
    return page(
        request,
        "cycles/join.html",
        "form",
        attempt.refusal,
        cycle=cycle,
        words=queries.in_words(cycle),
        typed=attempt.typed or forms.Typed(request.query_params),
        branches=[
            (p.organization.code, f"{p.name} {p.organization.code}") for p in await queries.joinable(actor, cycle)
        ],
    )
