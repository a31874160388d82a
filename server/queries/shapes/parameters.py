"""What a statement is run with: values of whoever asks, of the arguments given, and of the day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from server.access.actor import Actor
from server.access.scope import reaching
from server.kit.clock import today
from server.kit.messages import say
from server.kit.paging import check, number
from server.kit.paths import below
from server.kit.refusals import invalid
from server.kit.text import unstorable
from server.models.base import Scoped

Arguments = Mapping[str, Any]


class Parameter(Protocol):
    """One that is equal to another is bound once. `type` is that of PostgreSQL."""

    @property
    def type(self) -> str: ...

    def read(self, actor: Actor, given: Arguments) -> Any:
        """Raises Refusal: then the resolvers answer."""


@dataclass(frozen=True)
class Today:
    type: str = "date"

    def read(self, _: Actor, __: Arguments) -> date:
        return today()


@dataclass(frozen=True)
class Argument:
    """An argument as it was given, or what `read_as` makes of it."""

    name: str
    type: str = "text"
    read_as: Callable[[Any], Any] | None = None

    def read(self, _: Actor, given: Arguments) -> Any:
        value = given.get(self.name)
        return self.read_as(value) if self.read_as else value


@dataclass(frozen=True)
class First:
    """How many rows: `first`, from 1 to 100."""

    type: str = "int"

    def read(self, _: Actor, given: Arguments) -> int:
        return checked(given["first"])


@dataclass(frozen=True)
class Cursor:
    """One of the values in the cursor `after`, in the order of `keys`."""

    keys: tuple[str, ...]
    place: int
    type: str

    def read(self, _: Actor, given: Arguments) -> Any:
        values: Sequence[str] = check(given["first"], given["after"], self.keys) or ()
        return number(values[self.place]) if self.type == "int" else values[self.place]


@dataclass(frozen=True)
class Bound:
    """One end of the part of the tree that a grant opens of `model`."""

    model: type[Scoped]
    place: int
    end: int
    type: str = "text"

    def read(self, actor: Actor, _: Arguments) -> str:
        return below(reaching(actor, self.model)[self.place].path)[self.end]


@dataclass(frozen=True)
class Held:
    """The ids of the places whose grants open `model`."""

    model: type[Scoped]
    type: str = "int[]"

    def read(self, actor: Actor, _: Arguments) -> list[int]:
        return sorted({grant.organization_id for grant in reaching(actor, self.model)})


def checked(first: int) -> int:
    """Raises Invalid (first)."""
    _ = check(first, None, ())
    return first


def storable(value: str) -> str:
    """Raises Invalid for a text that PostgreSQL does not take."""
    if complaint := unstorable(value):
        raise invalid(value=complaint)
    return value


def code(value: str) -> str:
    """The same for a code; the resolvers know longer ones, as HG/2026-Q4."""
    if "/" in value:
        raise invalid(code=say("Choose from what is offered."))
    return storable(value)


def word_of(value: Any) -> str | None:
    """A word of the vocabulary."""
    return None if value is None else str(value.value)
