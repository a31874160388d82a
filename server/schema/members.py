"""Members 党员, reached through their memberships; only for roles that may read personal data."""

# ruff: noqa: A002 - the arguments go by GraphQL's usual names

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from server.access.actor import Actor
from server.kit.clock import today
from server.kit.paging import Slice, page
from server.operations import members as operations
from server.operations.members import Attach, Enrol
from server.queries import members as queries
from server.queries import organizations
from server.schema import ids
from server.schema.connections import After, Connection, First, connected
from server.schema.context import Info
from server.schema.inputs import Input, generated
from server.schema.types import field, mutation
from server.vocabulary import MembershipKind, MemberStage, Origin, Standing

if TYPE_CHECKING:
    from server.models.members import Membership
    from server.models.organizations import Placement
    from server.schema.organizations import Branch

LazyBranch = Annotated["Branch", strawberry.lazy("server.schema.organizations")]


@strawberry.type(description="A person of the Party, or on the way into it 党员.")
class Member(ids.Node):
    name: str = strawberry.field(description="Name 姓名.")
    stage: MemberStage = strawberry.field(description="Stage 发展阶段.")
    standing: Standing = strawberry.field(description="Standing 状态.")
    joined_on: date | None = strawberry.field(description="The day of joining the Party 入党日期.")
    origin: Origin = strawberry.field(description="SYNTHETIC people are made up 来源.")
    version: int = strawberry.field(description="Version 版本.")

    @classmethod
    def of(cls, row: "Membership") -> Self:
        person = row.member
        return cls(
            id=ids.global_id("Member", person.id),
            name=person.name,
            stage=person.stage,
            standing=person.standing,
            joined_on=person.joined_on,
            origin=person.origin,
            version=person.version,
        )


@strawberry.type(description="That a member belongs to a branch 组织关系. Someone lent to a temporary branch has two.")
class MemberEdge:
    row: strawberry.Private["Membership"]
    cursor: str = strawberry.field(description="Its place in the list 游标.")
    node: Member = strawberry.field(description="The person 党员.")
    kind: MembershipKind = strawberry.field(description="HOME is counted, TEMPORARY is not 类别.")
    since: date = strawberry.field(description="The first day in the branch 起始日期.")

    @field("As it stands today; null once it is dissolved 所在支部.")
    async def branch(self, info: Info) -> LazyBranch | None:
        branch: Branch | None = await ids.find(info, "Branch", self.row.branch_id)
        return branch

    @classmethod
    def of(cls, cursor: str, row: "Membership") -> Self:
        return cls(row=row, cursor=cursor, node=Member.of(row), kind=row.kind, since=row.valid_from)


@strawberry.type(description="A page of a roster 名册分页.")
class MemberConnection(Connection[MemberEdge]):
    pass


async def roster(info: Info, top: "Placement", day: date, first: int, after: str | None) -> MemberConnection:
    """The roster of one of many places: one question for all of them."""
    page = await info.context.ask(rosters, top, day, first, after)

    async def count() -> int:
        return await info.context.ask(roster_counts, top, day)

    return connected(MemberConnection, page, MemberEdge.of, count)


async def rosters(
    actor: Actor, tops: "Sequence[Placement]", day: date, first: int, after: str | None
) -> "dict[Placement, Slice[Membership]]":
    found = await queries.rosters(actor, tops, day, first, after)
    return {top: found[top.id] for top in tops}


async def roster_counts(actor: Actor, tops: "Sequence[Placement]", day: date) -> "dict[Placement, int]":
    found = await queries.roster_counts(actor, tops, day)
    return {top: found[top.id] for top in tops}


@ids.finds("Member")
async def find(info: Info, key: int) -> Member:
    return Member.of(await queries.find_person(info.context.actor, key))


@strawberry.type
class Query:
    @field("Members at and below a place, by pinyin 党员名册.")
    async def members(
        self,
        info: Info,
        within: str,
        first: First,
        after: After = None,
        search: str = "",
        as_of: date | None = None,
    ) -> MemberConnection | None:
        actor = info.context.actor
        top = await organizations.find(actor, within, as_of, field="within")
        rows = await queries.roster(actor, top, as_of or today(), search)
        found = await page(rows, queries.ROSTER_ORDER, first, after)
        return connected(MemberConnection, found, MemberEdge.of, rows.count)


@generated
class EnrolMemberInput(Input[Enrol]):
    pass


@generated
class AttachMemberInput(Input[Attach]):
    member: strawberry.ID

    def given(self) -> dict[str, object]:
        return super().given() | {"member": ids.key_of(self.member, "Member", field="member")}


@strawberry.type
class Mutation:
    @mutation("Register a person whose home is this branch 登记党员.")
    async def enrol_member(self, info: Info, input: EnrolMemberInput) -> Member | None:
        return Member.of(await operations.enrol(info.context.actor, input.draft()))

    @mutation("Take a member into a temporary branch; the home stays 编入临时党支部.")
    async def attach_member(self, info: Info, input: AttachMemberInput) -> Member | None:
        return Member.of(await operations.attach(info.context.actor, input.draft()))
