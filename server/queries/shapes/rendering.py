"""One statement for a whole plan: PostgreSQL writes the JSON of the answer itself, as text.

Text that is put together costs half of what json_build_object does. Every row is asked for at one place (`rows`),
which adds the scope of whoever asks; a shape that has a place and no model, or a model and no place, does not compile.
A part that has to be there and is not makes the whole answer NULL: then the resolvers answer, and say why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from server.access.actor import Actor
from server.access.scope import reaching
from server.kit.clock import today
from server.models.base import Scoped
from server.queries.shapes.frames import Beside, Frame, Names
from server.queries.shapes.parameters import Bound, Cursor, First, Held, Parameter
from server.queries.shapes.plan import Asked, Given, Plan, Selection, Uncompilable
from server.queries.shapes.shape import ROOTS, Field, Leaf, Lookup, Many, One, Order, Page, Place, Shape, Shapes
from server.queries.shapes.telling import TYPENAME, Told, is_down
from server.queries.shapes.text import Fixed, Made, Part, an_object, concatenated

KNOWN = frozenset({"first", "after", "order_by", "as_of"})
"""Arguments that every page knows."""

PAST = """{name}_of (id) AS (
      SELECT unnest({held}) UNION SELECT predecessor_id FROM lineage JOIN {name}_of ON successor_id = {name}_of.id),
    {name} AS MATERIALIZED (
      SELECT path AS low, left(path, -1) || '0' AS high FROM placement JOIN {name}_of ON organization_id = {name}_of.id
       WHERE valid_from <= {day} AND (valid_to IS NULL OR valid_to > {day}))"""
"""Where places, and whatever they came out of, stood on a day."""

NOTED = "\x01"
"""Stands around a key that is noted when it is read: JSON never holds it as it is."""


@dataclass(frozen=True)
class Statement:
    """SQL, and what its parameters are; the only column of its only row is the answer, or NULL."""

    sql: str
    slots: tuple[tuple[int, Parameter], ...]
    notes: bool

    def values(self, actor: Actor, given: Sequence[Mapping[str, Any]]) -> list[Any]:
        """The parameters, from the arguments of each call. Raises Refusal."""
        return [parameter.read(actor, given[call] if call >= 0 else {}) for call, parameter in self.slots]


def statement(shapes: Shapes, plan: Plan, actor: Actor) -> Statement:
    """Raises Uncompilable, and Refusal for what the actor may not ask at all."""
    writer = Writer(shapes, actor)
    answer = writer.members(ROOTS, plan.roots, Frame(), Beside())
    heads = f"WITH RECURSIVE {', '.join(writer.tables.values())} " if writer.tables else ""
    return Statement(f"{heads}SELECT {answer} AS answer", tuple(writer.slots), writer.notes)


class Writer:
    def __init__(self, shapes: Shapes, actor: Actor) -> None:
        self.shapes, self.actor = shapes, actor
        self.slots: list[tuple[int, Parameter]] = []
        self.tables: dict[str, str] = {}
        self.aliases = 0
        self.notes = False

    # --- parameters and names

    def bind(self, parameter: Parameter, call: int = -1) -> str:
        if (call, parameter) not in self.slots:
            self.slots.append((call, parameter))
        return f"${self.slots.index((call, parameter)) + 1}::{parameter.type}"

    def filled(
        self,
        sql: str,
        frame: Frame,
        around: Frame | None = None,
        parameters: Mapping[str, Parameter] | None = None,
        call: int = -1,
        **others: str,
    ) -> str:
        return sql.format_map(Names(self, frame, around, parameters or {}, call, others))

    def beside(self, around: Frame, *, today: bool = False) -> Frame:
        """A new row, on the same day or today."""
        self.aliases += 1
        alias = f"t{self.aliases}"
        return Frame(alias) if today else replace(around, alias=alias)

    def on(self, frame: Frame, as_of: Parameter | None, given: Given) -> Frame:
        """On the day that is asked for, if the field asks for one."""
        if as_of is None:
            return frame
        is_today = given.values.get("as_of") in (None, today())
        return replace(frame, day=as_of, call=given.call, is_today=is_today)

    # --- rows, and who sees them

    def rows(
        self, shape: Shape, frame: Frame, around: Frame | None, conditions: Iterable[str], joins: Sequence[str] = ()
    ) -> str:
        """FROM and WHERE: the rows of a shape that stand on the day looked at and that the actor sees."""
        wanted = [*conditions, self.filled(shape.holds, frame), *self.scope(shape, frame)]
        source = " ".join([self.filled(shape.source, frame, around), *joins])
        return f"FROM {source} WHERE {' AND '.join(filter(None, wanted)) or 'true'}"

    def scope(self, shape: Shape, frame: Frame) -> list[str]:
        if (shape.model is None) != (not shape.places):
            raise Uncompilable("a place and no model, or a model and no place")
        if shape.model is None:
            return []
        return [self.reached(shape.model, place, frame) for place in shape.places]

    def reached(self, model: type[Scoped], place: Place, frame: Frame) -> str:
        grants, path = reaching(self.actor, model), self.filled(place.path, frame)
        if place.today or frame.is_today:
            bounds = [
                f"{path} >= {self.bind(Bound(model, number, 0))} AND {path} < {self.bind(Bound(model, number, 1))}"
                for number in range(len(grants))
            ]
            found = f"({' OR '.join(bounds) or 'false'})"
        else:
            found = f"EXISTS (SELECT FROM {self.past(model, frame)} reach WHERE {path} >= low AND {path} < high)"
        return self.filled(place.through, frame, None, reached=found)

    def past(self, model: type[Scoped], frame: Frame) -> str:
        """A table of where the places of the actor, and whatever they came out of, stood on a past day."""
        held, day = self.bind(Held(model)), self.bind(frame.day, frame.call)
        name = "reach_" + "_".join(each.removeprefix("$").split(":")[0] for each in (held, day))
        self.tables[name] = PAST.format(name=name, held=held, day=day)
        return name

    def kinds(self, names: Sequence[str], frame: Frame) -> str:
        """Of these shapes, where their source holds others too."""
        first = self.shapes[names[0]]
        others = [shape for shape in self.shapes.values() if shape.kind and shape.source == first.source]
        if not first.kind or len(names) == len(others):
            return ""
        words = ", ".join(f"'{self.shapes[name].kind}'" for name in names)
        return f"{self.filled(first.kind_of, frame)} IN ({words})"

    # --- objects

    def object(self, names: Sequence[str], of: Selection, frame: Frame, beside: Beside) -> str:
        """One object of one of these shapes."""
        found = {name: self.members(name, of[name], frame, beside) for name in names}
        if len(set(found.values())) == 1:
            return found[names[0]]
        arms = " ".join(f"WHEN '{self.shapes[name].kind}' THEN {sql}" for name, sql in found.items())
        return f"CASE {self.filled(self.shapes[names[0]].kind_of, frame)} {arms} END"

    def members(self, name: str, asked: Sequence[Asked], frame: Frame, beside: Beside) -> str:
        shape = self.shapes[name]
        answer = an_object((each.key, self.value(name, shape.fields, each, frame, beside)) for each in asked)
        if not shape.notes:
            return answer.sql
        self.notes = True
        noted = Made(f"({self.filled(shape.notes, frame)})::text")
        return concatenated([Fixed(NOTED), noted, Fixed(NOTED), answer]).sql

    def value(self, name: str, fields: Mapping[str, Field], asked: Asked, frame: Frame, beside: Beside) -> Part:
        """Raises Uncompilable for a field that the shape does not know."""
        if asked.name == TYPENAME:
            return Fixed(f'"{name}"')
        match fields.get(asked.name):
            case Leaf(sql=sql):
                return Made(self.filled(sql, frame))
            case One() as one:
                return Made(self.one(one, asked, frame, beside))
            case Many() as many:
                return Made(self.many(many, asked, frame))
            case Page() as page:
                return Made(self.page(page, asked, frame))
        raise Uncompilable(f"{name}.{asked.name}")

    def one(self, one: One, asked: Asked, around: Frame, beside: Beside) -> str:
        frame = self.on(self.beside(around, today=one.today), one.as_of, asked.given)
        if one.joined is not None:
            source = self.filled(self.shapes[one.of[0]].source, frame)
            beside.joins.append(f"JOIN {table(source)} ON {self.filled(one.joined, frame, around)}")
            return self.object(one.of, asked.of, frame, beside)
        inner = Beside()
        answer = self.object(one.of, asked.of, frame, inner)
        wanted = [self.filled(one.where, frame, around, one.parameters, asked.given.call), self.kinds(one.of, frame)]
        found = f"(SELECT {answer} {self.rows(self.shapes[one.of[0]], frame, around, wanted, inner.joins)})"
        return found if one.must else f"coalesce({found}, 'null')"

    def many(self, many: Many, asked: Asked, around: Frame) -> str:
        frame, inner = self.beside(around), Beside()
        answer = self.object(many.of, asked.of, frame, inner)
        rows = self.rows(
            self.shapes[many.of[0]], frame, around, self.wanted(many, asked.given, frame, around), inner.joins
        )
        order = self.filled(many.order, frame)
        return f"'[' || coalesce((SELECT string_agg({answer}, ',' ORDER BY {order}) {rows}), '') || ']'"

    def wanted(self, field: Many | Page, given: Given, frame: Frame, around: Frame, **found: str) -> list[str]:
        """Raises Uncompilable for an argument that the shape does not know."""
        for name, value in given.values.items():
            if value not in (None, "") and name not in KNOWN | field.optional.keys():
                raise Uncompilable(f"the argument {name}")
        conditions = [field.where, *(sql for name, sql in field.optional.items() if given.has(name))]
        filled = [self.filled(sql, frame, around, field.parameters, given.call, **found) for sql in conditions]
        return [*filled, self.kinds(field.of, frame)]

    def lookup(self, lookup: Lookup, page: Page, given: Given, around: Frame) -> str:
        frame = self.beside(around)
        wanted = [self.filled(lookup.where, frame, None, page.parameters, given.call), self.kinds(lookup.of, frame)]
        rows = self.rows(self.shapes[lookup.of[0]], frame, None, wanted)
        order = self.filled(lookup.order, frame)
        return f"(SELECT {self.filled(lookup.value, frame)} {rows} ORDER BY {order} LIMIT 1)"

    # --- pages

    def page(self, page: Page, asked: Asked, around: Frame) -> str:
        """The rows of a page by their keys first, then whatever is asked of them."""
        given, shape = asked.given, self.shapes[page.of[0]]
        order = page.orders.get(given.values.get("order_by"), page.order)
        inner = self.on(self.beside(around), page.as_of, given)
        found = {name: self.lookup(each, page, given, inner) for name, each in page.lookups.items() if given.has(name)}
        wanted, first = self.wanted(page, given, inner, around, **found), self.bind(First(), given.call)
        behind = [*wanted, self.beyond(order, given, inner)] if given.values.get("after") else wanted
        by = ", ".join(
            f"{self.filled(key.sql, inner)}{' DESC' if is_down(name) else ''}" for name, key in order.items()
        )
        listed = (
            f"SELECT {inner.alias}.id, row_number() OVER (ORDER BY {by}) AS place"
            f" {self.rows(shape, inner, around, behind)} ORDER BY {by} LIMIT {first} + 1"
        )
        outer, beside = self.beside(inner), Beside()
        told = Told(self, page, order, outer, beside, first, given)
        [(name, selection)] = asked.of.items()
        count = f"(SELECT count(*) {self.rows(shape, inner, around, wanted)})"
        answer = told.connection(name, selection, count)
        source = " ".join([self.filled(shape.source, outer, around), *beside.joins])
        rows = f"({listed}) page JOIN {table(source)} ON {outer.alias}.id = page.id"
        shown = f"(SELECT {answer} FROM {rows} GROUP BY ())"  # noqa: S608 - one row, whatever is asked of the page
        there = " AND ".join(f"{each} IS NOT NULL" for each in found.values())
        return f"CASE WHEN {there} THEN {shown} END" if there else shown

    def beyond(self, order: Order, given: Given, frame: Frame) -> str:
        """Rows behind the cursor: (a > x) or (a = x and b > y)."""
        names = tuple(order)
        columns = [self.filled(key.sql, frame) for key in order.values()]
        bound = [self.bind(Cursor(names, place, key.type), given.call) for place, key in enumerate(order.values())]
        same = [f"{column} = {value}" for column, value in zip(columns, bound, strict=True)]
        alternatives = [
            " AND ".join([*same[:place], f"{columns[place]} {'<' if is_down(name) else '>'} {bound[place]}"])
            for place, name in enumerate(names)
        ]
        return f"(({') OR ('.join(alternatives)}))"


def table(source: str) -> str:
    """As something that can be joined: PostgreSQL takes no parentheses around a single table."""
    return f"({source})" if " JOIN " in source else source
