"""The pages of the status: an item beside the matrix, a past day, what changed, who is next."""

import re
from datetime import timedelta

import pytest
import time_machine
from httpx import Response

from server.kit.clock import today
from server.models.checklists import ChecklistItem
from server.models.members import Membership
from server.operations import cycles, organizations
from server.operations.cycles import OpenCycle
from server.operations.organizations import Dissolve
from server.vocabulary import ItemState, Role
from tests.acts.cycles import OPEN
from tests.acts.seals import quarter
from tests.cast import actor, deeds
from tests.clients import HTMX, signed_in
from tests.views.checklists.acts import AUDITOR, REVIEWER, SECRETARY


async def waiting() -> ChecklistItem:
    rows = ChecklistItem.filter(state=ItemState.SUBMITTED, checklist__branch__code__startswith="HG-LY")
    item = await rows.order_by("id").first()
    assert item is not None
    return item


async def test_an_item_opens_beside_the_matrix_and_is_judged_there(street: str) -> None:
    item = await waiting()
    async with signed_in(REVIEWER) as browser:
        plain = await browser.get(f"/matrix/cells/{item.id}")
        assert (plain.status_code, plain.headers["location"]) == (303, f"/checklist-items/{item.id}")
        panel = await browser.get(f"/matrix/cells/{item.id}?within=HG-LY", headers=HTMX)
        assert panel.text.lstrip().startswith('<div id="cell">')
        assert item.summary in panel.text
        address = f"/checklist-items/{item.id}/review?within=HG-LY&cell=1"
        assert f'data-hx-post="{address.replace("&", "&amp;")}"' in panel.text
        before = await deeds()
        form = {"verdict": "RETURN", "expected_version": str(item.version)}
        refused = await browser.post(address, data=form, headers=HTMX)
        assert (refused.status_code, await deeds()) == (422, before)
        assert f'id="c{item.id}-remark-complaint"' in refused.text
        judged = await browser.post(address, data=form | {"verdict": "APPROVE"}, headers=HTMX)
    for part in ('<div id="cell">', 'id="key"', 'id="matrix"', "Your verdict is kept."):
        assert part in judged.text
    assert f'class="state APPROVED " href="/checklist-items/{item.id}"' in judged.text
    assert (await ChecklistItem.get(id=item.id)).state is ItemState.APPROVED


@pytest.mark.parametrize("address", ["/roll-up", "/status", "/missing", "/comparison", "/trend", "/seals"])
async def test_the_pages_of_the_status_lead_through_one_another(shared_street: str, address: str) -> None:
    """A past day is of no use to those that are of many days."""
    day = today().isoformat() if address == "/seals" else (today() - timedelta(days=1)).isoformat()
    async with signed_in(AUDITOR) as browser:
        page = (await browser.get(f"{address}?asOf={day}")).text
        assert re.search(r'<a class="plain" href="/matrix" aria-current="page">', page)
        tabs = re.findall(r'<li><a class="plain" href="([^"]+)"', page.split('<nav class="views"')[1])
        assert "/trend" in tabs
        assert "/comparison" in tabs


async def test_two_cycles_of_one_code_are_told_apart_in_the_trend(street: str) -> None:
    again = OpenCycle.parse(OPEN | {"organization": "HG-LY", "code": quarter(), "without": []})
    _ = await cycles.open_cycle(await actor(Role.STREET_ADMIN), again)
    async with signed_in(AUDITOR) as browser:
        page = (await browser.get("/trend")).text
        places = set(re.findall(rf'href="/matrix\?cycle=([A-Z-]+)%2F{quarter()}', page))
        assert places == {"HG", "HG-LY"}


async def test_a_past_day_and_what_changed_since(street: str) -> None:
    first = today()
    with time_machine.travel(first + timedelta(days=2)):
        _ = await Membership.filter(branch__code="HG-LY-02-ZB").delete()
        draft = Dissolve(reason="并入深坑", expected_version=1)
        _ = await organizations.dissolve(await actor(Role.STREET_ADMIN), "HG-LY-02-ZB", draft)
        async with signed_in(AUDITOR) as browser:
            past, now = await browser.get(f"/matrix?asOf={first}"), await browser.get("/matrix")
            changed = await browser.get(f"/comparison?from={first}")
            wrong = await browser.get(f"/comparison?from={today()}&to={first}")
            missing = await browser.get("/missing?within=HG-LY")
            trend = await browser.get("/trend")
    assert "You are looking at" in past.text
    assert "Left out of every ratio" not in past.text
    assert "Left out of every ratio" in now.text
    assert changed.text.count("Branch dissolved</span>") == 19 + 1  # the items, and the line of figures
    assert wrong.status_code == 422
    assert 'id="from-complaint"' in wrong.text or 'id="to-complaint"' in wrong.text
    assert "Community reviewer" in missing.text
    assert "龙塘居民小组" not in missing.text
    assert "data-chart" in trend.text


@pytest.mark.parametrize("address", ["/matrix", "/roll-up", "/status", "/missing", "/comparison", "/trend"])
async def test_a_secretary_sees_the_own_branch_alone(shared_street: str, address: str) -> None:
    async with signed_in(SECRETARY) as browser:
        answer: Response = await browser.get(address)
        assert answer.status_code == 200
        assert "HG-C7" not in answer.text
        assert (await browser.get(f"{address}?within=HG-C7")).status_code == 404
        assert (await browser.get(f"{address}?asOf=2999-01-01")).status_code == 422
