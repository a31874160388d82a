"""Those who use the system: roles, duties, scopes of tokens, and states of accounts, sessions, links."""

from server.kit.terms import Term
from server.vocabulary.organizations import OrganizationKind


class Role(Term):
    STREET_ADMIN = "STREET_ADMIN", "街道管理员", "Subdistrict administrator"
    STREET_REVIEWER = "STREET_REVIEWER", "街道审核员", "Subdistrict reviewer"
    COMMUNITY_REVIEWER = "COMMUNITY_REVIEWER", "社区审核员", "Community reviewer"
    BRANCH_SECRETARY = "BRANCH_SECRETARY", "支部书记", "Branch secretary"
    BRANCH_EDITOR = "BRANCH_EDITOR", "支部填报员", "Branch editor"
    AUDITOR = "AUDITOR", "审计员", "Auditor"
    SECURITY_ADMIN = "SECURITY_ADMIN", "安全管理员", "Security administrator"
    SYSTEM = "SYSTEM", "系统接口", "Connected system"


class Duty(Term):
    """Kinds of work that one account never mixes: whoever keeps the accounts or audits does nothing else."""

    WORK = "WORK", "业务", "Party work"
    SECURITY = "SECURITY", "安全", "Security"
    AUDIT = "AUDIT", "审计", "Audit"
    SYSTEM = "SYSTEM", "系统", "Connected system"


DUTIES: dict[Role, Duty] = {
    Role.STREET_ADMIN: Duty.WORK,
    Role.STREET_REVIEWER: Duty.WORK,
    Role.COMMUNITY_REVIEWER: Duty.WORK,
    Role.BRANCH_SECRETARY: Duty.WORK,
    Role.BRANCH_EDITOR: Duty.WORK,
    Role.AUDITOR: Duty.AUDIT,
    Role.SECURITY_ADMIN: Duty.SECURITY,
    Role.SYSTEM: Duty.SYSTEM,
}

ROLES_AT: dict[Role, frozenset[OrganizationKind]] = {
    Role.STREET_ADMIN: frozenset({OrganizationKind.DISTRICT, OrganizationKind.STREET}),
    Role.STREET_REVIEWER: frozenset({OrganizationKind.DISTRICT, OrganizationKind.STREET}),
    Role.COMMUNITY_REVIEWER: frozenset({OrganizationKind.COMMUNITY}),
    Role.BRANCH_SECRETARY: frozenset({OrganizationKind.BRANCH}),
    Role.BRANCH_EDITOR: frozenset({OrganizationKind.BRANCH}),
    Role.AUDITOR: frozenset(OrganizationKind),
    Role.SECURITY_ADMIN: frozenset({OrganizationKind.DISTRICT, OrganizationKind.STREET}),
    Role.SYSTEM: frozenset(OrganizationKind),
}
"""At which kinds of organizations a role can be held."""


class TokenScope(Term):
    """What a token may be used for; a token without a scope cannot do it, whatever its account may do."""

    ORGANIZATIONS_READ = "organizations:read", "读取组织架构", "Read the tree"
    ORGANIZATIONS_WRITE = "organizations:write", "变更组织架构", "Change the tree"
    MEMBERS_READ = "members:read", "读取党员名册", "Read rosters"
    MEMBERS_WRITE = "members:write", "登记党员", "Register members"
    MEMBERS_PERSONAL = "members:personal", "查看个人信息", "Reveal personal data"
    CHECKLISTS_READ = "checklists:read", "读取清单状态", "Read checklists and their status"
    CHECKLISTS_WRITE = "checklists:write", "填报和审核清单", "Fill and review checklists"
    ACCOUNTS_READ = "accounts:read", "读取账号和授权", "Read accounts and grants"
    ACCOUNTS_WRITE = "accounts:write", "管理账号和授权", "Manage accounts, grants and tokens"
    TRAIL_READ = "trail:read", "读取操作留痕", "Read the trail"
    WEBHOOKS_WRITE = "webhooks:write", "管理推送（尚未启用）", "Manage webhooks (not in use yet)"


class LinkKind(Term):
    """What a one-time link lets somebody do."""

    INVITATION = "INVITATION", "邀请", "Invitation"
    RESET = "RESET", "重设密码", "New password"


class SessionStage(Term):
    """How far somebody has come in signing in."""

    CODE = "CODE", "待验证动态码", "Waiting for the code"
    OPEN = "OPEN", "已登录", "Signed in"


class AccountState(Term):
    """Whether somebody can come in; never stored."""

    ACTIVE = "ACTIVE", "正常", "Active"
    PENDING = "PENDING", "尚无密码", "No password yet"
    DISABLED = "DISABLED", "已停用", "Disabled"


class TokenState(Term):
    """Whether a token still opens anything; never stored."""

    ACTIVE = "ACTIVE", "有效", "Valid"
    EXPIRED = "EXPIRED", "已过期", "Expired"
    REVOKED = "REVOKED", "已吊销", "Revoked"
