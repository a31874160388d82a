"""Acts on evidence, for both doors; files come by the pages alone."""

from server.kit.clock import today
from server.models.checklists import ChecklistItem
from server.operations import evidence
from server.operations.evidence import Link
from tests.acts.records import AUDITOR, EDITOR, SECRETARY
from tests.acts.verbs import Case, Verb
from tests.cast import actor

PAGE = {"address": "https://example.org/news/7", "title": "活动报道", "effective_on": today().isoformat()}
REMOVED = {"reason": "放错了"}

TRIED = {
    "evidence.link": Verb("linkEvidence", "/checklist-items/{target}/link", "id"),
    "evidence.cite": Verb("citeRecord", "/records/{target}/cite", "id", "Record"),
    "evidence.remove": Verb("removeEvidence", "/evidence/{target}/remove", "id", "Evidence"),
}


async def a_link() -> str:
    """On an item of 深坑 that is being worked on."""
    item = await ChecklistItem.get(checklist__branch__code="HG-LY-01-ZB", measure__number=3)
    piece = await evidence.link(await actor(SECRETARY), item.id, Link.parse(PAGE))
    return str(piece.id)


TARGETS = {"own evidence": a_link}

ELSEWHERE = {
    "evidence.add_files": "pages only: files come by a form; tests/operations and tests/views try it",
}

CASES: list[Case] = [
    ("evidence.link", EDITOR, "todo", PAGE, "OK", set()),
    ("evidence.link", SECRETARY, "todo", PAGE | {"address": "javascript:alert(1)"}, "INVALID", {"address"}),
    ("evidence.link", SECRETARY, "todo", PAGE | {"effective_on": "2999-01-01"}, "INVALID", {"effective_on"}),
    ("evidence.link", SECRETARY, "waiting", PAGE, "INVALID", set()),
    ("evidence.cite", SECRETARY, "own record", {"items": ["todo"]}, "OK", set()),
    ("evidence.cite", SECRETARY, "own record", {"items": ["foreign"]}, "INVALID", {"items"}),
    ("evidence.cite", SECRETARY, "foreign record", {"items": ["todo"]}, "NOT_FOUND", set()),
    ("evidence.remove", EDITOR, "own evidence", REMOVED, "OK", set()),
    ("evidence.remove", AUDITOR, "own evidence", REMOVED, "FORBIDDEN", set()),
]
