"""Server-sent events: that new entries within the reader's reach have their places.

An event says no more than that; the page then asks for its rows as ever. The stream keeps asking who its reader is,
in the way in which a request is asked, and ends soon after there is nobody any more, or nothing to be read.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from server.access.actor import Actor
from server.kit.refusals import Forbidden
from server.queries import sessions, tokens
from server.queries import trail as queries
from server.views import cookies

LOOK = 1.0
"""Seconds between two looks for new entries."""
ASK = 10.0
"""Seconds after which the reader is asked for again."""

closing = threading.Event()
"""Set when the server is asked to stop: it would wait for open streams."""


async def stream(request: Request) -> Response:
    queries.check_reader(request.state.actor)
    return StreamingResponse(events(request), media_type="text/event-stream", headers={"x-accel-buffering": "no"})


async def events(request: Request) -> AsyncIterator[str]:
    actor, asked, size = request.state.actor, time.monotonic(), await signed()
    yield "retry: 3000\n\n"
    while not closing.is_set():
        await asyncio.sleep(LOOK)
        if time.monotonic() - asked >= ASK:
            found, asked = await reader(request), time.monotonic()
            if found is None:
                yield "event: ended\ndata: -\n\n"
                return
            actor = found
            yield ": here\n\n"
        newest = await signed()
        if newest > size and (count := await queries.newcomers(actor, size)):
            yield f"event: entries\nid: {newest}\ndata: {count}\n\n"
        size = newest


async def signed() -> int:
    """How many entries have a place."""
    checkpoint = await queries.newest()
    return checkpoint.size if checkpoint else 0


async def reader(request: Request) -> Actor | None:
    """Whoever asks now, if the trail is still open to them, with nothing to be done first."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    key = cookies.session_key(request)
    actor = await tokens.actor_behind(token.strip()) if scheme else await sessions.actor_behind(key) if key else None
    if actor is None or actor.demand:
        return None
    try:
        queries.check_reader(actor)
    except Forbidden:
        return None
    return actor
