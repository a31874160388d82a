"""What each role may do. The one table to read, and to change, about permissions."""

from enum import StrEnum

from server.access.actor import Actor
from server.kit.messages import say
from server.kit.paths import within
from server.kit.refusals import Forbidden
from server.vocabulary import DUTIES, Duty, Role, TokenScope


class Permit(StrEnum):
    ESTABLISH_ORGANIZATION = "organization:establish"
    RENAME_ORGANIZATION = "organization:rename"
    MOVE_ORGANIZATION = "organization:move"
    DISSOLVE_ORGANIZATION = "organization:dissolve"
    BUDGET_ORGANIZATION = "organization:budget"
    READ_MEMBERS = "member:read"
    ENROL_MEMBER = "member:enrol"
    ATTACH_MEMBER = "member:attach"
    DRAFT_TEMPLATE = "template:draft"
    PUBLISH_TEMPLATE = "template:publish"
    RETIRE_TEMPLATE = "template:retire"
    OPEN_CYCLE = "cycle:open"
    JOIN_CYCLE = "cycle:join"
    SEAL_CYCLE = "cycle:seal"
    ACCEPT_CHECKLIST = "checklist:accept"
    EXTEND_CHECKLIST = "checklist:extend"
    SAVE_CHECKLIST_ITEM = "checklist:save"
    SUBMIT_CHECKLIST_ITEM = "checklist:submit"
    WITHDRAW_CHECKLIST_ITEM = "checklist:withdraw"
    DECLARE_CHECKLIST_ITEM = "checklist:declare"
    REVIEW_CHECKLIST_ITEM = "checklist:review"
    REOPEN_CHECKLIST_ITEM = "checklist:reopen"
    ADD_EVIDENCE = "evidence:add"
    REMOVE_EVIDENCE = "evidence:remove"
    ENTER_RECORD = "record:enter"
    CORRECT_RECORD = "record:correct"
    WITHDRAW_RECORD = "record:withdraw"
    READ_ACCOUNTS = "account:read"
    INVITE_ACCOUNT = "account:invite"
    RESET_ACCOUNT = "account:reset"
    DISABLE_ACCOUNT = "account:disable"
    GIVE_GRANT = "grant:give"
    END_GRANT = "grant:end"
    DELEGATE_GRANT = "grant:delegate"
    ISSUE_TOKEN = "token:issue"  # noqa: S105 - a permit
    REVOKE_TOKEN = "token:revoke"  # noqa: S105 - a permit
    REVEAL_MEMBER = "member:reveal"
    CORRECT_MEMBER = "member:correct"
    EXPORT_MEMBER = "member:export"
    ERASE_MEMBER = "member:erase"
    READ_TRAIL = "trail:read"
    EXPORT_TRAIL = "trail:export"


BRANCH_WORK = frozenset(
    {
        Permit.SAVE_CHECKLIST_ITEM,
        Permit.ADD_EVIDENCE,
        Permit.REMOVE_EVIDENCE,
        Permit.ENTER_RECORD,
        Permit.CORRECT_RECORD,
        Permit.READ_MEMBERS,
        Permit.DELEGATE_GRANT,
    }
)

