"""What a checklist asks for: templates in their versions, themes and their measures 模板、主题与举措."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from server.access.actor import Actor
from server.queries import cycles
from server.queries import templates as queries
from server.schema import ids
from server.schema.context import Info
from server.schema.templates.changes import TemplateDiff
from server.schema.types import PlaceName, field
from server.vocabulary import Frequency, Origin, RecordKind, Sector, VersionState

if TYPE_CHECKING:
    from server.models import templates as models

SectorOf = Annotated[
    Sector | None, strawberry.argument(description="Of the branches that are counted; as it was last opened for.")
]
Against = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Global id of the other version; the one before, if left out."),
]
INSTEAD = "Ask the version: it never changes, so that it can be kept."


@strawberry.type(description="What shows that a measure was done 佐证规则.")
class EvidenceRule:
    kind: RecordKind | None = strawberry.field(description="Records of this kind are proposed 记录类别.")
    topic: str = strawberry.field(description="Records about this topic are proposed 主题词.")
    at_least: int = strawberry.field(description="How many in each period 每期至少.")
    required: bool = strawberry.field(description="Whether nothing can be submitted without it 是否必需.")

    @classmethod
    def of(cls, rule: "models.EvidenceRule") -> Self:
        return cls(kind=rule.kind, topic=rule.topic, at_least=rule.at_least, required=rule.required)


@strawberry.type(description="One thing that a branch does: every month, quarter or year 举措.")
class Measure:
    number: int = strawberry.field(description="Number on the checklist 序号.")
    text: str = strawberry.field(description="What is to be done 内容.")
    guidance: str = strawberry.field(description="How 说明.")
    frequency: Frequency = strawberry.field(description="How often 频次.")
    evidence_rule: EvidenceRule = strawberry.field(description="What shows that it was done 佐证规则.")
    estimated_minutes: int | None = strawberry.field(description="How long it takes once 预计用时（分钟）.")
    origin: Origin = strawberry.field(description="Where the text comes from 来源.")
    theme_code: str = strawberry.field(description="Code of its theme 主题编码.")

    @classmethod
    def of(cls, row: "models.Measure") -> Self:
        return cls(
            number=row.number,
            text=row.text,
            guidance=row.guidance,
            frequency=row.frequency,
            evidence_rule=EvidenceRule.of(row.rule),
            estimated_minutes=row.estimated_minutes,
            origin=row.origin,
            theme_code=row.theme.code,
        )


@strawberry.type(description="What is grasped and what it lifts 抓与提; with its measures.")
class Theme:
    row: strawberry.Private["models.Theme"]
    code: str = strawberry.field(description="Code 编码.")
    grasp: str = strawberry.field(description="What is grasped 抓…")
    lift: str = strawberry.field(description="What that lifts 提升…")
    origin: Origin = strawberry.field(description="Where the words come from 来源.")

    @field("By number 举措.")
    async def measures(self, info: Info) -> list[Measure]:
        return [Measure.of(row) for row in await info.context.ask(measures_of, self.row.id)]

    @classmethod
    def of(cls, row: "models.Theme") -> Self:
        return cls(row=row, code=row.code, grasp=row.grasp, lift=row.lift, origin=row.origin)


@strawberry.type(description="How long a version keeps the branches busy in a month 用时.")
class Burden:
    minutes: float = strawberry.field(description="Of one branch, to a tenth 每支部每月（分钟）.")
    branches: int = strawberry.field(description="How many branches are counted 支部数.")
    minutes_in_all: float = strawberry.field(description="Of all of them, to a tenth 合计（分钟）.")
    not_estimated: list[int] = strawberry.field(description="Numbers of measures that count nothing 未估时的举措.")
    budget: int | None = strawberry.field(description="How long it may be 上限（分钟）; null: no limit.")
    is_over: bool = strawberry.field(description="Whether it is longer 是否超限.")

    @classmethod
    def of(cls, found: "models.Burden") -> Self:
        return cls(
            minutes=float(found.shown),
            branches=found.branches,
            minutes_in_all=float(found.shown_in_all),
            not_estimated=list(found.not_estimated),
            budget=found.budget,
            is_over=found.is_over,
        )


@strawberry.type(description="One wording of a template 模板版本: a draft, or what never changes any more.")
class TemplateVersion(ids.Node):
    row: strawberry.Private["models.TemplateVersion"]
    number: int = strawberry.field(description="Counted from 1 版本号.")
    state: VersionState = strawberry.field(description="State 状态.")
    published_at: datetime | None = strawberry.field(description="When it was published 发布时间.")
    published_by: str | None = strawberry.field(description="Name of the person 发布人.")
    reason: str = strawberry.field(description="Why it takes longer than the budget, if it does 超限原因.")
    retired_at: datetime | None = strawberry.field(description="When it was retired 停用时间.")
    retired_because: str = strawberry.field(description="Why it was retired 停用原因.")
    version: int = strawberry.field(description="For expectedVersion of a change 修改序号.")

    @field("Of which template 模板.")
    def template(self) -> "Template":
        return Template.of(self.row)

    @field("In order 主题.")
    async def themes(self, info: Info) -> list[Theme]:
        return [Theme.of(row) for row in await info.context.ask(themes_of, self.row.id)]

    @field("What it costs the branches that fill it in 用时; null for whoever sees only what it was opened for.")
    async def burden(self, info: Info, sector: SectorOf = None) -> Burden | None:
        found = await info.context.ask(reckonings, self.row, sector)
        return Burden.of(found.burden) if found else None

    @field("What it says that another version does not 与另一版本的差异; null if there is none before it.")
    async def diff(self, info: Info, against: Against = None) -> TemplateDiff | None:
        actor = info.context.actor
        if against is None:
            earlier = await info.context.ask(versions_of, self.row.template_id)
            other = next((row for row in earlier if row.number < self.number), None)
        else:
            key = ids.key_of(against, "TemplateVersion", "against")
            other = await queries.find_version(actor, key, field="against")
        return TemplateDiff.of(await queries.between(other, self.row)) if other else None

    @classmethod
    def of(cls, row: "models.TemplateVersion") -> Self:
        return cls(
            row=row,
            id=ids.global_id("TemplateVersion", row.id),
            number=row.number,
            state=row.state,
            published_at=row.published_at,
            published_by=row.published_by.name if row.published_by else None,
            reason=row.reason,
            retired_at=row.retired_at,
            retired_because=row.retired_because,
            version=row.version,
        )


@strawberry.type(description="What branches work through, cycle after cycle 清单模板.")
class Template(ids.Node):
    row: strawberry.Private["models.TemplateVersion"]
    code: str = strawberry.field(description="Code 编码; the place's own.")
    title: str = strawberry.field(description="Title 标题.")
    organization: PlaceName = strawberry.field(description="The place that it belongs to 所属组织.")
    programme: str = strawberry.field(description="The programme that it belongs to 工程.")
    notice: str = strawberry.field(description="What its source does not say 说明.")
    version: int = strawberry.field(
        description="Number of the version that led here 版本: the cycle's, else the newest published.",
        deprecation_reason=INSTEAD,
    )
    origin: Origin = strawberry.field(description="Where it comes from 来源.")
    source: str = strawberry.field(description="Paragraphs of the article 出处.")

    @field("Of the version that led here, in order 主题.", INSTEAD)
    async def themes(self, info: Info) -> list[Theme]:
        return [Theme.of(row) for row in await info.context.ask(themes_of, self.row.id)]

    @field("The newest first 版本; none for whoever sees only what it was opened for.")
    async def versions(self, info: Info) -> list[TemplateVersion]:
        return [TemplateVersion.of(row) for row in await info.context.ask(versions_of, self.row.template_id)]

    @classmethod
    def of(cls, row: "models.TemplateVersion") -> Self:
        template = row.template
        return cls(
            row=row,
            id=ids.global_id("Template", template.id),
            code=template.code,
            title=template.title,
            organization=PlaceName.of(template.organization),
            programme=template.programme,
            notice=template.notice,
            version=row.number,
            origin=template.origin,
            source=template.source,
        )


async def versions(_: Actor, keys: Sequence[int]) -> "dict[int, models.TemplateVersion]":
    return await cycles.versions(keys)


async def versions_of(actor: Actor, keys: Sequence[int]) -> "dict[int, list[models.TemplateVersion]]":
    return await queries.versions_of_all(actor, keys)


async def themes_of(_: Actor, keys: Sequence[int]) -> "dict[int, list[models.Theme]]":
    return await cycles.themes_of(keys)


async def measures_of(_: Actor, keys: Sequence[int]) -> "dict[int, list[models.Measure]]":
    return await cycles.measures_of(keys)


async def reckonings(
    actor: Actor, rows: "Sequence[models.TemplateVersion]", sector: Sector | None
) -> "dict[models.TemplateVersion, queries.Reckoning | None]":
    """None where the template's place is out of reach."""
    open_to = await queries.versions_of_all(actor, [row.template_id for row in rows])
    wordings = await queries.wordings([row.id for row in rows])
    return {
        row: await queries.reckon(actor, row.template, wordings[row.id], sector) if open_to[row.template_id] else None
        for row in rows
    }
