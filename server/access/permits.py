"""What each role may do. The one table to read, and to change, about permissions."""

from enum import StrEnum

from server.access.actor import Actor
from server.kit.messages import say
from server.kit.paths import within
from server.kit.refusals import Forbidden
from server.vocabulary import Role


class Permit(StrEnum):
    ESTABLISH_ORGANIZATION = "organization:establish"
    RENAME_ORGANIZATION = "organization:rename"
    MOVE_ORGANIZATION = "organization:move"
    DISSOLVE_ORGANIZATION = "organization:dissolve"
    READ_MEMBERS = "member:read"
    ENROL_MEMBER = "member:enrol"
    ATTACH_MEMBER = "member:attach"
    PUBLISH_TEMPLATE = "template:publish"
    OPEN_CYCLE = "cycle:open"
    SAVE_CHECKLIST_ITEM = "checklist:save"
    SUBMIT_CHECKLIST_ITEM = "checklist:submit"
    WITHDRAW_CHECKLIST_ITEM = "checklist:withdraw"
    REVIEW_CHECKLIST_ITEM = "checklist:review"
    PROVIDE_ACCOUNT = "account:provide"


BRANCH_WORK = frozenset({Permit.SAVE_CHECKLIST_ITEM, Permit.READ_MEMBERS})

GIVEN: dict[Role, frozenset[Permit]] = {
    Role.STREET_ADMIN: frozenset(
        {
            Permit.ESTABLISH_ORGANIZATION,
            Permit.RENAME_ORGANIZATION,
            Permit.MOVE_ORGANIZATION,
            Permit.DISSOLVE_ORGANIZATION,
            Permit.READ_MEMBERS,
            Permit.ENROL_MEMBER,
            Permit.ATTACH_MEMBER,
            Permit.PUBLISH_TEMPLATE,
            Permit.OPEN_CYCLE,
        }
    ),
    Role.STREET_REVIEWER: frozenset({Permit.READ_MEMBERS}),
    Role.COMMUNITY_REVIEWER: frozenset({Permit.READ_MEMBERS, Permit.REVIEW_CHECKLIST_ITEM}),
    Role.BRANCH_SECRETARY: BRANCH_WORK
    | {Permit.SUBMIT_CHECKLIST_ITEM, Permit.WITHDRAW_CHECKLIST_ITEM, Permit.ENROL_MEMBER, Permit.ATTACH_MEMBER},
    Role.BRANCH_EDITOR: BRANCH_WORK,
    Role.AUDITOR: frozenset(),
    Role.SECURITY_ADMIN: frozenset({Permit.PROVIDE_ACCOUNT}),
    Role.SYSTEM: frozenset(),
}
"""Every role sees the tree and the status below its places; what is listed here is what it may do beyond that."""


def may(actor: Actor, permit: Permit, path: str) -> bool:
    """Whether `actor` holds `permit` at the place with this path."""
    return any(permit in GIVEN[grant.role] and within(path, grant.path) for grant in actor.grants)


def require(actor: Actor, permit: Permit, path: str) -> None:
    """Raises Forbidden unless `actor` may do this at `path`."""
    if not may(actor, permit, path):
        raise Forbidden(say("Your role does not allow this here; ask whoever gave you your account."))
