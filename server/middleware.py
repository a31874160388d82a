"""Before both doors: who asks, in which language, from our own pages or not. After them: what every answer carries."""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server import settings
from server.access.actor import Actor, Client, Demanded
from server.kit import reading
from server.kit.addresses import client, networks
from server.kit.agents import family
from server.kit.messages import LOCALES, say
from server.kit.refusals import Forbidden, Refusal, Unauthenticated
from server.operations import limits, members
from server.operations import sessions as operations
from server.operations.tokens import touch
from server.queries import sessions, tokens
from server.schema.guard import UNREGISTERED
from server.views import cookies
from server.views.bodies import announced, largest_body

Refuse = Callable[[Request, Exception], Awaitable[Response]]

log = logging.getLogger("qiangji")

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
METHODS = SAFE | {"POST", "PUT", "PATCH", "DELETE"}
OPEN_TO_ALL = ("/login", "/oidc/", "/join/", "/language", "/static/", "/healthz", "/readyz", "/graphql")
OPEN_TO_DEMANDED = ("/account/", "/static/", "/healthz", "/readyz", "/language", "/logout")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
OF_FILES = "sandbox; default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
"""The policy of what is taken out as a file: opened in a browser after all, it can do nothing."""
A_YEAR = 365 * 24 * 3600


class UnknownHost(Refusal):
    """Asked under a name that is not ours: what we answer might be kept, and shown to others, under it."""

    code, status = "INVALID", 400


class Entrance:
    """Puts `actor`, `locale` and `request_id` on the request's state, and the security headers on every answer.

    What it refuses, and whatever escapes from the application, is answered by `refuse`. Only `hosts` are answered.
    Nothing that was read of people goes out before the trail says so.
    """

    def __init__(self, app: ASGIApp, refuse: Refuse, hosts: Sequence[str]) -> None:
        self.app = app
        self.refuse = refuse
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request, began, status = Request(scope, receive), time.perf_counter(), 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if read:
                ids = frozenset(read)
                read.clear()
                await members.record_reads(request.state.actor, ids)
            if message["type"] == "http.response.start":
                status = message["status"]
                dress(request, MutableHeaders(scope=message))
            await send(message)

        with reading.noting() as read:
            try:
                greet(request, self.hosts)
                await introduce(request)
                await self.app(scope, receive, send_with_headers)
            except Exception as error:
                answer = await self.answer(request, error)
                if not status:
                    await answer(scope, receive, send_with_headers)
            finally:
                note(request, status, time.perf_counter() - began)

    async def answer(self, request: Request, error: Exception) -> Response:
        """Whatever happens here too, there is an answer."""
        if not isinstance(error, Refusal | HTTPException | ClientDisconnect):
            log.exception("failed", extra={"request_id": request.state.request_id})
        try:
            return await self.refuse(request, error)
        except Exception:
            log.exception("failed to explain", extra={"request_id": request.state.request_id})
            return PlainTextResponse(f"This went wrong on our side: {request.state.request_id}\n", 500)


def greet(request: Request, hosts: Sequence[str]) -> None:
    """What is known before anybody is asked for. Raises UnknownHost, or HTTPException for a body that is packed."""
    request.state.request_id = uuid4().hex
    request.state.locale = cookies.locale(request) or spoken(request)
    request.state.actor = Actor.anonymous(request.state.request_id, client_of(request))
    names = request.headers.getlist("host")
    if "*" not in hosts and (len(names) != 1 or not any(answers_to(host, names[0]) for host in hosts)):
        raise UnknownHost(say("This program is not reached under this name; use the address that you were given."))
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise HTTPException(415)  # what is small when packed may be huge: nothing is unpacked


def answers_to(host: str, asked: str) -> bool:
    """Whether `asked`, with or without a port, is `host`; "*.example.org" is every name below."""
    name = asked.lower() if asked.endswith("]") else asked.lower().rpartition(":")[0] or asked.lower()
    return name == host or (host.startswith("*.") and name.endswith(host[1:]))


async def introduce(request: Request) -> None:
    """Raises Unauthenticated, Forbidden, or HTTPException for a body that says that it is too large."""
    actor = await whoever_asks(request)
    request.state.actor = replace(actor, request_id=request.state.request_id, client=request.state.actor.client)
    request.state.locale = cookies.locale(request) or actor.locale or spoken(request)
    if not actor.is_signed_in and not request.url.path.startswith(OPEN_TO_ALL):
        raise Unauthenticated(say("Sign in first."))
    if actor.demand and not f"{request.url.path}/".startswith(OPEN_TO_DEMANDED):
        raise Demanded(actor.demand)
    if announced(request) > largest_body(request):
        raise HTTPException(413)


async def whoever_asks(request: Request) -> Actor:
    """By bearer token, else by session; a session counts only in what our own pages send.

    A token is looked up before anything is counted: others who fail at the same address do not hold it up.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme:
        row = await tokens.find_by_text(token.strip()) if scheme.lower() == "bearer" else None
        if row is None:
            _ = await limits.take(limits.by_address(request.state.actor))
            raise Unauthenticated(say("This token is unknown or has expired; send a valid one as a bearer token."))
        await touch(row)
        if row.trusted_documents_only and request.url.path != "/graphql":
            raise Forbidden(UNREGISTERED)
        return await tokens.actor_with(row)
    key = cookies.session_key(request)
    if request.method not in SAFE and (key or is_form(request)):
        check_same_origin(request)
    session = await sessions.behind(key) if key else None
    if session is None:
        return Actor.anonymous()
    await operations.touch(session)
    return await sessions.actor_in(session)


def client_of(request: Request) -> Client:
    agent = family(request.headers.get("user-agent", ""))
    return Client(client_address(request), agent, cookies.device_key(request))


def client_address(request: Request) -> str:
    """The address of whoever asks: of the peer, or of whom our own proxies ask for."""
    peer = request.client.host if request.client else ""
    forwarded = request.headers.getlist("x-forwarded-for")
    return client(peer, forwarded, networks(settings.load().proxies)) if forwarded else peer


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
    if headers.get("content-disposition", "").startswith("attachment"):
        headers["content-security-policy"] = OF_FILES
    headers["server"] = "qiangji"  # else the server names itself
    headers["x-request-id"] = getattr(request.state, "request_id", "")
    if not request.url.path.startswith("/static/"):
        headers["cache-control"] = "no-store"
    if cookies.is_secure(request):
        headers["strict-transport-security"] = f"max-age={A_YEAR}; includeSubDomains"


def note(request: Request, status: int, seconds: float) -> None:
    """One line a request: numbers and names of ours, nothing that anybody typed. No status: the reader has gone."""
    actor: Actor = request.state.actor
    known = {
        "method": request.method if request.method in METHODS else "other",
        "route": getattr(request.scope.get("route"), "path", ""),
        "status": status,
        "ms": round(seconds * 1000, 1),
        "door": door(request.url.path),
        "account": actor.account_id,
        "token": actor.token_id,
        "request_id": request.state.request_id,
    }
    log.info("request", extra=known)


def door(path: str) -> str:
    """By which of our doors a request came."""
    if path.startswith("/static/"):
        return "static"
    return {"/graphql": "graphql", "/healthz": "health", "/readyz": "health"}.get(path, "page")
