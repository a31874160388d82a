"""The glossary: every kind, state, verdict and role, with its Chinese and English name."""

from server.vocabulary.accounts import (
    DUTIES,
    ROLES_AT,
    AccountState,
    Duty,
    LinkKind,
    Role,
    SessionStage,
    TokenScope,
    TokenState,
)
from server.vocabulary.checklists import (
    Frequency,
    ItemState,
    Timeliness,
    Verdict,
    VersionState,
)
from server.vocabulary.members import (
    MEMBERS,
    MembershipKind,
    MemberStage,
    Standing,
)
from server.vocabulary.organizations import (
    BRANCHES_BELOW,
    PLACES_BELOW,
    TEMPORARY,
    TYPE_CODES,
    BranchType,
    CommunityType,
    OrganizationKind,
    Origin,
    PartyBody,
    PlacementCause,
    Sector,
)
from server.vocabulary.trail import (
    Deed,
    SubjectKind,
)

__all__ = [
    "BRANCHES_BELOW",
    "DUTIES",
    "MEMBERS",
    "PLACES_BELOW",
    "ROLES_AT",
    "TEMPORARY",
    "TYPE_CODES",
    "AccountState",
    "BranchType",
    "CommunityType",
    "Deed",
    "Duty",
    "Frequency",
    "ItemState",
    "LinkKind",
    "MemberStage",
    "MembershipKind",
    "OrganizationKind",
    "Origin",
    "PartyBody",
    "PlacementCause",
    "Role",
    "Sector",
    "SessionStage",
    "Standing",
    "SubjectKind",
    "Timeliness",
    "TokenScope",
    "TokenState",
    "Verdict",
    "VersionState",
]
