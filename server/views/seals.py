"""Seals: the list, one with what has changed since, and sealing."""

from functools import partial
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.access.permits import Permit, may
from server.kit import paging
from server.operations import seals as operations
from server.operations.seals import SealCycle
from server.queries import cycles, organizations
from server.queries import seals as queries
from server.views import forms
from server.views.grants import require_anywhere
from server.views.pages import go, page

if TYPE_CHECKING:
    from server.models.organizations import Placement

AT_ONCE = 20


async def index(request: Request) -> Response:
    after = forms.asked(request, "after") or None
    found = await paging.page(queries.all_of(request.state.actor), queries.ORDER, AT_ONCE, after)
    more = f"/seals?after={found.cursors[-1]}" if found.has_next else ""
    return page(request, "seals/index.html", "rows", found=found, more=more)


async def show(request: Request) -> Response:
    seal = await queries.find(request.state.actor, forms.row_id(request.path_params["id"]))
    found = await queries.inspect(request.state.actor, seal)
    return page(request, "seals/show.html", seal=seal, found=found, done=forms.asked(request, "done"))


async def new(request: Request) -> Response:
    """Seal a cycle over a place."""
    actor = request.state.actor
    if request.method != "POST":
        require_anywhere(actor, Permit.SEAL_CYCLE)
    attempt = await forms.attempt(request, SealCycle, partial(operations.seal, actor))
    if attempt.done:
        return go(request, "/seals")
    return page(
        request,
        "seals/edit.html",
        "form",
        attempt.refusal,
        typed=attempt.typed,
        cycles=[(c.code, f"{c.code} · {c.organization.name}") for c in await cycles.all_of(actor)],
        places=[(place.organization.code, place.name) for place in await sealable(request)],
    )


async def sealable(request: Request) -> "list[Placement]":
    """The reader's own places, and what lies directly below them."""
    actor = request.state.actor
    roots = [place for place in await organizations.roots(actor) if may(actor, Permit.SEAL_CYCLE, place.path)]
    below = await organizations.children(actor, [root.organization_id for root in roots])
    return [place for root in roots for place in (root, *below.get(root.organization_id, []))]


routes = [
    Route("/seals", index),
    Route("/seals/new", new, methods=["GET", "POST"]),
    Route("/seals/{id}", show),
]
