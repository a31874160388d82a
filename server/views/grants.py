"""Who holds what, where; giving, ending and passing on a role."""

from functools import partial
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.access.actor import Actor
from server.access.permits import Permit, givable, may, may_give, require
from server.kit import paging
from server.kit.clock import today
from server.kit.messages import say
from server.kit.refusals import Forbidden, NotFound
from server.operations import grants as operations
from server.operations.grants import Delegate, End, Give
from server.queries import accounts, organizations
from server.queries import grants as queries
from server.queries.grants import GrantFilter
from server.views import forms
from server.views.pages import go, holds, page
from server.vocabulary import Role

if TYPE_CHECKING:
    from server.models.grants import Grant

AT_ONCE = 50
CHOICES = 300
"""How many places or people a list to choose from may hold; where there are more, code or login are typed."""

Options = list[tuple[str, str]]

LABELS = {
    "account": say("Account"),
    "code": say("Code"),
    "delegable": say("May be passed on"),
    "expires_on": say("Last day"),
    "home": say("Looked after at"),
    "login": say("Login"),
    "name": say("Name"),
    "organization": say("Place"),
    "reason": say("Reason"),
    "role": say("Role"),
    "scopes": say("Scopes"),
    "search": say("Find"),
    "second_factor_off": say("Second factor"),
    "since": say("First day"),
    "until": say("Last day"),
    "within": say("Place"),
}
"""The words for the fields of the forms about accounts."""

OUTCOMES = {
    "given": say("The role is given."),
    "ended": say("The role has been taken back."),
    "delegated": say("The role is passed on until the day that you chose."),
    "disabled": say("The account is disabled: its sessions, links and tokens open nothing any more."),
    "enabled": say("The account is enabled again."),
    "revoked": say("The token is revoked; it opens nothing any more."),
}
"""What the reader has just done, by the word in the address."""


async def index(request: Request) -> Response:
    """Who holds what at the places that the reader looks after. Raises Invalid (after)."""
    actor = request.state.actor
    require_anywhere(actor, Permit.READ_ACCOUNTS)
    typed = forms.Typed({name: forms.asked(request, name) for name in ("within", "role", "when")})
    wanted = GrantFilter(
        within=typed["within"] or None,
        role=next((role for role in Role if role == typed["role"]), None),
        on=None if typed["when"] == "all" else today(),
    )
    try:
        rows, refusal = await queries.matching(actor, wanted), None
    except NotFound as hidden:
        rows, refusal = await queries.matching(actor, GrantFilter(on=today())), hidden
    found = await paging.page(rows, queries.ORDER, AT_ONCE, forms.asked(request, "after") or None)
    return page(
        request,
        "grants/index.html",
        "rows" if forms.asked(request, "after") else "list",
        refusal,
        typed=typed,
        roles=list(Role),
        places=await places(actor, Permit.READ_ACCOUNTS),
        found=found,
        count=await rows.count(),
        more=forms.following("/grants", typed, found.cursors[-1]) if found.has_next else "",
        endable={grant.id for grant in found.rows if may_end(actor, grant)},
        labels=LABELS,
        outcomes=OUTCOMES,
        done=forms.asked(request, "done"),
    )


def may_end(actor: Actor, grant: "Grant") -> bool:
    """Whether it has not ended, and the actor may end it."""
    past = grant.valid_to is not None and grant.valid_to <= today()
    return not past and may_give(actor, Permit.END_GRANT, grant.role, grant.organization.path)


async def mine(request: Request) -> Response:
    """What the reader holds, and what the reader has passed on."""
    held = await queries.own(request.state.actor)
    return page(
        request,
        "grants/mine.html",
        "list",
        held=held,
        passed_on=await queries.passed_on(held),
        outcomes=OUTCOMES,
        done=forms.asked(request, "done"),
    )


