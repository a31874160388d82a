"""The review desk: item after item, the longest waiting first, without returning to a list."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from server.access.permits import Permit
from server.kit.messages import say
from server.kit.refusals import Forbidden
from server.queries import checklists
from server.views.checklists.entries import Entry, entry, proven
from server.views.forms import asked, row_id
from server.views.pages import go, holds, page, wants_block

MOST = 1000
BESIDE = 30
"""How many of those that wait are listed beside the one on the desk."""


async def desk(request: Request) -> Response:
    """The item that was asked for, if it still waits, else the one that has waited longest. Raises Forbidden."""
    if not holds(request.state.actor, Permit.REVIEW_CHECKLIST_ITEM):
        raise Forbidden(say("Your role reviews nothing; a branch is reviewed by the reviewer of its community."))
    judged = row_id(asked(request, "judged"))
    done = entry(request.state.actor, await checklists.find_item(request.state.actor, judged)) if judged else None
    return await lay_out(request, wanted=row_id(asked(request, "item")), done=done)


async def next_one(request: Request, worked: Entry) -> Response:
    """After a verdict the next item; after a refusal the same, with what was typed."""
    if worked.refusal:
        return await lay_out(request, worked=worked)
    if not wants_block(request):
        return go(request, f"/review?judged={worked.item.id}")
    return await lay_out(request, done=worked)


async def lay_out(
    request: Request, worked: Entry | None = None, done: Entry | None = None, wanted: int = 0
) -> Response:
    actor = request.state.actor
    waiting = await checklists.awaiting_review(actor, MOST)
    chosen = worked
    if not chosen and waiting:
        item = next((item for item in waiting if item.id == wanted), waiting[0])
        chosen = replace(entry(actor, item), is_open=True)
    if chosen:
        [chosen] = await proven(actor, [chosen])
    communities = await checklists.communities_of([item.checklist.branch for item in waiting])
    return page(
        request,
        "checklists/review.html",
        "desk",
        worked.refusal if worked else None,
        entry=chosen,
        done=done,
        waiting=waiting,
        beside=waiting[:BESIDE],
        communities=communities,
    )
