"""The review desk: item after item, the longest waiting first, without returning to a list."""

from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from server.access.permits import Permit
from server.kit.messages import say
from server.kit.refusals import Forbidden
from server.operations import checklists as operations
from server.operations.checklists import Together
from server.queries import checklists, evidence
from server.views.checklists.entries import Entry, entry, surrounded
from server.views.forms import asked, attempt, row_id
from server.views.pages import go, holds, page, wants_block

if TYPE_CHECKING:
    from server.access.actor import Actor
    from server.models.checklists import ChecklistItem

MOST = 1000
AT_ONCE = 100
BESIDE = 30
"""How many of those that wait are listed beside the one on the desk."""


async def desk(request: Request) -> Response:
    """The item that was asked for, if it still waits, else the one that has waited longest. Raises Forbidden."""
    require_desk(request)
    judged = row_id(asked(request, "judged"))
    done = entry(request.state.actor, await checklists.find_item(request.state.actor, judged)) if judged else None
    count = row_id(asked(request, "together"))
    return await lay_out(request, wanted=row_id(asked(request, "item")), done=done, count=count)


async def together(request: Request) -> Response:
    """Approve at once what fits its rule; whatever is not ticked waits on the desk. Raises Forbidden."""
    actor = request.state.actor
    require_desk(request)
    tried = await attempt(request, Together, partial(operations.approve_together, actor))
    if tried.done:
        return go(request, f"/review?together={len(tried.result)}")
    clean = await clean_by_branch(actor)
    return page(
        request,
        "checklists/together.html",
        "form",
        tried.refusal,
        clean=clean,
        groups=[(branch, list(rows)) for branch, rows in groupby(clean, key=lambda item: item.checklist.branch)],
        pieces=await evidence.of_items(actor, [item.id for item in clean]),
        ticked=tried.typed["items"].split() if tried.refusal else [f"{item.id}:{item.version}" for item in clean],
    )


async def clean_by_branch(actor: "Actor") -> "list[ChecklistItem]":
    """Those that fit their rule, as many as can be approved at once, the longest waiting, by branch and number."""
    found = await evidence.clean_among(actor, await checklists.awaiting_review(actor, MOST))
    return sorted(found[:AT_ONCE], key=lambda item: (item.checklist.branch.code, item.measure.number, item.id))


def require_desk(request: Request) -> None:
    if not holds(request.state.actor, Permit.REVIEW_CHECKLIST_ITEM):
        raise Forbidden(say("Your role reviews nothing; a branch is reviewed by the reviewer of its community."))


async def next_one(request: Request, worked: Entry) -> Response:
    """After a verdict the next item; after a refusal the same, with what was typed."""
    if worked.refusal:
        return await lay_out(request, worked=worked)
    if not wants_block(request):
        return go(request, f"/review?judged={worked.item.id}")
    return await lay_out(request, done=worked)


async def lay_out(
    request: Request, worked: Entry | None = None, done: Entry | None = None, wanted: int = 0, count: int = 0
) -> Response:
    actor = request.state.actor
    waiting = await checklists.stale_reviews(actor) + await checklists.awaiting_review(actor, MOST)
    chosen = worked
    if not chosen and waiting:
        item = next((item for item in waiting if item.id == wanted), waiting[0])
        chosen = replace(entry(actor, item), is_open=True)
    if chosen:
        [chosen] = await surrounded(actor, [chosen])
    at = next((n for n, item in enumerate(waiting) if chosen and item.id == chosen.item.id), 0)
    communities = await checklists.communities_of([item.checklist.branch for item in waiting])
    return page(
        request,
        "checklists/review.html",
        "desk",
        worked.refusal if worked else None,
        entry=chosen,
        done=done,
        count=count,
        waiting=waiting,
        beside=waiting[max(0, at - BESIDE + 5) :][:BESIDE],
        around=(waiting[at - 1] if at else None, waiting[at + 1] if at + 1 < len(waiting) else None),
        clean=len(await evidence.clean_among(actor, waiting)),
        communities=communities,
    )
