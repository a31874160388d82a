"""Templates and their versions, by the places that own them."""

from collections import defaultdict
from collections.abc import Sequence

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.access.actor import Actor
from server.access.permits import Permit, may
from server.access.scope import having_id, in_subtree, under, visible
from server.kit.messages import say
from server.kit.paths import keys
from server.kit.refusals import NotFound, invalid
from server.kit.text import fits, printable
from server.models.organizations import Organization
from server.models.templates import CODE_LENGTH, Template, TemplateVersion
from server.queries import organizations
from server.vocabulary import VersionState

ORDER = ("organization__path", "code", "id")


def all_of(actor: Actor) -> QuerySet[Template]:
    """From the top of the tree down, by code."""
    return visible(actor, Template).select_related("organization").order_by(*ORDER)


async def matching(actor: Actor, within: str | None) -> QuerySet[Template]:
    """Those of a place and what lies below it. Raises NotFound (within)."""
    if within is None:
        return all_of(actor)
    top = await organizations.find(actor, within, field="within")
    return all_of(actor).filter(in_subtree("organization__path", top.path))


async def find(actor: Actor, template_id: int, *, lock: bool = False) -> Template:
    """Raises NotFound (template)."""
    rows = all_of(actor).filter(having_id(template_id))
    if template := await (rows.select_for_update(of=("template",)) if lock else rows).first():
        return template
    raise no_template(str(template_id))


async def find_by_code(actor: Actor, code: str, organization: str) -> Template:
    """Raises NotFound (organization, code)."""
    place = await organizations.find_organization(actor, organization, field="organization")
    rows = all_of(actor).filter(organization_id=place.id, code=code)
    if fits(code, CODE_LENGTH) and (template := await rows.first()):
        return template
    raise no_template(code)


def versions(actor: Actor) -> QuerySet[TemplateVersion]:
    return visible(actor, TemplateVersion).select_related("template__organization", "published_by")


async def find_version(actor: Actor, version_id: int, *, field: str = "version", lock: bool = False) -> TemplateVersion:
    """With its template, and the place that owns it. Raises NotFound (`field`)."""
    rows = versions(actor).filter(having_id(version_id))
    if version := await (rows.select_for_update(of=("template_version",)) if lock else rows).first():
        return version
    message = say("There is no such version here for you; open it from its template.")
    raise NotFound(message, {field: message})


async def versions_of(actor: Actor, template: Template) -> list[TemplateVersion]:
    """The newest first."""
    return (await versions_of_all(actor, [template.id]))[template.id]


async def versions_of_all(actor: Actor, template_ids: Sequence[int]) -> dict[int, list[TemplateVersion]]:
    """The same for many templates, by their ids."""
    found: dict[int, list[TemplateVersion]] = defaultdict(list)
    for version in await versions(actor).filter(template_id__in=list(template_ids)).order_by("-number"):
        found[version.template_id].append(version)
    return found


def newest_of(found: Sequence[TemplateVersion]) -> TemplateVersion:
    """Of the versions of one template the one that counts: the newest that is published, else the newest."""
    return next((version for version in found if version.state is VersionState.PUBLISHED), found[0])


# --- what can be copied


async def find_model(place: Organization, code: str) -> TemplateVersion:
    """The newest wording of a template that was published at `place` or above it. Raises Invalid (copy_of)."""
    rows = written_for(place).filter(template__code=code) if fits(code, CODE_LENGTH) else None
    if rows and (version := await rows.first()):
        return version
    named = printable(code)
    raise invalid(copy_of=say("There is no published template {code} here or above; choose another.", code=named))


def written_for(place: Organization) -> QuerySet[TemplateVersion]:
    """What was published at `place` or above it: the wording is every branch's below, whoever asks."""
    rows = TemplateVersion.filter(template__organization_id__in=keys(place.path)).exclude(state=VersionState.DRAFT)
    return rows.select_related("template__organization").order_by("-template__organization__path", "-number", "id")


async def models_for(actor: Actor) -> list[Template]:
    """The templates that can be copied at any of the places where the actor drafts."""
    own = [grant.path for grant in actor.grants if may(actor, Permit.DRAFT_TEMPLATE, grant.path)]
    above = {key for path in own for key in keys(path)}
    rows = Template.filter(Q(organization_id__in=above) | under("organization__path", own))
    written = rows.filter(versions__state__not=VersionState.DRAFT).select_related("organization")
    found = {template.id: template for template in await written}
    return sorted(found.values(), key=lambda template: (template.organization.path, template.code))


def no_template(code: str) -> NotFound:
    message = say("There is no template {code} here for you; take one from the list.", code=printable(code))
    return NotFound(message, {"code": message})
