"""The first page: what this person has to do next."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.access.permits import Permit
from server.queries import checklists, notices
from server.views.checklists.choice import choose
from server.views.checklists.review import MOST
from server.views.pages import holds, page
from server.vocabulary import ItemState, NoticeKind

FIRST = 3
"""How many things are put first, and how many of those that wait are listed."""

LISTED = frozenset({NoticeKind.LATE, NoticeKind.RETURNED, NoticeKind.DUE_SOON, NoticeKind.WAITING_FOR_REVIEW})
"""What of one's own stands in a list further down, so its card names the first alone."""


async def index(request: Request) -> Response:
    actor = request.state.actor
    owed, found = await checklists.owed_by(actor), await notices.of(actor)
    return page(
        request,
        "today/index.html",
        notices=found[:FIRST],
        others=found[FIRST:],
        listed=LISTED,
        concerned=notices.is_concerned(actor),
        coming=await notices.coming(actor),
        returned=[item for item in owed if item.state is ItemState.RETURNED],
        due=[item for item in owed if item.state is not ItemState.RETURNED],
        waiting=await checklists.awaiting_review(actor, MOST),
        choice=await choose(request),
        fills=holds(actor, Permit.SAVE_CHECKLIST_ITEM),
        reviews=holds(actor, Permit.REVIEW_CHECKLIST_ITEM),
        first=FIRST,
    )


routes = [Route("/", index, name="today.index")]
