"""Coming in, going out, and the language of the pages."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kit.messages import LOCALES, say
from server.kit.refusals import Refusal, invalid
from server.operations import accounts as operations
from server.operations.accounts import SignIn
from server.views import cookies, forms
from server.views.pages import go, own, page


async def sign_in(request: Request) -> Response:
    """The form, and what it sends; whoever is in already goes to the first page."""
    if request.state.actor.is_signed_in:
        return go(request, "/")
    if request.method != "POST":
        return door(request, {"next": forms.asked(request, "next")})
    typed = await forms.texts(request)
    try:
        key = await operations.sign_in(request.state.actor, SignIn.parse(await forms.fields(request, SignIn)))
    except Refusal as refusal:
        return door(request, typed, refusal)
    answer = go(request, own(typed.get("next", "")))
    cookies.keep_session(request, answer, key)
    return answer


def door(request: Request, typed: dict[str, str], refusal: Refusal | None = None) -> Response:
    login, back = typed.get("login", ""), own(typed.get("next", ""))
    return page(request, "accounts/edit.html", "form", refusal, login=login, next=back)


async def sign_out(request: Request) -> Response:
    await operations.sign_out(request.state.actor, cookies.session_key(request))
    answer = go(request, "/login")
    cookies.forget_session(request, answer)
    return answer


async def speak(request: Request) -> Response:
    """Show every page in another language from now on. Raises Invalid (locale)."""
    typed = await forms.texts(request)
    chosen = typed.get("locale", "")
    if chosen not in LOCALES:
        raise invalid(locale=say("Choose one of: {options}.", options=", ".join(LOCALES)))
    answer = go(request, own(typed.get("back", "")))
    cookies.keep_locale(request, answer, chosen)
    return answer


routes = [
    Route("/login", sign_in, methods=["GET", "POST"]),
    Route("/logout", sign_out, methods=["POST"]),
    Route("/language", speak, methods=["POST"]),
]
