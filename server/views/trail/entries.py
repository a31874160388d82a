"""Who did what: the list, one entry with its place in the tree, and the trail as files."""

import tempfile
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING
from urllib.parse import urlencode

from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from server.kit import paging
from server.kit.clock import today
from server.kit.messages import say
from server.kit.refusals import Invalid, NotFound
from server.operations import trail as operations
from server.queries import trail as queries
from server.queries.trail import TrailFilter
from server.views import forms
from server.views.pages import page
from server.views.trail.words import changes, deed, roles, subject
from server.vocabulary import Deed, SubjectKind

if TYPE_CHECKING:
    from server.models.trail import TrailEntry

AT_ONCE = 50
CHUNK = 64 * 1024
WANTED = ("since", "until", "deed", "account", "within", "subject")


async def index(request: Request) -> Response:
    """The newest first; what the filter cannot mean is said above it."""
    actor = request.state.actor
    queries.check_reader(actor)
    found, refusal = await entries(request)
    rows = found.rows if found else []
    checkpoint = await queries.newest()
    return page(
        request,
        "trail/index.html",
        "rows" if forms.asked(request, "after") else "list",
        refusal,
        typed={name: forms.asked(request, name) for name in WANTED},
        found=found,
        more=address(request, after=found.cursors[-1]) if found and found.has_next else "",
        places=await queries.places_of(actor, rows),
        checkpoint=checkpoint,
        public_key=queries.public_key_of(checkpoint) if checkpoint else "",
        deeds=list(Deed),
        kinds=list(SubjectKind),
        deed=deed,
        subject=subject,
        here_again=address(request),
    )


async def entries(request: Request) -> tuple["paging.Page[TrailEntry] | None", Invalid | NotFound | None]:
    """A page of them, or why the filter cannot be. Raises Invalid (after)."""
    after = forms.asked(request, "after") or None
    try:
        rows = await queries.matching(request.state.actor, wanted(request))
        return await paging.page(rows, queries.ORDER, AT_ONCE, after), None
    except (Invalid, NotFound) as refusal:
        if "after" in refusal.fields:
            raise
        return None, refusal


def wanted(request: Request) -> TrailFilter:
    """Raises Invalid (since, until)."""
    since, until = (
        (forms.day(request, name) or today()) if forms.asked(request, name) else None for name in ("since", "until")
    )
    named = {name: forms.asked(request, name) for name in ("deed", "account", "within", "subject")}
    return TrailFilter(since, until, **named)


def address(request: Request, **more: str) -> str:
    """This list, with its filter."""
    asked = {name: forms.asked(request, name) for name in WANTED} | more
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{request.url.path}?{query}" if query else request.url.path


async def show(request: Request) -> Response:
    actor = request.state.actor
    queries.check_reader(actor)
    entry = await queries.find(actor, forms.row_id(request.path_params["id"]))
    return page(
        request,
        "trail/show.html",
        entry=entry,
        standing=await queries.standing(entry),
        places=await queries.places_of(actor, [entry]),
        changes=changes(request.state.locale, entry.before, entry.after),
        roles=roles(entry.roles),
        deed=deed,
        subject=subject,
    )


async def checkpoint(request: Request) -> Response:
    """The newest signed root, to keep somewhere else: later trails have to contain it."""
    queries.check_reader(request.state.actor)
    newest, line = await queries.newest(), await queries.newest_line()
    if newest is None:
        raise NotFound(say("Nothing is signed yet; try again in a few seconds."))
    name = f"checkpoint-{newest.size}.jsonl"
    return Response(f"{line}\n", media_type="application/jsonl", headers=attached(name))


async def export(request: Request) -> Response:
    """The trail as a zip; what lies outside the reader's reach is only a hash in it."""
    actor = request.state.actor
    newest = await operations.export(actor)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been sent
    await queries.write_export(actor, file, newest.size)
    headers = attached(f"trail-{newest.size}.zip") | {"content-length": str(file.tell())}
    return StreamingResponse(iterate_in_threadpool(chunks(file)), media_type="application/zip", headers=headers)


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        _ = file.seek(0)
        while data := file.read(CHUNK):
            yield data


def attached(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}
