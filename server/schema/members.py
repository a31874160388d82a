"""Members 党员, reached through their memberships; only for roles that may read personal data."""

# ruff: noqa: A002 - the arguments go by GraphQL's usual names

import json
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from server.access.actor import Actor
from server.kit.clock import today
from server.kit.paging import Slice, page
from server.operations import members as operations
from server.operations.members import Attach, Correct, Enrol, Erase, Export, Reveal
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

SEARCH = "A name, the start of its pinyin or initials, or a whole phone or ID number 姓名、拼音或完整号码."

LazyBranch = Annotated["Branch", strawberry.lazy("server.schema.organizations")]


@strawberry.type(description="A person of the Party, or on the way into it 党员.")
class Member(ids.Node):
    name: str = strawberry.field(description="Name 姓名.")
    stage: MemberStage = strawberry.field(description="Stage 发展阶段.")
    standing: Standing = strawberry.field(description="Standing 状态.")
    joined_on: date | None = strawberry.field(description="The day of joining the Party 入党日期.")
    phone_masked: str | None = strawberry.field(description="Phone, all but a few digits hidden 手机号（脱敏）.")
    id_number_masked: str | None = strawberry.field(
        description="ID number, all but two characters hidden 身份证号（脱敏）."
    )
    origin: Origin = strawberry.field(description="SYNTHETIC people are made up 来源.")
    erased_on: date | None = strawberry.field(description="The day on which the person was erased 删除日期.")
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
            phone_masked=person.phone_masked or None,
            id_number_masked=person.id_number_masked or None,
            erased_on=person.erased_on,
            origin=person.origin,
            version=person.version,
        )


@strawberry.type(description="The numbers of one person in clear 明文.")
class Revealed:
    phone: str | None = strawberry.field(description="Phone 手机号.")
    id_number: str | None = strawberry.field(description="ID number 身份证号.")


@strawberry.type(description="All that is held on one person 个人信息导出.")
class MemberExport:
    document: str = strawberry.field(description="JSON: the person, the memberships, who has looked 导出内容.")


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
        search: Annotated[str, strawberry.argument(description=SEARCH)] = "",
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


@generated
class RevealMemberInput(Input[Reveal]):
    id: strawberry.ID


@generated
class CorrectMemberInput(Input[Correct]):
    id: strawberry.ID


@generated
class ExportMemberInput(Input[Export]):
    id: strawberry.ID


@generated
class EraseMemberInput(Input[Erase]):
    id: strawberry.ID


@strawberry.type
class Mutation:
    @mutation("Register a person whose home is this branch 登记党员.")
    async def enrol_member(self, info: Info, input: EnrolMemberInput) -> Member | None:
        return Member.of(await operations.enrol(info.context.actor, input.draft()))

    @mutation("Take a member into a temporary branch; the home stays 编入临时党支部.")
    async def attach_member(self, info: Info, input: AttachMemberInput) -> Member | None:
        return Member.of(await operations.attach(info.context.actor, input.draft()))

    @mutation("Phone and ID number of one person in clear; the trail keeps the reason 查看个人信息.")
    async def reveal_member(self, info: Info, input: RevealMemberInput) -> Revealed | None:
        key = ids.key_of(input.id, "Member")
        found = await operations.reveal(info.context.actor, key, input.draft())
        return Revealed(phone=found.phone, id_number=found.id_number)

    @mutation("Put right what is held on a person 更正个人信息.")
    async def correct_member(self, info: Info, input: CorrectMemberInput) -> Member | None:
        key = ids.key_of(input.id, "Member")
        return Member.of(await operations.correct(info.context.actor, key, input.draft()))

    @mutation("Take out all that is held on a person, numbers in clear 导出个人信息.")
    async def export_member(self, info: Info, input: ExportMemberInput) -> MemberExport | None:
        key = ids.key_of(input.id, "Member")
        found = await operations.export(info.context.actor, key, input.draft())
        return MemberExport(document=json.dumps(found.document, ensure_ascii=False))

    @mutation("Forget a person for good; the trail stays verifiable 删除个人信息.")
    async def erase_member(self, info: Info, input: EraseMemberInput) -> Member | None:
        key = ids.key_of(input.id, "Member")
        return Member.of(await operations.erase(info.context.actor, key, input.draft()))
