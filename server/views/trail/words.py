"""The words of the trail, for its readers: deeds, subjects, fields and what they hold."""

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from server.kit.messages import Message, say, translate
from server.kit.terms import Term
from server.vocabulary import (
    BranchType,
    CommunityType,
    Deed,
    ItemState,
    MembershipKind,
    MemberStage,
    OrganizationKind,
    PartyBody,
    Role,
    Sector,
    SubjectKind,
)

if TYPE_CHECKING:
    from server.models.trail import TrailEntry

FIELDS: dict[str, Message] = {
    "account": say("Account"),
    "branch": say("Branch"),
    "branch_type": say("Type of branch"),
    "closes_on": say("Closes on"),
    "code": say("Code"),
    "community_type": say("Type of community"),
    "cycle": say("Cycle"),
    "dissolved_on": say("Dissolved on"),
    "done_on": say("Done on"),
    "due_on": say("Due on"),
    "established_on": say("Established on"),
    "id_number": say("ID number"),
    "items": say("Items"),
    "joined_on": say("Joined the Party on"),
    "kind": say("Kind"),
    "login": say("Login"),
    "measures": say("Measures"),
    "member": say("Member"),
    "minutes_a_month": say("Minutes a month"),
    "name": say("Name"),
    "organization": say("Organization"),
    "parent": say("Directly below"),
    "party_body": say("Party body"),
    "party_name": say("Name of the Party body"),
    "phone": say("Phone"),
    "reason": say("Reason"),
    "remark": say("Remark"),
    "role": say("Role"),
    "root": say("Root"),
    "scopes": say("Scopes"),
    "sector": say("Sector"),
    "size": say("Entries"),
    "stage": say("Stage"),
    "state": say("State"),
    "summary": say("What was done"),
    "themes": say("Themes"),
    "title": say("Title"),
    "version": say("Version"),
    "without": say("Left out"),
}
"""Names of fields; another one is shown as it is."""

TERMS: dict[str, tuple[type[Term], ...]] = {
    "branch_type": (BranchType,),
    "community_type": (CommunityType,),
    "kind": (OrganizationKind, MembershipKind),
    "party_body": (PartyBody,),
    "role": (Role,),
    "sector": (Sector,),
    "stage": (MemberStage,),
    "state": (ItemState,),
}
"""Which words a field may hold."""


class Change(NamedTuple):
    """One field, before and after; None where that side says nothing of it."""

    name: str
    before: str | None
    after: str | None


def deed(locale: str, code: str) -> str:
    return labelled(locale, code, Deed)


def subject(locale: str, entry: "TrailEntry") -> str:
    """What it was done to: 清单事项 17."""
    return f"{labelled(locale, entry.subject_kind, SubjectKind)} {entry.subject_id}"


def roles(held: list[str]) -> list[Role]:
    return [role for role in Role if role in held]


def labelled(locale: str, value: str, *words: type[Term]) -> str:
    """The label of the word that has this value; the value itself, if none has it."""
    return next((word.label(locale) for term in words for word in term if word == value), value)


def changes(locale: str, before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """The fields of an entry, each once."""
    names = [*before, *(name for name in after if name not in before)]
    return [
        Change(
            translate(locale, FIELDS[name]) if name in FIELDS else name,
            said(locale, name, before[name]) if name in before else None,
            said(locale, name, after[name]) if name in after else None,
        )
        for name in names
    ]


def said(locale: str, name: str, value: Any) -> str:
    """A value as its reader knows it; of a personal one there is only a digest."""
    match value:
        case None | "":
            return "—"
        case bool():
            return translate(locale, say("yes") if value else say("no"))
        case {"sha256": str(digest), **rest} if not rest:
            return translate(locale, say("personal; digest {digest}…", digest=digest[:16]))
        case str():
            return labelled(locale, value, *TERMS.get(name, ()))
        case list():
            return ", ".join(said(locale, name, inner) for inner in value) or "—"
    return json.dumps(value, ensure_ascii=False)