async def give(request: Request) -> Response:
    actor = request.state.actor
    require_anywhere(actor, Permit.GIVE_GRANT)
    attempt = await forms.attempt(request, Give, partial(operations.give, actor))
    if attempt.done:
        return go(request, f"/accounts/{attempt.result.account_id}?done=given")
    return page(
        request,
        "grants/give.html",
        "form",
        attempt.refusal,
        typed=attempt.typed or forms.Typed(request.query_params),
        people=await people(actor),
        roles=roles(actor, Permit.GIVE_GRANT),
        places=await places(actor, Permit.GIVE_GRANT),
        labels=LABELS,
    )


async def end(request: Request) -> Response:
    actor = request.state.actor
    grant = await queries.find_endable(actor, forms.row_id(request.path_params["id"]))
    operations.require_ending(actor, grant)
    attempt = await forms.attempt(request, End, partial(operations.end, actor, grant.id))
    if attempt.done:
        return go(request, f"{'/grants' if holds(actor, Permit.READ_ACCOUNTS) else '/grants/mine'}?done=ended")
    passed_on = (await queries.passed_on([grant]))[grant.id]
    return page(
        request,
        "grants/end.html",
        "form",
        attempt.refusal,
        typed=attempt.typed,
        grant=grant,
        passed_on=passed_on,
        labels=LABELS,
    )


async def delegate(request: Request) -> Response:
    actor = request.state.actor
    grant = await queries.find_own(actor, forms.row_id(request.path_params["id"]))
    require(actor, Permit.DELEGATE_GRANT, grant.organization.path)
    attempt = await forms.attempt(request, Delegate, partial(operations.delegate, actor, grant.id))
    if attempt.done:
        return go(request, "/grants/mine?done=delegated")
    near = await accounts.successors(actor, grant.organization).limit(CHOICES + 1)
    return page(
        request,
        "grants/delegate.html",
        "form",
        attempt.refusal,
        typed=attempt.typed,
        grant=grant,
        people=[(a.login, f"{a.name} {a.login}") for a in near] if len(near) <= CHOICES else None,
        places=await places(actor, Permit.DELEGATE_GRANT, grant.organization.path),
        labels=LABELS,
    )


# --- what can be chosen


def require_anywhere(actor: Actor, permit: Permit) -> None:
    """Raises Forbidden for whoever holds this nowhere."""
    if not holds(actor, permit):
        raise Forbidden(say("Your role does not allow this here; ask whoever gave you your account."))


def roles(actor: Actor, permit: Permit) -> list[Role]:
    """Those that the actor may give or end anywhere."""
    found = {role for grant in actor.grants for role in givable(actor, permit, grant.path)}
    return [role for role in Role if role in found]


async def places(actor: Actor, permit: Permit, top: str = "") -> Options | None:
    """Where the actor holds `permit`, from the top down, each below its parent; None if there are too many."""
    rows = list(await (await organizations.standing(actor)).limit(CHOICES + 1))
    if len(rows) > CHOICES:
        return None
    shown = [row for row in rows if row.path.startswith(top) and may(actor, permit, row.path)]
    depth = min((row.path.count("/") for row in shown), default=0)
    return [
        (r.organization.code, "　" * (r.path.count("/") - depth) + f"{r.name} {r.organization.code}") for r in shown
    ]


async def people(actor: Actor) -> Options | None:
    """Active accounts that the actor looks after, but the actor's own; None if there are too many."""
    rows = accounts.matching(actor).filter(active=True).exclude(id=actor.account_id or 0)
    found = await rows.order_by(*accounts.ORDER).limit(CHOICES + 1)
    return [(row.login, f"{row.name} {row.login}") for row in found] if len(found) <= CHOICES else None


FORM = ["GET", "POST"]

routes = [
    Route("/grants", index),
    Route("/grants/mine", mine),
    Route("/grants/give", give, methods=FORM),
    Route("/grants/{id}/end", end, methods=FORM),
    Route("/grants/{id}/delegate", delegate, methods=FORM),
]
