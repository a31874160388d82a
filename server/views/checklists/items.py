"""What is done with one item. Each answers with the item as it is afterwards."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from server.access.actor import Actor
from server.kit.drafts import Draft
from server.kit.refusals import Conflict, Invalid, TooMany
from server.kit.text import normal
from server.operations import checklists as operations
from server.operations.checklists import Declare, Fill, Reopen, Review, Withdraw
from server.queries import checklists
from server.views.checklists import matrix
from server.views.checklists.entries import Entry, entry
from server.views.checklists.review import next_one
from server.views.checklists.show import answer
from server.views.forms import fields, row_id, texts
from server.views.pages import go, wants_block

if TYPE_CHECKING:
    from server.models.checklists import ChecklistItem

D = TypeVar("D", bound=Draft)
Operation = Callable[[Actor, int, D], Awaitable["ChecklistItem"]]


async def open_item(request: Request) -> Response:
    """The item in the page of its checklist."""
    item = await checklists.find_item(request.state.actor, row_id(request.path_params["id"]))
    return await shown(request, entry(request.state.actor, item, is_open=True))


async def save(request: Request) -> Response:
    """By the button, or (`?typing`) by itself while somebody types: then the fields are left alone."""
    typing = "typing" in request.query_params
    return await done(request, operations.save, Fill, "saved", typing=typing)


async def submit(request: Request) -> Response:
    return await done(request, operations.submit, Fill, "submitted")


async def withdraw(request: Request) -> Response:
    return await done(request, operations.withdraw, Withdraw, "withdrawn")


async def declare(request: Request) -> Response:
    return await done(request, operations.declare, Declare, "declared")


async def reopen(request: Request) -> Response:
    return await done(request, operations.reopen, Reopen, "reopened")


async def review(request: Request) -> Response:
    """From the page of the checklist, from the matrix (`?cell`), or from the review desk (`?desk`), which goes on."""
    worked = await attempt(request, operations.review, Review, "reviewed")
    if "cell" in request.query_params and wants_block(request):
        return await matrix.answer(request, worked, "cell key table")
    return await (next_one(request, worked) if "desk" in request.query_params else shown(request, worked))


async def done(
    request: Request, operation: Operation[D], draft: type[D], deed: str, *, typing: bool = False
) -> Response:
    worked = await attempt(request, operation, draft, deed)
    return await shown(request, replace(worked, typing=typing))


async def attempt(request: Request, operation: Operation[D], draft: type[D], deed: str) -> Entry:
    """Do it; a refusal that a form can show comes back with what was typed."""
    actor, item_id = request.state.actor, row_id(request.path_params["id"])
    form, typed = await texts(request), await fields(request, draft)
    over = form["over"]
    asked = touched(form, typed) | {"expected_version": over} if over else typed
    try:
        item = await operation(actor, item_id, draft.parse(asked))
    except (Invalid, Conflict, TooMany) as refusal:
        item = await checklists.find_item(actor, item_id)
        return replace(entry(actor, item, is_open=True), typed=form | typed | asked, refusal=refusal)
    return replace(entry(actor, await checklists.find_item(actor, item.id), is_open=True), deed=deed)


def touched(form: dict[str, str], typed: dict[str, str]) -> dict[str, str]:
    """Without the fields that are as they were when the form was made: those the person has not changed."""
    was = {name: form[f"was_{name}"] for name in typed if f"was_{name}" in form}
    return {name: text for name, text in typed.items() if name not in was or normal(text) != normal(was[name])}


async def shown(request: Request, worked: Entry) -> Response:
    """To htmx the item, or while typing the line that says what was kept; else the page, at the item."""
    if not worked.refusal and not wants_block(request):
        return go(request, address(worked.item, worked.deed))
    checklist = await checklists.find(request.state.actor, worked.item.checklist_id)
    return await answer(request, checklist, worked, "kept badges overview" if worked.typing else "item overview")


def address(item: "ChecklistItem", deed: str = "") -> str:
    done = f"&done={deed}" if deed else ""
    return f"/checklists/{item.checklist_id}?item={item.id}{done}#item-{item.id}"
