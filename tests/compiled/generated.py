"""Queries that hypothesis draws from the schema: any field that may compile, under any name, in any fragment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)
from hypothesis import strategies as st
from strawberry.utils.str_converters import to_snake_case

from server.queries.compiled import SHAPES
from server.schema import schema

SCHEMA = schema._schema
ROOTS = ("street", "organization", "organizations", "members", "checklistItems")
DEEPEST = 6
CODES = [*["HG", "HG-LY", "HG-C7", "HG-LY-01-ZB"] * 3, "HG-LY-01", "HG-C7-01-ZB", "HG-GONE", "", "X\x00"]


@dataclass
class Drawing:
    """One document on its way."""

    draw: Callable[[Any], Any]
    days: list[date | None]
    cycles: list[str]
    left: int = 40
    fragments: int = 0

    def document(self) -> str:
        query = SCHEMA.query_type
        assert query is not None
        roots = self.draw(st.lists(st.sampled_from(ROOTS), min_size=1, max_size=2, unique=True))
        parts = [self.field(query.fields[name], name, 1) for name in roots]
        return "{ " + " ".join(parts) + " }"

    def one_of(self, texts: list[str]) -> str:
        return str(self.draw(st.sampled_from(texts)))

    def field(self, definition: GraphQLField, name: str, depth: int) -> str:
        self.left -= 1
        alias = f"a{self.left}: " if self.draw(st.integers(0, 5)) == 0 else ""
        return f"{alias}{name}{self.arguments(definition)}{self.directive()}{self.selection(definition, depth)}"

    def directive(self) -> str:
        return self.one_of(["", "", "", "", "", " @include(if: true)", " @skip(if: false)", " @skip(if: true)"])

    def arguments(self, definition: GraphQLField) -> str:
        found = []
        for name, argument in definition.args.items():
            if is_required_argument(argument) or self.draw(st.booleans()):
                found.append(f"{name}: {self.value(name, get_named_type(argument.type))}")
        return f"({', '.join(found)})" if found else ""

    def value(self, name: str, kind: Any) -> str:
        match name:
            case "first":
                return str(self.draw(st.sampled_from([*[1, 2, 3] * 4, 100, 0])))
            case "after":
                return self.one_of(["null", "null", "null", '""', '"nonsense"'])
            case "code" | "within":
                return written(self.draw(st.sampled_from(CODES)))
            case "cycle":
                return written(self.draw(st.sampled_from([*self.cycles, "", "1999-Q1"])))
            case "asOf":
                day = self.draw(st.sampled_from(self.days))
                return f'"{day}"' if day else "null"
            case "search":
                return self.one_of(['""', '"六约"'])
            case "filter":
                return self.filter(kind)
        return str(self.draw(st.sampled_from([*kind.values, "null"])))

    def filter(self, kind: Any) -> str:
        names = self.draw(st.lists(st.sampled_from(sorted(kind.fields)), unique=True, max_size=2))
        return "{" + ", ".join(f"{n}: {self.value(n, get_named_type(kind.fields[n].type))}" for n in names) + "}"

    def selection(self, definition: GraphQLField, depth: int) -> str:
        kind = get_named_type(definition.type)
        return "" if is_leaf_type(kind) else self.fields(kind, depth)

    def fields(self, kind: Any, depth: int) -> str:
        assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        chosen = self.draw(st.lists(st.sampled_from(self.names(kind, depth)), min_size=1, max_size=5))
        parts = [
            "__typename" if name == "__typename" else self.field(kind.fields[name], name, depth + 1) for name in chosen
        ]
        if isinstance(kind, GraphQLInterfaceType) and self.left > 0 and self.draw(st.booleans()):
            inner = self.draw(st.sampled_from(sorted(SCHEMA.get_possible_types(kind), key=str)))
            parts.append(f"... on {inner.name} {self.fields(inner, depth + 1)}")
        if self.draw(st.integers(0, 6)) == 0 and self.left > 0:
            parts.append(f"... on {kind.name} {self.fields(kind, depth + 1)}")
        return "{ " + " ".join(self.distinct(parts)) + " }"

    def names(self, kind: Any, depth: int) -> list[str]:
        """Deep down, and when the document is long, only leaves."""
        found = ["__typename"]
        for name, definition in kind.fields.items():
            is_leaf = is_leaf_type(get_named_type(definition.type))
            if is_leaf or (depth < DEEPEST and self.left > 0):
                found.append(name)
        return found

    def distinct(self, parts: list[str]) -> list[str]:
        """One of each response key, so that fields of one name do not quarrel over their arguments."""
        known: dict[str, str] = {}
        for part in parts:
            key = (
                part
                if part.startswith("...")
                else part.split("{")[0].split("(")[0].split(" @")[0].split(":")[0].strip()
            )
            known.setdefault(key, part)
        return list(known.values())


def written(text: str) -> str:
    return '"' + text.replace("\x00", "\\u0000") + '"'


@st.composite
def documents(draw: Any, days: list[date | None], cycles: list[str]) -> str:
    return Drawing(draw, days, cycles).document()


def compilable() -> set[str]:
    """Every field that a shape knows, as Type.field: the drawings have to meet each of them."""
    return {f"{kind}.{field}" for kind, shape in SHAPES.items() for field in shape.fields}


__all__ = ["compilable", "documents", "to_snake_case"]
