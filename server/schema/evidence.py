"""Evidence 佐证 of items: what is there, what the rule still misses, which records fit."""

# ruff: noqa: A002 - the arguments go by GraphQL's usual names

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

import strawberry

from server.access.actor import Actor
from server.kit.messages import translate
from server.operations import evidence as operations
from server.operations.evidence import Cite, Link, Remove
from server.queries import checklists
from server.queries import evidence as queries
from server.schema import ids
from server.schema.context import Info
from server.schema.inputs import Input, generated
from server.schema.records import Record
from server.schema.types import mutation
from server.vocabulary import EvidenceKind

if TYPE_CHECKING:
    from server.models import evidence as models
    from server.models.checklists import ChecklistItem
    from server.queries.checklists import Proposal as Proposed


@strawberry.type(description="A piece of evidence of an item 佐证; it is never overwritten. Files come by the pages.")
class Evidence(ids.Node):
    kind: EvidenceKind = strawberry.field(description="Kind 类别.")
    title: str = strawberry.field(description="Title; of a file the name that it was sent under 标题.")
    effective_on: date = strawberry.field(description="When it happened 发生日期.")
    received_at: datetime = strawberry.field(description="When it was added 接收时间.")
    sha256: str = strawberry.field(
        description="SHA-256 of the file, of the address, of what the record said then 摘要.", name="sha256"
    )
    media_type: str | None = strawberry.field(description="Of a file 文件类型.")
    size: int | None = strawberry.field(description="Of a file, in bytes 文件大小.")
    address: str | None = strawberry.field(description="Of a link; of a file, where the pages give it out 地址.")
    added_by: str | None = strawberry.field(description="Name of the person 添加人.")
    removed_at: datetime | None = strawberry.field(description="When it was taken off 移除时间.")
    removed_by: str | None = strawberry.field(description="Name of the person 移除人.")
    removed_because: str = strawberry.field(description="Why 移除原因.")
    is_overtaken: bool = strawberry.field(description="Whether its record was corrected or withdrawn since 是否已变更.")
    record: Record | None = strawberry.field(description="The record that it is, as it says now 工作记录.")

    @classmethod
    def of(cls, row: "models.Evidence") -> Self:
        return cls(
            id=ids.global_id("Evidence", row.id),
            kind=row.kind,
            title=row.title,
            effective_on=row.effective_on,
            received_at=row.received_at,
            sha256=row.sha256,
            media_type=row.blob.media_type if row.blob else None,
            size=row.blob.size if row.blob else None,
            address=row.address or (f"/evidence/{row.id}/file" if row.blob else None),
            added_by=row.added_by.name if row.added_by else None,
            removed_at=row.removed_at,
            removed_by=row.removed_by.name if row.removed_by else None,
            removed_because=row.removed_because,
            is_overtaken=row.is_overtaken,
            record=Record.of(row.record) if row.record else None,
        )


@strawberry.type(description="A record that fits the rule of an item 推荐佐证.")
class Proposal:
    record: Record = strawberry.field(description="The record 工作记录.")
    reasons: list[str] = strawberry.field(description="Why it fits, in the language of the request 理由.")

    @classmethod
    def of(cls, locale: str, found: "Proposed") -> Self:
        reasons = [translate(locale, reason) for reason in found.reasons]
        return cls(record=Record.of(found.record), reasons=reasons)


@strawberry.type(description="A stretch in which a measure is due, and the evidence in it 佐证要求.")
class Coverage:
    first: date = strawberry.field(description="First day 起始日期.")
    last: date = strawberry.field(description="Last day, counted 结束日期.")
    found: int = strawberry.field(description="Pieces of evidence that stand 现有.")
    wanted: int = strawberry.field(description="How many the rule asks for 需要.")


async def proposals_of(actor: Actor, items: "Sequence[ChecklistItem]") -> "dict[ChecklistItem, list[Proposed]]":
    """What the rules of these items find, asked for together."""
    found = await checklists.proposals(actor, items)
    return {item: found.get(item.id, []) for item in items}


async def evidence_of(info: Info, item: "ChecklistItem") -> list[Evidence]:
    return [Evidence.of(row) for row in await info.context.ask(queries.of_items, item.id)]


async def offered(info: Info, item: "ChecklistItem") -> list[Proposal]:
    return [Proposal.of(info.context.locale, each) for each in await info.context.ask(proposals_of, item)]


async def covered(info: Info, item: "ChecklistItem") -> list[Coverage]:
    pieces = await info.context.ask(queries.of_items, item.id)
    return [
        Coverage(first=part.period.first, last=part.period.last, found=part.found, wanted=part.wanted)
        for part in checklists.asked_for(item, pieces)
    ]


@ids.finds("Evidence")
async def find(info: Info, key: int) -> Evidence:
    return Evidence.of(await queries.find(info.context.actor, key))


@generated
class LinkEvidenceInput(Input[Link]):
    id: strawberry.ID


@strawberry.input(description="What `citeRecord` is asked 变更输入.")
class CiteRecordInput:
    id: strawberry.ID = strawberry.field(description="Global id 全局标识 of the record.")
    items: list[strawberry.ID] = strawberry.field(description="Global ids of the items that it is evidence of 事项.")

    def draft(self) -> Cite:
        """Raises Invalid (id, items)."""
        items = [ids.key_of(item, "ChecklistItem", "items") for item in self.items]
        return Cite.parse({"records": [ids.key_of(self.id, "Record")], "items": items})


@generated
class RemoveEvidenceInput(Input[Remove]):
    id: strawberry.ID


@strawberry.type
class Mutation:
    @mutation("Add a page of the web to an item (`id`) 添加链接; files are added on the pages alone.")
    async def link_evidence(self, info: Info, input: LinkEvidenceInput) -> Evidence | None:
        key = ids.key_of(input.id, "ChecklistItem")
        return Evidence.of(await operations.link(info.context.actor, key, input.draft()))

    @mutation("Use one record as evidence of one or many items 采用工作记录: of all of them, or of none.")
    async def cite_record(self, info: Info, input: CiteRecordInput) -> list[Evidence] | None:
        return [Evidence.of(row) for row in await operations.cite(info.context.actor, input.draft())]

    @mutation("Take a piece of evidence off its item 移除佐证; it stays readable.")
    async def remove_evidence(self, info: Info, input: RemoveEvidenceInput) -> Evidence | None:
        key = ids.key_of(input.id, "Evidence")
        return Evidence.of(await operations.remove(info.context.actor, key, input.draft()))
