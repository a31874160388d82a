"""The acts on a template, but for writing: each a form, whose address answers whoever may do it here."""

from functools import partial
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from server.access.permits import Permit, require
from server.kit.refusals import Invalid, Refusal
from server.operations import templates as operations
from server.operations.templates import NewTemplate, Publish, Retire
from server.queries import templates as queries
from server.views import forms
from server.views.grants import places, require_anywhere
from server.views.pages import go, page

if TYPE_CHECKING:
    from server.models.templates import TemplateVersion


async def draft(request: Request) -> Response:
    actor = request.state.actor
    require_anywhere(actor, Permit.DRAFT_TEMPLATE)
    attempt = await forms.attempt(request, NewTemplate, partial(operations.draft, actor))
    if attempt.done:
        return go(request, f"/template-versions/{attempt.result.id}/edit")
    return page(
        request,
        "templates/new.html",
        "form",
        attempt.refusal,
        typed=attempt.typed or forms.Typed(request.query_params),
        places=await places(actor, Permit.DRAFT_TEMPLATE),
        models=[(t.code, f"{t.title} · {t.organization.name} {t.code}") for t in await queries.models_for(actor)],
    )


async def revise(request: Request) -> Response:
    """Begin a new version; the page that follows is the author's."""
    actor = request.state.actor
    template = await queries.find(actor, forms.row_id(request.path_params["id"]))
    require(actor, Permit.DRAFT_TEMPLATE, template.organization.path)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            version = await operations.revise(actor, template.id)
        except Invalid as found:
            refusal = found
        else:
            return go(request, f"/template-versions/{version.id}/edit")
    versions = await queries.versions_of(actor, template)
    return page(request, "templates/revise.html", "form", refusal, template=template, newest=versions[0])


async def publish(request: Request) -> Response:
    """Says what it costs, and asks why, before it is done."""
    actor = request.state.actor
    version = await allowed(request, Permit.PUBLISH_TEMPLATE)
    attempt = await forms.attempt(request, Publish, partial(operations.publish, actor, version.id))
    if attempt.done:
        return go(request, f"/templates/{version.template_id}?version={version.number}&done=published")
    if attempt.refusal:
        version = await queries.find_version(actor, version.id)
    wording = await queries.wording(version)
    return page(
        request,
        "templates/publish.html",
        "form",
        attempt.refusal,
        typed=attempt.typed,
        version=version,
        template=version.template,
        expected=attempt.version(version.version),
        reckoning=await queries.reckon(actor, version.template, wording),
        lacking=queries.lacking(wording),
    )


async def retire(request: Request) -> Response:
    actor = request.state.actor
    version = await allowed(request, Permit.RETIRE_TEMPLATE)
    attempt = await forms.attempt(request, Retire, partial(operations.retire, actor, version.id))
    if attempt.done:
        return go(request, f"/templates/{version.template_id}?version={version.number}&done=retired")
    return page(
        request,
        "templates/retire.html",
        "form",
        attempt.refusal,
        typed=attempt.typed,
        version=version,
        template=version.template,
    )


async def allowed(request: Request, permit: Permit) -> "TemplateVersion":
    """The version of the address. Raises NotFound, Forbidden."""
    version = await queries.find_version(request.state.actor, forms.row_id(request.path_params["id"]))
    require(request.state.actor, permit, version.template.organization.path)
    return version
