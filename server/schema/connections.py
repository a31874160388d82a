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
    has_next_page: bool = strawberry.field(description="Whether there is more behind it 是否有下一页.")
    has_previous_page: bool = strawberry.field(description="Whether there is more before it 是否有上一页.")
    start_cursor: str | None = strawberry.field(description="Cursor of its first row 起始游标.")
    end_cursor: str | None = strawberry.field(description="Cursor of its last row, for `after` 结束游标.")


@strawberry.type(description="An object in a list, and its place there 列表项.")
class Edge(Generic[N]):
    cursor: str = strawberry.field(description="Its place in the list 游标.")
    node: N = strawberry.field(description="The object itself 对象.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[E]):
    edges: list[E] = strawberry.field(description="In order 列表.")
    page_info: PageInfo = strawberry.field(description="Where the page lies 分页信息.")
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
