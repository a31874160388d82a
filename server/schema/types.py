"""What the types of all features are made with: the glossary's words, instants, names of places, typed decorators."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

import strawberry

from server import vocabulary
from server.kit.terms import Term
from server.queries import organizations
from server.vocabulary import OrganizationKind

if TYPE_CHECKING:
    from server.models.organizations import Organization

F = TypeVar("F", bound=Callable[..., Any])


def field(description: str) -> Callable[[F], F]:
    """Strawberry's decorator, which forgets the type of what it decorates."""
    made: Callable[[F], F] = strawberry.field(description=description)
    return made


def mutation(description: str) -> Callable[[F], F]:
    made: Callable[[F], F] = strawberry.mutation(description=description)
    return made


def enumerate_term(term: type[Term], name: str | None = None) -> None:
    """Make `term` an enumeration whose values are described by their labels."""
    enum: Any = strawberry.enum(term, name=name, description=vars(term).get("__doc__"))
    for value, word in zip(enum.__strawberry_definition__.values, term, strict=True):
        value.description = f"{word.en} {word.zh}"


for term in vars(vocabulary).values():
    if isinstance(term, type) and issubclass(term, Term) and term is not Term:
        enumerate_term(term)


def written(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


DAY = strawberry.scalar(
    name="Date",
    description="A day, such as 2026-11-23 日期.",
    serialize=date.isoformat,
    parse_value=date.fromisoformat,
)

INSTANT = strawberry.scalar(
    name="DateTime",
    description="An instant in UTC, such as 2026-11-23T05:18:36.000Z 时刻.",
    serialize=written,
    parse_value=datetime.fromisoformat,
)


@strawberry.type(description="A place by name only 地点.")
class PlaceName:
    code: str = strawberry.field(description="编码.")
    name: str = strawberry.field(description="名称.")
    kind: OrganizationKind = strawberry.field(description="组织类别.")

    @classmethod
    def of(cls, place: "organizations.PlaceName | Organization") -> Self:
        return cls(code=place.code, name=place.name, kind=place.kind)
