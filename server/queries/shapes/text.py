"""JSON put together in SQL: what is fixed and what is not, joined with ||."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True)
class Fixed:
    """JSON text that is the same for every row."""

    text: str


@dataclass(frozen=True)
class Made:
    """SQL of JSON text."""

    sql: str


Part = Fixed | Made


def concatenated(parts: Iterable[Part]) -> Made:
    """Fixed texts beside each other become one."""
    found = []
    for is_fixed, group in groupby(parts, lambda part: isinstance(part, Fixed)):
        if is_fixed:
            found.append(quoted("".join(part.text for part in group if isinstance(part, Fixed))))
        else:
            found += [part.sql for part in group if isinstance(part, Made)]
    return Made(" || ".join(found))


def an_object(members: Iterable[tuple[str, Part]]) -> Made:
    parts: list[Part] = [Fixed("{")]
    for number, (key, value) in enumerate(members):
        parts += [Fixed(f'{"," if number else ""}"{key}":'), value]
    return concatenated([*parts, Fixed("}")])


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
