"""The list of templates, one of them in its versions, and what two versions differ in."""

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from server.access.permits import Permit, may
from server.kit import paging
from server.kit.messages import say
from server.kit.refusals import NotFound
from server.queries import templates as queries
from server.views import forms
from server.views.pages import page
from server.views.templates.editing import WORDS
from server.vocabulary import VersionState

if TYPE_CHECKING:
    from server.models.templates import TemplateVersion

AT_ONCE = 20

OUTCOMES = {
    "published": say("It is published: cycles can be opened with it, and it never changes any more."),
    "retired": say("It is retired: no cycle is opened with it any more; those that run go on."),
}
"""What the reader has just done, by the word in the address."""

FIELDS = WORDS | {name: WORDS[f"evidence_rule.{name}"] for name in ("kind", "topic", "at_least", "required")}


async def index(request: Request) -> Response:
    actor, after = request.state.actor, forms.asked(request, "after") or None
    found = await paging.page(queries.all_of(actor), queries.ORDER, AT_ONCE, after)
    versions = await queries.versions_of_all(actor, [template.id for template in found.rows])
    newest = {key: queries.newest_of(rows) for key, rows in versions.items()}
    wordings = await queries.wordings([version.id for version in newest.values()])
    return page(
        request,
        "templates/index.html",
        "rows",
        found=found,
        more=forms.following("/templates", {}, found.cursors[-1]) if found.has_next else "",
        versions=versions,
        reckonings={row.id: await queries.reckon(actor, row, wordings[newest[row.id].id]) for row in found.rows},
    )


async def show(request: Request) -> Response:
    """The version that the address names by its number; else the one that counts."""
    actor = request.state.actor
    template = await queries.find(actor, forms.row_id(request.path_params["id"]))
    versions = await queries.versions_of(actor, template)
    number = forms.row_id(forms.asked(request, "version"))
    version = next((v for v in versions if v.number == number), queries.newest_of(versions))
    wording = await queries.wording(version)
    path = template.organization.path
    return page(
        request,
        "templates/show.html",
        template=template,
        versions=versions,
        version=version,
        before=next((v for v in versions if v.number < version.number), None),
        wording=wording,
        origins=await queries.origins(version),
        reckoning=await queries.reckon(actor, template, wording),
        drafts=may(actor, Permit.DRAFT_TEMPLATE, path),
        publishes=may(actor, Permit.PUBLISH_TEMPLATE, path) and version.state is VersionState.DRAFT,
        retires=may(actor, Permit.RETIRE_TEMPLATE, path) and version.state is VersionState.PUBLISHED,
        draft=next((v for v in versions if v.state is VersionState.DRAFT), None),
        outcomes=OUTCOMES,
        done=forms.asked(request, "done"),
    )


async def diff(request: Request) -> Response:
    """Against the version that the address names by its id; else against the one before."""
    actor = request.state.actor
    version = await queries.find_version(actor, forms.row_id(request.path_params["id"]))
    others = [v for v in await queries.versions_of(actor, version.template) if v.id != version.id]
    side = queries.sides(version, await other_side(request, version, others))
    return page(
        request,
        "templates/diff.html",
        template=version.template,
        version=version,
        side=side,
        others=others,
        found=await queries.between(side.old, side.new),
        fields=FIELDS,
    )


async def other_side(
    request: Request, version: "TemplateVersion", others: "list[TemplateVersion]"
) -> "TemplateVersion":
    """Raises NotFound, also for the only version of a template, which differs from nothing."""
    if against := forms.asked(request, "against"):
        return await queries.find_version(request.state.actor, forms.row_id(against), field="against")
    nearest = [v for v in others if v.number < version.number] or others
    if not nearest:
        raise NotFound(say("This is the only version; there is nothing to compare it with yet."))
    return nearest[0]
