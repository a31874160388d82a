"""What there is to be asked of a type, and where it lies in the tables; declared once, beside its queries.

In the SQL of a shape `{t}` is the row of the object itself and `{p}` that of the object around it; `{day}` is the day
that is looked at, `{today}` today; any other name in braces is a parameter of the field.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server.models.base import Scoped
from server.queries.shapes.parameters import Parameter

Parameters = Mapping[str, Parameter]


@dataclass(frozen=True)
class Leaf:
    """A value as JSON text; never NULL, for one NULL would void the object around it."""

    sql: str


def text(sql: str) -> Leaf:
    return Leaf(f"coalesce(to_json({sql})::text, 'null')")


def word(sql: str) -> Leaf:
    """A word of the vocabulary or a digest: nothing in it has to be escaped."""
    return Leaf(f"coalesce('\"' || ({sql}) || '\"', 'null')")


def number(sql: str) -> Leaf:
    """Also truth, which PostgreSQL writes as JSON does."""
    return Leaf(f"coalesce(({sql})::text, 'null')")


def day(sql: str) -> Leaf:
    return Leaf(f"coalesce('\"' || ({sql})::text || '\"', 'null')")


def instant(sql: str) -> Leaf:
    """In UTC, to the millisecond."""
    written = f"""to_char(({sql}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""
    return Leaf(f"coalesce('\"' || {written} || '\"', 'null')")


def key(kind: str, sql: str) -> Leaf:
    """The global id of an object of this type."""
    return Leaf(f"'\"' || encode(('{kind}:' || ({sql}))::bytea, 'base64') || '\"'")


@dataclass(frozen=True)
class One:
    """One other object, or null. `of` names its shape, or several that are told apart by their kind.

    `joined`: it is part of what is around it and always there, so its row is joined, on this condition, and no scope.
    `today`: it is looked at as it stands today, whatever the day. `as_of`: on the day that this reads.
    `must`: without it nothing is answered, and the resolvers say why.
    """

    of: tuple[str, ...]
    where: str = ""
    joined: str | None = None
    today: bool = False
    as_of: Parameter | None = None
    must: bool = False
    parameters: Parameters = field(default_factory=dict)


@dataclass(frozen=True)
class Many:
    """A list, in an order. `optional`: what is asked of a row when the argument of this name is given."""

    of: tuple[str, ...]
    where: str
    order: str
    optional: Mapping[str, str] = field(default_factory=dict)
    parameters: Parameters = field(default_factory=dict)


@dataclass(frozen=True)
class Key:
    """A part of a keyset order: the SQL, and its type in PostgreSQL."""

    sql: str
    type: str = "text"


Order = Mapping[str, Key]
"""By the names that the order has for the resolvers: a cursor of the one is good for the other. The last is unique."""


@dataclass(frozen=True)
class Lookup:
    """What an argument names: the SQL `value` of the row, or NULL; then the resolvers say why there is none."""

    of: tuple[str, ...]
    where: str
    value: str
    order: str = "1"


@dataclass(frozen=True)
class Page:
    """A connection: a page of a list in a keyset order, where it lies, and how many there are in all.

    `edge` is what an edge tells beside its cursor and its node. `orders`: by the value of the argument `order_by`.
    `lookups`: what the arguments of these names speak of; a condition uses it by that name.
    """

    of: tuple[str, ...]
    where: str
    order: Order
    orders: Mapping[Any, Order] = field(default_factory=dict)
    edge: Mapping[str, "Field"] = field(default_factory=dict)
    optional: Mapping[str, str] = field(default_factory=dict)
    lookups: Mapping[str, Lookup] = field(default_factory=dict)
    as_of: Parameter | None = None
    parameters: Parameters = field(default_factory=dict)


Field = Leaf | One | Many | Page


@dataclass(frozen=True)
class Place:
    """A path in the tree that decides whether a row is seen; `today`: as it stands today, whatever the day.

    `through`: where the path is one of several; then {reached} is what is asked of each.
    """

    path: str
    today: bool = False
    through: str = "{reached}"


@dataclass(frozen=True)
class Shape:
    """A type. `source` is its FROM; whoever reaches all `places` under the rules of `model` sees a row.

    `model` None: part of the object that holds it, and seen with that. `kind` (the value of `kind_of`) tells shapes
    of one source apart. `holds`: what is true of a row on the day looked at. `notes`: a key to be noted when read.
    """

    source: str
    fields: Mapping[str, Field]
    model: type[Scoped] | None = None
    places: tuple[Place, ...] = ()
    kind: str = ""
    kind_of: str = ""
    holds: str = ""
    notes: str = ""


ROOTS = "Query"
"""The name of the shape whose fields are where a question begins."""

Shapes = Mapping[str, Shape]
