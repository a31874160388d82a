"""Completion 完成情况: exact counts, for auditors; each can be opened down to its items with `checklistItems`."""

from typing import Self

import strawberry

from server.queries import checklists as queries
from server.queries import cycles, organizations
from server.queries.checklists import Status
from server.queries.checklists import Tally as Counted
from server.schema.context import Info
from server.schema.cycles import Cycle
from server.schema.templates import Measure, Theme
from server.schema.types import PlaceName, field
from server.vocabulary import ItemState, Timeliness


@strawberry.type(description="Items in one state 各状态事项数.")
class StateCount:
    state: ItemState = strawberry.field(description="State 状态.")
    count: int = strawberry.field(description="How many items 数量.")


@strawberry.type(description="Items counted 统计. due = done + owed; the clock says whether what is owed is late.")
class Tally:
    due: int = strawberry.field(description="Every item counted: the denominator 应完成.")
    done: int = strawberry.field(description="Handed in, reviewed or not 已提交.")
    approved: int = strawberry.field(description="Done, reviewed and approved 已通过.")
    owed: int = strawberry.field(description="The branch has to act next 待办.")
    due_soon: int = strawberry.field(description="Owed, with at most a week to go 即将到期.")
    late: int = strawberry.field(description="Owed after the due day 逾期.")
    missed: int = strawberry.field(description="Owed after the cycle has closed 未完成.")
    states: list[StateCount] = strawberry.field(description="Every state, also those of which there are none 各状态.")

    @classmethod
    def of(cls, status: Status, counted: Counted) -> Self:
        return cls(
            due=counted.due,
            done=counted.done,
            approved=counted.approved,
            owed=counted.owed,
            due_soon=counted.clocks[Timeliness.DUE_SOON],
            late=counted.late,
            missed=counted.missed,
            states=[StateCount(state=state, count=counted.states[state]) for state in ItemState],
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


@strawberry.type(description="How far the living branches at and below a place are in a cycle 完成情况.")
class Completion:
    status: strawberry.Private[Status]

    @field("The cycle that is counted 周期.")
    def cycle(self) -> Cycle:
        return Cycle.of(self.status.cycle)

    @field("The place at and below which is counted 范围.")
    def within(self) -> PlaceName:
        return PlaceName.of(self.status.within.organization)

    @field("All together 合计.")
    def total(self) -> Tally:
        return Tally.of(self.status, self.status.total)

    @field("By theme 各主题.")
    def themes(self) -> list[ThemeCompletion]:
        status = self.status
        return [
            ThemeCompletion(theme=Theme.of(theme), tally=Tally.of(status, status.of_theme(theme)))
            for theme in status.themes
        ]

    @field("By measure 各举措.")
    def measures(self) -> list[MeasureCompletion]:
        status = self.status
        return [
            MeasureCompletion(measure=Measure.of(measure), tally=Tally.of(status, status.of_measure(measure)))
            for measure in status.measures
        ]

    @field("By branch 各支部.")
    def branches(self) -> list[PlaceCompletion]:
        status = self.status
        return [
            PlaceCompletion(place=PlaceName.of(branch), tally=Tally.of(status, status.of_branch(branch)))
            for branch in status.branches
        ]

    @field("By community, for the branches that lie in one 各社区.")
    def communities(self) -> list[PlaceCompletion]:
        status = self.status
        return [
            PlaceCompletion(place=PlaceName.of(community), tally=Tally.of(status, status.of_community(community)))
            for community in status.communities
        ]


@strawberry.type
class Query:
    @field("Exact counts for a cycle (the main one of today's, if none is named) at and below a place 完成情况.")
    async def completion(self, info: Info, within: str, cycle: str | None = None) -> Completion | None:
        actor = info.context.actor
        top = await organizations.find(actor, within, field="within")
        counted = await cycles.main(actor) if cycle is None else await cycles.find(actor, cycle)
        return Completion(status=await queries.status(actor, top, counted)) if counted else None
