"""How a view answers: the whole page, or the one block that htmx asked for. The only file that knows htmx."""

import re
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2_fragments import render_block
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Match

from server.access.actor import Actor, Demand, Demanded
from server.access.permits import Permit, may, may_give
from server.kit.clock import HOME, now, today
from server.kit.messages import LOCALES, Message, full_date, full_month, say, translate
from server.kit.refusals import Refusal, TooMany, Unauthenticated
from server.views import cookies, csrf

DEMANDED = {Demand.SECOND_FACTOR: "/account/second-factor", Demand.PASSWORD: "/account/password"}
"""Where an account does what it has to do first."""
TEMPLATES = Path(__file__).parents[1] / "templates"
STATIC = Path(__file__).parents[2] / "static"
OWN = re.compile(r"/(?!/)[!-\[\]-~]*")
"""A path of ours: ASCII without blanks, without the backslash that browsers read as a slash, and no other host."""


def page(
    request: Request, name: str, block: str = "", refusal: Refusal | None = None, status: int = 200, **context: Any
) -> Response:
    """Template `name`, whole; to htmx, only its `block`, or several. A refusal of what a form asked sets the status."""
    status = refusal.status if refusal else status
    context |= surroundings(request) | {"refusal": refusal, "status": status}
    environment = templates[context["locale"]]
    if block and wants_block(request):
        html = "".join(render_block(environment, name, part, **context) for part in block.split())
    else:
        html = environment.get_template(name).render(context)
    html, visitor = csrf.with_tokens(request, html)
    answer = HTMLResponse(html, status, {"Vary": "HX-Request"} | later(refusal))
    if visitor:
        cookies.keep_visitor(request, answer, visitor)
    return answer


def later(error: Exception | None) -> dict[str, str]:
    """When to try again, for whoever has tried too often."""
    return {"Retry-After": str(error.seconds)} if isinstance(error, TooMany) else {}


def go(request: Request, path: str) -> Response:
    """Send the browser to another page of ours; htmx would swap an ordinary redirect into the block."""
    if wants_block(request):
        return Response(status_code=204, headers={"HX-Redirect": path})
    return RedirectResponse(path, status_code=303)


def away(address: str) -> Response:
    """Send the browser to the identity provider: the one address that is not ours."""
    return RedirectResponse(address, status_code=303)


def own(path: str) -> str:
    """`path` if it leads to a page of ours, else the first page."""
    return path if OWN.fullmatch(path) else "/"


async def refuse(request: Request, error: Exception) -> Response:
    """Answer what no form could show: with a page that helps, or to htmx with a notice at its top."""
    if isinstance(error, Unauthenticated):
        return go(request, f"/login?next={quote(here(request))}")
    if isinstance(error, Demanded):
        return go(request, DEMANDED[error.demand])
    status, message = explained(error)
    stale = isinstance(error, csrf.Stale)
    answer = page(request, "refusal.html", "notice", status=status, message=message, stale=stale)
    answer.headers.update(later(error))
    if isinstance(error, HTTPException):
        answer.headers.update(error.headers or {})
    if wants_block(request):
        answer.headers.update({"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"})
    return answer


def explained(error: Exception) -> tuple[int, Message]:
    """The status of an answer, and what happened."""
    match error:
        case Refusal():
            return error.status, error.message
        case HTTPException(status_code=404):
            return 404, say("There is no page at this address.")
        case HTTPException(status_code=413):
            return 413, say("This is too much at once; send less.")
        case HTTPException():
            return error.status_code, say("This address does not take what was sent to it.")
        case _:
            return 500, say("The program met something that it did not expect.")


def here(request: Request) -> str:
    """The page that the reader is on, to return to it: for htmx the one around the block."""
    if wants_block(request):
        return own(path_of(request.headers.get("HX-Current-URL", "")))
    if request.method not in ("GET", "HEAD") and not answers_get(request):
        return "/"
    query = request.scope["query_string"].decode("latin-1")
    return own(quote(request.scope["path"]) + (f"?{query}" if query else ""))


def answers_get(request: Request) -> bool:
    """Whether the address that a form was sent to has a page of its own."""
    asked = {"type": "http", "method": "GET", "path": request.scope["path"], "root_path": "", "headers": []}
    routes = request.scope["app"].routes if "app" in request.scope else []
    return any(route.matches(asked)[0] is Match.FULL for route in routes)


def path_of(address: str) -> str:
    try:
        return urlsplit(address)._replace(scheme="", netloc="").geturl()
    except ValueError:
        return ""


def wants_block(request: Request) -> bool:
    """htmx asks for a block, except when it restores a page from history."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def surroundings(request: Request) -> dict[str, Any]:
    """What every template may use; an error may come before any of it is known."""
    state = request.state
    locale = getattr(state, "locale", LOCALES[0])
    actor = getattr(state, "actor", None)
    return {
        "request": request,
        "locale": locale if locale in LOCALES else LOCALES[0],
        "actor": actor if actor and actor.is_signed_in else None,
        "here": here(request),
        "request_id": getattr(state, "request_id", ""),
    }


def environment(locale: str) -> Environment:
    """Jinja for the readers of one language; `_` and the macros in `ui` speak it."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "label": lambda term: term.label(locale),
        "options": lambda terms: [(term.value, term.label(locale)) for term in terms],
        "translated": lambda message: translate(locale, message),
        "spoken": lambda labels: {name: translate(locale, label) for name, label in labels.items()},
        "day": lambda day: full_date(locale, day),
        "month": lambda day: full_month(locale, day),
        "moment": lambda instant: moment(locale, instant),
    }
    made.globals |= {
        "_": lambda text, **params: translate(locale, say(text, **params)),
        "locale": locale,
        "asset": asset,
        "may": may,
        "may_give": may_give,
        "Permit": Permit,
        "holds": holds,
        "today": today,
        "now": now,
    }
    made.globals["ui"] = made.get_template("ui.html").module
    made.globals["parts"] = made.get_template("checklists/parts.html").module
    return made


@cache
def asset(name: str) -> str:
    """The address of a static file; it changes with the content, so browsers may keep it for good."""
    return f"/static/{name}?v={sha256((STATIC / name).read_bytes()).hexdigest()[:10]}"


def holds(actor: Actor, permit: Permit) -> bool:
    """Whether the actor has this permit anywhere."""
    return any(may(actor, permit, grant.path) for grant in actor.grants)


def moment(locale: str, instant: datetime) -> str:
    """2026年11月23日 14:05, by the clock at home."""
    home = instant.astimezone(HOME)
    return f"{full_date(locale, home.date())} {home:%H:%M}"


templates = {locale: environment(locale) for locale in LOCALES}
