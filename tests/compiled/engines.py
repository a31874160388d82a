"""One question, answered by one statement or by the resolvers."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from server.access.actor import Actor
from server.schema import schema
from server.schema.compiled import Compiled
from server.schema.context import Context
from server.schema.endpoint import encoded


class Told(NamedTuple):
    """The bytes of `data`, and the errors as graphql-core words them, in no order: roots are asked at the same time."""

    is_compiled: bool
    text: str
    errors: list[str]


async def told(query: str, who: Actor, variables: Mapping[str, Any], *, compiles: bool) -> Told:
    context = Context(who, "zh")
    context.compiles = compiles
    result = await schema.execute(query, dict(variables), context)
    if isinstance(result, Compiled):
        return Told(True, result.text, [])
    return Told(False, encoded(result.data).decode(), sorted(str(error) for error in result.errors or ()))
