"""The author's page: one form for a whole version. Its buttons rearrange what was typed; only "save" keeps it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from server.access.permits import Permit, require
from server.kit.messages import Message, say
from server.kit.refusals import Conflict, Invalid, Refusal
from server.operations import templates as operations
from server.operations.templates import Write, loosely
from server.queries import templates as queries
from server.views import forms
from server.views.pages import go, page
from server.views.templates.rows import Rows, arrange, stored, typed
from server.vocabulary import Frequency, RecordKind, Sector, VersionState

if TYPE_CHECKING:
    from server.models.templates import Differences, TemplateVersion

MOST_FIELDS = 3000

WORDS = {
    "grasp": say("What is grasped"),
    "lift": say("What that lifts"),
    "code": say("Code"),
    "number": say("Number"),
    "text": say("What is to be done"),
    "guidance": say("Guidance"),
    "frequency": say("How often"),
    "estimated_minutes": say("Minutes"),
    "evidence_rule.kind": say("Records that show it"),
    "evidence_rule.topic": say("Topic"),
    "evidence_rule.at_least": say("At least"),
    "evidence_rule.required": say("Cannot be submitted without it"),
}
"""The words for the fields of a theme and of a measure."""


@dataclass
class Sheet:
    """What stands in the form, and what came of sending it."""

    rows: Rows
    version: int
    sector: Sector | None = None
    refusal: Refusal | None = None
    saved: bool = False
    meanwhile: "Differences | None" = field(default=None)
    """What somebody else has kept since, against what was typed here."""


@forms.many(MOST_FIELDS)
async def edit(request: Request) -> Response:
    actor = request.state.actor
    version = await queries.find_version(actor, forms.row_id(request.path_params["id"]))
    require(actor, Permit.DRAFT_TEMPLATE, version.template.organization.path)
    if request.method != "POST":
        if version.state is not VersionState.DRAFT:
            return go(request, f"/templates/{version.template_id}?version={version.number}")
        return await shown(request, version, Sheet(stored(await queries.wording(version)), version.version))
    form = await forms.texts(request)
    sheet = Sheet(typed(form), version.version, next((s for s in Sector if s == form["sector"]), None))
    if (act := form["act"]) in ("", "save"):
        version = await kept(request, version, sheet, form["expected_version"])
        return await shown(request, version, sheet)
    sheet.version = forms.row_id(form["expected_version"]) or version.version
    arrange(sheet.rows, act)
    return await shown(request, version, sheet, "reckoning" if act == "reckon" else "form")


async def kept(request: Request, version: "TemplateVersion", sheet: Sheet, seen: str) -> "TemplateVersion":
    """The version as it is after the attempt to save; the sheet says what came of it."""
    actor = request.state.actor
    themes = [theme.given for theme in sheet.rows]
    try:
        version = await operations.write(actor, version.id, Write.parse({"themes": themes, "expected_version": seen}))
    except (Invalid, Conflict) as refusal:
        sheet.refusal = refusal
        sheet.version = forms.row_id(seen) or version.version
        if isinstance(refusal, Conflict):
            sheet.version = refusal.version
            sheet.meanwhile = queries.compared(await queries.wording(version), loosely(themes))
        return version
    sheet.rows, sheet.version, sheet.saved = stored(await queries.wording(version)), version.version, True
    return version


async def shown(request: Request, version: "TemplateVersion", sheet: Sheet, block: str = "form") -> Response:
    wording = loosely([theme.given for theme in sheet.rows])
    return page(
        request,
        "templates/edit.html",
        block,
        sheet.refusal,
        version=version,
        template=version.template,
        sheet=sheet,
        reckoning=await queries.reckon(request.state.actor, version.template, wording, sheet.sector),
        words=WORDS,
        labels=labels(sheet.rows),
        frequencies=list(Frequency),
        kinds=list(RecordKind),
        sectors=list(Sector),
    )


def labels(rows: Rows) -> dict[str, Message]:
    """What each field of the form is called in a list of errors, by its name there."""
    found: dict[str, Message] = {"themes": say("Themes"), "expected_version": say("Version")}
    for at, theme in enumerate(rows):
        named = theme.words["grasp"] or say("Theme {number}", number=at + 1)
        found |= {f"themes.{at}.{name}": said(named, name) for name in ("code", "grasp", "lift")}
        for row, measure in enumerate(theme.measures):
            called = say("Measure {number}", number=measure["number"] or "—")
            place = f"themes.{at}.measures.{row}"
            found |= {f"{place}.{name}": said(called, name) for name in WORDS if name not in ("grasp", "lift", "code")}
    return found


def said(where: Message | str, name: str) -> Message:
    return say("{where}: {field}", where=where, field=WORDS[name])
