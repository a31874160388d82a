"""Records 工作记录 of what branches did: entered once, used as evidence wherever they fit."""

# ruff: noqa: A002 - the arguments go by GraphQL's usual names

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

import strawberry

from server.access.actor import Actor
from server.kit.paging import page
from server.operations import records as operations
from server.operations.records import Correct, Enter, Withdraw
from server.queries import organizations
from server.queries import records as queries
from server.queries.records import RecordFilter
from server.schema import ids
from server.schema.connections import After, Connection, Edge, First, connected
from server.schema.context import Info
from server.schema.inputs import Input, generated
from server.schema.types import PlaceName, field, mutation
from server.vocabulary import Origin, RecordKind

if TYPE_CHECKING:
    from server.models import records as models


@strawberry.type(description="What a branch did on a day 工作记录; it names no resident.")
class Record(ids.Node):
    branch: PlaceName = strawberry.field(description="Whose it is 支部.")
    kind: RecordKind = strawberry.field(description="Kind 类别.")
    held_on: date = strawberry.field(description="The day on which it took place 开展日期.")
    title: str = strawberry.field(description="Title 标题.")
    topic: str = strawberry.field(description="Topic 主题; measures find it by this.")
    summary: str = strawberry.field(description="What came of it 内容与成效.")
    attendance: int | None = strawberry.field(description="How many took part 参加人数.")
    entered_by: str | None = strawberry.field(description="Name of the person 登记人.")
    entered_at: datetime = strawberry.field(description="When it was entered 登记时间.")
    withdrawn_at: datetime | None = strawberry.field(description="When it was withdrawn 撤销时间.")
    withdrawn_because: str = strawberry.field(description="Why 撤销原因.")
    digest: str = strawberry.field(description="SHA-256 of what it says now 摘要; a correction makes another one.")
    origin: Origin = strawberry.field(description="Where it comes from 来源.")
    version: int = strawberry.field(description="For expectedVersion of a change 版本.")

    @classmethod
    def of(cls, row: "models.Record") -> Self:
        return cls(
            id=ids.global_id("Record", row.id),
            branch=PlaceName.of(row.branch),
            kind=row.kind,
            held_on=row.held_on,
            title=row.title,
            topic=row.topic,
            summary=row.summary,
            attendance=row.attendance,
            entered_by=row.entered_by.name if row.entered_by else None,
            entered_at=row.entered_at,
            withdrawn_at=row.withdrawn_at,
            withdrawn_because=row.withdrawn_because,
            digest=row.digest,
            origin=row.origin,
            version=row.version,
        )


@strawberry.type(description="A page of records 工作记录分页.")
class RecordConnection(Connection[Edge[Record]]):
    pass


@strawberry.input(name="RecordFilter", description="All that is given has to fit 筛选条件.")
class Filter:
    within: str | None = strawberry.field(description="At and below this code 范围.", default=None)
    kind: RecordKind | None = strawberry.field(description="Kind 类别.", default=None)
    since: date | None = strawberry.field(description="First day 起始日期.", default=None)
    until: date | None = strawberry.field(description="Last day, counted 结束日期.", default=None)
    search: str | None = strawberry.field(description="In the title, the topic or the text 文字.", default=None)

    async def wanted(self, actor: Actor) -> RecordFilter:
        within = None if self.within is None else await organizations.find(actor, self.within, field="within")
        return RecordFilter(within, self.kind, self.since, self.until, self.search or "")


def edge(cursor: str, row: "models.Record") -> Edge[Record]:
    return Edge(cursor=cursor, node=Record.of(row))


@ids.finds("Record")
async def find(info: Info, key: int) -> Record:
    return Record.of(await queries.find(info.context.actor, key))


@strawberry.type
class Query:
    @field("Records at and below the places of the reader, the newest first 工作记录.")
    async def records(
        self, info: Info, first: First, after: After = None, filter: Filter | None = None
    ) -> RecordConnection | None:
        actor = info.context.actor
        rows = queries.matching(actor, await filter.wanted(actor) if filter else RecordFilter())
        found = await page(rows, queries.ORDER, first, after)
        return connected(RecordConnection, found, edge, rows.count)


@generated
class EnterRecordInput(Input[Enter]):
    pass


@generated
class CorrectRecordInput(Input[Correct]):
    id: strawberry.ID


@generated
class WithdrawRecordInput(Input[Withdraw]):
    id: strawberry.ID


@strawberry.type
class Mutation:
    @mutation("Keep what a branch did 登记工作记录; no resident is named in it.")
    async def enter_record(self, info: Info, input: EnterRecordInput) -> Record | None:
        return Record.of(await operations.enter(info.context.actor, input.draft()))

    @mutation("Put right what a record says 更正工作记录; approvals that rest on it are overtaken.")
    async def correct_record(self, info: Info, input: CorrectRecordInput) -> Record | None:
        key = ids.key_of(input.id, "Record")
        return Record.of(await operations.correct(info.context.actor, key, input.draft()))

    @mutation("Take back a record that should not be 撤销工作记录; it stays readable.")
    async def withdraw_record(self, info: Info, input: WithdrawRecordInput) -> Record | None:
        key = ids.key_of(input.id, "Record")
        return Record.of(await operations.withdraw(info.context.actor, key, input.draft()))
