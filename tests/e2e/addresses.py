"""The addresses of the pages: who looks at which, which are no pages, and the rows that they name."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from server.models.accounts import Account
from server.models.checklists import ChecklistItem
from server.models.cycles import Cycle
from server.models.evidence import Evidence
from server.models.grants import Grant
from server.models.trail import TrailEntry
from server.operations import seals
from server.operations.seals import SealCycle
from server.vocabulary import EvidenceKind, ItemState, LinkKind, Role
from tests.acts.checklists import approved, checklist_of
from tests.acts.records import record_of
from tests.acts.seals import quarter
from tests.acts.templates import draft, published, settled
from tests.acts.tokens import of_the_system
from tests.cast import actor
from tests.factors import link_for

NOBODY = "NOBODY"
"""Who has not signed in."""

PAGES = {
    NOBODY: ("/login", "/join/{key}", "/join/no-such-link"),
    "BRANCH_SECRETARY": (
        "/",
        "/checklists/{own}",
        "/records",
        "/records/new",
        "/records/{record}",
        "/records/{record}/correct",
        "/records/{record}/withdraw",
        "/records?search=nothing",
        "/organizations/HG-LY-01-ZB/members",
        "/account",
        "/account/password",
        "/account/second-factor",
        "/account/second-factor/enrol",
        "/account/second-factor/recovery-codes",
        "/account/second-factor/remove",
        "/account/notices",
        "/grants/mine",
        "/grants/{mine}/delegate",
    ),
    "COMMUNITY_REVIEWER": ("/", "/review", "/review/together", "/checklists/{returned}"),
    "STREET_REVIEWER": (
        "/",
        "/checklists/{approved}",
        "/checklists/{approved}/extend",
        "/checklists/{approved}/accept",
        "/seals",
        "/seals/new",
        "/seals/{seal}",
    ),
    "STREET_ADMIN": (
        "/",
        "/organizations",
        "/organizations/HG-LY",
        "/organizations/HG-LY/below",
        "/organizations/new?parent=HG-LY",
        "/organizations/HG/budget",
        "/organizations/HG-LY-01/move",
        "/organizations/HG-LY-01/rename",
        "/organizations/HG-LY-01/dissolve",
        "/organizations/HG-LY-01-ZB/members/enrol",
        "/organizations/HG-LY-01-ZB/members/attach",
        "/organizations/HG-LY/members?search=nobody",
        "/members",
        "/members/1",
        "/members/1/reveal",
        "/members/1/correct",
        "/members/1/export",
        "/members/1/erase",
        "/templates",
        "/templates/new",
        "/templates/{template}",
        "/templates/{template}/revise",
        "/template-versions/{draft}/edit",
        "/template-versions/{draft}/publish",
        "/template-versions/{draft}/diff",
        "/template-versions/{version}/retire",
        "/cycles",
        "/cycles/{cycle}",
        "/cycles/{cycle}/join",
        "/cycles/new",
        "/accounts",
    ),
    "AUDITOR": (
        "/",
        "/checklists",
        "/matrix",
        "/matrix?state=RETURNED",
        "/roll-up",
        "/status",
        "/missing",
        "/comparison",
        "/trend",
        "/seals",
        "/trail",
        "/trail/{entry}",
        "/trail?account=nobody",
        "/exhibit",
        "/organizations/NOWHERE",
    ),
    "SECURITY_ADMIN": (
        "/accounts",
        "/accounts/invite",
        "/accounts/{account}",
        "/accounts/{account}/reset",
        "/accounts/{account}/disable",
        "/accounts/{account}/enable",
        "/grants",
        "/grants/give",
        "/grants/{grant}/end",
        "/tokens",
        "/tokens/issue",
        "/tokens/{token}/revoke",
    ),
}
ABSENT = {"/join/no-such-link", "/organizations/NOWHERE"}
"""Pages that say that there is no such thing."""

ON_ITS_CHECKLIST = "/checklist-items/{item}"
NO_PAGES = {
    ON_ITS_CHECKLIST: "the item on the page of its checklist",
    **{
        f"{ON_ITS_CHECKLIST}/{verb}": "likewise"
        for verb in ("save", "submit", "withdraw", "review", "declare", "reopen", "evidence", "link", "cite")
    },
    "/matrix/cells/{item}": "likewise, without script",
    "/evidence/{evidence}/remove": "likewise",
    "/evidence/{evidence}/file": "a file",
    "/records/{record}/cite": "a form on the page of its record",
    **{f"/{name}.{kind}": "a file" for name in ("matrix", "status", "missing") for kind in ("csv", "xlsx", "json")},
    "/trail/checkpoint": "a file",
    "/trail/feed": "a stream",
    "/account/second-factor/prepare": "a form on the page of the second factor",
    "/account/notices/unsubscribe": "a form on the page of the notices",
    "/account/sessions/revoke-others": "a form on the page of the account",
    "/account/sessions/0000000000000000/revoke": "likewise",
    "/oidc/begin": "leads to the provider",
    "/oidc/callback": "leads back from it",
    "/account/oidc/link": "leads to the provider",
}
"""Addresses that answer GET without a page of their own, and with what."""


# --- rows of the demonstration, or made for it, by what the addresses call them


async def some_of(addresses: str) -> dict[str, str]:
    """Those that are named: some have to be made."""
    return {name: str(await ROWS[name]()) for name in sorted(set(re.findall(r"{(\w+)}", addresses)))}


async def returned() -> object:
    rows = ChecklistItem.filter(checklist__branch__code__startswith="HG-LY", state=ItemState.RETURNED)
    return (await rows.order_by("id").limit(1))[0].checklist_id


async def with_a_record() -> object:
    rows = ChecklistItem.filter(state=ItemState.APPROVED, evidence__kind=EvidenceKind.RECORD)
    return (await rows.order_by("id").limit(1))[0].checklist_id


async def a_seal() -> object:
    """Over a branch whose items are all approved."""
    _ = await approved()
    sealed = SealCycle(cycle=quarter(), organization="HG-LY-01-ZB")
    return (await seals.seal(await actor(Role.STREET_REVIEWER), sealed)).id


ROWS: dict[str, Callable[[], Awaitable[object]]] = {
    "key": lambda: link_for("branch.editor", LinkKind.INVITATION),
    "own": checklist_of,
    "record": lambda: record_of("HG-LY-01-ZB"),
    "returned": returned,
    "approved": with_a_record,
    "seal": a_seal,
    "template": settled,
    "version": published,
    "draft": draft,
    "cycle": lambda: id_of(Cycle.all()),
    "entry": lambda: id_of(TrailEntry.all()),
    "account": lambda: id_of(Account.filter(login="branch.editor")),
    "grant": lambda: id_of(Grant.filter(account__login="branch.editor")),
    "mine": lambda: id_of(Grant.filter(account__login="branch.secretary")),
    "token": of_the_system,
    "item": lambda: id_of(ChecklistItem.filter(checklist__branch__code="HG-LY-01-ZB")),
    "evidence": lambda: id_of(Evidence.filter(kind=EvidenceKind.RECORD)),
}


async def id_of(rows: Any) -> object:
    return (await rows.order_by("id").limit(1))[0].id
