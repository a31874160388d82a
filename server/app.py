"""The application: both doors, one entrance. The only file that may import everything."""

import asyncio
import gc
import logging
import os
import signal
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from types import FrameType

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from server import checks, database, settings, views
from server.kit.refusals import Refusal
from server.kit.uploads.kinds import Kind
from server.middleware import Entrance
from server.operations import notices, trail
from server.schema.endpoint import Endpoint, refuse_query
from server.views import pages
from server.views.bodies import BodyLimit
from server.views.trail import feed

log = logging.getLogger("qiangji")

PACKED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, *(kind.media_type for kind in Kind))
"""What is packed already, and would only lose its length."""


def create_app() -> ASGIApp:
    app = Starlette(
        routes=[
            *views.routes,
            Route("/graphql", Endpoint()),
            Route("/healthz", alive),
            Route("/readyz", ready),
            Mount("/static", StaticFiles(directory=pages.STATIC)),
        ],
        middleware=[
            Middleware(BodyLimit),
            Middleware(GZipMiddleware, minimum_size=1000, exclude_content_types=PACKED),
        ],
        exception_handlers={Refusal: pages.refuse, HTTPException: pages.refuse, Exception: pages.refuse},
        lifespan=connected,
    )
    return Entrance(app, refuse, settings.load().hosts)


@asynccontextmanager
async def connected(_: Starlette) -> AsyncIterator[None]:
    try:
        await database.connect(os.environ["DATABASE_URL"])
    except database.BadDatabase:
        log.exception("cannot start")
        raise
    end_streams_at_a_signal()
    gc.freeze()  # what is loaded stays: to look for rubbish in it would hold up some answer for a tenth of a second
    work = [asyncio.create_task(each) for each in background()]
    try:
        yield
    finally:
        for task in work:
            task.cancel()
        await asyncio.wait(work)
        await database.disconnect()


def background() -> Iterator[Coroutine[None, None, None]]:
    """What is done beside the requests, until the end."""
    yield trail.keep_sequencing()
    if settings.load().sends_mail:
        yield notices.keep_sending()


def end_streams_at_a_signal() -> None:
    """The server ends when every answer is given; a stream would never be. Whoever listened before still does."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)

        def heard(number: int, frame: FrameType | None, before: object = before) -> None:
            feed.closing.set()
            if callable(before):
                _ = before(number, frame)

        signal.signal(number, heard)


async def refuse(request: Request, error: Exception) -> Response:
    """In the manner of the door that was asked."""
    door = refuse_query if request.url.path == "/graphql" else pages.refuse
    return await door(request, error)


async def alive(_: Request) -> Response:
    return PlainTextResponse("alive\n")


async def ready(_: Request) -> Response:
    """Whether everything that a request needs is there: 503 with a line for each thing that is not."""
    missing = await checks.missing()
    return PlainTextResponse("".join(f"{line}\n" for line in missing) or "ready\n", 503 if missing else 200)
