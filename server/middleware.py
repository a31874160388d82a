"""Before both doors: who asks, in which language, from our own pages or not. After them: what every answer carries."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.access.actor import Actor
from server.kit.messages import LOCALES, say
from server.kit.refusals import Forbidden, Unauthenticated
from server.operations.tokens import touch
from server.queries import sessions, tokens
from server.schema.guard import UNREGISTERED
from server.views import cookies

Refuse = Callable[[Request, Exception], Awaitable[Response]]

log = logging.getLogger("qiangji")

LARGEST_BODY = 256 * 1024
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_TO_ALL = ("/login", "/language", "/static/", "/healthz", "/readyz", "/graphql")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Entrance:
    """Puts `actor`, `locale` and `request_id` on the request's state, and the security headers on every answer.

    What it refuses, and whatever escapes from the application, is answered by `refuse`.
    """

    def __init__(self, app: ASGIApp, refuse: Refuse) -> None:
        self.app = app
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                dress(request, MutableHeaders(scope=message))
            await send(message)

        try:
            await introduce(request)
            await self.app(scope, receive, send_with_headers)
        except Exception as error:
            answer = await self.answer(request, error)
            if not started:
                await answer(scope, receive, send_with_headers)

    async def answer(self, request: Request, error: Exception) -> Response:
        if not isinstance(error, Forbidden | Unauthenticated | HTTPException):
            log.exception("request %s failed", request.state.request_id)
        return await self.refuse(request, error)


async def introduce(request: Request) -> None:
    """Raises Unauthenticated, Forbidden, or HTTPException for a body that says that it is too large."""
    request.state.request_id = uuid4().hex
    request.state.locale = cookies.locale(request) or spoken(request)
    request.state.actor = Actor.anonymous(request.state.request_id)
    actor = await whoever_asks(request)
    request.state.actor = replace(actor, request_id=request.state.request_id)
    request.state.locale = cookies.locale(request) or actor.locale or spoken(request)
    if not actor.is_signed_in and not request.url.path.startswith(OPEN_TO_ALL):
        raise Unauthenticated(say("Sign in first."))
    if announced(request) > LARGEST_BODY:
        raise HTTPException(413)


async def whoever_asks(request: Request) -> Actor:
    """By bearer token, else by session; a session counts only in what our own pages send."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme:
        row = await tokens.find_by_text(token.strip()) if scheme.lower() == "bearer" else None
        if row is None:
            raise Unauthenticated(say("This token is unknown or has expired; send a valid one as a bearer token."))
        await touch(row)
        if row.trusted_documents_only and request.url.path != "/graphql":
            raise Forbidden(UNREGISTERED)
        return await tokens.actor_with(row)
    key = cookies.session_key(request)
    if request.method not in SAFE and (key or is_form(request)):
        check_same_origin(request)
    return (await sessions.actor_behind(key) if key else None) or Actor.anonymous()


def announced(request: Request) -> int:
    """How large the body says that it is; the application counts what comes without a word."""
    length = request.headers.get("content-length", "")
    return int(length[:18]) if length.isascii() and length.isdigit() else 0


def is_form(request: Request) -> bool:
    """Whether a page of somebody else's could send this without asking."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower() in ("", *FORMS)


def check_same_origin(request: Request) -> None:
    """Raises Forbidden unless the browser says that one of our own pages sent this."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    ours = site == "same-origin" if site else host_of(origin or "") == request.headers.get("host")
    if not ours:
        raise Forbidden(say("This was not sent from a page of this program; open the page here and send it again."))


def host_of(origin: str) -> str:
    """The host and port that an Origin names; "" for what names none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def spoken(request: Request) -> str:
    """The first language that the reader prefers and we have; Chinese if none."""
    wishes = [wish.split(";")[0].strip().lower()[:2] for wish in request.headers.get("accept-language", "").split(",")]
    return next((wish for wish in wishes if wish in LOCALES), LOCALES[0])


def dress(request: Request, headers: MutableHeaders) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    headers["x-request-id"] = getattr(request.state, "request_id", "")
    if not request.url.path.startswith("/static/"):
        headers.setdefault("cache-control", "no-store")
    if cookies.is_secure(request):
        headers["strict-transport-security"] = "max-age=31536000"
