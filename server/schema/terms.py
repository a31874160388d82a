"""The words of the glossary as GraphQL enumerations; one date format for all instants."""

from datetime import UTC, datetime
from inspect import getdoc

import strawberry

from server import vocabulary
from server.kit.terms import Term

for term in vars(vocabulary).values():
    if isinstance(term, type) and issubclass(term, Term) and term is not Term:
        own = getdoc(term) if "__doc__" in vars(term) else None
        enum = strawberry.enum(term, description=own)
        for value, word in zip(enum.__strawberry_definition__.values, term, strict=True):
            value.description = f"{word.en} {word.zh}"


def written(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


INSTANT = strawberry.scalar(
    name="DateTime",
    description="An instant in UTC, such as 2026-11-23T05:18:36.000Z 时刻.",
    serialize=written,
    parse_value=datetime.fromisoformat,
)
