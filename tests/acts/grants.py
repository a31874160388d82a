"""Acts on grants, for both doors."""

from datetime import timedelta

from server.kit.clock import today
from server.models.grants import Grant
from server.vocabulary import Role
from tests.acts.verbs import Case, Target, Verb

SECURITY, ADMIN, SECRETARY, AUDITOR = Role.SECURITY_ADMIN, Role.STREET_ADMIN, Role.BRANCH_SECRETARY, Role.AUDITOR
TOMORROW, YESTERDAY = (today() + timedelta(days=days) for days in (1, -1))

ROLE = {"account": "branch.editor", "role": "BRANCH_SECRETARY", "organization": "HG-LY-02-ZB"}
TILL = {"until": TOMORROW.isoformat()}
LEAVE = {"account": "branch.editor", "until": TOMORROW.isoformat()}

TRIED = {
    "grants.give": Verb("giveGrant", "/grants/give"),
    "grants.end": Verb("endGrant", "/grants/{target}/end", "id", "Grant"),
    "grants.delegate": Verb("delegateGrant", "/grants/{target}/delegate", "id", "Grant"),
}

CASES: list[Case] = [
    ("grants.give", SECURITY, "", ROLE | {"until": TOMORROW.isoformat(), "delegable": True}, "OK", set()),
    ("grants.give", SECURITY, "", ROLE | {"role": "AUDITOR"}, "INVALID", {"role"}),
    ("grants.give", SECURITY, "", ROLE | {"account": "security.admin"}, "INVALID", {"account"}),
    ("grants.give", SECURITY, "", ROLE | {"account": "nobody.here"}, "NOT_FOUND", {"account"}),
    ("grants.give", ADMIN, "", ROLE | {"role": "STREET_ADMIN", "organization": "HG"}, "FORBIDDEN", set()),
    ("grants.end", SECURITY, "grant of the editor", TILL, "OK", set()),
    ("grants.end", ADMIN, "grant of the editor", {"until": YESTERDAY.isoformat()}, "INVALID", {"until"}),
    ("grants.end", SECURITY, "last grant of a security administrator", TILL, "INVALID", {"role"}),
    ("grants.end", ADMIN, "last grant of a security administrator", TILL, "FORBIDDEN", set()),
    ("grants.end", SECRETARY, "grant of the editor", TILL, "NOT_FOUND", set()),
    ("grants.delegate", SECRETARY, "grant to pass on", LEAVE, "OK", set()),
    ("grants.delegate", SECRETARY, "grant to pass on", LEAVE | {"account": "branch.secretary"}, "INVALID", {"account"}),
    ("grants.delegate", SECRETARY, "grant to pass on", LEAVE | {"account": "nobody.here"}, "NOT_FOUND", {"account"}),
    ("grants.delegate", SECRETARY, "grant of the editor", LEAVE, "NOT_FOUND", set()),
    ("grants.delegate", AUDITOR, "grant of the auditor", LEAVE, "FORBIDDEN", set()),
]


def grant_of(login: str) -> Target:
    async def find() -> str:
        return str((await Grant.get(account__login=login)).id)

    return find


async def to_pass_on() -> str:
    """The grant of the secretary, made one that can be passed on behind everybody's back."""
    grant = await Grant.get(account__login="branch.secretary")
    await Grant.filter(id=grant.id).update(delegable=True)
    return str(grant.id)


TARGETS = {
    "grant of the editor": grant_of("branch.editor"),
    "grant of the auditor": grant_of("auditor"),
    "grant to pass on": to_pass_on,
    "last grant of a security administrator": grant_of("security.admin"),
}
