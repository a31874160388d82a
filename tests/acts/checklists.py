"""Acts on checklists, for both doors."""

from server.kit.clock import today
from server.models.checklists import ChecklistItem
from server.operations import checklists
from server.operations.checklists import Fill, Review
from server.vocabulary import Role
from tests.acts.verbs import Case, Target, Verb
from tests.cast import actor

ADMIN, SECRETARY, EDITOR = Role.STREET_ADMIN, Role.BRANCH_SECRETARY, Role.BRANCH_EDITOR
REVIEWER, AUDITOR, STREET = Role.COMMUNITY_REVIEWER, Role.AUDITOR, Role.STREET_REVIEWER

ANSWER = {"done_on": today().isoformat(), "summary": "学习一次,34人。😀", "expected_version": 1}
SEEN = {"expected_version": 2}
APPROVE = {"verdict": "APPROVE", "remark": "", "expected_version": 2}
RETURN = {"verdict": "RETURN", "remark": "请补充人数。", "expected_version": 2}

WHY = {"reason": "本支部没有这项工作"}


async def approved() -> str:
    """An item of 深坑 that has been approved by its reviewer."""
    item = await ChecklistItem.get(checklist__branch__code="HG-LY-01-ZB", measure__number=3)
    _ = await checklists.submit(await actor(SECRETARY), item.id, Fill.parse(ANSWER))
    _ = await checklists.review(await actor(REVIEWER), item.id, Review.parse(APPROVE))
    return str(item.id)


TARGETS: dict[str, Target] = {"approved": approved}

TRIED = {
    "checklists.save": Verb("saveChecklistItem", "/checklist-items/{target}/save", "id"),
    "checklists.submit": Verb("submitChecklistItem", "/checklist-items/{target}/submit", "id"),
    "checklists.withdraw": Verb("withdrawChecklistItem", "/checklist-items/{target}/withdraw", "id"),
    "checklists.declare": Verb("declareChecklistItem", "/checklist-items/{target}/declare", "id"),
    "checklists.reopen": Verb("reopenChecklistItem", "/checklist-items/{target}/reopen", "id"),
    "checklists.approve_together": Verb("approveChecklistItems", "/review/together"),
    "checklists.review": Verb("reviewChecklistItem", "/checklist-items/{target}/review", "id"),
}

CASES: list[Case] = [
    ("checklists.save", EDITOR, "todo", ANSWER, "OK", set()),
    ("checklists.save", SECRETARY, "todo", ANSWER | {"summary": ""}, "OK", set()),
    ("checklists.save", SECRETARY, "todo", ANSWER | {"summary": "字" * 2001}, "INVALID", {"summary"}),
    ("checklists.save", SECRETARY, "todo", ANSWER | {"done_on": "2999-01-01"}, "INVALID", {"done_on"}),
    ("checklists.save", SECRETARY, "todo", ANSWER | {"expected_version": 7}, "CONFLICT", {"summary"}),
    ("checklists.save", SECRETARY, "waiting", ANSWER | {"expected_version": 2}, "INVALID", set()),
    ("checklists.save", AUDITOR, "todo", ANSWER, "FORBIDDEN", set()),
    ("checklists.save", SECRETARY, "foreign", ANSWER, "NOT_FOUND", set()),
    ("checklists.save", SECRETARY, "absent", ANSWER, "NOT_FOUND", set()),
    ("checklists.save", None, "todo", ANSWER, "UNAUTHENTICATED", set()),
    ("checklists.submit", SECRETARY, "todo", ANSWER, "OK", set()),
    ("checklists.submit", SECRETARY, "todo", ANSWER | {"summary": " "}, "INVALID", {"summary"}),
    ("checklists.submit", SECRETARY, "todo", {"summary": "x", "expected_version": 1}, "INVALID", {"done_on"}),
    ("checklists.submit", EDITOR, "todo", ANSWER, "FORBIDDEN", set()),
    ("checklists.withdraw", SECRETARY, "waiting", SEEN, "OK", set()),
    ("checklists.withdraw", SECRETARY, "todo", {"expected_version": 1}, "INVALID", set()),
    ("checklists.withdraw", SECRETARY, "waiting", {"expected_version": 1}, "CONFLICT", set()),
    ("checklists.withdraw", EDITOR, "waiting", SEEN, "FORBIDDEN", set()),
    ("checklists.review", REVIEWER, "waiting", APPROVE, "OK", set()),
    ("checklists.review", REVIEWER, "waiting", RETURN, "OK", set()),
    ("checklists.review", REVIEWER, "waiting", RETURN | {"remark": " "}, "INVALID", {"remark"}),
    ("checklists.review", REVIEWER, "waiting", APPROVE | {"expected_version": 1}, "CONFLICT", set()),
    ("checklists.review", REVIEWER, "todo", APPROVE | {"expected_version": 1}, "INVALID", set()),
    ("checklists.review", SECRETARY, "waiting", APPROVE, "FORBIDDEN", set()),
    ("checklists.review", AUDITOR, "waiting", APPROVE, "FORBIDDEN", set()),
    ("checklists.declare", SECRETARY, "todo", WHY | {"expected_version": 1}, "OK", set()),
    ("checklists.declare", SECRETARY, "todo", {"reason": " ", "expected_version": 1}, "INVALID", {"reason"}),
    ("checklists.declare", SECRETARY, "waiting", WHY | SEEN, "INVALID", set()),
    ("checklists.declare", EDITOR, "todo", WHY | {"expected_version": 1}, "FORBIDDEN", set()),
    ("checklists.reopen", STREET, "approved", WHY | {"expected_version": 3}, "OK", set()),
    ("checklists.reopen", STREET, "approved", {"reason": "", "expected_version": 3}, "INVALID", {"reason"}),
    ("checklists.reopen", STREET, "approved", WHY | {"expected_version": 1}, "CONFLICT", set()),
    ("checklists.reopen", STREET, "waiting", WHY | SEEN, "INVALID", set()),
    ("checklists.reopen", REVIEWER, "approved", WHY | {"expected_version": 3}, "FORBIDDEN", set()),
]
