"""What one version says that another does not 版本差异."""

from typing import TYPE_CHECKING, Self

import strawberry

from server.kit.terms import Term
from server.vocabulary import ChangeKind

if TYPE_CHECKING:
    from server.models import templates as models


@strawberry.type(description="One field, before and after 字段变化.")
class FieldChange:
    field: str = strawberry.field(description="Name of the field 字段.")
    old: str | None = strawberry.field(description="As it was 原值.")
    new: str | None = strawberry.field(description="As it is 新值.")

    @classmethod
    def of(cls, change: "models.FieldChange") -> Self:
        return cls(field=change.name, old=said(change.old), new=said(change.new))


@strawberry.type(description="What became of a theme 主题变化; of its measures apart.")
class ThemeChange:
    kind: ChangeKind = strawberry.field(description="What became of it 变化; what moved may have changed as well.")
    code: str = strawberry.field(description="Code 编码.")
    grasp: str = strawberry.field(description="What is grasped 抓…")
    lift: str = strawberry.field(description="What that lifts 提升…")
    fields: list[FieldChange] = strawberry.field(description="Field by field 字段变化.")

    @classmethod
    def of(cls, change: "models.ThemeChange") -> Self:
        words = change.words
        fields = [FieldChange.of(field) for field in change.fields]
        return cls(kind=change.kind, code=words.code, grasp=words.grasp, lift=words.lift, fields=fields)


@strawberry.type(description="What became of a measure 举措变化.")
class MeasureChange:
    kind: ChangeKind = strawberry.field(description="What became of it 变化; what moved may have changed as well.")
    number: int = strawberry.field(description="Number on the checklist 序号.")
    text: str = strawberry.field(description="What is to be done 内容.")
    was_in: str | None = strawberry.field(description="Code of the theme that it was in 原主题.")
    is_in: str | None = strawberry.field(description="Code of the theme that it is in 现主题.")
    fields: list[FieldChange] = strawberry.field(description="Field by field 字段变化.")

    @classmethod
    def of(cls, change: "models.MeasureChange") -> Self:
        words = change.words
        return cls(
            kind=change.kind,
            number=words.number,
            text=words.text,
            was_in=change.was_in or None,
            is_in=change.is_in or None,
            fields=[FieldChange.of(field) for field in change.fields],
        )


@strawberry.type(description="What a version says that another does not 版本差异.")
class TemplateDiff:
    themes: list[ThemeChange] = strawberry.field(description="Themes 主题; what was removed first.")
    measures: list[MeasureChange] = strawberry.field(description="Measures 举措; what was removed first.")

    @classmethod
    def of(cls, found: "models.Differences") -> Self:
        themes = [ThemeChange.of(change) for change in found.themes]
        return cls(themes=themes, measures=[MeasureChange.of(change) for change in found.measures])


def said(value: object) -> str | None:
    """A value of the wording, as GraphQL would say it alone."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case Term():
            return value.value
    return str(value)
