"""Table of contents of what is answered by one statement, and how one is run."""

from collections.abc import Mapping, Sequence
from typing import Any

from tortoise import connections

from server.access.actor import Actor
from server.kit import reading
from server.queries.checklists import shapes as checklists
from server.queries.members import shapes as members
from server.queries.organizations import shapes as organizations
from server.queries.shapes.plan import Asked, Given, Plan, Selection, Uncompilable
from server.queries.shapes.rendering import NOTED, Statement, statement
from server.queries.shapes.shape import ROOTS, Shape, Shapes

SHAPES: Shapes = {
    **organizations.SHAPES,
    **members.SHAPES,
    **checklists.SHAPES,
    ROOTS: Shape("", {**organizations.ROOTS, **members.ROOTS, **checklists.ROOTS}),
}

__all__ = ["Asked", "Given", "Plan", "Selection", "Statement", "Uncompilable", "answer", "prepared"]


def prepared(actor: Actor, plan: Plan) -> Statement:
    """For whoever has the same roles at as many places. Raises Uncompilable, Refusal."""
    return statement(SHAPES, plan, actor)


async def answer(actor: Actor, sql: Statement, given: Sequence[Mapping[str, Any]]) -> str | None:
    """The JSON of the answer, or None when something that is asked about is not there. Raises Refusal."""
    values = sql.values(actor, given)
    [row] = await connections.get("default").execute_query_dict(sql.sql, values)
    text: str | None = row["answer"]
    if text is None or not sql.notes:
        return text
    parts = text.split(NOTED)
    for key in parts[1::2]:
        reading.note(int(key))
    return "".join(parts[::2])
