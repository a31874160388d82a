"""The language of the pages."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kit.messages import LOCALES, say
from server.kit.refusals import invalid
from server.views import cookies, forms
from server.views.pages import go, own


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
    Route("/language", speak, methods=["POST"]),
]