GIVEN: dict[Role, frozenset[Permit]] = {
    Role.STREET_ADMIN: frozenset(
        {
            Permit.ESTABLISH_ORGANIZATION,
            Permit.RENAME_ORGANIZATION,
            Permit.MOVE_ORGANIZATION,
            Permit.DISSOLVE_ORGANIZATION,
            Permit.BUDGET_ORGANIZATION,
            Permit.READ_MEMBERS,
            Permit.ENROL_MEMBER,
            Permit.ATTACH_MEMBER,
            Permit.DRAFT_TEMPLATE,
            Permit.PUBLISH_TEMPLATE,
            Permit.RETIRE_TEMPLATE,
            Permit.OPEN_CYCLE,
            Permit.JOIN_CYCLE,
            Permit.EXTEND_CHECKLIST,
            Permit.REVEAL_MEMBER,
            Permit.CORRECT_MEMBER,
            Permit.EXPORT_MEMBER,
            Permit.ERASE_MEMBER,
            Permit.READ_ACCOUNTS,
            Permit.GIVE_GRANT,
            Permit.END_GRANT,
            Permit.DELEGATE_GRANT,
        }
    ),
    Role.STREET_REVIEWER: frozenset(
        {
            Permit.READ_MEMBERS,
            Permit.DELEGATE_GRANT,
            Permit.EXTEND_CHECKLIST,
            Permit.REOPEN_CHECKLIST_ITEM,
            Permit.ACCEPT_CHECKLIST,
            Permit.SEAL_CYCLE,
        }
    ),
    Role.COMMUNITY_REVIEWER: frozenset({Permit.READ_MEMBERS, Permit.REVIEW_CHECKLIST_ITEM, Permit.DELEGATE_GRANT}),
    Role.BRANCH_SECRETARY: BRANCH_WORK
    | {
        Permit.SUBMIT_CHECKLIST_ITEM,
        Permit.WITHDRAW_CHECKLIST_ITEM,
        Permit.DECLARE_CHECKLIST_ITEM,
        Permit.WITHDRAW_RECORD,
        Permit.ENROL_MEMBER,
        Permit.ATTACH_MEMBER,
        Permit.REVEAL_MEMBER,
        Permit.CORRECT_MEMBER,
        Permit.EXPORT_MEMBER,
    },
    Role.BRANCH_EDITOR: BRANCH_WORK,
    Role.AUDITOR: frozenset({Permit.READ_TRAIL, Permit.EXPORT_TRAIL}),
    Role.SECURITY_ADMIN: frozenset(
        {
            Permit.READ_ACCOUNTS,
            Permit.INVITE_ACCOUNT,
            Permit.RESET_ACCOUNT,
            Permit.DISABLE_ACCOUNT,
            Permit.GIVE_GRANT,
            Permit.END_GRANT,
            Permit.ISSUE_TOKEN,
            Permit.REVOKE_TOKEN,
        }
    ),
    Role.SYSTEM: frozenset({Permit.READ_MEMBERS, Permit.REVEAL_MEMBER, Permit.READ_TRAIL, Permit.EXPORT_TRAIL}),
}
"""Every role sees the tree and the status below its places; what is listed here is what it may do beyond that."""

SCOPES: dict[Permit, TokenScope] = {
    Permit.ESTABLISH_ORGANIZATION: TokenScope.ORGANIZATIONS_WRITE,
    Permit.RENAME_ORGANIZATION: TokenScope.ORGANIZATIONS_WRITE,
    Permit.MOVE_ORGANIZATION: TokenScope.ORGANIZATIONS_WRITE,
    Permit.DISSOLVE_ORGANIZATION: TokenScope.ORGANIZATIONS_WRITE,
    Permit.BUDGET_ORGANIZATION: TokenScope.ORGANIZATIONS_WRITE,
    Permit.READ_MEMBERS: TokenScope.MEMBERS_READ,
    Permit.ENROL_MEMBER: TokenScope.MEMBERS_WRITE,
    Permit.ATTACH_MEMBER: TokenScope.MEMBERS_WRITE,
    Permit.CORRECT_MEMBER: TokenScope.MEMBERS_PERSONAL,
    Permit.REVEAL_MEMBER: TokenScope.MEMBERS_PERSONAL,
    Permit.EXPORT_MEMBER: TokenScope.MEMBERS_PERSONAL,
    Permit.ERASE_MEMBER: TokenScope.MEMBERS_PERSONAL,
    Permit.DRAFT_TEMPLATE: TokenScope.CHECKLISTS_WRITE,
    Permit.PUBLISH_TEMPLATE: TokenScope.CHECKLISTS_WRITE,
    Permit.RETIRE_TEMPLATE: TokenScope.CHECKLISTS_WRITE,
    Permit.OPEN_CYCLE: TokenScope.CHECKLISTS_WRITE,
    Permit.JOIN_CYCLE: TokenScope.CHECKLISTS_WRITE,
    Permit.ACCEPT_CHECKLIST: TokenScope.CHECKLISTS_WRITE,
    Permit.EXTEND_CHECKLIST: TokenScope.CHECKLISTS_WRITE,
    Permit.SEAL_CYCLE: TokenScope.CHECKLISTS_WRITE,
    Permit.SAVE_CHECKLIST_ITEM: TokenScope.CHECKLISTS_WRITE,
    Permit.SUBMIT_CHECKLIST_ITEM: TokenScope.CHECKLISTS_WRITE,
    Permit.WITHDRAW_CHECKLIST_ITEM: TokenScope.CHECKLISTS_WRITE,
    Permit.DECLARE_CHECKLIST_ITEM: TokenScope.CHECKLISTS_WRITE,
    Permit.REVIEW_CHECKLIST_ITEM: TokenScope.CHECKLISTS_WRITE,
    Permit.REOPEN_CHECKLIST_ITEM: TokenScope.CHECKLISTS_WRITE,
    Permit.ADD_EVIDENCE: TokenScope.CHECKLISTS_WRITE,
    Permit.REMOVE_EVIDENCE: TokenScope.CHECKLISTS_WRITE,
    Permit.ENTER_RECORD: TokenScope.CHECKLISTS_WRITE,
    Permit.CORRECT_RECORD: TokenScope.CHECKLISTS_WRITE,
    Permit.WITHDRAW_RECORD: TokenScope.CHECKLISTS_WRITE,
    Permit.READ_ACCOUNTS: TokenScope.ACCOUNTS_READ,
    Permit.INVITE_ACCOUNT: TokenScope.ACCOUNTS_WRITE,
    Permit.RESET_ACCOUNT: TokenScope.ACCOUNTS_WRITE,
    Permit.DISABLE_ACCOUNT: TokenScope.ACCOUNTS_WRITE,
    Permit.GIVE_GRANT: TokenScope.ACCOUNTS_WRITE,
    Permit.END_GRANT: TokenScope.ACCOUNTS_WRITE,
    Permit.DELEGATE_GRANT: TokenScope.ACCOUNTS_WRITE,
    Permit.ISSUE_TOKEN: TokenScope.ACCOUNTS_WRITE,
    Permit.REVOKE_TOKEN: TokenScope.ACCOUNTS_WRITE,
    Permit.READ_TRAIL: TokenScope.TRAIL_READ,
    Permit.EXPORT_TRAIL: TokenScope.TRAIL_READ,
}
"""Which scope a token needs, besides the role of its account."""

