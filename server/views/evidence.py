"""Evidence on the pages: files, links and records are added to an item and taken off; a file is fetched again."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from server.access.permits import Permit
from server.kit.drafts import Draft
from server.kit.refusals import Conflict, Invalid, TooMany
from server.operations import evidence as operations
from server.operations.evidence import Attach, Attached, Cite, Link, Remove, Sent
from server.queries import checklists
from server.queries import evidence as queries
from server.views.checklists.entries import Entry, entry
from server.views.checklists.items import address, open_item
from server.views.checklists.proofs import Proof
from server.views.checklists.show import answer
from server.views.forms import Typed, fields, files, row_id
from server.views.pages import go, wants_block

if TYPE_CHECKING:
    from server.models.checklists import ChecklistItem

Act = Callable[[Typed], Awaitable[object]]


async def attach(request: Request) -> Response:
    """Files, several at once; those that cannot be kept are named."""
    item, sent = await item_of(request), await files(request, "file")

    async def act(typed: Typed) -> Attached:
        named = [Sent(file.filename or "", file) for file in sent]
        return await operations.attach(request.state.actor, item.id, Attach.parse(typed), named)

    return await done(request, item, "file", Attach, act)


async def link(request: Request) -> Response:
    item = await item_of(request)

    async def act(typed: Typed) -> object:
        return await operations.link(request.state.actor, item.id, Link.parse(typed))

    return await done(request, item, "link", Link, act)


async def cite(request: Request) -> Response:
    """Records of the branch: one that is proposed, or all of them, or one that was picked."""
    item = await item_of(request)

    async def act(typed: Typed) -> object:
        return await operations.cite(request.state.actor, Cite.parse(typed | {"items": str(item.id)}))

    form = "pick" if "pick" in request.query_params else "record"
    return await done(request, item, form, Cite, act)


async def remove(request: Request) -> Response:
    """Asked for by its address, the form stands with its item."""
    piece = await queries.find(request.state.actor, row_id(request.path_params["id"]))
    if request.method != "POST":
        return go(request, address(piece.item))

    async def act(typed: Typed) -> object:
        return await operations.remove(request.state.actor, piece.id, Remove.parse(typed))

    item = await checklists.find_item(request.state.actor, piece.item_id)
    return await done(request, item, f"remove-{piece.id}", Remove, act)


async def item_of(request: Request) -> "ChecklistItem":
    return await checklists.find_item(request.state.actor, row_id(request.path_params["id"]))


async def done(request: Request, item: "ChecklistItem", form: str, draft: type[Draft], act: Act) -> Response:
    """Do it, and show the evidence as it is then; a refusal comes back with what was typed."""
    typed, refusal, result = await fields(request, draft), None, None
    try:
        result = await act(typed)
    except (Invalid, Conflict, TooMany) as refused:
        refusal = refused
    now = await checklists.find_item(request.state.actor, item.id)
    complaints = result.complaints if isinstance(result, Attached) else ()
    deed = "" if refusal else "removed" if form.startswith("remove") else "added"
    proof = Proof(item.id, form=form, typed=typed if refusal else {}, refusal=refusal, deed=deed, complaints=complaints)
    worked = replace(entry(request.state.actor, now, is_open=True), proof=proof)
    drawn = (now.done_on, now.summary) != (item.done_on, item.summary)
    return await shown(request, worked, began=now.version != item.version, drawn=drawn)


async def shown(request: Request, worked: Entry, *, began: bool, drawn: bool) -> Response:
    """To htmx the evidence, and what the other form goes on from; else the page, at the item."""
    proof = worked.proof
    if not wants_block(request) and not proof.refusal and not proof.complaints:
        return go(request, address(worked.item, f"evidence-{proof.deed}"))
    checklist = await checklists.find(request.state.actor, worked.item.checklist_id)
    can_type = Permit.SAVE_CHECKLIST_ITEM in worked.possible
    blocks = (
        "evidence badges overview"
        + (" kept" if began and can_type else "")
        + (" written" if drawn and can_type else "")
    )
    return await answer(request, checklist, worked, blocks)


# ── the file itself ───────────────────────────────────────────────────────────────────────────────────


async def download(request: Request) -> Response:
    """The bytes that were added, found to be those, for whoever sees the item now; never shown in the browser."""
    piece, blob = await queries.find_file(request.state.actor, row_id(request.path_params["id"]))
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(piece.title, safe='')}",
        "content-length": str(blob.size),
    }
    if request.method == "HEAD":
        return Response(headers=headers, media_type=blob.media_type)
    kept = await queries.content(piece)
    return StreamingResponse(aiter(kept), headers=headers, media_type=blob.media_type)


ITEM = "/checklist-items/{id}"

routes = [
    Route(ITEM + "/evidence", attach, methods=["POST"]),
    Route(ITEM + "/link", link, methods=["POST"]),
    Route(ITEM + "/cite", cite, methods=["POST"]),
    *(Route(f"{ITEM}/{verb}", open_item) for verb in ("evidence", "link", "cite")),
    Route("/evidence/{id}/remove", remove, methods=["GET", "POST"]),
    Route("/evidence/{id}/file", download),
]
