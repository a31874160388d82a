"""Cycles 周期: a checklist, for a period, over many branches."""

# ruff: noqa: A002 - the arguments go by GraphQL's usual names

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Self, cast

import strawberry

from server.kit.clock import today
from server.kit.messages import translate
from server.kit.paging import page
from server.operations import cycles as operations
from server.operations.cycles import JoinCycle, OpenCycle
from server.queries import checklists
from server.queries import cycles as queries
from server.schema import ids
from server.schema.connections import After, Connection, Edge, First, connected
from server.schema.context import Info
from server.schema.inputs import Input, generated
from server.schema.templates import Template, TemplateVersion, versions
from server.schema.types import PlaceName, field, mutation
from server.vocabulary import Sector, Timeliness

if TYPE_CHECKING:
    from server.models import cycles
    from server.schema.checklists import Checklist

LazyChecklist = Annotated["Checklist", strawberry.lazy("server.schema.checklists")]


@strawberry.type(description="A page of checklists 清单分页.")
class ChecklistConnection(Connection[Edge[LazyChecklist]]):
    pass


def checklist_edge(cursor: str, row: Any) -> Any:
    return Edge(cursor=cursor, node=ids.MAKERS["Checklist"](row))


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
    sector: Sector = strawberry.field(description="Of the branches that it is for 领域.")

    @field("The place that opened it 组织.")
    async def organization(self, info: Info) -> PlaceName:
        return PlaceName.of((await self.whole(info)).organization)

    @field("Which branches its selector picked, in the reader's language 覆盖范围.")
    async def selection(self, info: Info) -> str:
        return translate(info.context.locale, queries.in_words(await self.whole(info)))

    @field("The branches that were left out when it was opened, as far as the reader sees them 未纳入的支部.")
    async def left_out(self, info: Info) -> list[PlaceName]:
        return [PlaceName.of(row) for row in await queries.left_out(info.context.actor, self.row)]

    @field("The branches that it would pick today and that have no checklist: they may join 可加入的支部.")
    async def joinable(self, info: Info) -> list[PlaceName]:
        return [
            PlaceName.of(row.organization) for row in await queries.joinable(info.context.actor, await self.whole(info))
        ]

    @field("By the code of their branch, those of dissolved branches too 清单.")
    async def checklists(self, info: Info, first: First, after: After = None) -> ChecklistConnection:
        rows = checklists.of_cycle(info.context.actor, self.row)
        found = await page(rows, checklists.WHOLE_ORDER, first, after)
        return connected(ChecklistConnection, found, checklist_edge, rows.count)

    @field("What is asked for 清单模板.")
    async def template(self, info: Info) -> Template:
        return Template.of(await info.context.ask(versions, self.row.template_version_id))

    @field("The version of it that this cycle was opened with 模板版本.")
    async def template_version(self, info: Info) -> TemplateVersion:
        return TemplateVersion.of(await info.context.ask(versions, self.row.template_version_id))

    async def whole(self, info: Info) -> "cycles.Cycle":
        """With the place that opened it."""
        return await info.context.ask(queries.find_many, self.row.id)

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
            sector=row.sector,
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


@generated
class OpenCycleInput(Input[OpenCycle]):
    without: list[str]


@generated
class JoinCycleInput(Input[JoinCycle]):
    id: strawberry.ID


@strawberry.type
class Mutation:
    @mutation("Open a cycle over the branches that its selector picks now 开启周期.")
    async def open_cycle(self, info: Info, input: OpenCycleInput) -> Cycle | None:
        return Cycle.of(await operations.open_cycle(info.context.actor, input.draft()))

    @mutation("Let a branch into a running cycle; what it is asked counts from today 加入周期.")
    async def join_cycle(self, info: Info, input: JoinCycleInput) -> LazyChecklist | None:
        key = ids.key_of(input.id, "Cycle")
        row = await operations.join(info.context.actor, key, input.draft())
        return cast("Checklist", ids.MAKERS["Checklist"](row))
