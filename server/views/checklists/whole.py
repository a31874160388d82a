"""What the street does with a whole checklist: more time for its branch, acceptance."""

from functools import partial
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from server.access.permits import Permit, require
from server.operations import checklists as operations
from server.operations.checklists import Accept, Extend
from server.queries import checklists
from server.views import forms
from server.views.checklists.show import steps
from server.views.forms import Attempt
from server.views.pages import go, page

if TYPE_CHECKING:
    from server.models.checklists import Checklist


async def extend(request: Request) -> Response:
    checklist = await allowed(request, Permit.EXTEND_CHECKLIST)
    attempt = await forms.attempt(request, Extend, partial(operations.extend, request.state.actor, checklist.id))
    if attempt.done:
        return go(request, back(request, checklist, "extended"))
    return await form(request, "extend", checklist, attempt)


async def accept(request: Request) -> Response:
    """Asked for by its address, it says what is accepted and asks once more."""
    checklist = await allowed(request, Permit.ACCEPT_CHECKLIST)
    attempt = await forms.attempt(request, Accept, partial(operations.accept, request.state.actor, checklist.id))
    if attempt.done:
        return go(request, back(request, checklist, "accepted"))
    return await form(request, "accept", checklist, attempt)


async def allowed(request: Request, permit: Permit) -> "Checklist":
    """The checklist of the address. Raises NotFound, Forbidden."""
    checklist = await checklists.find(request.state.actor, forms.row_id(request.path_params["id"]))
    require(request.state.actor, permit, checklist.branch.path)
    return checklist


async def form(request: Request, verb: str, checklist: "Checklist", attempt: Attempt) -> Response:
    actor = request.state.actor
    current = await checklists.find(actor, checklist.id) if attempt.refusal else checklist
    [whole] = await checklists.wholes(actor, [current])
    return page(
        request,
        f"checklists/{verb}.html",
        "form",
        attempt.refusal,
        checklist=current,
        whole=whole,
        typed=attempt.typed,
        version=attempt.version(current.version),
        steps=await steps(actor, current),
        address=request.url.path + ("?back=cycle" if from_cycle(request) else ""),
        back=back(request, checklist),
    )


def back(request: Request, checklist: "Checklist", done: str = "") -> str:
    """To the page from which it was asked: the cycle's, or the checklist's."""
    there = f"/cycles/{checklist.cycle_id}" if from_cycle(request) else f"/checklists/{checklist.id}"
    return f"{there}?done={done}" if done else there


def from_cycle(request: Request) -> bool:
    return forms.asked(request, "back") == "cycle"
