"""The matrix: whose rows, which cells, counted where."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from httpx import Response

from server.demo import load
from server.kit.clock import today
from server.models.members import Membership
from server.operations import organizations
from server.operations.organizations import Dissolve, Move
from server.views.pages import templates
from server.vocabulary import ItemState, Role
from tests import postgres
from tests.cast import actor
from tests.clients import signed_in
from tests.views.checklists.acts import (
    AUDITOR,
    REVIEWER,
    SECRETARY,
    count,
    item_of,
)


def cells(answer: Response) -> int:
    return count(answer, r'<a class="state [A-Z_]+ (overdue)?" href="/checklist-items/\d+"')


@pytest.mark.parametrize(
    ("role", "number"), [(AUDITOR, 304), (Role.STREET_ADMIN, 304), (REVIEWER, 114), (SECRETARY, 19)]
)
async def test_everybody_sees_the_matrix_of_their_places(shared_street: str, role: Role, number: int) -> None:
    async with signed_in(role) as browser:
        answer = await browser.get("/matrix")
        assert cells(answer) == number
        assert f"/{number}</a></td>" in answer.text


async def test_the_matrix_narrows_to_a_place_and_a_state(shared_street: str) -> None:
    async with signed_in(AUDITOR) as browser:
        assert cells(await browser.get("/matrix?within=HG-LY")) == 114
        answer = await browser.get("/matrix?within=HG-LY&state=SUBMITTED")
        assert cells(answer) == 17
        assert count(answer, r'<th scope="row" title') == 5
        assert re.search(r'<td class="total"><a href="[^"]+">17/114</a></td>\s*</tr>\s*</tfoot>', answer.text)
        empty = await browser.get("/matrix?within=HG-LY-01&state=APPROVED")
        assert "Nothing here is in this state." in empty.text
        group = await browser.get("/matrix?within=HG-LY-01")
        assert '<option value="HG-LY-01" selected>' in group.text
        urban = await browser.get("/matrix?within=HG-YJ")
        assert "No branch here has a checklist in this cycle." in urban.text


CHOICES = {
    "state=BOGUS": 422,
    "state=%00": 422,
    "within=NOWHERE": 404,
    "within=%00": 404,
    "cycle=1999-Q1": 404,
    "cycle=%F0%9F%98%80": 404,
    "cycle=&within=&state=": 200,
}


@pytest.mark.parametrize("address", ["/matrix", "/checklists", "/matrix.csv", "/status.xlsx"])
async def test_a_choice_that_is_none(shared_street: str, address: str) -> None:
    async with signed_in(AUDITOR) as browser:
        for query, status in CHOICES.items():
            assert (await browser.get(f"{address}?{query}")).status_code == status, query


async def test_a_place_out_of_reach_is_not_found(shared_street: str) -> None:
    async with signed_in(SECRETARY) as browser:
        for place in ("HG", "HG-LY", "HG-C7", "HG-LY-02-ZB"):
            assert (await browser.get(f"/matrix?within={place}")).status_code == 404


async def test_the_matrix_of_an_earlier_cycle_can_be_chosen(street: str) -> None:
    """So many days later that the quarter is another one, and the first closed: of two that run each has a link."""
    with time_machine.travel(today() + timedelta(days=105), tick=False):
        await load(postgres.shared() / "elsewhere")
        async with signed_in(AUDITOR) as browser:
            newest = await browser.get("/matrix")
            codes = re.findall(r'<option value="(\d{4}-Q\d)"', newest.text)
            assert len(codes) == 2
            assert cells(await browser.get(f"/matrix?cycle={codes[1]}")) == 304
            assert count(await browser.get(f"/matrix?cycle={codes[0]}"), 'class="state APPROVED "') == 0


async def test_a_moved_group_is_counted_where_it_lies_now(street: str) -> None:
    _ = await organizations.move(await actor(Role.STREET_ADMIN), "HG-LY-01", Move(parent="HG-C7", expected_version=1))
    async with signed_in(AUDITOR) as browser:
        assert cells(await browser.get("/matrix?within=HG-LY")) == 95
        assert cells(await browser.get("/matrix?within=HG-C7")) == 114
    item = await item_of()
    async with signed_in(SECRETARY) as browser:
        assert "示例社区七" in (await browser.get(f"/checklists/{item.checklist_id}")).text


async def test_a_dissolved_branch_keeps_its_page_and_leaves_the_count(street: str) -> None:
    item = await item_of(branch="HG-LY-02-ZB")
    _ = await Membership.filter(branch__code="HG-LY-02-ZB").delete()
    draft = Dissolve(reason="并入深坑", expected_version=1)
    _ = await organizations.dissolve(await actor(Role.STREET_ADMIN), "HG-LY-02-ZB", draft)
    async with signed_in(AUDITOR) as browser:
        page = await browser.get(f"/checklists/{item.checklist_id}")
        assert page.status_code == 200
        assert "龙塘居民小组" in page.text
        assert cells(await browser.get("/matrix")) == 285


def test_every_state_has_a_symbol_of_its_own() -> None:
    ui: Any = templates["en"].globals["ui"]
    assert len({ui.symbols[state.value] for state in ItemState}) == len(ItemState)
