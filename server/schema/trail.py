"""The trail 留痕: who did what, where each entry stands in the tree, and the signed root."""

# ruff: noqa: A002 - the arguments go by GraphQL's usual names

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

import strawberry
from strawberry.scalars import JSON

from server.kit.paging import page
from server.queries import trail as queries
from server.queries.trail import TrailFilter
from server.schema import ids
from server.schema.connections import After, Connection, Edge, First, connected
from server.schema.context import Info
from server.schema.types import field
from server.vocabulary import Role

if TYPE_CHECKING:
    from server.models import trail as models


@strawberry.type(description="The place of an entry in the tree 位置.")
class TrailPlace:
    position: int = strawberry.field(description="Counted from 0, without a gap 序号.")
    hash: str = strawberry.field(description="Hash of the leaf, in hex 叶子摘要.")


@strawberry.type(description="One act: who did what, where, and what it changed 留痕.")
class TrailEntry(ids.Node):
    row: strawberry.Private["models.TrailEntry"]
    at: datetime = strawberry.field(description="When 时间.")
    account_name: str = strawberry.field(description="Who 操作人.")
    roles: list[Role] = strawberry.field(description="The roles of that account then 当时的角色.")
    token: str | None = strawberry.field(description="Id of the token that was used 令牌.")
    request: str = strawberry.field(description="Id of the request 请求编号.")
    deed: str = strawberry.field(description="What was done, such as checklist_item.reviewed 操作.")
    subject_kind: str = strawberry.field(description="What it was done to 对象类别.")
    subject_id: str = strawberry.field(description="Which of them 对象编号.")
    path: str = strawberry.field(description="Where the subject lay then 所在位置; / is the installation.")
    before: JSON = strawberry.field(description="What changed, as it was; digests of personal values 变更前.")
    after: JSON = strawberry.field(description="What changed, as it is since 变更后.")

    @field("Its place in the tree; null while it waits for one 在树中的位置.")
    async def place(self, info: Info) -> TrailPlace | None:
        leaf = await info.context.ask(queries.leaves_of, self.row.id)
        return TrailPlace(position=leaf.position, hash=leaf.hash) if leaf else None

    @classmethod
    def of(cls, row: "models.TrailEntry") -> Self:
        return cls(
            row=row,
            id=ids.global_id("TrailEntry", row.id),
            at=row.at,
            account_name=row.account_name,
            roles=roles(row.roles),
            token=row.token_id or None,
            request=row.request_id,
            deed=row.deed,
            subject_kind=row.subject_kind,
            subject_id=row.subject_id,
            path=row.path,
            before=as_json(row.before),
            after=as_json(row.after),
        )


def roles(held: list[str]) -> list[Role]:
    return [role for role in Role if role in held]


def as_json(value: Any) -> JSON:
    found: JSON = value
    return found


@strawberry.type(description="A page of the trail 留痕分页.")
class TrailConnection(Connection[Edge[TrailEntry]]):
    pass


@strawberry.type(description="The root of the first `size` entries, signed 签名检查点.")
class TrailCheckpoint:
    size: int = strawberry.field(description="How many entries 条数.")
    root: str = strawberry.field(description="Root of the tree (RFC 6962), in hex 根摘要.")
    at: datetime = strawberry.field(description="When it was signed 时间.")
    key_id: str = strawberry.field(description="Fingerprint of the public key 密钥指纹.")
    signature: str = strawberry.field(description="Ed25519, base64 签名.")
    public_key: str | None = strawberry.field(
        description="Ed25519, base64 公钥; compare it with the one that you wrote down."
    )
    line: str = strawberry.field(description="The whole, as `verify.py --seen` reads it 检查点文件内容.")


@strawberry.input(description="All that is given has to fit 筛选条件.")
class TrailEntryFilter:
    since: date | None = strawberry.field(description="First day 起始日期.", default=None)
    until: date | None = strawberry.field(description="Last day, counted 结束日期.", default=None)
    deed: str | None = strawberry.field(description="Such as checklist_item.reviewed 操作.", default=None)
    account: str | None = strawberry.field(description="A login, or part of a name 操作人.", default=None)
    within: str | None = strawberry.field(description="At and below this code 范围.", default=None)
    subject: str | None = strawberry.field(description="A kind, or kind:id, such as member:7 对象.", default=None)

    def wanted(self) -> TrailFilter:
        return TrailFilter(**{name: value for name, value in vars(self).items() if value is not None})


def edge(cursor: str, row: "models.TrailEntry") -> Edge[TrailEntry]:
    return Edge(cursor=cursor, node=TrailEntry.of(row))


@ids.finds("TrailEntry")
async def find(info: Info, key: int) -> TrailEntry:
    return TrailEntry.of(await queries.find(info.context.actor, key))


@strawberry.type
class Query:
    @field("Who did what, the newest first; for auditors 操作留痕.")
    async def trail(
        self, info: Info, first: First, after: After = None, filter: TrailEntryFilter | None = None
    ) -> TrailConnection | None:
        rows = await queries.matching(info.context.actor, filter.wanted() if filter else TrailFilter())
        found = await page(rows, queries.ORDER, first, after)
        return connected(TrailConnection, found, edge, rows.count)

    @field("The newest signed root; null while nothing is signed 最新检查点.")
    async def trail_checkpoint(self, info: Info) -> TrailCheckpoint | None:
        queries.check_reader(info.context.actor)
        newest = await queries.newest()
        if newest is None:
            return None
        return TrailCheckpoint(
            size=newest.size,
            root=newest.root,
            at=newest.at,
            key_id=newest.key_id,
            signature=newest.signature,
            public_key=queries.public_key_of(newest) or None,
            line=await queries.newest_line(),
        )
