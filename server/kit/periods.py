"""Stretches of the calendar: the months, quarters and years that lie in a span of days."""

import re
from datetime import date, timedelta
from typing import NamedTuple


class Span(NamedTuple):
    """Days from `first` to `last`, both counted."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


NAMED = re.compile("(2[0-9]{3})(?:-Q([1-4])|-(0[1-9]|1[0-2]))?")


def months_of(first: date, last: date) -> list[Span]:
    """The months of a span, the first and the last cut to it."""
    return cut(first, last, 1)


def quarters_of(first: date, last: date) -> list[Span]:
    return cut(first, last, 3)


def years_of(first: date, last: date) -> list[Span]:
    """The whole years that a span touches, as one stretch."""
    return [Span(date(first.year, 1, 1), date(last.year, 12, 31))]


def cut(first: date, last: date, months: int) -> list[Span]:
    spans, begin = [], date(first.year, first.month - (first.month - 1) % months, 1)
    while begin <= last:
        following = later(begin, months)
        spans.append(Span(max(begin, first), min(following - timedelta(days=1), last)))
        begin = following
    return spans


def later(day: date, months: int) -> date:
    """The first of the month that many months on."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def named(code: str) -> Span | None:
    """The year 2026, the quarter 2026-Q4, the month 2026-11; None for any other text."""
    found = NAMED.fullmatch(code)
    if found is None:
        return None
    year, quarter, month = int(found[1]), found[2], found[3]
    if quarter:
        return whole(date(year, int(quarter) * 3 - 2, 1), 3)
    return whole(date(year, int(month), 1), 1) if month else whole(date(year, 1, 1), 12)


def name_of(span: Span) -> str:
    """The name of a year, a quarter or a month; "" for any other stretch."""
    first = span.first
    names = (f"{first.year}", f"{first.year}-Q{(first.month + 2) // 3}", f"{first.year}-{first.month:02}")
    return next((name for name in names if named(name) == span), "")


def following(span: Span) -> Span:
    """The stretch after it: as many whole months, if it is made of such; else as many days."""
    begin = span.last + timedelta(days=1)
    if span.first.day == begin.day == 1:
        return whole(begin, (begin.year - span.first.year) * 12 + begin.month - span.first.month)
    return Span(begin, begin + (span.last - span.first))


def whole(first: date, months: int) -> Span:
    return Span(first, later(first, months) - timedelta(days=1))
