"""What a form or an address says, as it was typed: a draft judges it."""

from datetime import date

from starlette.exceptions import HTTPException
from starlette.requests import Request

from server.kit.drafts import Draft
from server.kit.messages import say
from server.kit.refusals import invalid

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


async def fields(request: Request, draft: type[Draft]) -> dict[str, str]:
    """The fields of `draft` that the form holds; a form has others too. Raises HTTPException for what is no form."""
    form = await texts(request)
    return {name: form[name] for name in draft.model_fields if name in form}


async def texts(request: Request) -> dict[str, str]:
    """Everything that was typed; files are left out."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in FORMS:
        raise HTTPException(415)
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def asked(request: Request, name: str) -> str:
    """What the address asks for, or ""."""
    return request.query_params.get(name, "").strip()


def day(request: Request, name: str = "asOf") -> date | None:
    """The day that the address names. Raises Invalid."""
    typed = asked(request, name)
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise invalid(**{name: say("Give a date as year-month-day, such as 2026-11-23.")}) from None


def row_id(text: str) -> int:
    """The id that an address names; 0, which no row has, for whatever cannot be one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else 0
