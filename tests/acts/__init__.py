"""Every act, as a table: a feature adds its module to the list."""

from tests.acts import (
    accounts,
    checklists,
    cycles,
    evidence,
    grants,
    members,
    organizations,
    records,
    seals,
    sessions,
    templates,
    tokens,
)
from tests.acts.verbs import Case, Target, Verb

FEATURES = (
    organizations,
    members,
    cycles,
    checklists,
    accounts,
    sessions,
    grants,
    tokens,
    seals,
    records,
    evidence,
    templates,
)

__all__ = ["CASES", "ELSEWHERE", "TARGETS", "TRIED", "Case", "Target", "Verb"]

TRIED: dict[str, Verb] = {name: verb for feature in FEATURES for name, verb in feature.TRIED.items()}
"""Operations, and how each is called at each door."""

CASES: list[Case] = [case for feature in FEATURES for case in feature.CASES]

TARGETS: dict[str, Target] = {
    name: target for feature in FEATURES for name, target in getattr(feature, "TARGETS", {}).items()
}
"""Names that stand for an id that is known only when the street is there."""

ELSEWHERE = {
    **sessions.ELSEWHERE,
    **evidence.ELSEWHERE,
    "accounts.provide_hashed": "no door yet: the demonstration alone makes accounts",
    "accounts.set_up": "the command line only: there is nobody yet who could sign in",
    "oidc.link": "the way back from the identity provider; tests/oidc tries it",
    "oidc.unlink": "one's own account alone, likewise",
    "members.record_reads": "no door: the entrance writes down who was read, before the answer goes out",
    "members.reseal_batch": "command line only: `qiangji keys reseal`",
    "trail.export": "pages and the command line: it answers a file",
    "templates.publish_whole": "no door: an installation brings its template along",
}
"""Operations that are not in TRIED, and why."""
