"""The tokens by which systems call: a list, issuing, revoking."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.access.permits import Permit, require
from server.kit import paging
from server.kit.clock import now, today
from server.kit.refusals import NotFound
from server.operations import tokens as operations
from server.operations.tokens import Issue, Revoke, last_day
from server.queries import tokens as queries
from server.queries.tokens import TokenFilter
from server.views import forms
from server.views.grants import AT_ONCE, LABELS, OUTCOMES, people, places, require_anywhere
from server.views.pages import go, page
from server.vocabulary import TokenScope, TokenState


async def index(request: Request) -> Response:
    """Every token of the places that the reader looks after. Raises Invalid (after)."""
    actor = request.state.actor
    require_anywhere(actor, Permit.READ_ACCOUNTS)
    typed = forms.Typed({name: forms.asked(request, name) for name in ("within", "state")})
    state = next((state for state in TokenState if state == typed["state"]), None)
    try:
        rows, refusal = await queries.matching(actor, TokenFilter(within=typed["within"] or None, state=state)), None
    except NotFound as hidden:
        rows, refusal = await queries.matching(actor, TokenFilter()), hidden
    found = await paging.page(rows, queries.ORDER, AT_ONCE, forms.asked(request, "after") or None)
    return page(
        request,
        "tokens/index.html",
        "rows" if forms.asked(request, "after") else "list",
        refusal,
        typed=typed,
        states=list(TokenState),
        places=await places(actor, Permit.READ_ACCOUNTS),
        found=found,
        count=await rows.count(),
        more=forms.following("/tokens", typed, found.cursors[-1]) if found.has_next else "",
        now=now(),
        labels=LABELS,
        outcomes=OUTCOMES,
        done=forms.asked(request, "done"),
    )


async def issue(request: Request) -> Response:
    """Make a token; the page that answers shows its text, this once."""
    actor = request.state.actor
    require_anywhere(actor, Permit.ISSUE_TOKEN)
    attempt = await forms.attempt(request, Issue, partial(operations.issue, actor))
    if attempt.done:
        return page(request, "tokens/issued.html", "form", issued=attempt.result)
    return page(
        request,
        "tokens/issue.html",
        "form",
        attempt.refusal,
        typed=attempt.typed or forms.Typed(request.query_params),
        people=await people(actor),
        places=await places(actor, Permit.ISSUE_TOKEN),
        scopes=list(TokenScope),
        always=TokenScope.ORGANIZATIONS_READ,
        day=today(),
        last=last_day(),
        labels=LABELS,
    )


async def revoke(request: Request) -> Response:
    actor = request.state.actor
    token = await queries.find(actor, request.path_params["id"])
    require(actor, Permit.REVOKE_TOKEN, token.organization.path)
    attempt = await forms.attempt(request, Revoke, partial(operations.revoke, actor, token.id))
    if attempt.done:
        return go(request, "/tokens?done=revoked")
    return page(
        request,
        "tokens/revoke.html",
        "form",
        attempt.refusal,
        typed=attempt.typed,
        token=token,
        now=now(),
        labels=LABELS,
    )


FORM = ["GET", "POST"]

routes = [
    Route("/tokens", index),
    Route("/tokens/issue", issue, methods=FORM),
    Route("/tokens/{id}/revoke", revoke, methods=FORM),
]
