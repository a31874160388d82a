"""The glossary: every kind, state, verdict and role, with its Chinese and English name, on one page."""

from server.kit.terms import Term

# ── organizations 组织 ────────────────────────────────────────────────────────────────────────────────


class OrganizationKind(Term):
    DISTRICT = "DISTRICT", "区", "District"
    STREET = "STREET", "街道", "Subdistrict"
    COMMUNITY = "COMMUNITY", "社区", "Community"
    RESIDENT_GROUP = "RESIDENT_GROUP", "居民小组", "Residents' group"
    BRANCH = "BRANCH", "党支部", "Party branch"


class PartyBody(Term):
    """The Party body that leads a place."""

    WORKING_COMMITTEE = "WORKING_COMMITTEE", "党工委", "Party working committee"
    COMMITTEE = "COMMITTEE", "党委", "Party committee"
    LEADING_GROUP = "LEADING_GROUP", "党组", "Leading Party members' group"
    TEMP_COMMITTEE = "TEMP_COMMITTEE", "临时党委", "Temporary Party committee"


class BranchType(Term):
    GENERAL_BRANCH = "GENERAL_BRANCH", "党总支", "General Party branch"
    BRANCH = "BRANCH", "党支部", "Party branch"
    UNION_BRANCH = "UNION_BRANCH", "联合党支部", "Union Party branch"
    PARTY_GROUP = "PARTY_GROUP", "党小组", "Party group"
    TEMP_GENERAL_BRANCH = "TEMP_GENERAL_BRANCH", "临时党总支", "Temporary general Party branch"
    TEMP_BRANCH = "TEMP_BRANCH", "临时党支部", "Temporary Party branch"
    TEMP_UNION_BRANCH = "TEMP_UNION_BRANCH", "临时联合党支部", "Temporary union Party branch"


TYPE_CODES: dict[PartyBody | BranchType, str] = {
    PartyBody.COMMITTEE: "611",
    PartyBody.LEADING_GROUP: "612",
    BranchType.GENERAL_BRANCH: "621",
    BranchType.BRANCH: "631",
    BranchType.UNION_BRANCH: "632",
    BranchType.PARTY_GROUP: "641",
    PartyBody.TEMP_COMMITTEE: "911",
    BranchType.TEMP_GENERAL_BRANCH: "921",
    BranchType.TEMP_BRANCH: "931",
    BranchType.TEMP_UNION_BRANCH: "932",
}
"""De-facto national codes of Party bodies; 党工委 has none."""

TEMPORARY = frozenset({BranchType.TEMP_GENERAL_BRANCH, BranchType.TEMP_BRANCH, BranchType.TEMP_UNION_BRANCH})
"""Branches that exist for a task: their members stay at home, and totals do not count them."""


class Sector(Term):
    COMMUNITY = "COMMUNITY", "社区", "Community"
    RESIDENT_GROUP = "RESIDENT_GROUP", "居民小组", "Residents' group"
    GOVERNMENT_OFFICE = "GOVERNMENT_OFFICE", "机关", "Government office"
    TWO_NEW = "TWO_NEW", "两新组织", "New economic and social organizations"
    PROJECT = "PROJECT", "一线项目", "Frontline project"


class CommunityType(Term):
    URBAN = "URBAN", "纯城市社区", "Urban community"
    RURAL_TURNED_URBAN = "RURAL_TURNED_URBAN", "村改居社区", "Rural-turned-urban community"


PLACES_BELOW: dict[OrganizationKind | None, frozenset[OrganizationKind]] = {
    None: frozenset({OrganizationKind.DISTRICT, OrganizationKind.STREET}),
    OrganizationKind.DISTRICT: frozenset({OrganizationKind.STREET}),
    OrganizationKind.STREET: frozenset({OrganizationKind.COMMUNITY, OrganizationKind.BRANCH}),
    OrganizationKind.COMMUNITY: frozenset({OrganizationKind.RESIDENT_GROUP, OrganizationKind.BRANCH}),
    OrganizationKind.RESIDENT_GROUP: frozenset({OrganizationKind.BRANCH}),
    OrganizationKind.BRANCH: frozenset({OrganizationKind.BRANCH}),
}
"""What may lie directly below what; a branch below a branch obeys BRANCHES_BELOW as well."""

