"""What a form or an address says, as it was typed: a draft judges it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar, get_origin
from urllib.parse import urlencode

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from server.kit.clock import read_day, today
from server.kit.drafts import NO_DAY, Draft
from server.kit.messages import say
from server.kit.refusals import Conflict, Invalid, NotFound, Refusal, TooMany, invalid

D = TypeVar("D", bound=Draft)
F = TypeVar("F", bound=Callable[..., Any])

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
MOST_FIELDS, MOST_FILES = 200, 100
"""More than a form of ours has that is not marked by `many`. What is sent twice counts once, as it was sent last."""


class Typed(dict[str, str]):
    """What was typed, by field; "" where nothing was."""

    def __missing__(self, name: str) -> str:
        return ""


async def fields(request: Request, draft: type[Draft]) -> Typed:
    """The fields of `draft` that the form holds; a form has others too. Raises HTTPException for what is no form.

    Where the draft wants a set, everything that was ticked, as one text of words: an empty one where nothing was.
    """
    form = await texts(request)
    ticked = {name for name, field in draft.model_fields.items() if get_origin(field.annotation) is frozenset}
    form |= {name: " ".join(map(str, (await request.form()).getlist(name))) for name in ticked}
    return Typed({name: form[name] for name in draft.model_fields if name in form})


def many(most: int) -> Callable[[F], F]:
    """Mark a view whose form has more fields than others: at most so many."""

    def mark(view: F) -> F:
        view.most_fields = most  # type: ignore[attr-defined]
        return view

    return mark


async def texts(request: Request) -> Typed:
    """Everything that was typed; files are left out. Raises HTTPException for what is no form, or none of ours."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in FORMS:
        raise HTTPException(415)
    most = getattr(request.scope.get("endpoint"), "most_fields", MOST_FIELDS)
    form = await request.form(max_files=MOST_FILES, max_fields=most)
    return Typed({name: value for name, value in form.items() if isinstance(value, str)})


async def files(request: Request, name: str) -> list[UploadFile]:
    """The files that were chosen for a field. Raises HTTPException for what is no form."""
    _ = await texts(request)
    sent = (await request.form()).getlist(name)
    return [file for file in sent if isinstance(file, UploadFile) and file.filename]


def asked(request: Request, name: str) -> str:
    """What the address asks for, or ""."""
    return request.query_params.get(name, "").strip()


def row_id(text: str) -> int:
    """The number in an address; 0, which no row has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def day(request: Request, name: str = "asOf") -> date | None:
    """The past day that the address names; None is today. Raises Invalid."""
    found = read(name, asked(request, name), today())
    if found > today():
        raise invalid(**{name: say("This day is still to come; enter today or a past day.")})
    return None if found == today() else found


def read(name: str, text: str, otherwise: date) -> date:
    """The day that was typed, `otherwise` if none was. Raises Invalid."""
    try:
        return read_day(text) if text else otherwise
    except ValueError:
        raise invalid(**{name: NO_DAY}) from None


def following(path: str, typed: dict[str, str], cursor: str) -> str:
    """The address of the next page of a list, which was asked for as `typed`."""
    return f"{path}?" + urlencode({name: value for name, value in (typed | {"after": cursor}).items() if value})


def dated(day: date | None) -> str:
    """What an address ends in to keep looking at a past day."""
    return f"?asOf={day}" if day else ""


@dataclass(frozen=True)
class Attempt:
    """What came of a form: done, or what was typed and why not; nothing yet, when it was only asked for."""

    typed: Typed
    refusal: Refusal | None = None
    done: bool = False
    result: Any = None
    """What the operation answered."""

    def version(self, current: int) -> int | str:
        """The version to send next: after a conflict the one that the complaint shows, else the one that was seen."""
        if isinstance(self.refusal, Conflict):
            return self.refusal.version
        if self.refusal and "expected_version" in self.refusal.fields:
            return current
        return self.typed.get("expected_version", current)


async def attempt(
    request: Request, draft: type[D], operation: Callable[[D], Awaitable[object]], **given: str
) -> Attempt:
    """Do what the form asks, with what the address has `given`. Raises the refusals that no field can show."""
    if request.method != "POST":
        return Attempt(Typed())
    typed = await fields(request, draft)
    try:
        result = await operation(draft.parse(typed | given))
    except (Invalid, Conflict, TooMany) as refusal:
        return Attempt(typed, refusal)
    except NotFound as refusal:
        if not refusal.fields.keys() & draft.model_fields.keys() - given.keys():
            raise
        return Attempt(typed, refusal)
    return Attempt(typed, done=True, result=result)
