"""Acts on records, for both doors."""

from server.kit.clock import today
from server.models.records import Record
from server.vocabulary import Role
from tests.acts.verbs import Case, Verb

SECRETARY, EDITOR, AUDITOR = Role.BRANCH_SECRETARY, Role.BRANCH_EDITOR, Role.AUDITOR

STUDY = {
    "branch": "HG-LY-01-ZB",
    "kind": "STUDY",
    "held_on": today().isoformat(),
    "title": "集中学习😀",
    "attendance": 34,
}
RIGHT = {"title": "集中学习（改）", "reason": "标题有误", "expected_version": 1}
GONE = {"reason": "重复登记", "expected_version": 1}

TRIED = {
    "records.enter": Verb("enterRecord", "/records/new"),
    "records.correct": Verb("correctRecord", "/records/{target}/correct", "id", "Record"),
    "records.withdraw": Verb("withdrawRecord", "/records/{target}/withdraw", "id", "Record"),
}


async def record_of(branch: str) -> str:
    record = await Record.filter(branch__code=branch).order_by("held_on", "id").first()
    return str(record.id if record else 0)


TARGETS = {
    "own record": lambda: record_of("HG-LY-01-ZB"),
    "foreign record": lambda: record_of("HG-LY-02-ZB"),
}

CASES: list[Case] = [
    ("records.enter", EDITOR, "", STUDY, "OK", set()),
    ("records.enter", SECRETARY, "", STUDY | {"held_on": "2999-01-01", "title": ""}, "INVALID", {"title"}),
    ("records.enter", SECRETARY, "", STUDY | {"branch": "HG-LY-02-ZB"}, "NOT_FOUND", {"branch"}),
    ("records.correct", EDITOR, "own record", RIGHT, "OK", set()),
    ("records.correct", SECRETARY, "own record", RIGHT | {"expected_version": 7}, "CONFLICT", {"title"}),
    ("records.withdraw", SECRETARY, "own record", GONE, "OK", set()),
    ("records.withdraw", EDITOR, "own record", GONE, "FORBIDDEN", set()),
]
