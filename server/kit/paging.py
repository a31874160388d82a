"""Keyset pages: a cursor is the sort key of a row, so a page is as cheap at the end as at the start."""

import base64
import binascii
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar

from tortoise.exceptions import OperationalError
from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from server.kit.messages import say
from server.kit.numbers import MAX_INT
from server.kit.refusals import Invalid, invalid
from server.kit.text import fits

MOST = 100
LONGEST = 400
"""Of a value in a cursor: no column that is sorted by holds more."""

R = TypeVar("R")
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Slice(Generic[R]):
    """Rows in order, each with its cursor, and whether there are others on either side."""

    rows: list[R]
    cursors: list[str]
    has_next: bool
    has_previous: bool


@dataclass(frozen=True)
class Page(Slice[M]):
    """A slice of `rows_in_all`, the query without its page."""

    rows_in_all: QuerySet[M]


async def page(rows: QuerySet[M], keys: Sequence[str], first: int, after: str | None = None) -> Page[M]:
    """The next `first` rows behind the cursor `after`, in the order of `keys` ("a__b"; "-a" descends).

    The last key is unique. Raises Invalid (first, after).
    """
    start = check(first, after, keys)
    behind = rows.filter(beyond(keys, start)) if start else rows
    try:
        found = await behind.order_by(*keys).limit(first + 1)
    except (ValueError, OperationalError):
        if start is None:
            raise
        raise bad_cursor() from None
    shown = sliced(found, keys, first, start)
    return Page(shown.rows, shown.cursors, shown.has_next, shown.has_previous, rows)


def check(first: int, after: str | None, keys: Sequence[str]) -> list[str] | None:
    """The values in the cursor, if there is one. Raises Invalid (first, after)."""
    if not 1 <= first <= MOST:
        raise invalid(first=say("Ask for 1 to {most} rows at a time.", most=MOST))
    return decoded(after, keys) if after else None


def sliced(found: Sequence[R], keys: Sequence[str], first: int, start: list[str] | None) -> Slice[R]:
    """The first of the rows `found` behind `start`; one more than `first` tells that there are others."""
    shown = list(found[:first])
    return Slice(shown, [encoded(row, keys) for row in shown], len(found) > first, start is not None)


def beyond(keys: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows that come after `values`: (a > x) or (a = x and b > y) …"""
    alternatives = []
    for index, key in enumerate(keys):
        same = {k.removeprefix("-"): v for k, v in zip(keys[:index], values, strict=False)}
        alternatives.append(Q(**same, **{f"{key.removeprefix('-')}__{'lt' if key[0] == '-' else 'gt'}": values[index]}))
    return reduce(lambda left, right: left | right, alternatives)


def encoded(row: object, keys: Sequence[str]) -> str:
    values = [str(reduce(getattr, key.removeprefix("-").split("__"), row)) for key in keys]
    return base64.urlsafe_b64encode(json.dumps([order(keys), *values], ensure_ascii=False).encode()).decode()


def order(keys: Sequence[str]) -> str:
    """A mark of the order that a cursor belongs to: in another one it would name another place."""
    return f"{zlib.crc32(' '.join(keys).encode()):08x}"


def decoded(cursor: str, keys: Sequence[str]) -> list[str]:
    """Raises Invalid (after) for anything that this program did not make."""
    try:
        values = json.loads(base64.b64decode(cursor.encode(), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise bad_cursor() from None
    if not isinstance(values, list) or not all(isinstance(v, str) and fits(v, LONGEST) for v in values):
        raise bad_cursor()
    if len(values) != len(keys) + 1 or values[0] != order(keys):
        raise bad_cursor()
    return values[1:]


def number(text: str) -> int:
    """The number in a cursor. Raises Invalid (after) for what no row could have."""
    if not text.isdecimal() or len(text) > 10 or int(text) > MAX_INT:
        raise bad_cursor()
    return int(text)


def bad_cursor() -> Invalid:
    return invalid(after=say("Use an endCursor that an earlier answer gave, or leave it out to start again."))
