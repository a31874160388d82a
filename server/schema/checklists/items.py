"""Checklists 清单 of the branches, and their items."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from server.access.actor import Actor
from server.kit.clock import today
from server.kit.paging import page
from server.queries import checklists as queries
from server.queries import cycles, organizations
from server.queries.checklists import ItemFilter
from server.schema import ids
from server.schema.connections import After, Connection, Edge, First, connected
from server.schema.context import Info
from server.schema.cycles import Cycle
from server.schema.evidence import Coverage, Evidence, Proposal, covered, evidence_of, offered
from server.schema.templates import Measure
from server.schema.types import field
from server.vocabulary import ChecklistState, ItemState, ItemVerb, Role, Timeliness

if TYPE_CHECKING:
    from server.models import checklists as models
    from server.schema.organizations import Branch

LazyBranch = Annotated["Branch", strawberry.lazy("server.schema.organizations")]


@strawberry.type(description="What moved an item from one state to another 流转.")
class Transition:
    verb: ItemVerb = strawberry.field(description="What was done 动作.")
    was: ItemState = strawberry.field(description="The state before 原状态.")
    state: ItemState = strawberry.field(description="The state after 新状态.")
    at: datetime = strawberry.field(description="When 时间.")
    name: str = strawberry.field(description="Who, by the name of that moment 办理人.")
    role: Role | None = strawberry.field(description="In which role 角色; null for what was kept before roles were.")
    words: str = strawberry.field(description="Remark or reason 意见.")
    digest: str = strawberry.field(description="SHA-256 of what was approved, in hex 摘要; empty for other moves.")

    @classmethod
    def of(cls, row: "models.Transition") -> Self:
        return cls(
            verb=row.verb,
            was=row.was,
            state=row.state,
            at=row.at,
            name=row.name,
            role=row.role,
            words=row.words,
            digest=row.digest,
        )


@strawberry.type(description="One measure of one branch in one cycle 清单事项.")
class ChecklistItem(ids.Node):
    row: strawberry.Private["models.ChecklistItem"]
    measure: Measure = strawberry.field(description="What is to be done 举措.")
    state: ItemState = strawberry.field(description="State 状态.")
    timeliness: Timeliness = strawberry.field(description="What the clock says today, if it is owed 时限.")
    done_on: date | None = strawberry.field(description="The day on which it was done 完成日期.")
    summary: str = strawberry.field(description="What was done 完成情况.")
    not_applicable: bool = strawberry.field(description="That the measure does not apply here 不适用.")
    reason: str = strawberry.field(description="Why it does not apply 不适用原因.")
    locked: bool = strawberry.field(description="Whether it lies under a seal 已锁定.")
    remark: str = strawberry.field(description="The reviewer's remark 审核意见.")
    submitted_by: str | None = strawberry.field(description="Name of the person 提交人.")
    submitted_at: datetime | None = strawberry.field(description="When it was submitted 提交时间.")
    reviewed_by: str | None = strawberry.field(description="Name of the person 审核人.")
    reviewed_at: datetime | None = strawberry.field(description="When it was reviewed 审核时间.")
    version: int = strawberry.field(description="For expectedVersion of a change 版本.")

    @field("What moved it, the oldest first 流转记录.")
    async def transitions(self, info: Info) -> list[Transition]:
        return [Transition.of(row) for row in await info.context.ask(queries.transitions_of, self.row.id)]

    @field("Fields that say something else than what was approved 通过后有变化的字段; empty while the approval stands.")
    async def stale_fields(self, info: Info) -> list[str]:
        return list(await info.context.ask(queries.stale_of, self.row.id))

    @field("Everything that was ever added, also what was removed 佐证.")
    async def evidence(self, info: Info) -> list[Evidence]:
        return await evidence_of(info, self.row)

    @field("Records of the branch that its rule finds and that are not used here yet 推荐佐证.")
    async def proposals(self, info: Info) -> list[Proposal]:
        return await offered(info, self.row)

    @field("What its rule asks for, and what there is 佐证要求.")
    async def coverage(self, info: Info) -> list[Coverage]:
        return await covered(info, self.row)

    @field("The checklist that it is on 清单.")
    def checklist(self) -> "Checklist":
        return Checklist.of(self.row.checklist)

    @classmethod
    def of(cls, row: "models.ChecklistItem") -> Self:
        return cls(
            row=row,
            id=ids.global_id("ChecklistItem", row.id),
            measure=Measure.of(row.measure),
            state=row.state,
            timeliness=row.timeliness(today()),
            done_on=row.done_on,
            summary=row.summary,
            not_applicable=row.not_applicable,
            reason=row.reason,
            locked=row.is_locked,
            remark=row.remark,
            submitted_by=row.submitted_by.name if row.submitted_by else None,
            submitted_at=row.submitted_at,
            reviewed_by=row.reviewed_by.name if row.reviewed_by else None,
            reviewed_at=row.reviewed_at,
            version=row.version,
        )


@strawberry.type(description="More time for one branch 延期.")
class Extension:
    due_on: date = strawberry.field(description="Due on 截止日期.")
    closes_on: date = strawberry.field(description="Closes on 关闭日期.")
    reason: str = strawberry.field(description="Why 原因.")
    given_at: datetime = strawberry.field(description="When 时间.")
    given_by: str | None = strawberry.field(description="Name of the person 批准人.")

    @classmethod
    def of(cls, row: "models.Extension") -> Self:
        return cls(
            due_on=row.due_on,
            closes_on=row.closes_on,
            reason=row.reason,
            given_at=row.given_at,
            given_by=row.given_by.name if row.given_by else None,
        )


@strawberry.type(description="The measures of one branch in one cycle 清单.")
class Checklist(ids.Node):
    row: strawberry.Private["models.Checklist"]
    branch_code: str = strawberry.field(description="Code of its branch 支部编码.")
    branch_name: str = strawberry.field(description="Name of its branch 支部名称.")
    assigned_on: date = strawberry.field(description="Since when it is asked of the branch 下达日期.")
    due_on: date = strawberry.field(
        description="What is owed after this day is late 截止日期; later than the cycle's after an extension."
    )
    closes_on: date = strawberry.field(description="What is owed after this day is missed 关闭日期.")
    accepted_at: datetime | None = strawberry.field(description="When the subdistrict took it as done 验收时间.")
    accepted_by: str | None = strawberry.field(description="Name of the person then 验收人.")
    accepted_role: Role | None = strawberry.field(description="In which role 验收人角色.")
    locked_at: datetime | None = strawberry.field(description="When its cycle was sealed 锁定时间.")
    version: int = strawberry.field(description="For expectedVersion of a change 版本.")

    @field("How far it is as a whole 清单状态.")
    async def state(self, info: Info) -> ChecklistState:
        return self.row.state(await info.context.ask(queries.states_of, self.row.id))

    @field("More time that it was given, the oldest first 延期.")
    async def extensions(self, info: Info) -> list[Extension]:
        found = await info.context.ask(extensions_of, self.row.id)
        return [Extension.of(row) for row in found]

    @field("The cycle that it belongs to 周期.")
    def cycle(self) -> Cycle:
        return Cycle.of(self.row.cycle)

    @field("As it stands today; null once it is dissolved 支部.")
    async def branch(self, info: Info) -> LazyBranch | None:
        branch: Branch | None = await ids.find(info, "Branch", self.row.branch_id)
        return branch

    @field("By the number of their measure 事项.")
    async def items(self, info: Info) -> list[ChecklistItem]:
        return [ChecklistItem.of(row) for row in await info.context.ask(queries.items_of_all, self.row.id)]

    @classmethod
    def of(cls, row: "models.Checklist") -> Self:
        return cls(
            row=row,
            id=ids.global_id("Checklist", row.id),
            branch_code=row.branch.code,
            branch_name=row.branch.name,
            assigned_on=row.assigned_on,
            due_on=row.due_on,
            closes_on=row.closes_on,
            accepted_at=row.accepted_at,
            accepted_by=row.accepted_name or None,
            accepted_role=row.accepted_as,
            locked_at=row.locked_at,
            version=row.version,
        )


@ids.makes("Checklist")
def checklist_of(row: "models.Checklist") -> Checklist:
    return Checklist.of(row)


async def extensions_of(actor: Actor, keys: Sequence[int]) -> "dict[int, list[models.Extension]]":
    found = await queries.extensions_of(actor, keys)
    return {key: found.get(key, []) for key in keys}


async def checklists_of(actor: Actor, branches: Sequence[int], cycle: str | None) -> dict[int, list[Checklist]]:
    found: dict[int, list[Checklist]] = defaultdict(list)
    for row in await queries.of_branches(actor, branches, cycle):
        found[row.branch_id].append(Checklist.of(row))
    return found


@strawberry.type(description="A page of items 事项分页.")
class ChecklistItemConnection(Connection[Edge[ChecklistItem]]):
    pass


def edge(cursor: str, row: "models.ChecklistItem") -> Edge[ChecklistItem]:
    return Edge(cursor=cursor, node=ChecklistItem.of(row))


@ids.finds("Checklist")
async def find(info: Info, key: int) -> Checklist:
    return Checklist.of(await queries.find(info.context.actor, key))


@ids.finds("ChecklistItem")
async def find_item(info: Info, key: int) -> ChecklistItem:
    return ChecklistItem.of(await queries.find_item(info.context.actor, key))


@strawberry.type
class Query:
    @field("Items at and below a place, of a cycle, in a state 事项; by branch and number.")
    async def checklist_items(
        self,
        info: Info,
        first: First,
        after: After = None,
        within: str | None = None,
        cycle: str | None = None,
        state: ItemState | None = None,
    ) -> ChecklistItemConnection | None:
        actor = info.context.actor
        top = await organizations.find(actor, within, field="within") if within is not None else None
        counted = await cycles.find(actor, cycle) if cycle is not None else None
        rows = queries.matching(actor, ItemFilter(top, counted, state))
        found = await page(rows, queries.ITEM_ORDER, first, after)
        return connected(ChecklistItemConnection, found, edge, rows.count)
