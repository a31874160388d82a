"""Acts on templates."""

# ruff: noqa: A002 - the arguments go by GraphQL's usual names

import strawberry

from server.operations import templates as operations
from server.operations.templates import MeasureDraft, NewTemplate, Publish, Retire, RuleDraft, ThemeDraft, Write
from server.schema import ids
from server.schema.context import Info
from server.schema.inputs import Input, generated
from server.schema.templates.types import TemplateVersion
from server.schema.types import mutation


@generated
class EvidenceRuleInput(Input[RuleDraft]):
    """What shows that a measure was done 佐证规则."""


@generated
class MeasureInput(Input[MeasureDraft]):
    """A measure as far as it is written 举措."""

    evidence_rule: EvidenceRuleInput | None


@generated
class ThemeInput(Input[ThemeDraft]):
    """A theme as far as it is written 主题."""

    measures: list[MeasureInput]


@generated
class DraftTemplateInput(Input[NewTemplate]):
    pass


@strawberry.input(description="What `reviseTemplate` is asked 变更输入.")
class ReviseTemplateInput:
    id: strawberry.ID = strawberry.field(description="Global id of the template 模板.")


@generated
class WriteTemplateInput(Input[Write]):
    id: strawberry.ID
    themes: list[ThemeInput]


@generated
class PublishTemplateInput(Input[Publish]):
    id: strawberry.ID


@generated
class RetireTemplateInput(Input[Retire]):
    id: strawberry.ID


@strawberry.type
class Mutation:
    @mutation("Begin a template: its first version, still to be written 起草模板.")
    async def draft_template(self, info: Info, input: DraftTemplateInput) -> TemplateVersion | None:
        return TemplateVersion.of(await operations.draft(info.context.actor, input.draft()))

    @mutation("Begin a new version with the words of the newest 起草新版本.")
    async def revise_template(self, info: Info, input: ReviseTemplateInput) -> TemplateVersion | None:
        key = ids.key_of(input.id, "Template")
        return TemplateVersion.of(await operations.revise(info.context.actor, key))

    @mutation("Keep the whole wording of a draft 编写.")
    async def write_template(self, info: Info, input: WriteTemplateInput) -> TemplateVersion | None:
        key = ids.key_of(input.id, "TemplateVersion")
        return TemplateVersion.of(await operations.write(info.context.actor, key, input.draft()))

    @mutation("Make a draft what cycles are opened with 发布; above the budget with a reason.")
    async def publish_template(self, info: Info, input: PublishTemplateInput) -> TemplateVersion | None:
        key = ids.key_of(input.id, "TemplateVersion")
        return TemplateVersion.of(await operations.publish(info.context.actor, key, input.draft()))

    @mutation("Open no cycle with this version any more 停用.")
    async def retire_template(self, info: Info, input: RetireTemplateInput) -> TemplateVersion | None:
        key = ids.key_of(input.id, "TemplateVersion")
        return TemplateVersion.of(await operations.retire(info.context.actor, key, input.draft()))
