"""Opening cycles and joining them, for both doors."""

from datetime import timedelta

from server.kit.clock import today
from server.models.cycles import Cycle
from server.operations import organizations
from server.operations.organizations import Establish
from server.vocabulary import Role
from tests.acts.seals import close, quarter
from tests.acts.verbs import Case, Target, Verb
from tests.cast import actor

ADMIN, REVIEWER, SEALER = Role.STREET_ADMIN, Role.COMMUNITY_REVIEWER, Role.STREET_REVIEWER
SECRETARY, AUDITOR = Role.BRANCH_SECRETARY, Role.AUDITOR

OPEN = {
    "organization": "HG",
    "template": "WUZHUAWUTI",
    "sector": "RESIDENT_GROUP",
    "without": ["HG-LY-01-ZB", "HG-LY-02-ZB"],
    "code": "NEXT",
    **{name: today().isoformat() for name in ("starts_on", "ends_on", "opens_on", "due_on", "closes_on")},
}
LATER = (today() + timedelta(days=400)).isoformat()
JOIN = {"branch": "HG-LY-98", "reason": "新成立的支部。"}
BRANCH = {
    "code": "HG-LY-98",
    "kind": "BRANCH",
    "name": "测试党支部",
    "parent": "HG-LY-01",
    "branch_type": "BRANCH",
    "sector": "RESIDENT_GROUP",
}


async def with_newcomer() -> str:
    """The cycle of the quarter; a branch that it would pick was established since."""
    _ = await organizations.establish(await actor(ADMIN), Establish.parse(BRANCH))
    return str((await Cycle.get(code=quarter())).id)


async def closed_with_newcomer() -> str:
    _ = await close()
    return await with_newcomer()


TRIED = {
    "cycles.open_cycle": Verb("openCycle", "/cycles/new"),
    "cycles.join": Verb("joinCycle", "/cycles/{target}/join", "id", "Cycle"),
}

CASES: list[Case] = [
    ("cycles.open_cycle", ADMIN, "", OPEN, "OK", set()),
    ("cycles.open_cycle", ADMIN, "", OPEN | {"code": quarter()}, "INVALID", {"code"}),
    ("cycles.open_cycle", ADMIN, "", OPEN | {"template": "NONE"}, "INVALID", {"template"}),
    ("cycles.open_cycle", ADMIN, "", OPEN | {"without": ["HG-TD"]}, "INVALID", {"without"}),
    ("cycles.open_cycle", ADMIN, "", OPEN | {"due_on": "2020-01-01"}, "INVALID", {"due_on"}),
    ("cycles.open_cycle", ADMIN, "", OPEN | {"organization": "NOWHERE"}, "NOT_FOUND", set()),
    ("cycles.open_cycle", SECRETARY, "", OPEN, "NOT_FOUND", set()),
    ("cycles.open_cycle", AUDITOR, "", OPEN, "FORBIDDEN", set()),
    ("cycles.open_cycle", None, "", OPEN, "UNAUTHENTICATED", set()),
    ("cycles.join", ADMIN, "a newcomer", JOIN, "OK", set()),
    ("cycles.join", ADMIN, "a newcomer", JOIN | {"due_on": LATER}, "OK", set()),
    ("cycles.join", ADMIN, "a newcomer", JOIN | {"due_on": "2020-01-01"}, "INVALID", {"due_on"}),
    ("cycles.join", ADMIN, "a newcomer", JOIN | {"reason": ""}, "INVALID", {"reason"}),
    ("cycles.join", ADMIN, "a newcomer", JOIN | {"branch": "HG-LY-01-ZB"}, "INVALID", {"branch"}),
    ("cycles.join", ADMIN, "a newcomer", JOIN | {"branch": "NOWHERE"}, "INVALID", {"branch"}),
    ("cycles.join", ADMIN, "a closed cycle", JOIN, "INVALID", set()),
    ("cycles.join", ADMIN, "absent", JOIN, "NOT_FOUND", set()),
    ("cycles.join", REVIEWER, "a newcomer", JOIN, "FORBIDDEN", set()),
    ("cycles.join", None, "a newcomer", JOIN, "UNAUTHENTICATED", set()),
]

TARGETS: dict[str, Target] = {"a newcomer": with_newcomer, "a closed cycle": closed_with_newcomer}
