"""How much may be sent: a form, or, where evidence is added, files."""

import re

from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from server.access.actor import Actor
from server.access.permits import Permit, may
from server.kit import uploads
from server.operations.evidence import MOST_FILES

LARGEST_BODY = 256 * 1024
LARGEST_UPLOAD = MOST_FILES * uploads.LIMIT + LARGEST_BODY
UPLOADS = re.compile(r"/checklist-items/[0-9]+/evidence")
"""Where files are sent to."""


def announced(request: Request) -> int:
    """How large the body says that it is; the application counts what comes without a word."""
    length = request.headers.get("content-length", "")
    return int(length[:18]) if length.isascii() and length.isdigit() else 0


def largest_body(request: Request) -> int:
    """More than a form where files are sent to, for whoever may add any."""
    if request.method != "POST" or not UPLOADS.fullmatch(request.url.path):
        return LARGEST_BODY
    actor: Actor = request.state.actor
    adds = any(may(actor, Permit.ADD_EVIDENCE, grant.path) for grant in actor.grants)
    return LARGEST_UPLOAD if adds else LARGEST_BODY


class BodyLimit:
    """Counts what comes, announced or not, up to the largest body of the address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        most = largest_body(Request(scope)) if scope["type"] == "http" else LARGEST_BODY
        await RequestBodyLimitMiddleware(self.app, most)(scope, receive, send)
