"""A cycle covers the branches that it finds, and forgets those that are gone; others join it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from server.demo.checklist import quarter
from server.kit.clock import today
from server.kit.paging import page
from server.kit.refusals import Forbidden, Invalid, NotFound, Refusal
from server.models.checklists import Checklist, ChecklistItem, Extension
from server.models.cycles import Cycle
from server.operations import cycles as operations
from server.operations import organizations as tree
from server.operations.cycles import JoinCycle, OpenCycle
from server.operations.organizations import Dissolve, Establish, Move
from server.queries import checklists, cycles, organizations
from server.queries.checklists import ItemFilter, Status
from server.vocabulary import Exclusion, Role, Sector
from tests.cast import actor, deeds

PERIOD = quarter(today())
CYCLE = {
    "organization": "HG",
    "template": "WUZHUAWUTI",
    "sector": "RESIDENT_GROUP",
    "code": "EXTRA",
    "starts_on": PERIOD.first,
    "ends_on": PERIOD.last,
    "opens_on": PERIOD.first,
    "due_on": PERIOD.last,
    "closes_on": PERIOD.last,
}
BRANCH = {
    "code": "HG-LY-98",
    "kind": "BRANCH",
    "name": "测试党支部",
    "parent": "HG-LY-01",
    "branch_type": "BRANCH",
    "sector": "RESIDENT_GROUP",
}


async def test_a_dissolved_branch_leaves_every_count_alike(street: str) -> None:
    admin, auditor = await actor(Role.STREET_ADMIN), await actor(Role.AUDITOR)
    _ = await tree.establish(admin, Establish.parse(BRANCH))
    cycle = await operations.open_cycle(admin, OpenCycle.parse(CYCLE))
    assert await figures(cycle) == (17 * 19,) * 4
    item = await ChecklistItem.filter(checklist__cycle_id=cycle.id, checklist__branch__code="HG-LY-98").first()
    assert item is not None
    _ = await tree.dissolve(admin, "HG-LY-98", Dissolve(reason="并入其他支部", expected_version=1))
    assert await figures(cycle) == (16 * 19,) * 4
    assert (await checklists.find_item(auditor, item.id)).id == item.id


async def figures(cycle: Cycle) -> tuple[int, int, int, int]:
    """The same number by four ways: status, its branches, progress, and the items themselves."""
    auditor = await actor(Role.AUDITOR)
    top = await organizations.find(auditor, "HG")
    status = await checklists.status(auditor, top, cycle)
    rows = checklists.matching(auditor, ItemFilter(within=top, cycle=cycle))
    assert (await page(rows, checklists.ITEM_ORDER, 100)).has_next
    return (
        status.total.due,
        sum(status.of_branch(branch).due for branch in status.branches),
        (await checklists.progress(cycle, [top]))[top.id].due,
        await rows.count(),
    )


@pytest.mark.parametrize(
    ("role", "changes", "refusal", "field"),
    [
        (Role.STREET_ADMIN, {"code": f"{PERIOD.code}"}, Invalid, "code"),
        (Role.STREET_ADMIN, {"template": "NONE"}, Invalid, "template"),
        (Role.STREET_ADMIN, {"organization": "HG-HM"}, Invalid, "sector"),
        (Role.STREET_ADMIN, {"ends_on": "2020-01-01"}, Invalid, "ends_on"),
        (Role.STREET_ADMIN, {"closes_on": "2020-01-01"}, Invalid, "closes_on"),
        (Role.STREET_ADMIN, {"due_on": "20261231"}, Invalid, "due_on"),
        (Role.STREET_ADMIN, {"organization": "NOWHERE"}, NotFound, "organization"),
        (Role.AUDITOR, {}, Forbidden, ""),
        (Role.COMMUNITY_REVIEWER, {"organization": "HG-LY"}, Forbidden, ""),
    ],
)
async def test_cycles_that_are_refused_open_nothing(
    street: str, role: Role, changes: dict[str, Any], refusal: type[Refusal], field: str
) -> None:
    before = await Cycle.all().count(), await Checklist.all().count(), await deeds()
    with pytest.raises(refusal) as raised:
        _ = await operations.open_cycle(await actor(role), OpenCycle.parse(CYCLE | changes))
    assert not field or field in raised.value.fields
    assert (await Cycle.all().count(), await Checklist.all().count(), await deeds()) == before


LONG = {"due_on": today() + timedelta(days=60), "closes_on": today() + timedelta(days=70)}
REASON = "新成立，自本月起纳入。"


@contextmanager
def days_later(days: int) -> Iterator[None]:
    with time_machine.travel(today() + timedelta(days=days)):
        yield


async def opened(**changes: Any) -> Cycle:
    return await operations.open_cycle(await actor(Role.STREET_ADMIN), OpenCycle.parse(CYCLE | LONG | changes))


async def join(cycle: Cycle, branch: str = "HG-LY-98", **given: Any) -> Checklist:
    draft = JoinCycle.parse({"branch": branch, "reason": REASON} | given)
    return await operations.join(await actor(Role.STREET_ADMIN), cycle.id, draft)


async def counted(cycle: Cycle, days: int = 0) -> Status:
    """By the auditor, so many days from now; a past day is asked for as such."""
    auditor, day = await actor(Role.AUDITOR), today() + timedelta(days=days)
    return await checklists.status(auditor, await organizations.find(auditor, "HG", day), cycle, day)


async def test_what_is_left_out_has_no_checklist_and_may_join_later(street: str) -> None:
    cycle = await opened(without=["HG-LY-01-ZB", "HG-LY-02-ZB"])
    assert (cycle.sector, cycle.without) == (Sector.RESIDENT_GROUP, ["HG-LY-01-ZB", "HG-LY-02-ZB"])
    admin, secretary = await actor(Role.STREET_ADMIN), await actor(Role.BRANCH_SECRETARY)
    assert await Checklist.filter(cycle_id=cycle.id).count() == 14
    assert [place.organization.code for place in await cycles.joinable(admin, cycle)] == cycle.without
    assert [branch.code for branch in await cycles.left_out(secretary, cycle)] == ["HG-LY-01-ZB"]
    _ = await join(cycle, "HG-LY-01-ZB")
    assert [place.organization.code for place in await cycles.joinable(admin, cycle)] == ["HG-LY-02-ZB"]


async def test_the_days_around_a_dissolution_a_move_and_a_late_joiner_count_right(street: str) -> None:
    """Each leaves the days before it as they were, and every figure adds up on every day."""
    admin = await actor(Role.STREET_ADMIN)
    _ = await tree.establish(admin, Establish.parse(BRANCH))
    cycle = await opened()
    with days_later(10):
        _ = await tree.move(admin, "HG-LY-02", Move(parent="HG-C7", expected_version=1))
        _ = await tree.dissolve(admin, "HG-LY-98", Dissolve(reason="并入其他支部", expected_version=1))
    with days_later(20):
        _ = await tree.establish(admin, Establish.parse(BRANCH | {"code": "HG-LY-97", "name": "后来党支部"}))
        joined = await join(cycle, "HG-LY-97")
        assert joined.assigned_on == today() > (await cycles.begun([cycle.id]))[cycle.id]
        before, between, now = await counted(cycle, -15), await counted(cycle, -5), await counted(cycle)
    assert [status.total.due for status in (before, between, now)] == [17 * 19, 16 * 19, 17 * 19]
    assert [status.total.every for status in (before, between, now)] == [17 * 19, 17 * 19, 18 * 19]
    assert [status.total.exclusions[Exclusion.BRANCH_DISSOLVED] for status in (before, between, now)] == [0, 19, 19]
    assert [[b.code for b in status.left_out] for status in (before, now)] == [[], ["HG-LY-98"]]
    figures = [
        {c.code: status.of_community(c).due // 19 for c in status.communities} for status in (before, between, now)
    ]
    assert [found["HG-LY"] for found in figures] == [7, 5, 6]
    assert [found["HG-C7"] for found in figures] == [5, 6, 6]
    for status in (before, between, now):
        assert sum(status.of_branch(b).due for b in status.branches) == status.total.due


async def test_whoever_joins_with_a_day_of_its_own_was_given_an_extension(street: str) -> None:
    cycle = await opened()
    _ = await tree.establish(await actor(Role.STREET_ADMIN), Establish.parse(BRANCH))
    checklist = await join(cycle, due_on=cycle.closes_on + timedelta(days=5))
    assert (checklist.due_on, checklist.closes_on) == (cycle.closes_on + timedelta(days=5),) * 2
    extension = await Extension.get(checklist_id=checklist.id)
    assert (extension.due_on, extension.reason) == (checklist.due_on, REASON)
    assert await ChecklistItem.filter(checklist_id=checklist.id).count() == 19


@pytest.mark.parametrize(
    ("changes", "days", "field"),
    [
        ({}, 71, "cycle"),
        ({"sector": "PROJECT"}, 0, "branch"),
        ({"gone": True}, 0, "branch"),
        ({"organization": "HG-C7"}, 0, "branch"),
    ],
)
async def test_joins_that_are_refused_change_nothing(
    street: str, changes: dict[str, Any], days: int, field: str
) -> None:
    admin = await actor(Role.STREET_ADMIN)
    cycle = await opened(organization=changes.get("organization", "HG"))
    _ = await tree.establish(admin, Establish.parse(BRANCH | {"sector": changes.get("sector", "RESIDENT_GROUP")}))
    if "gone" in changes:
        _ = await tree.dissolve(admin, "HG-LY-98", Dissolve(reason="并入其他支部", expected_version=1))
    before = await Checklist.all().count(), await deeds()
    with days_later(days), pytest.raises(Invalid) as raised:
        _ = await join(cycle)
    assert set(raised.value.fields) == {field}
    assert (await Checklist.all().count(), await deeds()) == before


async def test_of_several_who_let_it_join_at_once_one_does(street: str) -> None:
    cycle = await opened()
    _ = await tree.establish(await actor(Role.STREET_ADMIN), Establish.parse(BRANCH))
    outcomes = await asyncio.gather(*(join(cycle) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(outcome, Checklist) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Invalid) for outcome in outcomes) == 3
    assert await ChecklistItem.filter(checklist__branch__code="HG-LY-98").count() == 19


async def test_the_main_cycle_is_the_quarters_whatever_runs_beside_it(street: str) -> None:
    month = await opened(code="MONTH", starts_on=today(), ends_on=today(), opens_on=today())
    secretary = await actor(Role.BRANCH_SECRETARY)
    assert [cycle.code for cycle in await cycles.running(secretary)] == [PERIOD.code, "MONTH"]
    own = await Checklist.get(cycle_id=month.id, branch__code="HG-LY-01-ZB")
    assert [other.cycle.code for other in await checklists.beside(secretary, own)] == [PERIOD.code]
    assert (await cycles.find(secretary, "HG/MONTH")).id == month.id


async def test_a_cycle_is_seen_by_whoever_sees_one_of_its_checklists(shared_street: str) -> None:
    for role in Role:
        assert [cycle.code for cycle in await cycles.all_of(await actor(role))] == [PERIOD.code]
