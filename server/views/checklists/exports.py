"""Matrix, status and what is missing as files: the rows that the pages show, for the same choice."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from server.kit.messages import say
from server.kit.refusals import NotFound
from server.kit.sheets import CSV, JSON, XLSX, Sheet, as_csv, as_xlsx
from server.views.checklists import documents, sheets
from server.views.checklists.choice import Choice, choose

Export = Callable[[Request], Awaitable[Response]]
KINDS: dict[str, tuple[str, Callable[[Sheet], bytes]]] = {"csv": (CSV, as_csv), "xlsx": (XLSX, as_xlsx)}


def tabular(what: str, ending: str) -> Export:
    kind, written = KINDS[ending]

    async def export(request: Request) -> Response:
        choice = await chosen(request)
        sheet = await sheets.SHEETS[what](request.state.locale, choice)
        return download(written(sheet), kind, file_name(what, choice, ending))

    return export


def as_document(what: str) -> Export:
    async def export(request: Request) -> Response:
        choice = await chosen(request)
        found: dict[str, Any] = documents.head(choice) | await documents.DOCUMENTS[what](choice)
        content = json.dumps(found, ensure_ascii=False, indent=1).encode()
        return download(content, JSON, file_name(what, choice, "json"))

    return export


FILES: dict[tuple[str, str], Export] = {
    **{(what, ending): tabular(what, ending) for what in sheets.SHEETS for ending in KINDS},
    **{(what, "json"): as_document(what) for what in documents.DOCUMENTS},
}


async def chosen(request: Request) -> Choice:
    """Raises NotFound where there is nothing to export."""
    if choice := await choose(request):
        return choice
    raise NotFound(say("No cycle is open to you yet, so there is nothing to export."))


def file_name(what: str, choice: Choice, ending: str) -> str:
    place, day = choice.within.organization.code, choice.status.day.isoformat()
    parts = [what, choice.cycle.code, place, choice.asked["state"], day]
    return "-".join(part for part in parts if part) + f".{ending}"


def download(content: bytes, kind: str, name: str) -> Response:
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, media_type=kind, headers=headers)
