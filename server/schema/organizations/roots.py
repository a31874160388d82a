"""Where a query enters the tree."""

# ruff: noqa: A002 - the arguments go by GraphQL's usual names

from datetime import date
from typing import Annotated

import strawberry

from server.kit.clock import today
from server.kit.paging import page
from server.kit.terms import Term
from server.queries import organizations as queries
from server.queries.organizations import OrganizationFilter
from server.schema import ids
from server.schema.connections import After, First, connected
from server.schema.context import Info
from server.schema.organizations import questions
from server.schema.organizations.types import (
    KINDS,
    Organization,
    OrganizationConnection,
    Street,
    edge_on,
    shown,
)
from server.schema.types import enumerate_term, field
from server.vocabulary import BranchType, OrganizationKind, Sector

AsOf = Annotated[date | None, strawberry.argument(description="As the tree stood on this day, with all below it.")]


class Order(Term):
    PATH = "PATH", "层级", "From the top of the tree down"
    CODE = "CODE", "编码", "By code"
    NAME = "NAME", "名称", "By name, in pinyin"


KEYS = {Order.PATH: ("path", "id"), Order.CODE: ("organization__code", "id"), Order.NAME: ("pinyin", "id")}
enumerate_term(Order, "The order of a list 排序.", "OrganizationOrder")


@strawberry.input(name="OrganizationFilter", description="All that is given has to fit 筛选条件.")
class Filter:
    within: str | None = strawberry.field(description="At and below this code 范围.", default=None)
    kind: OrganizationKind | None = strawberry.field(description="Kind 组织类别.", default=None)
    branch_type: BranchType | None = strawberry.field(description="Type of branch 支部类型.", default=None)
    sector: Sector | None = strawberry.field(description="Sector 领域.", default=None)
    search: str | None = strawberry.field(description="Chinese, pinyin, initials or a code 检索.", default=None)


@ids.finds(*(kind.__name__ for kind in KINDS.values()))
async def find(info: Info, key: int) -> Organization | None:
    found = await info.context.ask(questions.standing, key, today())
    return shown(found, today()) if found else None


@strawberry.type
class Query:
    @field("A street by its code 街道.")
    async def street(self, info: Info, code: str, as_of: AsOf = None) -> Street | None:
        return Street.of(await queries.street(info.context.actor, code, as_of), as_of or today())

    @field("Any organization by its code 组织.")
    async def organization(self, info: Info, code: str, as_of: AsOf = None) -> Organization | None:
        return shown(await queries.find(info.context.actor, code, as_of), as_of or today())

    @field("Everything that the reader sees 组织.")
    async def organizations(
        self,
        info: Info,
        first: First,
        after: After = None,
        filter: Filter | None = None,
        order_by: Order = Order.PATH,
        as_of: AsOf = None,
    ) -> OrganizationConnection | None:
        wanted = OrganizationFilter(**vars(filter)) if filter else OrganizationFilter()
        rows = await queries.matching(info.context.actor, wanted, as_of)
        found = await page(rows, KEYS[order_by], first, after)
        return connected(OrganizationConnection, found, edge_on(as_of or today()), rows.count)
