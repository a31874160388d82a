"""Stretches of the calendar: the months, quarters and years that lie in a span of days."""

from datetime import date, timedelta
from typing import NamedTuple


class Span(NamedTuple):
    """Days from `first` to `last`, both counted."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


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
