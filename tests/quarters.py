"""A small street in the last quarter of 2026: two branches of one community, three measures each, and its people.

Its people have logins, as the mail and the pages need them; where actors are enough, tests/branches.py is smaller.
"""

from datetime import date, datetime, time

from server.kit.clock import HOME
from server.models.checklists import ChecklistItem
from server.operations import accounts, checklists
from server.operations.accounts import Provide
from server.operations.checklists import Fill, Review
from server.vocabulary import Verdict
from tests.branches import BOSS, FIRST, cycle, place, template
from tests.cast import by_login

__all__ = ["CLOSED", "DUE", "FIRST", "at", "found", "item", "judge", "submit"]

DUE, CLOSED = date(2026, 12, 20), date(2026, 12, 31)
PEOPLE = {
    "admin": ("STREET_ADMIN", "ST"),
    "street": ("STREET_REVIEWER", "ST"),
    "reviewer": ("COMMUNITY_REVIEWER", "ST-1"),
    "secretary": ("BRANCH_SECRETARY", "ST-1-A"),
    "colleague": ("BRANCH_SECRETARY", "ST-1-B"),
    "auditor": ("AUDITOR", "ST"),
}


def at(day: date, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    """By the clock at home."""
    return datetime.combine(day, time(hour, minute, second), HOME)


async def found() -> None:
    """To be called on the first day of the quarter."""
    street = await place("ST", "STREET", None)
    _ = await place("ST-1", "COMMUNITY", "ST", community_type="URBAN")
    _ = await place("ST-1-G", "RESIDENT_GROUP", "ST-1")
    for code in ("ST-1-A", "ST-1-B"):
        _ = await place(code, "BRANCH", "ST-1-G", branch_type="BRANCH", sector="RESIDENT_GROUP")
    for login, (role, where) in PEOPLE.items():
        draft = Provide.parse({"login": login, "name": f"{login}（测试）", "role": role, "organization": where})
        _ = await accounts.provide(BOSS, draft)
    await template(street, measures=3)
    await cycle(street, due_on=DUE, closes_on=CLOSED)


async def item(number: int, branch: str = "ST-1-A") -> ChecklistItem:
    return await ChecklistItem.get(measure__number=number, checklist__branch__code=branch)


async def submit(number: int, branch: str = "ST-1-A") -> None:
    row = await item(number, branch)
    draft = Fill(done_on=FIRST, summary="组织集中学习。", expected_version=row.version)
    by = "secretary" if branch == "ST-1-A" else "colleague"
    _ = await checklists.submit(await by_login(by), row.id, draft)


async def judge(number: int, verdict: Verdict = Verdict.APPROVE, branch: str = "ST-1-A") -> None:
    row = await item(number, branch)
    draft = Review(verdict=verdict, remark="请写明参加人数。", expected_version=row.version)
    _ = await checklists.review(await by_login("reviewer"), row.id, draft)
