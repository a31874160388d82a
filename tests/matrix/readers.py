"""Who asks: every role at the place where it is held, and those who should get less, or nothing."""

from typing import NamedTuple

STREET, COMMUNITY, BRANCH = "LG-A", "LG-A-1", "LG-A-1-G-B"


class Reader(NamedTuple):
    name: str
    role: str = ""
    place: str = ""
    signs_in: bool = True
    """With a session at the pages; else with a token at both doors."""
    holds: bool = True
    """The grant holds today."""
    active: bool = True
    """The account is not disabled."""
    scopes: frozenset[str] | None = None
    """Of the token with which a system comes; None: every scope, or a session."""

    @property
    def known(self) -> bool:
        """Whether the program lets this one in at all."""
        return bool(self.role) and self.active

    @property
    def account(self) -> str:
        """Readers with one account come with different tokens."""
        return self.name.partition(":")[0]


SCOPES = (
    "organizations:read",
    "organizations:write",
    "members:read",
    "members:write",
    "members:personal",
    "checklists:read",
    "checklists:write",
    "accounts:read",
    "accounts:write",
    "trail:read",
    "webhooks:write",
)

ROLES = (
    Reader("admin", "STREET_ADMIN", STREET),
    Reader("street-reviewer", "STREET_REVIEWER", STREET),
    Reader("community-reviewer", "COMMUNITY_REVIEWER", COMMUNITY),
    Reader("secretary", "BRANCH_SECRETARY", BRANCH),
    Reader("editor", "BRANCH_EDITOR", BRANCH),
    Reader("auditor", "AUDITOR", STREET),
    Reader("security", "SECURITY_ADMIN", STREET),
    Reader("system", "SYSTEM", STREET, signs_in=False),
)

OTHERS = (
    Reader("nobody"),
    Reader("ended", "STREET_ADMIN", STREET, holds=False),
    Reader("coming", "STREET_ADMIN", STREET, holds=False),
    Reader("disabled", "STREET_ADMIN", STREET, active=False),
    Reader("dissolved", "BRANCH_SECRETARY", "LG-A-1-G-B-X", holds=False),
)

SINGLE = tuple(
    Reader(f"system:{scope}", "SYSTEM", STREET, signs_in=False, scopes=frozenset({scope})) for scope in SCOPES
)

READERS = (*ROLES, *OTHERS, *SINGLE)
BY_ACCOUNT = {reader.account: reader for reader in (*ROLES, *OTHERS)}
EYE = Reader("eye", "AUDITOR", "LG", signs_in=False)
"""Sees everything: what it is answered is the truth that others may see a part of. It is no cell of the matrix."""
