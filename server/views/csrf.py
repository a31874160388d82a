"""The token that every form of ours carries: a page of somebody else's cannot know it.

It is a keyed digest of what the browser holds: the key of its session or, before it has one, a random value in a
cookie of its own. `pages.page` writes it into every form, `checked` asks for it before any view is called.
"""

import re
from collections.abc import Awaitable, Callable
from functools import wraps

from markupsafe import escape
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from server import keys
from server.kit.messages import say
from server.kit.refusals import Forbidden
from server.kit.sealing import blind_index
from server.kit.secrets import new_key, same
from server.views import cookies, forms

View = Callable[[Request], Awaitable[Response]]

FIELD = "csrf"
HEADER = "x-csrf-token"
READING = frozenset({"GET", "HEAD"})
FORM = re.compile(r"<form\b[^>]*\bmethod=\"post\"[^>]*>", re.IGNORECASE)
"""Values are escaped, so no ">" stands inside the tag."""


class Stale(Forbidden):
    """The form is not of a page that this browser has loaded in this session."""


def guarded(route: BaseRoute) -> BaseRoute:
    """The route, whose view is not called with a form that lacks the token."""
    if not isinstance(route, Route) or (route.methods or READING) <= READING:
        return route
    return Route(route.path, checked(route.endpoint), methods=sorted(route.methods or ()), name=route.name)


def checked(view: View) -> View:
    @wraps(view)
    async def answer(request: Request) -> Response:
        if request.method not in READING:
            await check(request)
        return await view(request)

    return answer


async def check(request: Request) -> None:
    """Raises Stale, HTTPException. A bearer token is not sent by a browser of itself, so its requests need no other."""
    if request.state.actor.token_id:
        return
    sent = request.headers.get(HEADER) or await typed(request)
    held = seed(request)
    if not held or not sent.isascii() or not same(sent, token(held)):
        raise Stale(say("This page is no longer current. Load it again, then send it once more."))


async def typed(request: Request) -> str:
    """The field of the form; "" where there is no form. Raises HTTPException for one that cannot be read."""
    try:
        return (await forms.texts(request))[FIELD]
    except HTTPException as error:
        if error.status_code != 415:
            raise
        return ""


def seed(request: Request) -> str:
    """What this browser alone holds, or ""."""
    if request.state.actor.is_signed_in:
        return f"session:{cookies.session_key(request)}"
    visitor = cookies.visitor(request)
    return f"visitor:{visitor}" if visitor else ""


def token(seed: str) -> str:
    return blind_index(keys.ring().index, "csrf", seed)


def with_tokens(request: Request, html: str) -> tuple[str, str]:
    """The page, whose forms carry the token, and the value that a visitor has to keep for it, or ""."""
    if not FORM.search(html):
        return html, ""
    fresh = "" if seed(request) else new_key()
    field = f'<input type="hidden" name="{FIELD}" value="{escape(token(seed(request) or f"visitor:{fresh}"))}">'
    return FORM.sub(lambda form: form[0] + field, html), fresh