BRANCHES_BELOW: dict[BranchType | None, frozenset[BranchType]] = {
    None: frozenset(BranchType) - {BranchType.PARTY_GROUP},
    BranchType.GENERAL_BRANCH: frozenset({BranchType.BRANCH, BranchType.UNION_BRANCH}),
    BranchType.TEMP_GENERAL_BRANCH: frozenset({BranchType.TEMP_BRANCH, BranchType.TEMP_UNION_BRANCH}),
    BranchType.BRANCH: frozenset({BranchType.PARTY_GROUP}),
    BranchType.UNION_BRANCH: frozenset({BranchType.PARTY_GROUP}),
}
"""Branch types directly below a branch type; None stands for a place."""


class PlacementCause(Term):
    """The act that began a placement."""

    ESTABLISH = "ESTABLISH", "成立", "Established"
    RENAME = "RENAME", "更名", "Renamed"
    MOVE = "MOVE", "调整隶属", "Moved"
    MERGE = "MERGE", "合并", "Merged"
    SPLIT = "SPLIT", "拆分", "Split"
    UPGRADE = "UPGRADE", "升格", "Upgraded"
    RESTORE = "RESTORE", "恢复", "Restored"


class Origin(Term):
    """Where a fact comes from; what is SYNTHETIC is shown as such wherever it appears."""

    SEED = "SEED", "原文", "Founding article"
    PUBLIC = "PUBLIC", "公开报道", "Public notice"
    SYNTHETIC = "SYNTHETIC", "示例", "Example data"
    RECORDED = "RECORDED", "本系统登记", "Recorded here"


# ── members 党员 ──────────────────────────────────────────────────────────────────────────────────────


class MemberStage(Term):
    APPLICANT = "APPLICANT", "入党申请人", "Applicant"
    ACTIVIST = "ACTIVIST", "入党积极分子", "Activist"
    CANDIDATE = "CANDIDATE", "发展对象", "Candidate for development"
    PROBATIONARY = "PROBATIONARY", "预备党员", "Probationary member"
    FULL = "FULL", "正式党员", "Full member"


MEMBERS = frozenset({MemberStage.PROBATIONARY, MemberStage.FULL})
"""Stages at which a person is a Party member and is counted as one."""


class Standing(Term):
    ACTIVE = "ACTIVE", "在册", "Active"
    TRANSFERRED = "TRANSFERRED", "已转出", "Transferred"
    EXITED = "EXITED", "已出党", "Exited"
    DECEASED = "DECEASED", "已去世", "Deceased"


class MembershipKind(Term):
    HOME = "HOME", "组织关系", "Home"
    TEMPORARY = "TEMPORARY", "临时编入", "Temporary"


# ── checklists 五抓五提 ───────────────────────────────────────────────────────────────────────────────


class VersionState(Term):
    DRAFT = "DRAFT", "草稿", "Draft"
    PUBLISHED = "PUBLISHED", "已发布", "Published"
    RETIRED = "RETIRED", "已停用", "Retired"


class Frequency(Term):
    MONTHLY = "MONTHLY", "每月", "Monthly"
    QUARTERLY = "QUARTERLY", "每季度", "Quarterly"
    YEARLY = "YEARLY", "每年", "Yearly"


class ItemState(Term):
    TODO = "TODO", "未开始", "To do"
    IN_PROGRESS = "IN_PROGRESS", "填写中", "In progress"
    SUBMITTED = "SUBMITTED", "待审核", "Submitted"
    APPROVED = "APPROVED", "已通过", "Approved"
    RETURNED = "RETURNED", "已退回", "Returned"


class Timeliness(Term):
    """What the clock says of an item that is not done; never stored."""

    ON_TIME = "ON_TIME", "按期", "On time"
    DUE_SOON = "DUE_SOON", "即将到期", "Due soon"
    LATE = "LATE", "逾期", "Late"
    MISSED = "MISSED", "未完成", "Missed"


class Verdict(Term):
    APPROVE = "APPROVE", "通过", "Approve"
    RETURN = "RETURN", "退回", "Return"


# ── people who use the system ─────────────────────────────────────────────────────────────────────────


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


# ── the trail 留痕 ────────────────────────────────────────────────────────────────────────────────────


