"""Who holds what, where, from when to when 授权."""

# ruff: noqa: A002 - the arguments go by GraphQL's usual names

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Self

import strawberry

from server.kit.paging import page
from server.kit.refusals import NotFound
from server.operations import grants as operations
from server.operations.grants import Delegate, End, Give
from server.queries import grants as queries
from server.queries.grants import GrantFilter
from server.schema import ids
from server.schema.connections import After, Connection, Edge, First, connected
from server.schema.context import Info
from server.schema.inputs import Input, generated
from server.schema.types import PlaceName, field, mutation
from server.vocabulary import Role

if TYPE_CHECKING:
    from server.models.accounts import Account
    from server.models.grants import Grant as Row


@strawberry.type(description="An account by name only 账号名称.")
class AccountName:
    login: str = strawberry.field(description="What is typed to sign in 登录名.")
    name: str = strawberry.field(description="Name 名称.")

    @classmethod
    def of(cls, row: "Account") -> Self:
        return cls(login=row.login, name=row.name)


@strawberry.type(description="That an account holds a role, at a place and below, for a span of days 授权.")
class Grant(ids.Node):
    account: AccountName = strawberry.field(description="Who holds it 账号.")
    role: Role = strawberry.field(description="Role 角色.")
    place: PlaceName = strawberry.field(description="The place; it reaches everything below 地点.")
    since: date = strawberry.field(description="The first day 起始日期.")
    until: date | None = strawberry.field(description="The last day; null: no end yet 截止日期.")
    delegable: bool = strawberry.field(description="Whether the holder may pass it on for a while 可委托.")
    delegated_by: AccountName | None = strawberry.field(description="Who passed it on 委托人.")

    @classmethod
    def of(cls, row: "Row") -> Self:
        return cls(
            id=ids.global_id("Grant", row.id),
            account=AccountName.of(row.account),
            role=row.role,
            place=PlaceName.of(row.organization),
            since=row.valid_from,
            until=row.last_day,
            delegable=row.delegable,
            delegated_by=AccountName.of(row.source.account) if row.source else None,
        )


@strawberry.type(description="A page of grants 授权分页.")
class GrantConnection(Connection[Edge[Grant]]):
    pass


@strawberry.input(name="GrantFilter", description="All that is given has to fit 筛选条件.")
class Filter:
    within: str | None = strawberry.field(description="At and below this code 范围.", default=None)
    role: Role | None = strawberry.field(description="Role 角色.", default=None)
    account: str | None = strawberry.field(description="Login 登录名.", default=None)
    on: date | None = strawberry.field(description="Held on this day 日期.", default=None)


@ids.finds("Grant")
async def find(info: Info, key: int) -> Grant:
    """One's own as well as those of a place that one looks after."""
    try:
        return Grant.of(await queries.find(info.context.actor, key))
    except NotFound:
        return Grant.of(await queries.find_own(info.context.actor, key))


@strawberry.type
class Query:
    @field("Who holds what at the places that the reader looks after, from the top of the tree down 授权.")
    async def grants(
        self, info: Info, first: First, after: After = None, filter: Filter | None = None
    ) -> GrantConnection | None:
        wanted = GrantFilter(**asdict(filter)) if filter else GrantFilter()
        rows = await queries.matching(info.context.actor, wanted)
        found = await page(rows, queries.ORDER, first, after)
        return connected(GrantConnection, found, lambda c, row: Edge(cursor=c, node=Grant.of(row)), rows.count)

    @field("What the reader holds today or will hold 我的授权.")
    async def my_grants(self, info: Info) -> list[Grant] | None:
        return [Grant.of(row) for row in await queries.own(info.context.actor)]


@generated
class GiveGrantInput(Input[Give]):
    pass


@generated
class EndGrantInput(Input[End]):
    id: strawberry.ID


@generated
class DelegateGrantInput(Input[Delegate]):
    id: strawberry.ID


@strawberry.type
class Mutation:
    @mutation("Trust an account with a role at a place 授权.")
    async def give_grant(self, info: Info, input: GiveGrantInput) -> Grant | None:
        return Grant.of(await operations.give(info.context.actor, input.draft()))

    @mutation("Take a role back, and what was passed on of it 收回授权.")
    async def end_grant(self, info: Info, input: EndGrantInput) -> Grant | None:
        return Grant.of(await operations.end(info.context.actor, ids.key_of(input.id, "Grant"), input.draft()))

    @mutation("Pass on for a while a role that the reader holds 委托.")
    async def delegate_grant(self, info: Info, input: DelegateGrantInput) -> Grant | None:
        return Grant.of(await operations.delegate(info.context.actor, ids.key_of(input.id, "Grant"), input.draft()))
