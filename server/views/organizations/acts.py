"""The acts on the tree: each a form, whose address answers whoever may do it here."""

from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from server.access.actor import Actor
from server.access.permits import Permit, require
from server.kit.refusals import NotFound
from server.operations import organizations as operations
from server.operations.organizations import Budget, Dissolve, Establish, Move, Rename
from server.queries import members
from server.queries import organizations as queries
from server.views import forms
from server.views.organizations.one import crumbs
from server.views.pages import go, page
from server.vocabulary import (
    CommunityType,
    PartyBody,
    Sector,
)

if TYPE_CHECKING:
    from server.models.organizations import Placement


async def establish(request: Request) -> Response:
    actor = request.state.actor
    attempt = await forms.attempt(request, Establish, partial(operations.establish, actor))
    if attempt.done:
        return go(request, f"/organizations/{attempt.typed['code'].strip()}?done=established")
    parent = await parent_of(request, attempt)
    require(actor, Permit.ESTABLISH_ORGANIZATION, parent.path)
    kinds = parent.organization.kinds_below
    typed = attempt.typed or forms.Typed(request.query_params)
    wanted = typed["kind"]
    return page(
        request,
        "organizations/establish.html",
        "form",
        attempt.refusal,
        typed=typed,
        parent=parent,
        crumbs=await crumbs(actor, parent, None),
        kinds=kinds,
        kind=next((kind for kind in kinds if kind == wanted), kinds[0] if kinds else None),
        types=parent.organization.branch_types_below,
        sectors=list(Sector),
        bodies=list(PartyBody),
        community_types=list(CommunityType),
    )


async def parent_of(request: Request, attempt: forms.Attempt) -> "Placement":
    """Below which the form establishes. Raises what the operation said of a parent that the form should not have."""
    code = attempt.typed.get("parent") or forms.asked(request, "parent")
    try:
        return await queries.find(request.state.actor, code, field="parent")
    except NotFound as hidden:
        raise attempt.refusal or hidden from None


async def rename(request: Request) -> Response:
    placement = await allowed(request, Permit.RENAME_ORGANIZATION)
    operation = partial(operations.rename, request.state.actor, placement.organization.code)
    attempt = await forms.attempt(request, Rename, operation)
    if attempt.done:
        return go(request, f"/organizations/{placement.organization.code}?done=renamed")
    return await form(request, "rename", placement, attempt)


async def move(request: Request) -> Response:
    """States what goes along before it is done."""
    placement = await allowed(request, Permit.MOVE_ORGANIZATION)
    actor, organization = request.state.actor, placement.organization
    attempt = await forms.attempt(request, Move, partial(operations.move, actor, organization.code))
    if attempt.done:
        return go(request, f"/organizations/{organization.code}?done=moved")
    return await form(
        request,
        "move",
        placement,
        attempt,
        parents=await parents(actor, placement),
        along=await (await queries.subtree(actor, placement)).count() - 1,
        members=(await members.counts([placement]))[placement.id],
    )


async def dissolve(request: Request) -> Response:
    """Says what stands in the way before it is asked."""
    placement = await allowed(request, Permit.DISSOLVE_ORGANIZATION)
    actor, organization = request.state.actor, placement.organization
    above = await queries.ancestors(actor, placement)
    attempt = await forms.attempt(request, Dissolve, partial(operations.dissolve, actor, organization.code))
    if attempt.done:
        there = f"/{above[-1].organization.code}?done=dissolved" if above else ""
        return go(request, f"/organizations{there}")
    obstacles = await queries.obstacles(organization)
    return await form(request, "dissolve", placement, attempt, obstacles=obstacles)


async def budget(request: Request) -> Response:
    placement = await allowed(request, Permit.BUDGET_ORGANIZATION)
    operation = partial(operations.budget, request.state.actor, placement.organization.code)
    attempt = await forms.attempt(request, Budget, operation)
    if attempt.done:
        return go(request, f"/organizations/{placement.organization.code}?done=budgeted")
    return await form(request, "budget", placement, attempt)


async def allowed(request: Request, permit: Permit) -> "Placement":
    """The organization of the address. Raises NotFound, Forbidden."""
    placement = await queries.find(request.state.actor, request.path_params["code"])
    require(request.state.actor, permit, placement.path)
    return placement


async def form(request: Request, verb: str, placement: "Placement", attempt: forms.Attempt, **context: Any) -> Response:
    current = await queries.find(request.state.actor, placement.organization.code) if attempt.refusal else placement
    return page(
        request,
        f"organizations/{verb}.html",
        "form",
        attempt.refusal,
        placement=current,
        organization=current.organization,
        crumbs=await crumbs(request.state.actor, current, None),
        typed=attempt.typed,
        version=attempt.version(current.organization.version),
        **context,
    )


async def parents(actor: Actor, placement: "Placement") -> list[tuple[str, str]]:
    """Where it may go: code, and the names on the way down."""
    rows = await queries.possible_parents(actor, placement.organization)
    names = await queries.addresses(rows)
    return [(r.organization.code, " / ".join([*(n.name for n in names[r.id]), r.name])) for r in rows]
