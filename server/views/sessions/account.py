"""One's own account: what it may do, its password, its second factor, its sessions, its daily notice."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server import oidc, settings
from server.access.actor import REASONS
from server.kit import codes, passwords
from server.kit.drafts import Draft
from server.kit.messages import say
from server.kit.refusals import Refusal
from server.operations import notices
from server.operations import sessions as operations
from server.operations.notices import Subscribe
from server.operations.passwords import profile
from server.operations.sessions import ChangePassword, EnrolSecondFactor, Revoke, ShowPassword
from server.queries import sessions as queries
from server.views import forms
from server.views.pages import go, page

D = TypeVar("D", bound=Draft)

ISSUER = "Qiangji"
OUTCOMES = {
    "password": say("Your password is changed; every other session has ended."),
    "removed": say("The second factor is off; the password alone lets you in."),
    "revoked": say("The session has ended; its next click leads to the login page."),
    "unlinked": say("The identity is disconnected; it lets nobody in any more."),
    "others": say("Every other session has ended."),
    "subscribed": say("The daily notice goes to this address from now on."),
    "unsubscribed": say("The daily notice is off, and the address is forgotten."),
}


async def show(request: Request) -> Response:
    actor = request.state.actor
    account, chosen = await queries.me(actor), profile()
    return page(
        request,
        "sessions/show.html",
        "sessions",
        account=account,
        sessions=await queries.mine(actor),
        left=await queries.recovery_codes_left(account),
        change_by=account.password_set_at + chosen.lasts if chosen.lasts and account.password_set_at else None,
        provider=settings.load().oidc_name if oidc.is_offered() else "",
        sends_mail=settings.load().sends_mail,
        outcome=OUTCOMES.get(forms.asked(request, "done")),
    )


async def change_password(request: Request) -> Response:
    actor = request.state.actor
    tried = await forms.attempt(request, ChangePassword, partial(operations.change_password, actor))
    if tried.done:
        return go(request, "/account?done=password")
    return page(
        request,
        "sessions/password.html",
        "form",
        tried.refusal,
        login=(await queries.me(actor)).login,
        hint=passwords.hint(profile()),
        reason=REASONS.get(actor.demand),
    )


# ── second factor ─────────────────────────────────────────────────────────────────────────────────────


async def second_factor(request: Request) -> Response:
    return await desk(request)


async def prepare_second_factor(request: Request) -> Response:
    if request.method == "POST":
        await operations.prepare_second_factor(request.state.actor)
    return go(request, "/account/second-factor")


async def enrol_second_factor(request: Request) -> Response:
    actor = request.state.actor
    return await handing_out(request, EnrolSecondFactor, partial(operations.enrol_second_factor, actor), "enrol")


async def renew_recovery_codes(request: Request) -> Response:
    actor = request.state.actor
    return await handing_out(request, ShowPassword, partial(operations.renew_recovery_codes, actor), "renew")


async def handing_out(
    request: Request, draft: type[D], operation: Callable[[D], Awaitable[list[str]]], form: str
) -> Response:
    """Recovery codes are in the answer itself: nowhere else are they ever readable."""
    fresh: list[str] = []

    async def keep(given: D) -> None:
        fresh.extend(await operation(given))

    tried = await forms.attempt(request, draft, keep)
    if tried.done:
        return page(request, "sessions/codes.html", codes=fresh, enrolled=form == "enrol")
    return await desk(request, tried.refusal, form)


async def remove_second_factor(request: Request) -> Response:
    actor = request.state.actor
    tried = await forms.attempt(request, ShowPassword, partial(operations.remove_second_factor, actor))
    return go(request, "/account?done=removed") if tried.done else await desk(request, tried.refusal, "remove")


async def desk(request: Request, refusal: Refusal | None = None, form: str = "") -> Response:
    """Set up, confirm, or take off: whatever comes next. `form` is the one that the refusal is about."""
    actor = request.state.actor
    account = await queries.me(actor)
    secret = "" if account.totp_since else queries.secret_of(account)
    return page(
        request,
        "sessions/second_factor.html",
        "",
        refusal,
        account=account,
        secret=codes.in_groups(secret),
        picture=codes.picture(secret, ISSUER, account.login) if secret else "",
        left=await queries.recovery_codes_left(account),
        complained={form: refusal},
        reason=REASONS.get(actor.demand),
    )


# ── sessions ──────────────────────────────────────────────────────────────────────────────────────────


async def revoke(request: Request) -> Response:
    if request.method == "POST":
        _ = await operations.revoke(request.state.actor, Revoke.parse(request.path_params))
    return go(request, "/account?done=revoked" if request.method == "POST" else "/account")


async def revoke_others(request: Request) -> Response:
    if request.method == "POST":
        _ = await operations.revoke_others(request.state.actor)
    return go(request, "/account?done=others" if request.method == "POST" else "/account")


# ── the daily notice ──────────────────────────────────────────────────────────────────────────────────


async def subscribe(request: Request) -> Response:
    actor, chosen = request.state.actor, settings.load()
    tried = await forms.attempt(request, Subscribe, partial(notices.subscribe, actor))
    if tried.done:
        return go(request, "/account?done=subscribed")
    return page(
        request,
        "sessions/notices.html",
        "form",
        tried.refusal,
        account=await queries.me(actor),
        typed=tried.typed,
        sends_mail=chosen.sends_mail,
        hour=f"{chosen.mail_hour}:00",
    )


async def unsubscribe(request: Request) -> Response:
    if request.method == "POST":
        _ = await notices.unsubscribe(request.state.actor)
    return go(request, "/account?done=unsubscribed" if request.method == "POST" else "/account/notices")


BOTH = ["GET", "POST"]
FACTOR = "/account/second-factor"

routes = [
    Route("/account", show),
    Route("/account/password", change_password, methods=BOTH),
    Route(FACTOR, second_factor),
    Route(f"{FACTOR}/prepare", prepare_second_factor, methods=BOTH),
    Route(f"{FACTOR}/enrol", enrol_second_factor, methods=BOTH),
    Route(f"{FACTOR}/recovery-codes", renew_recovery_codes, methods=BOTH),
    Route(f"{FACTOR}/remove", remove_second_factor, methods=BOTH),
    Route("/account/notices", subscribe, methods=BOTH),
    Route("/account/notices/unsubscribe", unsubscribe, methods=BOTH),
    Route("/account/sessions/revoke-others", revoke_others, methods=BOTH),
    Route("/account/sessions/{handle}/revoke", revoke, methods=BOTH),
]
