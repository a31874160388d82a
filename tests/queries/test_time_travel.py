"""A year of checklists, with a community reorganised in the middle: every past day still answers as it did then."""

import random
from datetime import date, timedelta
from typing import Any

import time_machine

from server.access.actor import Actor
from server.kit.clock import today
from server.kit.refusals import Refusal
from server.models.checklists import Checklist, ChecklistItem, Extension, Transition
from server.models.cycles import Cycle
from server.models.organizations import Organization
from server.operations import checklists, organizations
from server.operations.checklists import Accept, Declare, Extend, Fill, Reopen, Review, Withdraw
from server.operations.organizations import Dissolve, Move, Rename
from server.queries import checklists as queries
from server.queries import cycles as periods
from server.queries import organizations as places
from server.vocabulary import ItemVerb, Role, Verdict
from tests.branches import BOSS, cycle, place, somebody, template
from tests.conftest import Figure
from tests.quarters import at

YEAR = date(2025, 1, 1)
BRANCHES = {"HG-A-1": "HG-A", "HG-A-2": "HG-A", "HG-A-3": "HG-A", "HG-B-1": "HG-B", "HG-B-2": "HG-B"}
Answer = dict[str, Any]
People = dict[Role, Actor]


async def test_a_year_answers_as_it_did(database: str, figure: Figure) -> None:
    dice = random.Random("a year")  # noqa: S311 - repeatable, not secret
    told: dict[tuple[date, str], Answer] = {}
    with time_machine.travel(at(YEAR, 8), tick=False) as clock:
        people = await prepare()
        for number in range(52):
            day = YEAR + timedelta(days=7 * number)
            clock.move_to(at(day, 9))
            await open_quarter(day)
            await reorganise(number)
            for _ in range(6):
                await do_something(dice, people)
            clock.move_to(at(day, 23, 59))
            for period in await Cycle.filter(opens_on__lte=day).order_by("-id").limit(2):
                told[day, period.code] = await status(people, period, None)
        clock.move_to(at(date(2026, 1, 20), 9))
        found = {(day, code): await status(people, await Cycle.get(code=code), day) for day, code in told}
    wrong = [key for key, answer in told.items() if found[key] != answer]
    assert wrong == [], (wrong[0], told[wrong[0]], found[wrong[0]])
    moved = len({answer["communities"] and tuple(answer["communities"]) for answer in told.values()})
    assert moved > 2
    verbs: list[Any] = await Transition.all().values_list("verb", flat=True)
    assert set(verbs) == set(ItemVerb)
    assert await Extension.all().count() > 0
    figure(f"time travel: {len(told)} statuses of 52 days and {await Cycle.all().count()} cycles, all as they were")


async def status(people: People, period: Cycle, day: date | None) -> Answer:
    """Everything that is counted, at every level, under the names of that day."""
    auditor = people[Role.AUDITOR]
    period = await periods.find_by_id(auditor, period.id)
    found = await queries.status(auditor, await places.find(auditor, "HG", day), period, day)
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


async def prepare() -> People:
    street = await place("HG", "STREET", None)
    for code in ("HG-A", "HG-B"):
        _ = await place(code, "COMMUNITY", "HG")
    for code, parent in BRANCHES.items():
        _ = await place(code, "BRANCH", parent, branch_type="BRANCH", sector="RESIDENT_GROUP")
    await template(street, measures=3)
    return {role: await somebody(role, street) for role in Role}


async def open_quarter(day: date) -> None:
    code = f"{day.year}-Q{(day.month + 2) // 3}"
    if await Cycle.exists(code=code):
        return
    first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    last = (first + timedelta(days=100)).replace(day=1) - timedelta(days=1)
    days = {"starts_on": first, "ends_on": last, "opens_on": today()}
    days |= {"due_on": last - timedelta(days=14), "closes_on": last + timedelta(days=5)}
    await cycle(await Organization.get(code="HG"), code, **days)


async def reorganise(week: int) -> None:
    """In the summer A gives two branches to a new community and loses the third; in autumn B is called otherwise."""
    match week:
        case 24:
            _ = await place("HG-C", "COMMUNITY", "HG", established_on=today().isoformat())
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


async def do_something(dice: random.Random, people: People) -> None:
    """One step of one item, or of one checklist, of a cycle that still runs; what is refused changes nothing."""
    running = Checklist.filter(cycle__closes_on__gte=today()).order_by("-cycle_id", "id")
    checklist = dice.choice(await running.select_related("branch"))
    item = dice.choice(await ChecklistItem.filter(checklist_id=checklist.id).order_by("id"))
    secretary, reviewer = people[Role.BRANCH_SECRETARY], people[Role.COMMUNITY_REVIEWER]
    street, seen = people[Role.STREET_REVIEWER], {"expected_version": item.version}
    try:
        match dice.random():
            case luck if luck < 0.4:
                _ = await checklists.submit(secretary, item.id, Fill(done_on=today(), summary="完成", **seen))
            case luck if luck < 0.45:
                _ = await checklists.save(secretary, item.id, Fill(summary="还没做完", **seen))
            case luck if luck < 0.5:
                _ = await checklists.declare(secretary, item.id, Declare(reason="没有这项工作", **seen))
            case luck if luck < 0.55:
                _ = await checklists.withdraw(secretary, item.id, Withdraw(**seen))
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
