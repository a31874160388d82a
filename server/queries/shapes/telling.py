"""What is told of a page: its edges, where it lies, and how many rows there are in all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.kit.paging import order as mark
from server.queries.shapes.frames import Beside, Frame
from server.queries.shapes.plan import Asked, Given, Selection, Uncompilable
from server.queries.shapes.shape import Order, Page
from server.queries.shapes.text import Fixed, Made, Part, an_object

if TYPE_CHECKING:
    from server.queries.shapes.rendering import Writer

TYPENAME = "__typename"


@dataclass(frozen=True)
class Told:
    """What is told of one page: its rows come as `page (id, place)`, joined to their tables under the alias `frame`."""

    writer: "Writer"
    page: Page
    order: Order
    frame: Frame
    beside: Beside
    first: str
    given: Given

    def connection(self, name: str, asked: Sequence[Asked], count: str) -> str:
        def value(each: Asked) -> Part:
            match each.name:
                case "edges":
                    return Made(self.edges(*one_of(each.of)))
                case "page_info":
                    return an_object((one.key, self.place(one)) for one in one_of(each.of)[1])
                case "total_count":
                    return Made(f"{count}::text")
            return typename(name, each)

        return an_object((each.key, value(each)) for each in asked).sql

    def edges(self, name: str, asked: Sequence[Asked]) -> str:
        def value(each: Asked) -> Part:
            match each.name:
                case "cursor":
                    return Made(f"'\"' || {self.cursor} || '\"'")
                case "node":
                    return Made(self.writer.object(self.page.of, each.of, self.frame, self.beside))
            return self.writer.value(name, self.page.edge, each, self.frame, self.beside)

        answer = an_object((each.key, value(each)) for each in asked).sql
        shown = f"string_agg({answer}, ',' ORDER BY page.place) FILTER (WHERE page.place <= {self.first})"
        return f"'[' || coalesce({shown}, '') || ']'"

    def place(self, asked: Asked) -> Part:
        """A field of PageInfo."""
        match asked.name:
            case "has_next_page":
                return Made(f"(count(*) > {self.first})::text")
            case "has_previous_page":
                return Fixed("true" if self.given.values.get("after") else "false")
            case "start_cursor":
                return Made(self.cursor_of("page.place"))
            case "end_cursor":
                return Made(self.cursor_of("page.place DESC"))
        return typename("PageInfo", asked)

    def cursor_of(self, by: str) -> str:
        found = f"(array_agg({self.cursor} ORDER BY {by}) FILTER (WHERE page.place <= {self.first}))[1]"
        return f"coalesce('\"' || {found} || '\"', 'null')"

    @property
    def cursor(self) -> str:
        """As `server.kit.paging` writes it."""
        values = [f"to_json(({self.writer.filled(key.sql, self.frame)})::text)::text" for key in self.order.values()]
        written = " || ', ' || ".join([f"'[\"{mark(tuple(self.order))}\"'", *values]) + " || ']'"
        return f"translate(encode(convert_to({written}, 'UTF8'), 'base64'), E'+/\\n', '-_')"


def one_of(of: Selection) -> tuple[str, Sequence[Asked]]:
    """Of a type that is always the same."""
    [(name, asked)] = of.items()
    return name, asked


def typename(name: str, asked: Asked) -> Part:
    if asked.name == TYPENAME:
        return Fixed(f'"{name}"')
    raise Uncompilable(f"{name}.{asked.name}")


def is_down(name: str) -> bool:
    return name.startswith("-")
