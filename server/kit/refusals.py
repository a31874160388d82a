"""Ways the program says no: raised below the doors, translated once in each."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import ClassVar

from server.kit.messages import Message, say


class Refusal(Exception):
    """A reason and a remedy, and the fields they concern; `code` and `status` are its names at the doors."""

    code: ClassVar[str] = "REFUSED"
    status: ClassVar[int] = 400

    def __init__(self, message: Message, fields: Mapping[str, Message] | None = None) -> None:
        super().__init__(message.text)
        self.message = message
        self.fields: dict[str, Message] = dict(fields or {})


class Unauthenticated(Refusal):
    code, status = "UNAUTHENTICATED", 401


class Forbidden(Refusal):
    code, status = "FORBIDDEN", 403


class NotFound(Refusal):
    """Absent and hidden alike: the answer does not tell which."""

    code, status = "NOT_FOUND", 404


class Conflict(Refusal):
    """Somebody else changed the row first; `version` is the current one, `fields` say what it holds now."""

    code, status = "CONFLICT", 409

    def __init__(self, message: Message, fields: Mapping[str, Message] | None = None, version: int = 0) -> None:
        super().__init__(message, fields)
        self.version = version


class Invalid(Refusal):
    code, status = "INVALID", 422


class TooMany(Refusal):
    """Worth another try after so many `seconds`."""

    code, status = "TOO_MANY", 429

    def __init__(self, message: Message, fields: Mapping[str, Message] | None = None, seconds: int = 1) -> None:
        super().__init__(message, fields)
        self.seconds = seconds


def invalid(**fields: Message) -> Invalid:
    """An Invalid that names its fields; the message is the first of them."""
    return Invalid(next(iter(fields.values()), say("This cannot be done.")), fields)


@contextmanager
def named(field: str) -> Iterator[None]:
    """What is not found while reading a field of a draft is a fault of that field: it can be mended there."""
    try:
        yield
    except NotFound as refusal:
        raise invalid(**{field: refusal.message}) from None
