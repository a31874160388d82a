"""Who owes what, since when, and who is next: the longest overdue first."""

from starlette.requests import Request
from starlette.responses import Response

from server.queries import checklists
from server.views.checklists.choice import choose
from server.views.forms import asked, day, following
from server.views.pages import page

AT_ONCE = 100


async def show(request: Request) -> Response:
    choice, after = await choose(request), asked(request, "after")
    debts = await checklists.missing(choice.status) if choice else []
    found = checklists.page_of(debts, AT_ONCE, after or None)
    more = following("/missing", choice.asked, found.cursors[-1]) if choice and found.has_next else ""
    return page(
        request,
        "checklists/missing.html",
        "rows" if after else "list",
        choice=choice,
        day=day(request),
        found=found,
        count=len(debts),
        more=more,
    )
