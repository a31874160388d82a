"""One organization: what it is, who it holds, what it has to do, how it came to be."""

from datetime import date
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from server.access.actor import Actor
from server.access.permits import Permit, may
from server.kit.clock import today
from server.kit.messages import say
from server.kit.refusals import NotFound
from server.queries import checklists, members
from server.queries import organizations as queries
from server.views import forms
from server.views.organizations.nodes import nodes, sight
from server.views.pages import page
from server.vocabulary import MembershipKind

if TYPE_CHECKING:
    from server.models.organizations import Placement


OUTCOMES = {
    "established": say("It is established; what lies below it can follow."),
    "renamed": say("It has its new name from today on; the days before keep the old one."),
    "moved": say("It has moved, with everything below it; the days before stay as they were."),
    "budgeted": say("The time budget is set; it counts when a template is published."),
    "dissolved": say("The organization below it is dissolved; its history stays in the days before."),
}
"""What the reader has just done, by the word in the address."""


async def show(request: Request) -> Response:
    """As it stands today, or stood on the day that the address names."""
    actor, day = request.state.actor, forms.day(request)
    try:
        placement = await queries.find(actor, request.path_params["code"], day)
    except NotFound as refusal:
        return await absent(request, day, refusal)
    return page(
        request,
        "organizations/show.html",
        "card",
        placement=placement,
        organization=placement.organization,
        day=day,
        dated=forms.dated(day),
        crumbs=await crumbs(actor, placement, day),
        past=await past(actor, placement),
        outcomes=OUTCOMES,
        done=forms.asked(request, "done"),
        **await figures(actor, placement, day),
    )


async def absent(request: Request, day: date | None, refusal: NotFound) -> Response:
    """It stood on other days: the page leads to the nearest. Raises `refusal` if the reader sees none of them."""
    actor, wanted = request.state.actor, day or today()
    try:
        organization = await queries.find_organization(actor, request.path_params["code"])
    except NotFound:
        raise refusal from None
    stood = await queries.history(actor, organization.id)
    if not stood:
        raise refusal
    before = next((row for row in stood if row.last_day and row.last_day < wanted), None)
    nearest = before.last_day if before else stood[-1].valid_from
    return page(
        request,
        "organizations/absent.html",
        status=404,
        organization=organization,
        nearest_name=(before or stood[-1]).name,
        day=wanted,
        nearest=None if nearest == today() else nearest,
        stood=stood,
    )


async def figures(actor: Actor, placement: "Placement", day: date | None) -> dict[str, Any]:
    """The numbers of the organization itself, and of what lies below it."""
    look = await sight(actor, day)
    [node] = await nodes(look, [placement], levels=1)
    borrowed = await members.counts([placement], day, MembershipKind.TEMPORARY)
    return {
        "node": node,
        "cycle": look.cycle,
        "borrowed": borrowed[placement.id],
        "reads_members": may(actor, Permit.READ_MEMBERS, placement.path),
        "checklists": await checklists.of_branches(actor, [placement.organization_id]),
    }


async def crumbs(actor: Actor, placement: "Placement", day: date | None) -> list[tuple[str, str]]:
    """The way down to it: everybody who sees it reads these names; a link where the reader may go."""
    names = (await queries.addresses([placement], day))[placement.id]
    open_to = {p.organization.code for p in await queries.ancestors(actor, placement, day)}
    end = forms.dated(day)
    return [(f"/organizations/{n.code}{end}" if n.code in open_to else "", n.name) for n in names]


async def past(actor: Actor, placement: "Placement") -> list[tuple["Placement", str]]:
    """Its placements, the newest first, each with the names of the places above it on its last day."""
    found = []
    for row in await queries.history(actor, placement.organization_id):
        names = (await queries.addresses([row], row.last_day))[row.id]
        found.append((row, " / ".join(name.name for name in names)))
    return found
