"""Acts on checklists, for both doors."""

from datetime import timedelta

from server.kit.clock import now, today
from server.models.checklists import Checklist, ChecklistItem
from server.operations import checklists
from server.operations.checklists import Fill, Review
from server.vocabulary import ItemState, Role
from tests.acts.verbs import Case, Target, Verb
from tests.cast import actor

ADMIN, SECRETARY, EDITOR = Role.STREET_ADMIN, Role.BRANCH_SECRETARY, Role.BRANCH_EDITOR
REVIEWER, AUDITOR, STREET = Role.COMMUNITY_REVIEWER, Role.AUDITOR, Role.STREET_REVIEWER

ANSWER = {"done_on": today().isoformat(), "summary": "学习一次,34人。😀", "expected_version": 1}
SEEN = {"expected_version": 2}
APPROVE = {"verdict": "APPROVE", "remark": "", "expected_version": 2}
RETURN = {"verdict": "RETURN", "remark": "请补充人数。", "expected_version": 2}

WHY = {"reason": "本支部没有这项工作"}


async def approved_item() -> str:
    """An item of 深坑 that has been approved by its reviewer."""
    item = await ChecklistItem.get(checklist__branch__code="HG-LY-01-ZB", measure__number=3)
    _ = await checklists.submit(await actor(SECRETARY), item.id, Fill.parse(ANSWER))
    _ = await checklists.review(await actor(REVIEWER), item.id, Review.parse(APPROVE))
    return str(item.id)


async def clean_item() -> str:
    """An item of 深坑 that waits, whose measure asks for no evidence."""
    item = await ChecklistItem.get(checklist__branch__code="HG-LY-01-ZB", measure__number=3)
    return str((await checklists.submit(await actor(SECRETARY), item.id, Fill.parse(ANSWER))).id)


LATER, LAST = ((today() + timedelta(days=days)).isoformat() for days in (400, 410))
LONGER = {"due_on": LATER, "closes_on": LAST, "reason": "书记交接。", "expected_version": 1}
WHOLE = {"expected_version": 1}


async def checklist_of(branch: str = "HG-LY-01-ZB") -> str:
    return str((await Checklist.get(branch__code=branch)).id)


async def approved() -> str:
    """The checklist of 深坑, every item of it done by its secretary and approved."""
    secretary, reviewer = await actor(SECRETARY), await actor(REVIEWER)
    _ = await ChecklistItem.filter(checklist__branch__code="HG-LY-01-ZB").update(
        state=ItemState.APPROVED,
        done_on=today(),
        summary="已完成",
        filled_by_id=secretary.account_id,
        submitted_by_id=secretary.account_id,
        submitted_at=now(),
        reviewed_by_id=reviewer.account_id,
        reviewed_at=now(),
    )
    return await checklist_of()


TRIED = {
    "checklists.save": Verb("saveChecklistItem", "/checklist-items/{target}/save", "id"),
    "checklists.submit": Verb("submitChecklistItem", "/checklist-items/{target}/submit", "id"),
    "checklists.withdraw": Verb("withdrawChecklistItem", "/checklist-items/{target}/withdraw", "id"),
    "checklists.declare": Verb("declareChecklistItem", "/checklist-items/{target}/declare", "id"),
    "checklists.reopen": Verb("reopenChecklistItem", "/checklist-items/{target}/reopen", "id"),
    "checklists.approve_together": Verb("approveChecklistItems", "/review/together"),
    "checklists.review": Verb("reviewChecklistItem", "/checklist-items/{target}/review", "id"),
    "checklists.extend": Verb("extendChecklist", "/checklists/{target}/extend", "id", "Checklist"),
    "checklists.accept": Verb("acceptChecklist", "/checklists/{target}/accept", "id", "Checklist"),
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
    ("checklists.approve_together", REVIEWER, "", {"items": "clean:2"}, "OK", set()),
    ("checklists.approve_together", REVIEWER, "", {"items": "clean:1"}, "INVALID", set()),
    ("checklists.approve_together", REVIEWER, "", {"items": "clean:2 waiting:2"}, "INVALID", set()),
    ("checklists.approve_together", REVIEWER, "", {"items": "clean:2 todo:1"}, "INVALID", set()),
    ("checklists.approve_together", REVIEWER, "", {"items": ""}, "INVALID", set()),
    ("checklists.approve_together", REVIEWER, "", {"items": "clean:2 foreign:1"}, "NOT_FOUND", set()),
    ("checklists.approve_together", SECRETARY, "", {"items": "clean:2"}, "FORBIDDEN", set()),
    ("checklists.approve_together", None, "", {"items": "clean:2"}, "UNAUTHENTICATED", set()),
    ("checklists.declare", SECRETARY, "todo", WHY | {"expected_version": 1}, "OK", set()),
    ("checklists.declare", SECRETARY, "todo", {"reason": " ", "expected_version": 1}, "INVALID", {"reason"}),
    ("checklists.declare", SECRETARY, "waiting", WHY | SEEN, "INVALID", set()),
    ("checklists.declare", EDITOR, "todo", WHY | {"expected_version": 1}, "FORBIDDEN", set()),
    ("checklists.reopen", STREET, "approved item", WHY | {"expected_version": 3}, "OK", set()),
    ("checklists.reopen", STREET, "approved item", {"reason": "", "expected_version": 3}, "INVALID", {"reason"}),
    ("checklists.reopen", STREET, "approved item", WHY | {"expected_version": 1}, "CONFLICT", set()),
    ("checklists.reopen", STREET, "waiting", WHY | SEEN, "INVALID", set()),
    ("checklists.reopen", REVIEWER, "approved item", WHY | {"expected_version": 3}, "FORBIDDEN", set()),
    ("checklists.extend", STREET, "mine", LONGER, "OK", set()),
    ("checklists.extend", ADMIN, "mine", LONGER | {"reason": ""}, "INVALID", {"reason"}),
    ("checklists.extend", ADMIN, "mine", LONGER | {"due_on": "2020-01-01"}, "INVALID", {"due_on"}),
    ("checklists.extend", ADMIN, "mine", LONGER | {"closes_on": LATER, "due_on": LAST}, "INVALID", {"closes_on"}),
    ("checklists.extend", ADMIN, "mine", LONGER | {"expected_version": 9}, "CONFLICT", set()),
    ("checklists.extend", SECRETARY, "mine", LONGER, "FORBIDDEN", set()),
    ("checklists.extend", SECRETARY, "foreign checklist", LONGER, "NOT_FOUND", set()),
    ("checklists.extend", None, "mine", LONGER, "UNAUTHENTICATED", set()),
    ("checklists.accept", STREET, "approved", WHOLE, "OK", set()),
    ("checklists.accept", STREET, "approved", WHOLE | {"expected_version": 9}, "CONFLICT", set()),
    ("checklists.accept", STREET, "mine", WHOLE, "INVALID", set()),
    ("checklists.accept", ADMIN, "approved", WHOLE, "FORBIDDEN", set()),
    ("checklists.accept", STREET, "absent", WHOLE, "NOT_FOUND", set()),
    ("checklists.accept", None, "approved", WHOLE, "UNAUTHENTICATED", set()),
]

TARGETS: dict[str, Target] = {
    "mine": checklist_of,
    "approved": approved,
    "approved item": approved_item,
    "clean": clean_item,
}
