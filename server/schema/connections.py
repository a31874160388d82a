"""Relay connections over keyset pages."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

import strawberry

from server.schema.types import field

if TYPE_CHECKING:
    from server.kit.paging import Slice

N = TypeVar("N")
E = TypeVar("E")
C = TypeVar("C", bound="Connection[Any]")

First = Annotated[int, strawberry.argument(description="How many: 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="The endCursor of the page before this one.")]


@strawberry.type(description="Where a page lies in its list 分页.")
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type(description="An object in a list, and its place there.")
class Edge(Generic[N]):
    cursor: str
    node: N


@strawberry.type(description="A page of a list.")
class Connection(Generic[E]):
    edges: list[E]
    page_info: PageInfo
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @field("How many there are on all pages together 总数; counted only when it is asked for.")
    async def total_count(self) -> int:
        return await self.count()


def connected(
    kind: type[C],
    page: "Slice[Any]",
    edge: Callable[[str, Any], object],
    count: Callable[[], Awaitable[int]],
) -> C:
    """`page` as a connection of this `kind`; `edge` makes an edge of a cursor and a row, `count` counts all pages."""
    return kind(
        edges=[edge(cursor, row) for cursor, row in zip(page.cursors, page.rows, strict=True)],
        page_info=PageInfo(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=page.cursors[0] if page.cursors else None,
            end_cursor=page.cursors[-1] if page.cursors else None,
        ),
        count=count,
    )
