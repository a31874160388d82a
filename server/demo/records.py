"""What the sixteen branches did in the months of the quarter so far: made up, and entered as everybody enters it."""

from datetime import date, timedelta

from server.access.actor import Actor
from server.demo.checklist import UNTOUCHED, holder, quarter
from server.kit.periods import months_of
from server.models.organizations import Organization
from server.operations import records
from server.operations.records import Enter
from server.vocabulary import Origin, RecordKind, Role, Sector

MONTHLY = [
    (3, RecordKind.BRANCH_COMMITTEE, "支委会：研究本月工作", "", 5),
    (8, RecordKind.STUDY, "集中学习：党章与党的纪律", "党的纪律", 31),
    (15, RecordKind.THEMED_DAY, "主题党日：清洁家园", "环境卫生", 28),
]
QUARTERLY = [
    (10, RecordKind.BRANCH_ASSEMBLY, "支部党员大会：通报季度工作", "集体经济", 34),
    (12, RecordKind.PARTY_LECTURE, "党课：组织生活怎样过得更有质量", "", 33),
    (18, RecordKind.VOLUNTEER_SERVICE, "志愿服务：楼栋安全隐患排查", "安全隐患", 16),
    (20, RecordKind.SOLVED_PROBLEM, "协调解决：巷道照明维修", "", 4),
]
"""Day of the month, kind, title, topic, how many took part; what is quarterly is of the first month."""


async def enter(day: date) -> None:
    """The branch whose secretary signs in has all of it, the others a part."""
    first = quarter(day).first
    branches = await Organization.filter(sector=Sector.RESIDENT_GROUP).order_by("code")
    for number, branch in enumerate(branches):
        own, actor = branch.code == UNTOUCHED, await holder(Role.BRANCH_SECRETARY, branch)
        for month in months_of(first, day):
            rows = [*MONTHLY, *(QUARTERLY if month.first == first else [])]
            for offset, row in enumerate(rows):
                if own or (number + offset + month.first.month) % 3 == 0:
                    await add(actor, branch, month.first, row, day)


async def add(
    actor: Actor, branch: Organization, first: date, row: tuple[int, RecordKind, str, str, int], day: date
) -> None:
    on, kind, title, topic, attendance = row
    held_on = first + timedelta(days=on - 1)
    held_on = min(held_on, day) if first == quarter(day).first else held_on
    if held_on <= day:
        draft = Enter(branch=branch.code, kind=kind, held_on=held_on, title=title, topic=topic, attendance=attendance)
        _ = await records.enter(actor, draft, Origin.SYNTHETIC)
