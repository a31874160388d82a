"""Sealing, for both doors."""

from datetime import timedelta

from server.kit.clock import today
from server.models.checklists import Checklist
from server.models.cycles import Cycle
from server.vocabulary import Role
from tests.acts.verbs import Case, Target, Verb

SEALER, REVIEWER, ADMIN = Role.STREET_REVIEWER, Role.COMMUNITY_REVIEWER, Role.STREET_ADMIN
SECRETARY = Role.BRANCH_SECRETARY


def quarter() -> str:
    return f"{today().year}-Q{(today().month + 2) // 3}"


SEAL = {"cycle": quarter(), "organization": "HG"}


async def close() -> str:
    """The cycle of this quarter ended yesterday; on the first day of one it had opened the day before, too."""
    yesterday = today() - timedelta(days=1)
    days = {"due_on": yesterday, "closes_on": yesterday}
    _ = await Cycle.filter(code=quarter()).update(opens_on=yesterday, **days)
    _ = await Checklist.filter(cycle__code=quarter()).update(assigned_on=yesterday, **days)
    return ""


TRIED = {"seals.seal": Verb("sealCycle", "/seals/new")}

CASES: list[Case] = [
    ("seals.seal", SEALER, "closed cycle", SEAL, "OK", set()),
    ("seals.seal", SEALER, "closed cycle", SEAL | {"organization": "HG-LY"}, "OK", set()),
    ("seals.seal", SEALER, "", SEAL, "INVALID", {"cycle"}),
    ("seals.seal", SEALER, "", SEAL | {"cycle": "1999-Q1"}, "INVALID", {"cycle"}),
    ("seals.seal", SEALER, "", SEAL | {"cycle": ""}, "INVALID", {"cycle"}),
    ("seals.seal", SEALER, "", SEAL | {"organization": "NOWHERE"}, "INVALID", {"organization"}),
    ("seals.seal", REVIEWER, "", SEAL | {"organization": "HG-LY"}, "FORBIDDEN", set()),
    ("seals.seal", ADMIN, "", SEAL, "FORBIDDEN", set()),
    ("seals.seal", SECRETARY, "", SEAL, "INVALID", {"organization"}),
    ("seals.seal", None, "", SEAL, "UNAUTHENTICATED", set()),
]

TARGETS: dict[str, Target] = {"closed cycle": close}
