"""The tree as it stands, or stood on a day: level by level, or what a search finds."""

from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from server.kit import paging
from server.kit.refusals import Invalid
from server.queries import organizations as queries
from server.queries.organizations import TREE_ORDER, OrganizationFilter
from server.views import forms
from server.views.organizations.nodes import nodes, sight
from server.views.pages import page

if TYPE_CHECKING:
    from server.kit.paging import Page
    from server.models.organizations import Placement

AT_ONCE = 50


async def index(request: Request) -> Response:
    """From where the reader's places begin; a search answers with a list instead. Raises Invalid (after)."""
    block = "rows" if forms.asked(request, "after") else "tree"
    try:
        day = forms.day(request)
        if text := forms.asked(request, "search"):
            return shown(request, block, day=day, **await found(request, text, day))
    except Invalid as refusal:
        if "after" in refusal.fields:
            raise
        return shown(request, block, refusal, **await whole(request, None))
    return shown(request, block, day=day, **await whole(request, day))


async def below(request: Request) -> Response:
    """One more level, for a node that is opened."""
    day = forms.day(request)
    placement = await queries.find(request.state.actor, request.path_params["code"], day)
    look = await sight(request.state.actor, day)
    [node] = await nodes(look, [placement], levels=1)
    return shown(request, "level", day=day, nodes=node.children, above=placement, cycle=look.cycle)


async def whole(request: Request, day: date | None) -> dict[str, Any]:
    look = await sight(request.state.actor, day)
    return {"nodes": await nodes(look, await queries.roots(look.actor, day), levels=1), "cycle": look.cycle}


async def found(request: Request, text: str, day: date | None) -> dict[str, Any]:
    """A page of what fits `text`, each with its address. Raises Invalid (search, after)."""
    rows = await queries.matching(request.state.actor, OrganizationFilter(search=text), day)
    result = await paging.page(rows, TREE_ORDER, AT_ONCE, forms.asked(request, "after") or None)
    look = await sight(request.state.actor, day)
    return {
        "nodes": await nodes(look, result.rows),
        "cycle": look.cycle,
        "addresses": await queries.addresses(result.rows, day),
        "count": await rows.count(),
        "more": following(text, day, result),
    }


def following(text: str, day: date | None, result: "Page[Placement]") -> str:
    """The address of the next page, or ""."""
    if not result.has_next:
        return ""
    wanted = {"search": text, "asOf": str(day) if day else "", "after": result.cursors[-1]}
    return "/organizations?" + urlencode({name: value for name, value in wanted.items() if value})


def shown(request: Request, block: str, refusal: Invalid | None = None, **context: Any) -> Response:
    day = context.pop("day", None)
    typed = {name: forms.asked(request, name) for name in ("search", "asOf")}
    blank = {"above": None, "addresses": None, "count": 0, "more": ""}
    context = blank | context | {"day": day, "dated": forms.dated(day), "typed": typed}
    return page(request, "organizations/index.html", block, refusal, **context)
