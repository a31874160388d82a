"""One person: what is held, masked; the verbs; and who has a phone or an ID number, asked by form, not by address."""

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.access.permits import Permit, require
from server.kit.messages import say
from server.kit.refusals import Invalid
from server.operations import members as operations
from server.operations.members import Correct, Erase, Export, Extract, Reveal, Revealed
from server.queries import members as queries
from server.views import forms
from server.views.pages import go, page

if TYPE_CHECKING:
    from server.models.members import Membership

OUTCOMES = {
    "corrected": say("It is corrected; the trail says who did it and why."),
    "erased": say("The person is erased; what happened before stays provable, and says nothing of anybody any more."),
}
"""What the reader has just done, by the word in the address."""
DEEDS = {
    "member.read": say("Read"),
    "member.revealed": say("Numbers revealed"),
    "member.corrected": say("Corrected"),
    "member.exported": say("Taken out"),
}
DONE = {"correct": "corrected", "erase": "erased"}


async def show(request: Request) -> Response:
    """What is held on one person, masked."""
    return await shown(request, await person(request))


async def reveal(request: Request) -> Response:
    """Phone and ID number in clear, once, in the answer to the form with the reason."""
    membership, revealed = await person(request), list[Revealed]()
    require(request.state.actor, Permit.REVEAL_MEMBER, membership.branch.path)

    async def act(draft: Reveal) -> None:
        revealed.append(await operations.reveal(request.state.actor, membership.member_id, draft))

    attempt = await forms.attempt(request, Reveal, act)
    return await shown(request, membership, attempt, *revealed)


async def shown(
    request: Request, membership: "Membership", attempt: forms.Attempt | None = None, revealed: Revealed | None = None
) -> Response:
    attempt = attempt or forms.Attempt(forms.Typed())
    return page(
        request,
        "members/show.html",
        "reveal",
        attempt.refusal,
        **about(membership),
        history=await queries.history(request.state.actor, membership.member_id),
        typed=attempt.typed,
        revealed=revealed,
        outcomes=OUTCOMES,
        done=forms.asked(request, "done"),
    )


async def correct(request: Request) -> Response:
    """Put right what is held; a number stays unless a new one is written, or its removal is ticked."""
    membership = await held(request, Permit.CORRECT_MEMBER)
    act = partial(operations.correct, request.state.actor, membership.member_id)
    return await edited(request, membership, "correct", await forms.attempt(request, Correct, act))


async def erase(request: Request) -> Response:
    """Forget a person for good."""
    membership = await held(request, Permit.ERASE_MEMBER)
    act = partial(operations.erase, request.state.actor, membership.member_id)
    return await edited(request, membership, "erase", await forms.attempt(request, Erase, act))


async def export(request: Request) -> Response:
    """All that is held on a person, as a file: a page to read, or JSON."""
    membership, made = await held(request, Permit.EXPORT_MEMBER), list[Extract]()

    async def act(draft: Export) -> None:
        made.append(await operations.export(request.state.actor, membership.member_id, draft))

    attempt = await forms.attempt(request, Export, act)
    typed = await forms.texts(request) if request.method == "POST" else attempt.typed
    if made:
        return file(request, made[0], typed["format"])
    return await edited(request, membership, "export", forms.Attempt(typed, attempt.refusal))


def file(request: Request, extract: Extract, format: str) -> Response:  # noqa: A002 - as the form calls it
    if format == "json":
        content = json.dumps(extract.document, ensure_ascii=False, indent=2)
        answer = Response(content + "\n", media_type="application/json; charset=utf-8")
    else:
        answer = page(request, "members/extract.html", extract=extract, member=extract.member, deeds=DEEDS)
    name = f"member-{extract.member.id}.{'json' if format == 'json' else 'html'}"
    answer.headers["content-disposition"] = f'attachment; filename="{name}"'
    return answer


async def edited(request: Request, membership: "Membership", verb: str, attempt: forms.Attempt) -> Response:
    """The form of a verb, or, when it is done, the person again."""
    if attempt.done or (membership.member.erased_on and request.method != "POST"):
        return go(request, f"/members/{membership.member_id}" + (f"?done={DONE[verb]}" if attempt.done else ""))
    return page(
        request,
        f"members/{verb}.html",
        "form",
        attempt.refusal,
        **about(membership),
        typed=attempt.typed,
        version=attempt.version(membership.member.version),
    )


async def look_up(request: Request) -> Response:
    """Whoever has a phone or an ID number, by the whole of it. It is posted: addresses are kept and seen by many."""
    typed = await forms.texts(request) if request.method == "POST" else forms.Typed()
    found: list[Membership] | None = None
    refusal: Invalid | None = None
    if request.method == "POST":
        try:
            found = await queries.having_number(request.state.actor, typed["number"])
        except Invalid as error:
            refusal = error
    return page(request, "members/look_up.html", "found", refusal, typed=typed, found=found)


async def person(request: Request) -> "Membership":
    """Whom the address names. Raises NotFound."""
    return await queries.find_person(request.state.actor, forms.row_id(request.path_params["id"]))


async def held(request: Request, permit: Permit) -> "Membership":
    """Likewise, for a verb. Raises NotFound, Forbidden."""
    membership = await person(request)
    require(request.state.actor, permit, membership.branch.path)
    return membership


def about(membership: "Membership") -> dict[str, Any]:
    return {"membership": membership, "member": membership.member, "branch": membership.branch}


FORM = ["GET", "POST"]

routes = [
    Route("/members", look_up, methods=FORM),
    Route("/members/{id}", show),
    Route("/members/{id}/reveal", reveal, methods=FORM),
    Route("/members/{id}/correct", correct, methods=FORM),
    Route("/members/{id}/export", export, methods=FORM),
    Route("/members/{id}/erase", erase, methods=FORM),
]
