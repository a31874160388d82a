"""What a checklist asks for: themes and their measures 主题与举措."""

from typing import TYPE_CHECKING, Self

import strawberry

from server.vocabulary import Frequency, Origin

if TYPE_CHECKING:
    from server.models import templates as models


@strawberry.type(description="One thing that a branch does: every month, quarter or year 举措.")
class Measure:
    number: int = strawberry.field(description="Number on the checklist 序号.")
    text: str = strawberry.field(description="What is to be done 内容.")
    guidance: str = strawberry.field(description="How 说明.")
    frequency: Frequency = strawberry.field(description="How often 频次.")
    origin: Origin = strawberry.field(description="Where the text comes from 出处.")

    @classmethod
    def of(cls, row: "models.Measure") -> Self:
        return cls(
            number=row.number, text=row.text, guidance=row.guidance, frequency=row.frequency, origin=row.origin
        )


@strawberry.type(description="What is grasped and what it lifts 抓与提; with its measures.")
class Theme:
    code: str
    grasp: str = strawberry.field(description="抓…")
    lift: str = strawberry.field(description="提升…")
    origin: Origin = strawberry.field(description="Where the words come from 出处.")
    measures: list[Measure] = strawberry.field(description="By number 举措.")

    @classmethod
    def of(cls, row: "models.Theme", measures: "list[models.Measure]") -> Self:
        return cls(
            code=row.code,
            grasp=row.grasp,
            lift=row.lift,
            origin=row.origin,
            measures=[Measure.of(measure) for measure in measures],
        )


@strawberry.type(description="A checklist that branches work through, cycle after cycle 清单模板; in one of its versions.")
class Template:
    code: str
    title: str
    programme: str = strawberry.field(description="The programme that it belongs to 工程.")
    notice: str = strawberry.field(description="What its source does not say 说明.")
    version: int = strawberry.field(description="Number of the published version 版本; it never changes.")
    origin: Origin = strawberry.field(description="Where it comes from 出处.")
    source: str

    @classmethod
    def of(cls, row: "models.TemplateVersion") -> Self:
        template = row.template
        return cls(
            code=template.code,
            title=template.title,
            programme=template.programme,
            notice=template.notice,
            version=row.number,
            origin=template.origin,
            source=template.source,
        )
