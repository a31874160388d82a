"""What a request has read: rows note themselves, so that nobody has to remember to say so."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

noted: ContextVar[set[int] | None] = ContextVar("noted", default=None)


@contextmanager
def noting() -> Iterator[set[int]]:
    """Collect the keys of the rows that are read meanwhile, also by tasks that are started meanwhile."""
    keys: set[int] = set()
    token = noted.set(keys)
    try:
        yield keys
    finally:
        noted.reset(token)


def note(key: int | None) -> None:
    """This row was read; outside of `noting` nobody asks."""
    keys = noted.get()
    if keys is not None and key is not None:
        keys.add(key)
