"""Who belongs to a branch, how many they are, and what is held on one of them."""

from server.queries.members.persons import (
    Look,
    all_memberships,
    find,
    find_home,
    find_person,
    history,
    looks_at,
    reveals_since,
)
from server.queries.members.rosters import (
    ROSTER_ORDER,
    attachable,
    counts,
    having_number,
    roster,
    roster_counts,
    rosters,
)

__all__ = [
    "ROSTER_ORDER",
    "Look",
    "all_memberships",
    "attachable",
    "counts",
    "find",
    "find_home",
    "find_person",
    "having_number",
    "history",
    "looks_at",
    "reveals_since",
    "roster",
    "roster_counts",
    "rosters",
]
