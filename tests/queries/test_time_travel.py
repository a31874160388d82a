"""A year of checklists, with a community reorganised in the middle: every past day still answers as it did then."""

import random
from datetime import date, datetime, time, timedelta
from typing import Any

import time_machine

from server.access.actor import Actor, Grant
from server.kit.clock import HOME, today
from server.kit.refusals import Refusal
from server.models.accounts import Account
from server.models.checklists import Checklist, ChecklistItem
from server.models.cycles import Cycle
from server.models.organizations import Organization
from server.operations import checklists, cycles, organizations, templates
from server.operations.checklists import Accept, Declare, Extend, Fill, Reopen, Review
from server.operations.cycles import OpenCycle
from server.operations.organizations import Dissolve, Establish, Move, Rename
from server.operations.templates import Whole
from server.queries import checklists as queries
from server.queries import cycles as periods
from server.queries import organizations as places
from server.vocabulary import Role, Verdict
from tests.conftest import Figure

YEAR = date(2025, 1, 1)
BRANCHES = {"HG-A-1": "HG-A", "HG-A-2": "HG-A", "HG-A-3": "HG-A", "HG-B-1": "HG-B", "HG-B-2": "HG-B"}
BOSS = Actor.installation()
Answer = dict[str, Any]


async def test_a_year_answers_as_it_did(database: str, figure: Figure) -> None:
    dice = random.Random("a year")  # noqa: S311 - repeatable, not secret
    told: dict[tuple[date, str], Answer] = {}
    with time_machine.travel(at(YEAR, 8), tick=False) as clock:
        await prepare()
        for number in range(52):
            day = YEAR + timedelta(days=7 * number)
            clock.move_to(at(day, 9))
            await open_quarter(day)
            await reorganise(number)
            for _ in range(6):
                await do_something(dice)
            clock.move_to(at(day, 23, 59))
            for cycle in await Cycle.filter(opens_on__lte=day).order_by("-id").limit(2):
                told[day, cycle.code] = await status(cycle, None)
        clock.move_to(at(date(2026, 1, 20), 9))
        found = {(day, code): await status(await Cycle.get(code=code), day) for day, code in told}
    wrong = [key for key, answer in told.items() if found[key] != answer]
    assert wrong == [], (wrong[0], told[wrong[0]], found[wrong[0]])
    moved = len({answer["communities"] and tuple(answer["communities"]) for answer in told.values()})
    assert moved > 2
    figure(f"time travel: {len(told)} statuses of 52 days and {await Cycle.all().count()} cycles, all as they were")


async def status(cycle: Cycle, day: date | None) -> Answer:
    """Everything that is counted, at every level, under the names of that day."""
    auditor = await actor(Role.AUDITOR, "HG")
    cycle = await periods.find_by_id(auditor, cycle.id)
    found = await queries.status(auditor, await places.find(auditor, "HG", day), cycle, day)
    return {
        "total": figures(found.total),
        "measures": {measure.number: figures(found.of_measure(measure)) for measure in found.measures},
        "communities": {place.name: figures(found.of_community(place)) for place in found.communities},
        "branches": {branch.name: figures(found.of_branch(branch)) for branch in found.branches},
        "left out": {branch.name: figures(found.of_branch(branch)) for branch in found.left_out},
    }


def figures(tally: queries.Tally) -> list[Any]:
    clocks = sorted((clock.value, count) for clock, count in tally.clocks.items() if count)
    why = sorted((reason.value, count) for reason, count in tally.exclusions.items() if count)
    return [tally.every, tally.due, tally.approved, tally.owed, clocks, why, [count for _, count in tally.by_state]]


# --- the year


async def prepare() -> None:
    for code, kind, parent in (("HG", "STREET", None), ("HG-A", "COMMUNITY", "HG"), ("HG-B", "COMMUNITY", "HG")):
        await establish(code, kind, parent)
    for code, parent in BRANCHES.items():
        await establish(code, "BRANCH", parent)
    for number, role in enumerate(Role, start=1):
        _ = await Account.create(id=number, login=f"person.{number}", name=role.value)
    measures = [{"number": n, "text": f"举措{n}", "frequency": "QUARTERLY"} for n in range(1, 4)]
    theme = {"code": "ONE", "grasp": "抓思想建设", "lift": "提升引领力", "measures": measures}
    template = {"organization": "HG", "code": "FIVE", "title": "五抓五提", "themes": [theme]}
    _ = await templates.publish_whole(BOSS, Whole.parse(template))


