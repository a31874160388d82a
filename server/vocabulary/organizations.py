"""Organizations 组织: kinds, Party bodies, branch types, and what may lie below what."""

from server.kit.terms import Term


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
