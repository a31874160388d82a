"""Two days compared 对比, and the cycles of a template in a row 趋势."""

from datetime import date
from typing import Annotated, Self

import strawberry

from server.queries import checklists as queries
from server.queries import cycles, organizations
from server.queries.checklists import Cell, Change, Point
from server.queries.checklists import Comparison as Compared
from server.schema import ids
from server.schema.checklists.completion import Code, Completion, Tally, Within
from server.schema.context import Info
from server.schema.cycles import Cycle
from server.schema.templates import Measure
from server.schema.types import PlaceName, field
from server.vocabulary import Exclusion, ItemState, Timeliness

From = Annotated[date, strawberry.argument(name="from", description="The earlier day, at its end 起.")]
To = Annotated[date, strawberry.argument(description="The later day, at its end 止.")]
Template = Annotated[str, strawberry.argument(description="Code of the template 清单模板.")]
Last = Annotated[int, strawberry.argument(description="How many cycles, counted from the newest: 1 to 24.")]


@strawberry.type(description="What an item was at the end of a day 事项当日情况.")
class ItemThen:
    state: ItemState = strawberry.field(description="State 状态.")
    timeliness: Timeliness = strawberry.field(description="What the clock said, if it was owed 时限.")
    exclusion: Exclusion | None = strawberry.field(description="Why it was left out, if it was 不计入原因.")

    @classmethod
    def of(cls, cell: Cell) -> Self:
        return cls(state=cell.state, timeliness=cell.clock, exclusion=cell.exclusion)


@strawberry.type(description="An item that was something else on the later day 变化.")
class Difference:
    item_id: strawberry.ID = strawberry.field(description="Global id of the item 事项.")
    branch: PlaceName = strawberry.field(description="Branch 支部.")
    measure: Measure = strawberry.field(description="What is to be done 举措.")
    before: ItemThen | None = strawberry.field(description="Null: not assigned yet, or not below this place 之前.")
    after: ItemThen | None = strawberry.field(description="Null: not below this place any more 之后.")

    @classmethod
    def of(cls, change: Change) -> Self:
        return cls(
            item_id=ids.global_id("ChecklistItem", change.row.cell.item_id),
            branch=PlaceName.of(change.row.branch),
            measure=Measure.of(change.row.measure),
            before=ItemThen.of(change.before) if change.before else None,
            after=ItemThen.of(change.after) if change.after else None,
        )


@strawberry.type(description="What changed between two days 对比.")
class Comparison:
    found: strawberry.Private[Compared]

    @field("As it stood at the end of the earlier day 之前.")
    def before(self) -> Completion:
        return Completion(status=self.found.before)

    @field("As it stood at the end of the later day 之后.")
    def after(self) -> Completion:
        return Completion(status=self.found.after)

    @field("Items whose state, clock or exclusion differ, by branch and number 变化的事项.")
    def changes(self) -> list[Difference]:
        return [Difference.of(change) for change in self.found.changes]


@strawberry.type(description="One cycle of a trend 趋势点.")
class TrendPoint:
    cycle: Cycle = strawberry.field(description="The cycle 周期.")
    as_of: date = strawberry.field(description="The day on which it closed; today for one that runs 截至日期.")
    tally: Tally = strawberry.field(description="As it stood then 统计.")

    @classmethod
    def of(cls, point: Point) -> Self:
        return cls(cycle=Cycle.of(point.cycle), as_of=point.day, tally=Tally.of(point.tally))


@strawberry.type
class Query:
    @field("What changed at and below a place between the ends of two days 对比.")
    async def comparison(
        self, info: Info, within: Within, from_: From, to: To, cycle: Code = None
    ) -> Comparison | None:
        actor = info.context.actor
        _ = await organizations.find(actor, within, to, field="within")
        counted = await cycles.main(actor, to) if cycle is None else await cycles.find(actor, cycle)
        if not counted:
            return None
        return Comparison(found=await queries.compare(actor, within, counted, (from_, to)))

    @field("The last cycles of a template at and below a place, the oldest first 趋势.")
    async def trend(self, info: Info, within: Within, template: Template, first: Last = 8) -> list[TrendPoint] | None:
        actor = info.context.actor
        top = await organizations.find(actor, within, field="within")
        return [TrendPoint.of(point) for point in await queries.trend(actor, top, template, first)]