async def establish(code: str, kind: str, parent: str | None) -> None:
    shape = {"branch_type": "BRANCH", "sector": "RESIDENT_GROUP"} if kind == "BRANCH" else {}
    fields = {"code": code, "kind": kind, "name": f"{code}示例", "parent": parent}
    _ = await organizations.establish(BOSS, Establish.parse(fields | shape))


async def open_quarter(day: date) -> None:
    code = f"{day.year}-Q{(day.month + 2) // 3}"
    if await Cycle.exists(code=code):
        return
    first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    last = (first + timedelta(days=100)).replace(day=1) - timedelta(days=1)
    days = {"starts_on": first, "ends_on": last, "opens_on": today()}
    days |= {"due_on": last - timedelta(days=14), "closes_on": last + timedelta(days=5)}
    draft = {"organization": "HG", "template": "FIVE", "sector": "RESIDENT_GROUP", "code": code}
    _ = await cycles.open_cycle(BOSS, OpenCycle.parse(draft | days))


async def reorganise(week: int) -> None:
    """In the summer A gives two branches to a new community and loses the third; in autumn B is called otherwise."""
    match week:
        case 24:
            await establish("HG-C", "COMMUNITY", "HG")
            for code in ("HG-A-1", "HG-A-2"):
                version = (await Organization.get(code=code)).version
                _ = await organizations.move(BOSS, code, Move(parent="HG-C", expected_version=version))
        case 25:
            for code in ("HG-A-3", "HG-A"):
                version = (await Organization.get(code=code)).version
                _ = await organizations.dissolve(BOSS, code, Dissolve(reason="组织调整", expected_version=version))
        case 40:
            version = (await Organization.get(code="HG-B")).version
            _ = await organizations.rename(BOSS, "HG-B", Rename(name="新乙社区", expected_version=version))


async def do_something(dice: random.Random) -> None:
    """One step of one item, or of one checklist, of a cycle that still runs; what is refused changes nothing."""
    running = await Cycle.filter(closes_on__gte=today()).order_by("-id")
    checklist = dice.choice(await Checklist.filter(cycle_id__in=[c.id for c in running]).select_related("branch"))
    item = dice.choice(await ChecklistItem.filter(checklist_id=checklist.id).order_by("id"))
    secretary, reviewer = await actor(Role.BRANCH_SECRETARY, "HG"), await actor(Role.COMMUNITY_REVIEWER, "HG")
    street, seen = await actor(Role.STREET_REVIEWER, "HG"), {"expected_version": item.version}
    try:
        match dice.random():
            case luck if luck < 0.45:
                _ = await checklists.submit(secretary, item.id, Fill(done_on=today(), summary="完成", **seen))
            case luck if luck < 0.5:
                _ = await checklists.declare(secretary, item.id, Declare(reason="没有这项工作", **seen))
            case luck if luck < 0.85:
                verdict = Verdict.RETURN if dice.random() < 0.2 else Verdict.APPROVE
                _ = await checklists.review(reviewer, item.id, Review(verdict=verdict, remark="请补充", **seen))
            case luck if luck < 0.9:
                _ = await checklists.reopen(street, item.id, Reopen(reason="数字有误", **seen))
            case luck if luck < 0.95:
                days = {
                    "due_on": checklist.due_on + timedelta(days=5),
                    "closes_on": checklist.closes_on + timedelta(days=5),
                }
                version = {"expected_version": checklist.version}
                _ = await checklists.extend(street, checklist.id, Extend(reason="台风", **days, **version))
            case _:
                _ = await checklists.accept(street, checklist.id, Accept(expected_version=checklist.version))
    except Refusal:
        pass


async def actor(role: Role, code: str) -> Actor:
    place = await Organization.get(code=code)
    return Actor(list(Role).index(role) + 1, role.value, (Grant(role, place.id, place.path),))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), HOME)
