"""A cycle covers the branches that it finds, and forgets those that are gone."""

from typing import Any

import pytest

from server.demo.checklist import quarter
from server.kit.clock import today
from server.kit.paging import page
from server.kit.refusals import Forbidden, Invalid, NotFound, Refusal
from server.models.checklists import Checklist, ChecklistItem
from server.models.cycles import Cycle
from server.operations import cycles as operations
from server.operations import organizations as tree
from server.operations.cycles import OpenCycle
from server.operations.organizations import Dissolve, Establish
from server.queries import checklists, cycles, organizations
from server.queries.checklists import ItemFilter
from server.vocabulary import Role
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


async def test_a_cycle_is_seen_by_whoever_sees_one_of_its_checklists(shared_street: str) -> None:
    for role in Role:
        assert [cycle.code for cycle in await cycles.all_of(await actor(role))] == [PERIOD.code]