class Deed(Term):
    """Everything that the trail tells of."""

    ACCOUNT_PROVIDED = "account.provided", "建立账号", "Account made"
    ACCOUNT_INVITED = "account.invited", "邀请账号", "Account invited"
    ACCOUNT_JOINED = "account.joined", "接受邀请", "Invitation accepted"
    ACCOUNT_RESET = "account.reset", "重置账号", "Account reset"
    ACCOUNT_DISABLED = "account.disabled", "停用账号", "Account disabled"
    ACCOUNT_ENABLED = "account.enabled", "启用账号", "Account enabled"
    ACCOUNT_SIGNED_IN = "account.signed_in", "登录", "Signed in"
    ACCOUNT_SIGNED_OUT = "account.signed_out", "退出登录", "Signed out"
    ACCOUNT_LINKED = "account.linked", "绑定身份", "Identity connected"
    ACCOUNT_UNLINKED = "account.unlinked", "解除身份绑定", "Identity disconnected"
    PASSWORD_CHANGED = "password.changed", "修改密码", "Password changed"
    SECOND_FACTOR_PREPARED = "second_factor.prepared", "准备动态码", "Second factor prepared"
    SECOND_FACTOR_ENROLLED = "second_factor.enrolled", "启用动态码", "Second factor set up"
    SECOND_FACTOR_REMOVED = "second_factor.removed", "取消动态码", "Second factor removed"
    RECOVERY_CODES_RENEWED = "recovery_codes.renewed", "更换备用码", "Recovery codes renewed"
    SESSION_REVOKED = "session.revoked", "结束会话", "Session ended"
    GRANT_GIVEN = "grant.given", "授予角色", "Role given"
    GRANT_DELEGATED = "grant.delegated", "转授角色", "Role passed on"
    GRANT_ENDED = "grant.ended", "终止授权", "Role ended"
    TOKEN_ISSUED = "token.issued", "签发令牌", "Token issued"
    TOKEN_REVOKED = "token.revoked", "吊销令牌", "Token revoked"
    ORGANIZATION_ESTABLISHED = "organization.established", "成立组织", "Organization established"
    ORGANIZATION_RENAMED = "organization.renamed", "组织更名", "Organization renamed"
    ORGANIZATION_MOVED = "organization.moved", "调整隶属", "Organization moved"
    ORGANIZATION_DISSOLVED = "organization.dissolved", "撤销组织", "Organization dissolved"
    MEMBER_ENROLLED = "member.enrolled", "登记党员", "Member registered"
    MEMBER_ATTACHED = "member.attached", "临时编入", "Member taken in for a task"
    MEMBER_CORRECTED = "member.corrected", "更正党员信息", "Member corrected"
    MEMBER_READ = "member.read", "查看党员名册", "Members read"
    MEMBER_REVEALED = "member.revealed", "查看个人信息", "Personal data revealed"
    MEMBER_EXPORTED = "member.exported", "导出个人信息", "Personal data taken out"
    MEMBER_ERASED = "member.erased", "删除个人信息", "Member erased"
    TEMPLATE_PUBLISHED = "template.published", "发布清单模板", "Template published"
    CYCLE_OPENED = "cycle.opened", "开启周期", "Cycle opened"
    CYCLE_SEALED = "cycle.sealed", "封存周期", "Cycle sealed"
    CHECKLIST_ITEM_SAVED = "checklist_item.saved", "填写事项", "Item saved"
    CHECKLIST_ITEM_SUBMITTED = "checklist_item.submitted", "提交事项", "Item submitted"
    CHECKLIST_ITEM_WITHDRAWN = "checklist_item.withdrawn", "撤回事项", "Item withdrawn"
    CHECKLIST_ITEM_REVIEWED = "checklist_item.reviewed", "审核事项", "Item reviewed"
    TRAIL_EXPORTED = "trail.exported", "导出留痕", "Trail taken out"


class SubjectKind(Term):
    """What a deed is done to: the table of the row."""

    ACCOUNT = "account", "账号", "Account"
    SESSION = "session", "会话", "Session"
    GRANT = "account_grant", "授权", "Grant"
    TOKEN = "api_token", "令牌", "Token"
    ORGANIZATION = "organization", "组织", "Organization"
    MEMBER = "member", "党员", "Member"
    MEMBERSHIP = "membership", "组织关系", "Membership"
    TEMPLATE = "template", "清单模板", "Template"
    CYCLE = "cycle", "周期", "Cycle"
    CHECKLIST_ITEM = "checklist_item", "清单事项", "Checklist item"
    SEAL = "seal", "封存", "Seal"
    TRAIL = "trail_checkpoint", "留痕检查点", "Checkpoint of the trail"
