"""Cycles 周期: a checklist, for a period, over many branches."""

from datetime import date
from typing import TYPE_CHECKING, Self

import strawberry

from server.kit.clock import today
from server.kit.paging import page
from server.queries import cycles as queries
from server.schema import ids
from server.schema.connections import After, Connection, Edge, First, connected
from server.schema.context import Info
from server.schema.templates import Template, TemplateVersion, versions
from server.schema.types import field
from server.vocabulary import Timeliness

if TYPE_CHECKING:
    from server.models import cycles


@strawberry.type(description="A checklist template, for a period, over the branches that it covers 周期.")
class Cycle(ids.Node):
    row: strawberry.Private["cycles.Cycle"]
    code: str = strawberry.field(description="Such as 2026-Q4 编码.")
    starts_on: date = strawberry.field(description="First day of the period 开始.")
    ends_on: date = strawberry.field(description="Last day of the period 结束.")
    opens_on: date = strawberry.field(description="The first day on which items can be filled 开放日期.")
    due_on: date = strawberry.field(description="What is owed after this day is late 截止日期.")
    closes_on: date = strawberry.field(description="What is owed after this day is missed 关闭日期.")
    timeliness: Timeliness = strawberry.field(description="What the clock says today of what is owed 时限.")

    @field("What is asked for 清单模板.")
    async def template(self, info: Info) -> Template:
        return Template.of(await info.context.ask(versions, self.row.template_version_id))

    @field("The version of it that this cycle was opened with 模板版本.")
    async def template_version(self, info: Info) -> TemplateVersion:
        return TemplateVersion.of(await info.context.ask(versions, self.row.template_version_id))

    @classmethod
    def of(cls, row: "cycles.Cycle") -> Self:
        return cls(
            row=row,
            id=ids.global_id("Cycle", row.id),
            code=row.code,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            opens_on=row.opens_on,
            due_on=row.due_on,
            closes_on=row.closes_on,
            timeliness=row.timeliness(today()),
        )


@strawberry.type(description="A page of cycles 周期分页.")
class CycleConnection(Connection[Edge[Cycle]]):
    pass


def edge(cursor: str, row: "cycles.Cycle") -> Edge[Cycle]:
    return Edge(cursor=cursor, node=Cycle.of(row))


@ids.finds("Cycle")
async def find(info: Info, key: int) -> Cycle:
    return Cycle.of(await queries.find_by_id(info.context.actor, key))


@strawberry.type
class Query:
    @field("The cycles whose checklists the reader sees, the newest first 周期.")
    async def cycles(self, info: Info, first: First, after: After = None) -> CycleConnection | None:
        rows = queries.all_of(info.context.actor)
        found = await page(rows, queries.ORDER, first, after)
        return connected(CycleConnection, found, edge, rows.count)

    @field("The newest cycle of this code, such as 2026-Q4 周期.")
    async def cycle(self, info: Info, code: str) -> Cycle | None:
        return Cycle.of(await queries.find(info.context.actor, code))
