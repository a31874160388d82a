"""Who owes what 未完成事项: since when, and who acts next, by role and place."""

from datetime import date
from typing import Self

import strawberry

from server.queries import checklists as queries
from server.queries.checklists import Debt
from server.schema import ids
from server.schema.checklists.completion import AsOf, Code, Within, counted
from server.schema.connections import After, Connection, Edge, First, connected
from server.schema.context import Info
from server.schema.templates import Measure
from server.schema.types import PlaceName, field
from server.vocabulary import ItemState, Role, Timeliness


@strawberry.type(description="An item that is counted and not approved: somebody has to act 未完成事项.")
class MissingItem:
    item_id: strawberry.ID = strawberry.field(description="Global id of the item 事项.")
    branch: PlaceName = strawberry.field(description="Branch 支部.")
    community: PlaceName | None = strawberry.field(description="The community in which it lies 社区.")
    measure: Measure = strawberry.field(description="What is to be done 举措.")
    state: ItemState = strawberry.field(description="State 状态.")
    timeliness: Timeliness = strawberry.field(description="What the clock says, if the branch owes it 时限.")
    owed_since: date = strawberry.field(
        description="Late: since the day after the due day; handed in or returned: since then; "
        "else since it was assigned 起算日期."
    )
    waiting_days: int = strawberry.field(description="Days since then 已等待天数.")
    next_role: Role = strawberry.field(description="Who acts next 下一步由谁办理.")
    next_place: PlaceName = strawberry.field(description="Where whoever acts next holds that role 所在组织.")

    @classmethod
    def of(cls, debt: Debt) -> Self:
        row = debt.row
        return cls(
            item_id=ids.global_id("ChecklistItem", debt.item_id),
            branch=PlaceName.of(row.branch),
            community=PlaceName.of(row.community) if row.community else None,
            measure=Measure.of(row.measure),
            state=row.cell.state,
            timeliness=row.cell.clock,
            owed_since=debt.since,
            waiting_days=debt.waiting_days,
            next_role=debt.next_role,
            next_place=PlaceName.of(debt.next_place),
        )


@strawberry.type(description="A page of what is missing 未完成事项分页.")
class MissingItemConnection(Connection[Edge[MissingItem]]):
    pass


def edge(cursor: str, debt: Debt) -> Edge[MissingItem]:
    return Edge(cursor=cursor, node=MissingItem.of(debt))


@strawberry.type
class Query:
    @field("Who owes what: the longest overdue first, then what has waited longest 未完成事项.")
    async def missing(
        self, info: Info, within: Within, first: First, after: After = None, cycle: Code = None, as_of: AsOf = None
    ) -> MissingItemConnection | None:
        status = await counted(info.context.actor, within, cycle, as_of)
        if not status:
            return None

        async def count() -> int:
            return len(debts)

        debts = await queries.missing(status)
        return connected(MissingItemConnection, queries.page_of(debts, first, after), edge, count)
