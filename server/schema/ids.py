"""Global ids: the type and the key of an object in one word, so that it is found again by that word alone."""

# ruff: noqa: A002 - the arguments go by GraphQL's usual names

import base64
import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import strawberry

from server.kit.messages import say
from server.kit.numbers import MAX_INT
from server.kit.refusals import Invalid, NotFound, invalid
from server.schema.context import Info
from server.schema.types import field

FORM = re.compile("([A-Za-z]+):([1-9][0-9]{0,9})")


@strawberry.interface(description="Anything that has a global id 对象.")
class Node:
    id: strawberry.ID = strawberry.field(description="Global id 全局标识; opaque.")


Finder = Callable[[Info, int], Awaitable[Node | None]]

FINDERS: dict[str, Finder] = {}
"""How each type is found by its key."""

Maker = Callable[[Any], Node]

MAKERS: dict[str, Maker] = {}
"""How a type is made of its row, for a module that the type's own module imports."""


class Parsed(NamedTuple):
    kind: str
    key: int


def finds(*kinds: str) -> Callable[[Finder], Finder]:
    """Make a function the finder of these types."""

    def register(finder: Finder) -> Finder:
        FINDERS.update(dict.fromkeys(kinds, finder))
        return finder

    return register


def makes(kind: str) -> Callable[[Maker], Maker]:
    """Make a function the maker of this type."""

    def register(maker: Maker) -> Maker:
        MAKERS[kind] = maker
        return maker

    return register


def global_id(kind: str, key: int) -> strawberry.ID:
    return strawberry.ID(base64.b64encode(f"{kind}:{key}".encode()).decode())


def key_of(text: str, kind: str, field: str = "id") -> int:
    """The key in the global id of a `kind`. Raises Invalid (`field`)."""
    found = parsed(text)
    if found is None or found.kind != kind:
        raise bad_id(field, kind)
    return found.key


def parsed(text: str) -> Parsed | None:
    """None for anything that `global_id` did not make."""
    try:
        match = FORM.fullmatch(base64.b64decode(text.encode("ascii"), validate=True).decode("ascii"))
    except ValueError:
        return None
    if match is None or int(match[2]) > MAX_INT or global_id(match[1], int(match[2])) != text:
        return None
    return Parsed(match[1], int(match[2]))


def bad_id(field: str, kind: str) -> Invalid:
    return invalid(**{field: say("This is not the id of a {kind}; use one that an earlier answer gave.", kind=kind)})


async def find(info: Info, kind: str, key: int) -> Any:
    """The object of this type, or None if there is none that the reader sees."""
    try:
        node = await FINDERS[kind](info, key)
    except NotFound:
        return None
    return node if type(node).__name__ == kind else None


@strawberry.type
class Query:
    @field("Any object by its global id 全局标识.")
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        found = parsed(id)
        if found is None or found.kind not in FINDERS:
            raise bad_id("id", "Node")
        node: Node | None = await find(info, *found)
        if node is None:
            missing = say("There is nothing with this id here for you; take the id from a newer answer.")
            raise NotFound(missing, {"id": missing})
        return node
