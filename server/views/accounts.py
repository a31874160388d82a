"""The language of the pages; the accounts that somebody looks after."""

from functools import partial
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.access.permits import Permit, require
from server.kit import paging
from server.kit.messages import LOCALES, say
from server.kit.paths import ROOT
from server.kit.refusals import Invalid, invalid
from server.operations import accounts as operations
from server.operations.accounts import Disable, Enable, Invite, Reset
from server.queries import accounts as queries
from server.queries import grants, tokens
from server.queries.tokens import TokenFilter
from server.views import cookies, forms
from server.views.grants import LABELS, OUTCOMES, places, require_anywhere, roles
from server.views.pages import go, own, page
from server.vocabulary import AccountState

if TYPE_CHECKING:
    from server.models.accounts import Account

AT_ONCE = 50


async def speak(request: Request) -> Response:
    """Show every page in another language from now on. Raises Invalid (locale)."""
    typed = await forms.texts(request)
    chosen = typed.get("locale", "")
    if chosen not in LOCALES:
        raise invalid(locale=say("Choose one of: {options}.", options=", ".join(LOCALES)))
    answer = go(request, own(typed.get("back", "")))
    cookies.keep_locale(request, answer, chosen)
    return answer


# --- looking after accounts


async def index(request: Request) -> Response:
    """Who may come in, and with which roles."""
    actor = request.state.actor
    require_anywhere(actor, Permit.READ_ACCOUNTS)
    typed = {name: forms.asked(request, name) for name in ("search", "state")}
    state = next((state for state in AccountState if state == typed["state"]), None)
    try:
        rows = queries.matching(actor, typed["search"], state)
        found, refusal = await paging.page(rows, queries.ORDER, AT_ONCE, forms.asked(request, "after") or None), None
    except Invalid as wrong:
        if "after" in wrong.fields:
            raise
        rows, found, refusal = None, None, wrong
    ids = [account.id for account in found.rows] if found else []
    return page(
        request,
        "accounts/index.html",
        "rows" if forms.asked(request, "after") else "list",
        refusal,
        typed=typed,
        states=list(AccountState),
        found=found,
        count=await rows.count() if rows else 0,
        more=forms.following("/accounts", typed, found.cursors[-1]) if found and found.has_next else "",
        held=await grants.of_accounts(actor, ids),
        signed_in=await queries.last_signed_in(ids),
    )


async def show(request: Request) -> Response:
    """One account: what it holds, what speaks for it, who is in with it."""
    actor = request.state.actor
    account = await queries.find(actor, forms.row_id(request.path_params["id"]))
    spoken = await tokens.matching(actor, TokenFilter(account=account.login))
    return page(
        request,
        "accounts/show.html",
        "card",
        account=account,
        path=path_of(account),
        grants=(await grants.of_accounts(actor, [account.id]))[account.id],
        tokens=await spoken.order_by(*tokens.ORDER),
        sessions=await queries.sessions_of(account),
        links=await queries.waiting_links(account),
        signed_in=(await queries.last_signed_in([account.id])).get(account.id),
        outcomes=OUTCOMES,
        done=forms.asked(request, "done"),
    )


async def invite(request: Request) -> Response:
    """Make an account; the page that answers shows the link, this once."""
    actor = request.state.actor
    require_anywhere(actor, Permit.INVITE_ACCOUNT)
    attempt = await forms.attempt(request, Invite, partial(operations.invite, actor))
    if attempt.done:
        return link_page(request, attempt.result)
    return page(
        request,
        "accounts/invite.html",
        "form",
        attempt.refusal,
        typed=attempt.typed or forms.Typed(request.query_params),
        roles=roles(actor, Permit.GIVE_GRANT),
        places=await places(actor, Permit.INVITE_ACCOUNT),
        labels=LABELS,
    )


async def reset(request: Request) -> Response:
    account = await allowed(request, Permit.RESET_ACCOUNT)
    attempt = await forms.attempt(request, Reset, partial(operations.reset, request.state.actor, account.id))
    if attempt.done:
        return link_page(request, attempt.result)
    return await verb_page(request, "reset", account, attempt)


async def disable(request: Request) -> Response:
    account = await allowed(request, Permit.DISABLE_ACCOUNT)
    attempt = await forms.attempt(request, Disable, partial(operations.disable, request.state.actor, account.id))
    if attempt.done:
        return go(request, f"/accounts/{account.id}?done=disabled")
    return await verb_page(request, "disable", account, attempt)


async def enable(request: Request) -> Response:
    account = await allowed(request, Permit.DISABLE_ACCOUNT)
    attempt = await forms.attempt(request, Enable, partial(operations.enable, request.state.actor, account.id))
    if attempt.done:
        return go(request, f"/accounts/{account.id}?done=enabled")
    return await verb_page(request, "enable", account, attempt)


async def allowed(request: Request, permit: Permit) -> "Account":
    """The account of the address. Raises NotFound, Forbidden."""
    account = await queries.find(request.state.actor, forms.row_id(request.path_params["id"]))
    require(request.state.actor, permit, path_of(account))
    return account


def path_of(account: "Account") -> str:
    return account.home.path if account.home else ROOT


async def verb_page(request: Request, verb: str, account: "Account", attempt: forms.Attempt) -> Response:
    current = await queries.find(request.state.actor, account.id)
    return page(
        request,
        f"accounts/{verb}.html",
        "form",
        attempt.refusal,
        verb=verb,
        account=current,
        typed=attempt.typed,
        version=attempt.version(current.version),
        itself=current.id == request.state.actor.account_id,
        labels=LABELS,
    )


def link_page(request: Request, invited: operations.Invited) -> Response:
    """Shows the address behind the link; nobody can ask for it again."""
    scheme = "https" if cookies.is_secure(request) else request.url.scheme
    address = f"{scheme}://{request.url.netloc}{invited.link.address}" if invited.link else ""
    return page(request, "accounts/link.html", "form", account=invited.account, link=invited.link, address=address)


FORM = ["GET", "POST"]

routes = [
    Route("/language", speak, methods=["POST"]),
    Route("/accounts", index),
    Route("/accounts/invite", invite, methods=FORM),
    Route("/accounts/{id}", show),
    Route("/accounts/{id}/reset", reset, methods=FORM),
    Route("/accounts/{id}/disable", disable, methods=FORM),
    Route("/accounts/{id}/enable", enable, methods=FORM),
]
