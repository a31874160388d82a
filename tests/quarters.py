"""A small street in the last quarter of 2026: two branches of one community, three measures each, and its people."""

from datetime import date, datetime, time

from server.access.actor import Actor
from server.kit.clock import HOME
from server.models.checklists import ChecklistItem
from server.operations import accounts, checklists, cycles, organizations, templates
from server.operations.accounts import Provide
from server.operations.checklists import Fill, Review
from server.operations.cycles import OpenCycle
from server.operations.organizations import Establish
from server.operations.templates import Whole
from server.vocabulary import Verdict
from tests.cast import by_login

FIRST, DUE, CLOSED = date(2026, 10, 1), date(2026, 12, 20), date(2026, 12, 31)
PLACES: list[dict[str, str]] = [
    {"code": "ST", "kind": "STREET", "name": "测试街道"},
    {"code": "ST-1", "kind": "COMMUNITY", "name": "测试社区", "parent": "ST", "community_type": "URBAN"},
    {"code": "ST-1-G", "kind": "RESIDENT_GROUP", "name": "测试居民小组", "parent": "ST-1"},
] + [
    {
        "code": code,
        "kind": "BRANCH",
        "name": name,
        "parent": "ST-1-G",
        "branch_type": "BRANCH",
        "sector": "RESIDENT_GROUP",
    }
    for code, name in (("ST-1-A", "甲党支部"), ("ST-1-B", "乙党支部"))
]
PEOPLE = {
    "admin": ("STREET_ADMIN", "ST"),
    "street": ("STREET_REVIEWER", "ST"),
    "reviewer": ("COMMUNITY_REVIEWER", "ST-1"),
    "secretary": ("BRANCH_SECRETARY", "ST-1-A"),
    "colleague": ("BRANCH_SECRETARY", "ST-1-B"),
    "auditor": ("AUDITOR", "ST"),
}
TEXTS = ["组织集中学习", "走访联系群众", "开展志愿服务"]


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """By the clock at home."""
    return datetime.combine(day, time(hour, minute), HOME)


async def found() -> None:
    """To be called on the first day of the quarter."""
    installation = Actor.installation()
    for place in PLACES:
        _ = await organizations.establish(installation, Establish.parse(place))
    for login, (role, where) in PEOPLE.items():
        draft = Provide.parse({"login": login, "name": f"{login}（测试）", "role": role, "organization": where})
        _ = await accounts.provide(installation, draft)
    measures = [{"number": n, "text": text, "frequency": "QUARTERLY"} for n, text in enumerate(TEXTS, start=1)]
    theme = {"code": "T-1", "grasp": "抓学习", "lift": "提能力", "measures": measures}
    template = {"organization": "ST", "code": "TEST", "title": "测试清单"}
    _ = await templates.publish_whole(installation, Whole.parse(template | {"themes": [theme]}))
    days = {"starts_on": FIRST, "ends_on": CLOSED, "opens_on": FIRST, "due_on": DUE, "closes_on": CLOSED}
    cycle = {"organization": "ST", "template": "TEST", "sector": "RESIDENT_GROUP", "code": "2026-Q4"}
    _ = await cycles.open_cycle(installation, OpenCycle.parse(cycle | days))


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
