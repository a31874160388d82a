"""Publishing a checklist template."""

from typing import Annotated

from pydantic import Field

from server.access.actor import Actor
from server.access.permits import Permit, require
from server.kit.clock import now
from server.kit.drafts import Draft, Line, Text
from server.kit.messages import say
from server.kit.refusals import invalid
from server.kit.transactions import unit_of_work
from server.models.records import TOPIC_LENGTH
from server.models.templates import Measure, Template, TemplateVersion, Theme
from server.operations import trail
from server.queries import organizations
from server.vocabulary import Frequency, Origin, RecordKind


class RuleDraft(Draft):
    """What shows that a measure was done: records of a kind, about a topic, so many in each period."""

    kind: RecordKind | None = None
    topic: Annotated[Line, Field(max_length=TOPIC_LENGTH)] = ""
    at_least: Annotated[int, Field(ge=1, le=99)] = 1
    required: bool = False


class MeasureDraft(Draft):
    number: Annotated[int, Field(ge=1, le=999)]
    text: Annotated[Line, Field(min_length=2, max_length=200)]
    frequency: Frequency
    guidance: Text = ""
    evidence_rule: RuleDraft = RuleDraft()
    origin: Origin = Origin.RECORDED


class ThemeDraft(Draft):
    code: Annotated[Line, Field(min_length=2, max_length=32)]
    grasp: Annotated[Line, Field(min_length=2, max_length=60)]
    lift: Annotated[Line, Field(min_length=2, max_length=60)]
    measures: Annotated[tuple[MeasureDraft, ...], Field(min_length=1)]
    origin: Origin = Origin.RECORDED


class Publish(Draft):
    """A whole template of a place (a code): its themes in order, each with its measures."""

    organization: Annotated[Line, Field(min_length=1, max_length=32)]
    code: Annotated[Line, Field(min_length=2, max_length=32)]
    title: Annotated[Line, Field(min_length=2, max_length=120)]
    programme: Line = ""
    notice: Text = ""
    source: Line = ""
    origin: Origin = Origin.RECORDED
    themes: Annotated[tuple[ThemeDraft, ...], Field(min_length=1)]


@unit_of_work()
async def publish(actor: Actor, draft: Publish) -> TemplateVersion:
    """Publish a new template as its first version, which never changes afterwards. Raises Forbidden, Invalid."""
    organization = await organizations.find_organization(actor, draft.organization, field="organization")
    require(actor, Permit.PUBLISH_TEMPLATE, organization.path)
    check_numbers(draft)
    if await Template.filter(organization_id=organization.id, code=draft.code).exists():
        raise invalid(code=say("The code {code} is taken; choose another.", code=draft.code))
    template = await Template.create(organization=organization, **draft.model_dump(exclude={"organization", "themes"}))
    version = await TemplateVersion.create(template=template, number=1)
    for position, theme in enumerate(draft.themes, start=1):
        await write_theme(version, position, theme)
    version.publish(actor.account_id, "", now())
    await version.save(update_fields=["state", "published_at", "published_by_id"])
    after = {"code": draft.code, "version": 1}
    await trail.record(actor, "template.published", template, organization.path, after=after)
    return version


def check_numbers(draft: Publish) -> None:
    numbers = [measure.number for theme in draft.themes for measure in theme.measures]
    if len(numbers) != len(set(numbers)):
        raise invalid(themes=say("Two measures have the same number; give each its own."))


async def write_theme(version: TemplateVersion, position: int, draft: ThemeDraft) -> None:
    theme = await Theme.create(version=version, position=position, **draft.model_dump(exclude={"measures"}))
    await Measure.bulk_create([Measure(theme=theme, **measure.model_dump()) for measure in draft.measures])
