"""What the program writes about itself: one line of JSON an event, or coloured text for a terminal.

A line holds names and numbers of ours. What a library says, what an exception of somebody else's says, and the values
of variables may hold personal data; none of it is written: of an exception stays its kind and where it was raised.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

ROOT = Path(__file__).resolve().parent.parent
OURS = "qiangji"
KNOWN = ("method", "route", "status", "ms", "door", "account", "token", "request_id")
"""What a line may say beside its event."""
DATABASE = {"sqlstate": "sqlstate", "table_name": "table", "constraint_name": "constraint"}
MOST_FRAMES, MOST_CAUSES = 40, 5


def configuration(level: str) -> dict[str, Any]:
    """For logging.config.dictConfig; granian applies it in the worker."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"events": {"()": structlog.stdlib.ProcessorFormatter, "processors": processors()}},
        "handlers": {"output": {"class": "logging.StreamHandler", "formatter": "events"}},
        "root": {"handlers": ["output"], "level": "WARNING"},
        "loggers": {OURS: {"level": level.upper()}, "_granian": {}, "granian.access": {}},
    }


def processors() -> list[Processor]:
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    return [
        structlog.stdlib.ExtraAdder(allow=KNOWN),
        vouched,
        failure,
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else renderer,
    ]


def vouched(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """What we say, in full; of the server, the first line; of any other library, only which and where."""
    record = event["_record"]
    family = record.name.split(".")[0]
    if family in ("_granian", "granian"):
        event["event"] = str(event["event"]).partition("\n")[0]
    elif family != OURS:
        event["event"] = f"{record.name}: {place(record.pathname)}:{record.lineno}"
    return event


def failure(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replaces an exception by what may be told of it."""
    found = event.pop("exc_info", None) or event["_record"].exc_info
    error = found if isinstance(found, BaseException) else found[1] if isinstance(found, tuple) else None
    if error is not None:
        event["error"] = list(told(error))
    event.pop("stack_info", None)
    return event


def told(error: BaseException | None) -> Iterator[dict[str, Any]]:
    """The exception, then what caused it: kinds, frames, what PostgreSQL names; words only of our own classes."""
    for _ in range(MOST_CAUSES):
        if error is None:
            return
        kind = type(error)
        entry: dict[str, Any] = {"type": f"{kind.__module__}.{kind.__qualname__}"}
        if kind.__module__.startswith("server."):
            entry["says"] = str(error)
        entry |= {name: value for key, name in DATABASE.items() if (value := getattr(error, key, None))}
        yield entry | {"frames": list(frames(error.__traceback__))[-MOST_FRAMES:]}
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def frames(traceback: TracebackType | None) -> Iterator[str]:
    for frame, line in walk_tb(traceback):
        yield f"{place(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}"


def place(file: str) -> str:
    """A file of ours by its path in the project, another by its last two names."""
    path = Path(file)
    return str(path.relative_to(ROOT / "server")) if path.is_relative_to(ROOT / "server") else "/".join(path.parts[-2:])
