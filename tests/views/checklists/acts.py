"""What the tests of these pages have in common: items brought into a state, forms, and what an answer shows."""

import re

from httpx import AsyncClient, Response

from server.kit.clock import today
from server.models.checklists import ChecklistItem
from server.operations import checklists
from server.operations.checklists import Fill, Review
from server.vocabulary import ItemState, Role, Verdict
from tests.cast import actor
from tests.clients import HTMX

SECRETARY, EDITOR, REVIEWER, AUDITOR = Role.BRANCH_SECRETARY, Role.BRANCH_EDITOR, Role.COMMUNITY_REVIEWER, Role.AUDITOR
DAY = today().isoformat()
ANSWER = {"done_on": DAY, "summary": "组织集中学习，34人参加。", "expected_version": "1"}
VERBS = ["save", "submit", "withdraw", "review"]
BAD_IDS = ["0", "-1", "999999999", "2147483648", "9" * 400, "abc", "１", "1e3", "%00"]


async def item_of(measure: int = 1, branch: str = "HG-LY-01-ZB") -> ChecklistItem:
    return await ChecklistItem.get(measure__number=measure, checklist__branch__code=branch)


def kept(item: ChecklistItem) -> dict[str, object]:
    """Every column."""
    return {name: getattr(item, name) for name in item._meta.db_fields}


async def submitted(measure: int = 1) -> ChecklistItem:
    item = await item_of(measure)
    _ = await checklists.submit(await actor(SECRETARY), item.id, Fill.parse(ANSWER))
    return await item_of(measure)


async def judged(verdict: Verdict, measure: int = 1) -> ChecklistItem:
    item = await submitted(measure)
    review = Review(verdict=verdict, remark="请写明参加人数。", expected_version=2)
    _ = await checklists.review(await actor(REVIEWER), item.id, review)
    return await item_of(measure)


async def prepared(verb: str) -> tuple[ChecklistItem, Role, dict[str, str]]:
    """An item on which `verb` can be done, who does it, and the form."""
    if verb in {"save", "submit"}:
        return await item_of(), SECRETARY, ANSWER
    if verb == "withdraw":
        return await submitted(), SECRETARY, {"expected_version": "2"}
    return await submitted(), REVIEWER, {"verdict": "APPROVE", "remark": "", "expected_version": "2"}


AFTER = {
    "save": ItemState.IN_PROGRESS,
    "submit": ItemState.SUBMITTED,
    "withdraw": ItemState.IN_PROGRESS,
    "review": ItemState.APPROVED,
}


async def send(browser: AsyncClient, address: str, form: dict[str, str], how: str) -> Response:
    return await browser.post(address, data=form, headers=HTMX if how == "htmx" else {})


def count(answer: Response, pattern: str) -> int:
    return len(re.findall(pattern, answer.text))


def sent_to(answer: Response) -> set[str]:
    """Every address that something on the page would send to, with htmx or without."""
    return set(re.findall(r'(?:\baction|formaction|hx-(?:post|put|patch|delete))="([^"]*)"', answer.text))


def value_of(answer: Response, name: str) -> str:
    """What an input or a text area of this name holds."""
    found = re.search(rf'name="{name}"[^>]*?value="([^"]*)"', answer.text)
    area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\n(.*?)</textarea>', answer.text, re.S)
    match = found or area
    assert match, name
    return match[1]