GIVES: dict[Role, frozenset[Role]] = {
    Role.SECURITY_ADMIN: frozenset(Role),
    Role.STREET_ADMIN: frozenset(r for r, duty in DUTIES.items() if duty is Duty.WORK) - {Role.STREET_ADMIN},
}
"""Which roles whoever may give and end grants may give and end."""

KEEPERS = frozenset(role for role, permits in GIVEN.items() if Permit.INVITE_ACCOUNT in permits)
"""The roles that look after accounts: a place that has somebody with one of them is never left without."""


def may(actor: Actor, permit: Permit, path: str) -> bool:
    """Whether `actor` holds `permit` at the place with this path."""
    held = any(permit in GIVEN[grant.role] and within(path, grant.path) for grant in actor.grants)
    return held and (actor.scopes is None or SCOPES[permit] in actor.scopes)


def role_for(actor: Actor, permit: Permit, path: str) -> Role | None:
    """The role in which `actor` does this at `path`; None for what its roles do not allow."""
    roles = (grant.role for grant in actor.grants if permit in GIVEN[grant.role] and within(path, grant.path))
    return next(roles, None)


def require(actor: Actor, permit: Permit, path: str) -> None:
    """Raises Forbidden unless `actor` may do this at `path`."""
    require_scope(actor, SCOPES[permit])
    if not may(actor, permit, path):
        raise Forbidden(say("Your role does not allow this here; ask whoever gave you your account."))


def givable(actor: Actor, permit: Permit, path: str) -> list[Role]:
    """The roles that `actor` may give, or end (`permit`), at `path`."""
    holding = [grant.role for grant in actor.grants if permit in GIVEN[grant.role] and within(path, grant.path)]
    return [role for role in Role if any(role in GIVES.get(own, ()) for own in holding)]


def may_give(actor: Actor, permit: Permit, role: Role, path: str) -> bool:
    return may(actor, permit, path) and role in givable(actor, permit, path)


def require_giving(actor: Actor, permit: Permit, role: Role, path: str) -> None:
    """Raises Forbidden unless `actor` may give, or end (`permit`), this role at `path`."""
    require(actor, permit, path)
    if not may_give(actor, permit, role, path):
        raise Forbidden(say("Your role does not let you decide on “{role}”; ask a security administrator.", role=role))


def keeps_accounts(role: Role) -> bool:
    return role in KEEPERS


def require_scope(actor: Actor, scope: TokenScope) -> None:
    """Raises Forbidden for a token without this scope."""
    if actor.scopes is not None and scope not in actor.scopes:
        raise Forbidden(say("This token lacks the scope {scope}; ask for one that has it.", scope=scope.value))


GUARDED = frozenset({Role.STREET_ADMIN, Role.SECURITY_ADMIN})
"""Roles that open so much that a password alone does not do."""


def needs_second_factor(actor: Actor) -> bool:
    return any(grant.role in GUARDED for grant in actor.grants)
