"""Completion 完成情况 on any day: exact counts, for auditors, and the items that they leave out with the reason."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from server.access.actor import Actor
from server.queries import checklists as queries
from server.queries import cycles, organizations
from server.queries.checklists import Row, Status
from server.queries.checklists import Tally as Counted
from server.schema import ids
from server.schema.context import Info
from server.schema.cycles import Cycle
from server.schema.templates import Measure, Theme
from server.schema.types import PlaceName, field
from server.vocabulary import Exclusion, ItemState, Timeliness

if TYPE_CHECKING:
    from server.models.organizations import Organization


@strawberry.type(description="Items in one state 各状态事项数.")
class StateCount:
    state: ItemState = strawberry.field(description="State 状态.")
    count: int = strawberry.field(description="How many items 数量.")


@strawberry.type(description="Items left out for one reason 不计入的事项数.")
class ExclusionCount:
    reason: Exclusion = strawberry.field(description="Why 原因.")
    count: int = strawberry.field(description="How many items 数量.")


@strawberry.type(description="Approved of due 完成率, exactly.")
class Ratio:
    numerator: int = strawberry.field(description="Approved 已通过.")
    denominator: int = strawberry.field(description="Due 应完成.")
    value: float = strawberry.field(description="Rounded to four places 比率.")


@strawberry.type(
    description="Items counted 统计. every = due + excluded; due = approved + open = done + owed; "
    "the clock says whether what is owed is late."
)
class Tally:
    every: int = strawberry.field(description="All items, also those left out 全部.")
    due: int = strawberry.field(description="Every item counted: the denominator 应完成.")
    done: int = strawberry.field(description="Handed in, reviewed or not 已提交.")
    approved: int = strawberry.field(description="Done, reviewed and approved: the numerator 已通过.")
    open: int = strawberry.field(description="Counted and not approved yet 未通过.")
    owed: int = strawberry.field(description="The branch has to act next 待办.")
    due_soon: int = strawberry.field(description="Owed, with at most a week to go 即将到期.")
    late: int = strawberry.field(description="Owed after the due day 逾期.")
    missed: int = strawberry.field(description="Owed after the cycle has closed 未完成.")
    excluded: int = strawberry.field(description="Left out of the ratio, with a reason 不计入.")
    states: list[StateCount] = strawberry.field(
        description="Of those counted: every state, also those of which there are none 各状态."
    )
    exclusions: list[ExclusionCount] = strawberry.field(
        description="Of those left out: every reason, also those of which there are none 各原因."
    )
    ratio: Ratio | None = strawberry.field(description="Null where nothing is due 完成率.")

    @classmethod
    def of(cls, counted: Counted) -> Self:
        return cls(
            every=counted.every,
            due=counted.due,
            done=counted.done,
            approved=counted.approved,
            open=counted.open,
            owed=counted.owed,
            due_soon=counted.clocks[Timeliness.DUE_SOON],
            late=counted.late,
            missed=counted.missed,
            excluded=counted.excluded,
            states=[StateCount(state=state, count=count) for state, count in counted.by_state],
            exclusions=[ExclusionCount(reason=reason, count=count) for reason, count in counted.by_exclusion],
            ratio=None
            if counted.rounded is None
            else Ratio(numerator=counted.approved, denominator=counted.due, value=counted.rounded),
        )


@strawberry.type(description="Counted for a theme 主题完成情况.")
class ThemeCompletion:
    theme: Theme = strawberry.field(description="Theme 主题.")
    tally: Tally = strawberry.field(description="Its items 统计.")


@strawberry.type(description="Counted for a measure 举措完成情况.")
class MeasureCompletion:
    measure: Measure = strawberry.field(description="Measure 举措.")
    tally: Tally = strawberry.field(description="Its items 统计.")


@strawberry.type(description="Counted for a branch or a community 支部、社区完成情况.")
class PlaceCompletion:
    place: PlaceName = strawberry.field(description="Branch or community 地点.")
    tally: Tally = strawberry.field(description="Its items 统计.")


@strawberry.type(description="Counted for a community, in all and for each theme 社区与主题汇总.")
class CommunityCompletion:
    community: PlaceName | None = strawberry.field(description="Null: the branches that lie in none 社区.")
    tally: Tally = strawberry.field(description="All its items 统计.")
    themes: list[ThemeCompletion] = strawberry.field(description="By theme 各主题.")

    @classmethod
    def of(cls, status: Status, community: "Organization | None") -> Self:
        themes = [
            ThemeCompletion(theme=Theme.of(theme), tally=Tally.of(status.of_both(community, theme)))
            for theme in status.themes
        ]
        return cls(
            community=PlaceName.of(community) if community else None,
            tally=Tally.of(status.of_community(community)),
            themes=themes,
        )


@strawberry.type(description="An item that no ratio counts, and why 不计入的事项.")
class LeftOut:
    item_id: strawberry.ID = strawberry.field(description="Global id of the item 事项.")
    branch: PlaceName = strawberry.field(description="Branch 支部.")
    community: PlaceName | None = strawberry.field(description="The community in which it lay 社区.")
    measure: Measure = strawberry.field(description="What was to be done 举措.")
    state: ItemState = strawberry.field(description="State 状态.")
    reason: Exclusion = strawberry.field(description="Why it is left out 原因.")
    words: str = strawberry.field(description="Why the measure does not apply, as the branch said it 说明.")
    dissolved_on: date | None = strawberry.field(description="The day on which the branch was dissolved 撤销日期.")

    @classmethod
    def of(cls, row: Row, reason: Exclusion) -> Self:
        return cls(
            item_id=ids.global_id("ChecklistItem", row.cell.item_id),
            branch=PlaceName.of(row.branch),
            community=PlaceName.of(row.community) if row.community else None,
            measure=Measure.of(row.measure),
            state=row.cell.state,
            reason=reason,
            words=row.words,
            dissolved_on=row.cell.gone_on,
        )


@strawberry.type(description="How far the branches at and below a place are, or were on a day, in a cycle 完成情况.")
class Completion:
    status: strawberry.Private[Status]

    @field("The cycle that is counted 周期.")
    def cycle(self) -> Cycle:
        return Cycle.of(self.status.cycle)

    @field("The place at and below which is counted, under its name of that day 范围.")
    def within(self) -> PlaceName:
        return placed(self.status)

    @field("The day whose end is looked at 日期; today as it stands now.")
    def as_of(self) -> date:
        return self.status.day

    @field("All together 合计.")
    def total(self) -> Tally:
        return Tally.of(self.status.total)

    @field("By theme 各主题.")
    def themes(self) -> list[ThemeCompletion]:
        of_theme = self.status.of_theme
        return [ThemeCompletion(theme=Theme.of(t), tally=Tally.of(of_theme(t))) for t in self.status.themes]

    @field("By measure 各举措.")
    def measures(self) -> list[MeasureCompletion]:
        of_measure = self.status.of_measure
        return [MeasureCompletion(measure=Measure.of(m), tally=Tally.of(of_measure(m))) for m in self.status.measures]

    @field("By branch 各支部; of those that had been dissolved everything is left out, and they come last.")
    def branches(self) -> list[PlaceCompletion]:
        rows = [*self.status.branches, *self.status.left_out]
        return [PlaceCompletion(place=PlaceName.of(b), tally=Tally.of(self.status.of_branch(b))) for b in rows]

    @field("By community, for the branches that lie in one 各社区.")
    def communities(self) -> list[PlaceCompletion]:
        of_community = self.status.of_community
        rows = self.status.communities
        return [PlaceCompletion(place=PlaceName.of(c), tally=Tally.of(of_community(c))) for c in rows]

    @field("Communities by themes 社区与主题汇总: together they are everything.")
    def roll_up(self) -> list[CommunityCompletion]:
        return [CommunityCompletion.of(self.status, community) for community in self.status.parts]

    @field("The items that no ratio counts, by branch and number, each with the reason 不计入的事项.")
    async def left_out(self) -> list[LeftOut]:
        rows = await queries.left_out(self.status)
        return [LeftOut.of(row, row.cell.exclusion) for row in rows if row.cell.exclusion]


def placed(status: Status) -> PlaceName:
    """The place under its name of the day."""
    place = status.within.organization
    return PlaceName(code=place.code, name=status.within.name, kind=place.kind)


AsOf = Annotated[date | None, strawberry.argument(description="As it stood at the end of this day 截至日期.")]
Within = Annotated[str, strawberry.argument(description="Code of the place at and below which is counted 范围.")]
Code = Annotated[
    str | None, strawberry.argument(description="Code of the cycle; else the one that was open on the day 周期.")
]


async def counted(actor: Actor, within: str, cycle: str | None, day: date | None) -> Status | None:
    """None where no cycle was open. Raises NotFound (within, cycle), Invalid (as_of)."""
    top = await organizations.find(actor, within, day, field="within")
    found = await cycles.main(actor, day) if cycle is None else await cycles.find(actor, cycle)
    return await queries.status(actor, top, found, day) if found else None


@strawberry.type
class Query:
    @field("Exact counts for a cycle (the main one, if none is named) at and below a place, on any day 完成情况.")
    async def completion(self, info: Info, within: Within, cycle: Code = None, as_of: AsOf = None) -> Completion | None:
        status = await counted(info.context.actor, within, cycle, as_of)
        return Completion(status=status) if status else None
