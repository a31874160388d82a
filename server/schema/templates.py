"""What a checklist asks for: themes and their measures 主题与举措."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

import strawberry

from server.access.actor import Actor
from server.queries import cycles
from server.schema.context import Info
from server.schema.types import field
from server.vocabulary import Frequency, Origin

if TYPE_CHECKING:
    from server.models import templates as models


@strawberry.type(description="One thing that a branch does: every month, quarter or year 举措.")
class Measure:
    number: int = strawberry.field(description="Number on the checklist 序号.")
    text: str = strawberry.field(description="What is to be done 内容.")
    guidance: str = strawberry.field(description="How 说明.")
    frequency: Frequency = strawberry.field(description="How often 频次.")
    origin: Origin = strawberry.field(description="Where the text comes from 来源.")
    theme_code: str = strawberry.field(description="Code of its theme 主题编码.")

    @classmethod
    def of(cls, row: "models.Measure") -> Self:
        return cls(
            number=row.number,
            text=row.text,
            guidance=row.guidance,
            frequency=row.frequency,
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


@strawberry.type(description="What branches work through, cycle after cycle 清单模板; in one of its versions.")
class Template:
    row: strawberry.Private["models.TemplateVersion"]
    code: str = strawberry.field(description="Code 编码.")
    title: str = strawberry.field(description="Title 标题.")
    programme: str = strawberry.field(description="The programme that it belongs to 工程.")
    notice: str = strawberry.field(description="What its source does not say 说明.")
    version: int = strawberry.field(description="Number of the published version 版本; it never changes.")
    origin: Origin = strawberry.field(description="Where it comes from 来源.")
    source: str = strawberry.field(description="Paragraphs of the article 出处.")

    @field("In order 主题.")
    async def themes(self, info: Info) -> list[Theme]:
        return [Theme.of(row) for row in await info.context.ask(themes_of, self.row.id)]

    @classmethod
    def of(cls, row: "models.TemplateVersion") -> Self:
        template = row.template
        return cls(
            row=row,
            code=template.code,
            title=template.title,
            programme=template.programme,
            notice=template.notice,
            version=row.number,
            origin=template.origin,
            source=template.source,
        )


async def versions(_: Actor, keys: Sequence[int]) -> "dict[int, models.TemplateVersion]":
    return await cycles.versions(keys)


async def themes_of(_: Actor, keys: Sequence[int]) -> "dict[int, list[models.Theme]]":
    return await cycles.themes_of(keys)


async def measures_of(_: Actor, keys: Sequence[int]) -> "dict[int, list[models.Measure]]":
    return await cycles.measures_of(keys)
