"""Draft, revise, write, publish, retire. What is published never changes: a new version takes its place."""

from server.access.actor import Actor
from server.access.permits import Permit, require
from server.kit.clock import now
from server.kit.messages import say
from server.kit.refusals import Invalid, invalid
from server.kit.transactions import unit_of_work
from server.models.organizations import Organization
from server.models.templates import Template, TemplateVersion, burden, incomplete, measures_of
from server.operations import trail
from server.operations.templates.drafts import NewTemplate, Publish, Retire, Whole, Write
from server.operations.templates.wording import keep
from server.queries import organizations, templates
from server.vocabulary import Origin, VersionState


@unit_of_work()
async def draft(
    actor: Actor, draft: NewTemplate, origin: Origin = Origin.RECORDED, source: str = ""
) -> TemplateVersion:
    """Begin a template: its first version, still to be written. Raises NotFound, Forbidden, Invalid."""
    place = await organizations.find_organization(actor, draft.organization, field="organization")
    require(actor, Permit.DRAFT_TEMPLATE, place.path)
    place.check_alive("organization")
    if await Template.filter(organization_id=place.id, code=draft.code).exists():
        raise invalid(code=say("The code {code} is taken; choose another.", code=draft.code))
    copied = await templates.find_model(place, draft.copy_of) if draft.copy_of else None
    given = draft.model_dump(include={"code", "title", "programme", "notice"})
    template = await Template.create(organization=place, origin=origin, source=source, **given)
    version = await begin(template, 1, copied)
    after = draft.model_dump() | {"version": 1}
    await trail.record(actor, "template.drafted", template, place.path, after=after)
    return await templates.find_version(actor, version.id)


@unit_of_work()
async def revise(actor: Actor, template_id: int) -> TemplateVersion:
    """Begin a version with the words of the newest; one is written at a time. Raises NotFound, Forbidden, Invalid."""
    template = await templates.find(actor, template_id, lock=True)
    require(actor, Permit.DRAFT_TEMPLATE, template.organization.path)
    template.organization.check_alive("organization")
    newest, *_ = await templates.versions_of(actor, template)
    if newest.state is VersionState.DRAFT:
        raise invalid(
            template=say("Version {number} is still being written; go on with that one.", number=newest.number)
        )
    version = await begin(template, newest.number + 1, newest)
    after = {"code": template.code, "version": version.number}
    await trail.record(actor, "template.drafted", template, template.organization.path, after=after)
    return await templates.find_version(actor, version.id)


@unit_of_work()
async def write(actor: Actor, version_id: int, draft: Write) -> TemplateVersion:
    """Keep the whole wording of a draft. Raises NotFound, Forbidden, Invalid, Conflict."""
    version = await templates.find_version(actor, version_id, lock=True)
    place = version.template.organization
    require(actor, Permit.DRAFT_TEMPLATE, place.path)
    version.check_writable()
    version.advance(draft.expected_version)
    before = [measure for _, measure in measures_of(await templates.wording(version))]
    await keep(version, draft.wording, await templates.origins(version))
    await version.save(update_fields=["version"])
    count = sum(len(theme.measures) for theme in draft.themes)
    told = {"code": version.template.code, "version": version.number}
    after = told | {"themes": len(draft.themes), "measures": count}
    await trail.record(actor, "template.written", version.template, place.path, {"measures": len(before)}, after)
    return await templates.find_version(actor, version.id)


@unit_of_work()
async def publish(actor: Actor, version_id: int, draft: Publish) -> TemplateVersion:
    """Make a draft what cycles are opened with. Raises NotFound, Forbidden, Invalid, Conflict.

    Above the place's budget it needs a reason, which is kept.
    """
    version = await templates.find_version(actor, version_id, lock=True)
    place = version.template.organization
    require(actor, Permit.PUBLISH_TEMPLATE, place.path)
    version.check_publishable()
    version.advance(draft.expected_version)
    over = await check_ready(version, place, draft)
    version.publish(actor.account_id, draft.reason if over else "", now())
    await version.save(update_fields=["state", "published_at", "published_by_id", "reason", "version"])
    after = {"code": version.template.code, "version": version.number, "reason": version.reason}
    await trail.record(actor, "template.published", version.template, place.path, after=after)
    return await templates.find_version(actor, version.id)


@unit_of_work()
async def retire(actor: Actor, version_id: int, draft: Retire) -> TemplateVersion:
    """No cycle is opened with this version any more; those that run go on. Raises NotFound, Forbidden, Invalid."""
    version = await templates.find_version(actor, version_id, lock=True)
    place = version.template.organization
    require(actor, Permit.RETIRE_TEMPLATE, place.path)
    version.retire(draft.reason, now())
    await version.save(update_fields=["state", "retired_at", "retired_because"])
    after = {"code": version.template.code, "version": version.number, "reason": draft.reason}
    await trail.record(actor, "template.retired", version.template, place.path, after=after)
    return await templates.find_version(actor, version.id)


@unit_of_work()
async def publish_whole(actor: Actor, whole: Whole) -> TemplateVersion:
    """Draft, write and publish in one go, as an installation does that brings its template along."""
    version = await draft(actor, NewTemplate.parse(whole.given_to(NewTemplate)), whole.origin, whole.source)
    await keep(version, whole.wording, whole.origins)
    return await publish(actor, version.id, Publish(reason=whole.reason, expected_version=version.version))


async def begin(template: Template, number: int, copied: TemplateVersion | None) -> TemplateVersion:
    """A draft, with the words of another version, if one is given."""
    version = await TemplateVersion.create(template=template, number=number)
    if copied:
        await keep(version, await templates.wording(copied), await templates.origins(copied))
    return version


async def check_ready(version: TemplateVersion, place: Organization, draft: Publish) -> bool:
    """Whether it is above the budget. Raises Invalid for what is not complete, or over without a reason."""
    wording = await templates.wording(version)
    if lacking := incomplete(wording):
        raise Invalid(say("It is not complete yet: write what is missing first."), lacking)
    found = burden((measure for _, measure in measures_of(wording)), budget=await templates.budget_of(place))
    if found.is_over and not draft.reason.strip():
        raise invalid(
            reason=say(
                "It takes {minutes} minutes a month, more than the budget of {budget}: say why.",
                minutes=found.shown,
                budget=found.budget,
            )
        )
    return found.is_over
