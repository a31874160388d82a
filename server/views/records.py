"""Records of what branches did: the list, one with where it is used, entering, correcting, withdrawing."""

from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.access.permits import Permit, may, require
from server.kit import paging
from server.kit.drafts import Day, Draft
from server.kit.messages import say
from server.kit.refusals import Conflict, Invalid, TooMany
from server.operations import evidence
from server.operations import records as operations
from server.operations.evidence import Cite
from server.operations.records import Correct, Enter, Withdraw
from server.queries import checklists, organizations
from server.queries import evidence as pieces
from server.queries import records as queries
from server.queries.records import RecordFilter
from server.views import forms
from server.views.grants import require_anywhere
from server.views.pages import go, page
from server.vocabulary import OrganizationKind, RecordKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.kit.refusals import Refusal
    from server.models.organizations import Placement
    from server.models.records import Record

AT_ONCE = 50
ASKED = ("search", "kind", "within", "since", "until")
KEPT = ("kind", "held_on", "title", "topic", "summary", "attendance")
DEEDS = {
    "entered": say("It is recorded. You need not write it anywhere else."),
    "corrected": say("It is corrected. Approvals that rest on it show that their evidence has changed."),
    "withdrawn": say("It is withdrawn. It stays readable, and shows nothing any more."),
    "used": say("It is used. The measures below have their evidence."),
}
"""What the reader has just done, by the word in the address."""


class Asked(Draft):
    """A part of the list, as its form asks for it."""

    kind: RecordKind | None = None
    since: Day | None = None
    until: Day | None = None


async def index(request: Request) -> Response:
    typed = {name: forms.asked(request, name) for name in ASKED}
    found, refusal = await listed(request, typed)
    uses = await pieces.uses_of(request.state.actor, [row.id for row in found.rows]) if found else {}
    more = forms.following("/records", typed, found.cursors[-1]) if found and found.has_next else ""
    block = "rows" if forms.asked(request, "after") else "list"
    places = [(place.organization.code, place.name) for place in await branches(request, None)]
    kinds, is_narrowed = list(RecordKind), any(typed.values())
    return page(
        request,
        "records/index.html",
        block,
        refusal,
        typed=typed,
        found=found,
        uses=uses,
        more=more,
        places=places,
        kinds=kinds,
        is_narrowed=is_narrowed,
    )


async def listed(request: Request, typed: dict[str, str]) -> tuple["paging.Page[Record] | None", Invalid | None]:
    """A page of it, or why it cannot be looked for so. Raises NotFound (within), Invalid (after)."""
    actor, after = request.state.actor, forms.asked(request, "after") or None
    within = await organizations.find(actor, typed["within"], field="within") if typed["within"] else None
    try:
        asked = Asked.parse({name: typed[name] for name in Asked.model_fields if typed[name]})
        wanted = RecordFilter(within, asked.kind, asked.since, asked.until, typed["search"])
        return await paging.page(queries.matching(actor, wanted), queries.ORDER, AT_ONCE, after), None
    except Invalid as refusal:
        if "after" in refusal.fields:
            raise
        return None, refusal


async def branches(request: Request, permit: Permit | None) -> "list[Placement]":
    """The branches in reach today, or those for which the reader holds this permit."""
    actor = request.state.actor
    rows = (await organizations.standing(actor)).filter(organization__kind=OrganizationKind.BRANCH)
    return [place for place in await rows if permit is None or may(actor, permit, place.path)]


async def new(request: Request) -> Response:
    """One short form; what it fits is offered on the page of the record."""
    actor = request.state.actor
    if request.method != "POST":
        require_anywhere(actor, Permit.ENTER_RECORD)
    attempt = await forms.attempt(request, Enter, partial(operations.enter, actor))
    if attempt.done:
        return go(request, f"/records/{attempt.result.id}?done=entered")
    own = await branches(request, Permit.ENTER_RECORD)
    typed = attempt.typed if request.method == "POST" else forms.Typed(asked_for(request, own))
    return page(
        request,
        "records/edit.html",
        "form",
        attempt.refusal,
        typed=typed,
        record=None,
        branches=[(place.organization.code, place.name) for place in own],
        kinds=list(RecordKind),
    )


def asked_for(request: Request, own: "list[Placement]") -> dict[str, str]:
    """The branch that the address names, or the only one."""
    only = own[0].organization.code if len(own) == 1 else ""
    return {"branch": forms.asked(request, "branch") or only}


async def show(request: Request) -> Response:
    return await shown(request, await found(request))


async def shown(
    request: Request, record: "Record", refusal: "Refusal | None" = None, ticked: "Sequence[str]" = ()
) -> Response:
    """What it fits is ticked; after a refusal, what was `ticked` is."""
    actor, path = request.state.actor, record.branch.path
    deed, fitting = DEEDS.get(forms.asked(request, "done")), await checklists.fitting(actor, record)
    return page(
        request,
        "records/show.html",
        "fits" if refusal else "",
        refusal,
        record=record,
        fitting=fitting,
        ticked=ticked if refusal else [str(item.id) for item, _ in fitting],
        uses=await pieces.of_record(actor, record),
        can_correct=may(actor, Permit.CORRECT_RECORD, path) and not closed(record),
        can_withdraw=may(actor, Permit.WITHDRAW_RECORD, path) and not closed(record),
        deed=deed,
    )


def closed(record: "Record") -> bool:
    return bool(record.withdrawn_at or record.branch.dissolved_on)


async def correct(request: Request) -> Response:
    return await change(request, Permit.CORRECT_RECORD, Correct, operations.correct, "corrected")


async def withdraw(request: Request) -> Response:
    return await change(request, Permit.WITHDRAW_RECORD, Withdraw, operations.withdraw, "withdrawn")


async def change(request: Request, permit: Permit, draft: type[Any], operation: Any, deed: str) -> Response:
    """A form about one record, for whoever may send it."""
    actor, record = request.state.actor, await found(request)
    require(actor, permit, record.branch.path)
    attempt = await forms.attempt(request, draft, partial(operation, actor, record.id))
    if attempt.done:
        return go(request, f"/records/{record.id}?done={deed}")
    now = {name: str(value) for name in KEPT if (value := getattr(record, name)) is not None}
    return page(
        request,
        "records/edit.html" if draft is Correct else "records/withdraw.html",
        "form",
        attempt.refusal,
        record=record,
        typed=forms.Typed(now | attempt.typed),
        version=attempt.version(record.version),
        branches=[],
        kinds=list(RecordKind),
    )


async def cite(request: Request) -> Response:
    """Use it for everything that was ticked, at once."""
    record = await found(request)
    if request.method != "POST":
        return go(request, f"/records/{record.id}")
    typed = await forms.fields(request, Cite)
    try:
        _ = await evidence.cite(request.state.actor, Cite.parse(typed | {"records": str(record.id)}))
    except (Invalid, Conflict, TooMany) as refusal:
        return await shown(request, record, refusal, typed["items"].split())
    return go(request, f"/records/{record.id}?done=used")


async def found(request: Request) -> "Record":
    return await queries.find(request.state.actor, forms.row_id(request.path_params["id"]))


ONE = "/records/{id}"

routes = [
    Route("/records", index),
    Route("/records/new", new, methods=["GET", "POST"]),
    Route(ONE, show),
    Route(ONE + "/correct", correct, methods=["GET", "POST"]),
    Route(ONE + "/withdraw", withdraw, methods=["GET", "POST"]),
    Route(ONE + "/cite", cite, methods=["GET", "POST"]),
]
