"""Coming in, by password and code or by a one-time link; going out."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server import oidc, settings
from server.kit import passwords
from server.kit.refusals import Invalid, NotFound, Refusal, TooMany, Unauthenticated
from server.operations import sessions as operations
from server.operations.passwords import profile
from server.operations.sessions import Accept, GiveCode, Opened, SignIn
from server.queries import sessions as queries
from server.views import cookies, forms
from server.views.pages import go, own, page
from server.vocabulary import SessionStage


async def sign_in(request: Request) -> Response:
    """The form, and what it sends; whoever is in already goes to the first page."""
    if request.state.actor.is_signed_in:
        return go(request, "/")
    if request.method != "POST":
        return door(request, {"next": forms.asked(request, "next")})
    typed = await forms.texts(request)
    try:
        opened = await operations.sign_in(request.state.actor, SignIn.parse(await forms.fields(request, SignIn)))
    except Refusal as refusal:
        return door(request, typed, refusal)
    return entered(request, opened, own(typed.get("next", "")))


def door(request: Request, typed: dict[str, str], refusal: Refusal | None = None) -> Response:
    login, back = typed.get("login", ""), own(typed.get("next", ""))
    done = forms.asked(request, "done")
    named = settings.load().oidc_name if oidc.is_offered() else ""
    return page(request, "sessions/edit.html", "form", refusal, login=login, next=back, done=done, provider=named)


async def give_code(request: Request) -> Response:
    """The second step; whoever has not done the first, or took too long, is led back to it."""
    key, typed = cookies.session_key(request), {"next": forms.asked(request, "next")}
    refusal = None
    try:
        waiting = await queries.find_waiting(key)
        if request.method == "POST":
            typed = await forms.texts(request)
            opened = await operations.give_code(
                request.state.actor, key, GiveCode.parse(await forms.fields(request, GiveCode))
            )
            return entered(request, opened, own(typed.get("next", "")))
    except Unauthenticated:
        return go(request, f"/login?next={quote(own(typed['next']))}")
    except Refusal as complaint:
        refusal = complaint
    back = own(typed.get("next", ""))
    return page(request, "sessions/code.html", "form", refusal, person=waiting.account.name, next=back)


def entered(request: Request, opened: Opened, back: str) -> Response:
    """On with a session: to the page that was wanted, or first to the code."""
    waits = opened.stage is SessionStage.CODE
    answer = go(request, f"/login/code?next={quote(back)}" if waits else back)
    cookies.keep_session(request, answer, opened.key)
    if opened.device:
        cookies.keep_device(request, answer, opened.device)
    return answer


async def join(request: Request) -> Response:
    """The form behind a one-time link; one and the same page for every link that does not, or no longer, count."""
    actor, key, refusal = request.state.actor, request.path_params["key"], None
    try:
        link = await operations.look_at(actor, key)
        if request.method == "POST":
            refusal = await accepted(request, key)
    except NotFound as missing:
        return page(request, "sessions/link.html", status=missing.status)
    if request.method == "POST" and not refusal:
        answer = go(request, "/login?done=joined")
        cookies.forget_session(request, answer)
        return answer
    hint = passwords.hint(profile())
    return page(request, "sessions/join.html", "form", refusal, link=link, key=key, hint=hint)


async def accepted(request: Request, key: str) -> Refusal | None:
    """What the form has to show; None when the password is set. Raises NotFound."""
    try:
        draft = Accept.parse(await forms.fields(request, Accept) | {"key": key})
        _ = await operations.accept(request.state.actor, draft)
    except (Invalid, TooMany) as refusal:
        return refusal
    return None


async def sign_out(request: Request) -> Response:
    await operations.sign_out(request.state.actor, cookies.session_key(request))
    answer = go(request, "/login")
    cookies.forget_session(request, answer)
    return answer


routes = [
    Route("/login", sign_in, methods=["GET", "POST"]),
    Route("/login/code", give_code, methods=["GET", "POST"]),
    Route("/join/{key}", join, methods=["GET", "POST"]),
    Route("/logout", sign_out, methods=["POST"]),
]
