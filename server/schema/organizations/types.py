"""One type a kind of organization, and the interface that they share."""

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


@strawberry.type(description="A place on the way down to an organization 上级, by name only.")
class PlaceName:
    code: str
    name: str
    kind: OrganizationKind


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
    established_on: date = strawberry.field(description="成立日期.")
    dissolved_on: date | None = strawberry.field(description="撤销日期.")
    origin: Origin = strawberry.field(description="Where the facts come from 来源; SYNTHETIC is filler.")
    source: str = strawberry.field(description="Paragraphs of the article, or the day of the notice 出处.")
    note: str = strawberry.field(description="备注.")
    version: int = strawberry.field(description="For expectedVersion of a change 版本.")
    valid_from: date = strawberry.field(description="Since when it has stood here under this name 起.")
    valid_to: date | None = strawberry.field(description="The day from which it no longer did 止.")
    cause: PlacementCause = strawberry.field(description="The act that began this 缘由.")
    instrument_no: str = strawberry.field(description="文号.")

    @strawberry.field(description="Directly above; null at the top of what the reader sees 上级组织.")
    async def parent(self, info: Info) -> "Organization | None":
        key = self.row.parent_id
        found = await info.context.ask(questions.standing, key, self.day) if key else None
        return shown(found, self.day) if found else None

    @strawberry.field(description="From the top down, as far as the reader sees them 各级上级组织.")
    async def ancestors(self, info: Info) -> list["Organization"]:
        found = [await info.context.ask(questions.standing, key, self.day) for key in keys(self.row.path)[:-1]]
        return [shown(row, self.day) for row in found if row]

    @strawberry.field(description="The names on the way down, its own left out 所在位置.")
    async def address(self, info: Info) -> list[PlaceName]:
        names = await info.context.ask(questions.addresses, self.row, self.day)
        return [PlaceName(code=name.code, name=name.name, kind=name.kind) for name in names]

    @strawberry.field(description="Directly below, by code 下级组织.")
    async def children(self, info: Info) -> list["Organization"]:
        return await below(self, info)

    @strawberry.field(description="Everything below, from the top down 全部下级组织.")
    async def descendants(self, info: Info, first: First, after: After = None) -> "OrganizationConnection":
        found = await info.context.ask(questions.pages_below, self.row, self.day, first, after)

        async def count() -> int:
            return await info.context.ask(questions.counts_below, self.row, self.day)

        return organizations_on(self.day)(found, count)

    @strawberry.field(description="Party members at home at and below it 党员人数; those lent to it are left out.")
    async def member_count(self, info: Info) -> int:
        return await info.context.ask(questions.member_counts, self.row, self.day)

    @strawberry.field(description="Members at and below it, by pinyin 党员名册; empty for roles that may not read it.")
    async def members(self, info: Info, first: First, after: After = None) -> MemberConnection:
        return await roster(info, self.row, self.day, first, after)

    @classmethod
    def of(cls, row: "Placement", day: date) -> Self:
        return cls(**common(row, day))
