"""To the identity provider and back."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server import oidc, settings
from server.kit.messages import say
from server.kit.refusals import NotFound, Refusal
from server.operations import oidc as operations
from server.operations.oidc import Return
from server.operations.sessions import ShowPassword
from server.queries import sessions as queries
from server.views import cookies, forms
from server.views.pages import away, go, own, page
from server.views.sessions.door import door, entered

CALLBACK = "/oidc/callback"


async def begin(request: Request) -> Response:
    """A link, not a form: the CSP lets forms lead to our own pages only."""
    check_offered()
    if request.state.actor.is_signed_in:
        return go(request, "/account")
    back = own(forms.asked(request, "next"))
    try:
        begun = await operations.begin(callback(request), back)
    except Refusal as refusal:
        return door(request, {"next": back}, refusal)
    answer = away(begun.address)
    cookies.keep_detour(request, answer, begun.kept)
    return answer


async def complete(request: Request) -> Response:
    """What the provider sends the browser to."""
    check_offered()
    try:
        draft = Return.parse({name: forms.asked(request, name) for name in Return.model_fields})
        done = await operations.complete(request.state.actor, callback(request), cookies.detour(request), draft)
    except Refusal as refusal:
        answer = door(request, {}, refusal)
    else:
        back = own(done.back)
        answer = entered(request, done.opened, back) if done.opened else go(request, back)
    cookies.forget_detour(request, answer)
    return answer


async def link(request: Request) -> Response:
    """With the password, a way out to the provider: a link, for the same reason."""
    check_offered()
    actor = request.state.actor
    attempt = await forms.attempt(request, ShowPassword, partial(operations.begin_linking, actor, callback(request)))
    answer = page(
        request,
        "sessions/connect.html",
        "form",
        attempt.refusal,
        login=(await queries.me(actor)).login,
        provider=settings.load().oidc_name,
        address=attempt.result.address if attempt.done else "",
    )
    if attempt.done:
        cookies.keep_detour(request, answer, attempt.result.kept)
    return answer


async def unlink(request: Request) -> Response:
    _ = await operations.unlink(request.state.actor)
    return go(request, "/account?done=unlinked")


def check_offered() -> None:
    if not oidc.is_offered():
        raise NotFound(say("Nobody signs in through an identity provider here."))


def callback(request: Request) -> str:
    """Our own address, as the provider knows it."""
    scheme = "https" if cookies.is_secure(request) else "http"
    return f"{scheme}://{request.url.netloc}{CALLBACK}"


routes = [
    Route("/oidc/begin", begin),
    Route(CALLBACK, complete),
    Route("/account/oidc/link", link, methods=["GET", "POST"]),
    Route("/account/oidc/unlink", unlink, methods=["POST"]),
]
