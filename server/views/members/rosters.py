"""Who belongs to a branch, or to the branches below a place; joining one."""

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.access.permits import Permit, may, require
from server.kit import paging
from server.kit.identity import recognised
from server.kit.messages import say
from server.kit.refusals import Invalid, invalid
from server.operations import members as operations
from server.operations.members import Attach, Enrol
from server.queries import members as queries
from server.queries import organizations
from server.views import forms
from server.views.organizations.one import crumbs
from server.views.pages import go, page
from server.vocabulary import MembershipKind, MemberStage

if TYPE_CHECKING:
    from datetime import date

    from server.models.members import Membership
    from server.models.organizations import Placement

AT_ONCE = 50
CANDIDATES = 20
"""How many are offered to be taken in."""


async def index(request: Request) -> Response:
    """The roster; only numbers, and the reason, for who may not read it."""
    actor, day = request.state.actor, forms.day(request)
    placement = await organizations.find(actor, request.path_params["code"], day)
    found, refusal = await roster(request, placement, day)
    return page(
        request,
        "members/index.html",
        "rows" if forms.asked(request, "after") else "roster",
        refusal,
        placement=placement,
        organization=placement.organization,
        day=day,
        dated=forms.dated(day),
        crumbs=await crumbs(actor, placement, day),
        typed={name: forms.asked(request, name) for name in ("search", "asOf")},
        readable=may(actor, Permit.READ_MEMBERS, placement.path),
        found=found,
        more=following(request, found) if found and found.has_next else "",
        done=forms.asked(request, "done"),
        **await numbers(request, placement, day),
        people=len(set(await found.rows_in_all.values_list("member_id", flat=True))) if found else 0,
    )


async def numbers(request: Request, placement: "Placement", day: "date | None") -> dict[str, int]:
    """Party members at home, those at work in temporary branches, and how many organizations hold them."""
    subtree = await organizations.subtree(request.state.actor, placement, day)
    return {
        "home": (await queries.counts([placement], day))[placement.id],
        "borrowed": (await queries.counts([placement], day, MembershipKind.TEMPORARY))[placement.id],
        "organizations": await subtree.count(),
    }


async def roster(
    request: Request, placement: "Placement", day: "date | None"
) -> tuple["paging.Page[Membership] | None", Invalid | None]:
    """A page of it, or why the search cannot be. Raises Invalid (after)."""
    search, after = forms.asked(request, "search"), forms.asked(request, "after") or None
    try:
        check_no_number(search)
        rows = await queries.roster(request.state.actor, placement, day, search)
        return await paging.page(rows, queries.ROSTER_ORDER, AT_ONCE, after), None
    except Invalid as refusal:
        if "after" in refusal.fields:
            raise
        return None, refusal


def check_no_number(search: str) -> None:
    """Raises Invalid (search) for a whole phone or ID number: addresses are kept and seen by many."""
    if recognised(search):
        said = say("Numbers are looked up on a page of their own, so that they stand in no address; go there below.")
        raise invalid(search=said)


def following(request: Request, found: "paging.Page[Membership]") -> str:
    """The address of the next page."""
    wanted = {name: forms.asked(request, name) for name in ("search", "asOf")} | {"after": found.cursors[-1]}
    return f"{request.url.path}?" + urlencode({name: value for name, value in wanted.items() if value})


async def enrol(request: Request) -> Response:
    """Register a person who is new here."""
    branch = await allowed(request, Permit.ENROL_MEMBER)
    code = branch.organization.code
    attempt = await forms.attempt(request, Enrol, partial(operations.enrol, request.state.actor), branch=code)
    if attempt.done:
        return go(request, f"/organizations/{code}/members?done=enrolled")
    return await form(request, "enrol", branch, attempt, stages=list(MemberStage))


async def attach(request: Request) -> Response:
    """Take a member into a temporary branch: one is looked for, then picked."""
    branch = await allowed(request, Permit.ATTACH_MEMBER)
    actor, code = request.state.actor, branch.organization.code
    attempt = await forms.attempt(request, Attach, partial(operations.attach, actor), branch=code)
    if attempt.done:
        return go(request, f"/organizations/{code}/members?done=attached")
    typed = await forms.texts(request) if request.method == "POST" else forms.Typed()
    search = typed["search"] or forms.asked(request, "search")
    try:
        found = await queries.attachable(actor, branch, search, CANDIDATES + 1)
    except Invalid as refusal:
        attempt, found = forms.Attempt(attempt.typed, refusal), []
    block = "form" if request.method == "POST" else "candidates"
    cut = len(found) > CANDIDATES
    return await form(request, "attach", branch, attempt, block, search=search, found=found[:CANDIDATES], cut=cut)


async def allowed(request: Request, permit: Permit) -> "Placement":
    """The branch of the address. Raises NotFound, Forbidden."""
    placement = await organizations.find(request.state.actor, request.path_params["code"])
    require(request.state.actor, permit, placement.path)
    return placement


async def form(
    request: Request, verb: str, branch: "Placement", attempt: forms.Attempt, block: str = "form", **context: Any
) -> Response:
    return page(
        request,
        f"members/{verb}.html",
        block,
        attempt.refusal,
        placement=branch,
        organization=branch.organization,
        crumbs=await crumbs(request.state.actor, branch, None),
        typed=attempt.typed,
        **context,
    )


FORM = ["GET", "POST"]

routes = [
    Route("/organizations/{code}/members", index),
    Route("/organizations/{code}/members/enrol", enrol, methods=FORM),
    Route("/organizations/{code}/members/attach", attach, methods=FORM),
]
