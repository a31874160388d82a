"""One type a kind of organization, and the interface that they share."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, Self, TypeVar

import strawberry

from server.kit.paths import keys
from server.queries import organizations as queries
from server.schema import ids
from server.schema.checklists import Checklist, checklists_of
from server.schema.connections import After, Connection, Edge, First, connected
from server.schema.context import Info
from server.schema.members import MemberConnection, roster
from server.schema.organizations import questions
from server.schema.types import PlaceName, field
from server.vocabulary import (
    BranchType,
    CommunityType,
    OrganizationKind,
    Origin,
    PartyBody,
    PlacementCause,
    Sector,
)

if TYPE_CHECKING:
    from server.models.organizations import Placement

O = TypeVar("O", bound="Organization")  # noqa: E741 - an organization


@strawberry.interface(
    description="A district, street, community, residents' group or branch 组织. "
    "Name, place and dates are those of the day asked for with asOf; the rest is as it is today."
)
class Organization(ids.Node):
    row: strawberry.Private["Placement"]
    day: strawberry.Private[date]
    code: str = strawberry.field(description="Stable key for other systems 编码, such as HG-YJ.")
    kind: OrganizationKind = strawberry.field(description="Kind 组织类别.")
    name: str = strawberry.field(description="Name 名称.")
    party_name: str = strawberry.field(description="The Party body that leads a place 党组织名称.")
    party_body: PartyBody | None = strawberry.field(description="Its type 党组织类型.")
    type_code: str | None = strawberry.field(description="National code of the type 类型代码: 611, 631, 932 …")
    established_on: date = strawberry.field(description="The day on which it was established 成立日期.")
    dissolved_on: date | None = strawberry.field(description="The day on which it was dissolved 撤销日期.")
    origin: Origin = strawberry.field(description="Where the facts come from 来源; SYNTHETIC is filler.")
    source: str = strawberry.field(description="Paragraphs of the article, or the day of the notice 出处.")
    note: str = strawberry.field(description="What else is to be said 备注.")
    minutes_a_month: int | None = strawberry.field(
        description="How long checklists may keep one branch busy in a month 每月用时上限（分钟）; null: as above it."
    )
    version: int = strawberry.field(description="For expectedVersion of a change 版本.")
    valid_from: date = strawberry.field(description="Since when it has stood here under this name 起.")
    valid_to: date | None = strawberry.field(description="The day from which it no longer did 止.")
    cause: PlacementCause = strawberry.field(description="The act that began this 缘由.")
    instrument_no: str = strawberry.field(description="The instrument behind that act 文号.")

    @field("Directly above; null at the top of what the reader sees 上级组织.")
    async def parent(self, info: Info) -> "Organization | None":
        key = self.row.parent_id
        found = await info.context.ask(questions.standing, key, self.day) if key else None
        return shown(found, self.day) if found else None

    @field("From the top down, as far as the reader sees them 各级上级组织.")
    async def ancestors(self, info: Info) -> list["Organization"]:
        found = await info.context.ask_all(questions.standing, keys(self.row.path)[:-1], self.day)
        return [shown(row, self.day) for row in found if row]

    @field("The names on the way down, its own left out 所在位置.")
    async def address(self, info: Info) -> list[PlaceName]:
        names = await info.context.ask(questions.addresses, self.row, self.day)
        return [PlaceName.of(name) for name in names]

    @field("Directly below, by code 下级组织.")
    async def children(self, info: Info) -> list["Organization"]:
        return await below(self, info, Organization)

    @field("Everything below, from the top down 全部下级组织.")
    async def descendants(self, info: Info, first: First, after: After = None) -> "OrganizationConnection":
        page = await info.context.ask(questions.pages_below, self.row, self.day, first, after)

        async def count() -> int:
            return await info.context.ask(questions.counts_below, self.row, self.day)

        return connected(OrganizationConnection, page, edge_on(self.day), count)

    @field("Party members at home at and below it 党员人数; those lent to it are left out.")
    async def member_count(self, info: Info) -> int:
        return await info.context.ask(questions.member_counts, self.row, self.day)

    @field("Members at and below it, by pinyin 党员名册; empty for roles that may not read it.")
    async def members(self, info: Info, first: First, after: After = None) -> MemberConnection:
        return await roster(info, self.row, self.day, first, after)

    @classmethod
    def of(cls, row: "Placement", day: date) -> Self:
        return cls(**common(row, day))


@strawberry.type(description="District 区.")
class District(Organization):
    @field("Directly below 街道.")
    async def streets(self, info: Info) -> list["Street"]:
        return await below(self, info, Street)


@strawberry.type(description="Street, or subdistrict 街道.")
class Street(Organization):
    @field("Directly below 社区.")
    async def communities(self, info: Info) -> list["Community"]:
        return await below(self, info, Community)

    @field("Directly below 直属党支部.")
    async def branches(self, info: Info) -> list["Branch"]:
        return await below(self, info, Branch)


@strawberry.type(description="Community 社区.")
class Community(Organization):
    community_type: CommunityType | None = strawberry.field(description="Type of community 社区类型.")

    @field("Directly below 居民小组.")
    async def resident_groups(self, info: Info) -> list["ResidentGroup"]:
        return await below(self, info, ResidentGroup)

    @field("Directly below 社区党支部.")
    async def branches(self, info: Info) -> list["Branch"]:
        return await below(self, info, Branch)

    @classmethod
    def of(cls, row: "Placement", day: date) -> Self:
        return cls(community_type=row.organization.community_type, **common(row, day))


@strawberry.type(description="Residents' group 居民小组.")
class ResidentGroup(Organization):
    @field("Directly below 居民小组党支部.")
    async def branches(self, info: Info) -> list["Branch"]:
        return await below(self, info, Branch)


@strawberry.type(description="Party branch 党支部 of any type, from a general branch to a Party group.")
class Branch(Organization):
    branch_type: BranchType | None = strawberry.field(description="Type of branch 支部类型.")
    sector: Sector | None = strawberry.field(description="Sector 领域.")
    is_temporary: bool = strawberry.field(description="For a task: its members keep their home elsewhere 临时党支部.")

    @field("Directly below: of a general branch, or Party groups 下设支部、党小组.")
    async def branches(self, info: Info) -> list["Branch"]:
        return await below(self, info, Branch)

    @field("Its checklists, the newest first; of one cycle (by code) if that is given 清单.")
    async def checklists(self, info: Info, cycle: str | None = None) -> list[Checklist]:
        return await info.context.ask(checklists_of, self.row.organization_id, cycle)

    @classmethod
    def of(cls, row: "Placement", day: date) -> Self:
        branch = row.organization
        return cls(
            branch_type=branch.branch_type,
            sector=branch.sector,
            is_temporary=branch.is_temporary,
            **common(row, day),
        )


@strawberry.type(description="A page of organizations 组织分页.")
class OrganizationConnection(Connection[Edge[Organization]]):
    pass


KINDS: dict[OrganizationKind, type[Organization]] = {
    OrganizationKind.DISTRICT: District,
    OrganizationKind.STREET: Street,
    OrganizationKind.COMMUNITY: Community,
    OrganizationKind.RESIDENT_GROUP: ResidentGroup,
    OrganizationKind.BRANCH: Branch,
}


def shown(row: "Placement", day: date) -> Organization:
    return KINDS[row.organization.kind].of(row, day)


def edge_on(day: date) -> Callable[[str, "Placement"], Edge[Organization]]:
    return lambda cursor, row: Edge(cursor=cursor, node=shown(row, day))


async def below(parent: Organization, info: Info, kind: type[O]) -> list[O]:
    """What lies directly below, of this kind."""
    rows = await info.context.ask(queries.children, parent.row.organization_id, parent.day)
    found = [shown(row, parent.day) for row in rows]
    return [child for child in found if isinstance(child, kind)]


def common(row: "Placement", day: date) -> dict[str, Any]:
    """The fields of the interface."""
    it = row.organization
    return {
        "row": row,
        "day": day,
        "id": ids.global_id(KINDS[it.kind].__name__, it.id),
        "code": it.code,
        "kind": it.kind,
        "name": row.name,
        "party_name": row.party_name,
        "party_body": it.party_body,
        "type_code": it.type_code,
        "established_on": it.established_on,
        "dissolved_on": it.dissolved_on,
        "origin": it.origin,
        "source": it.source,
        "note": it.note,
        "minutes_a_month": it.minutes_a_month,
        "version": it.version,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "cause": row.cause,
        "instrument_no": row.instrument_no,
    }
