"""The list of checklists, one branch's page, and the addresses of both."""

from datetime import timedelta

import pytest
import time_machine

from server.kit.clock import today
from server.models.checklists import ChecklistItem
from server.vocabulary import ItemState, Role, Verdict
from tests.clients import HTMX, signed_in
from tests.views.checklists.acts import (
    ANSWER,
    AUDITOR,
    BAD_IDS,
    EDITOR,
    REVIEWER,
    SECRETARY,
    VERBS,
    count,
    item_of,
    judged,
    sent_to,
    value_of,
)


async def test_whoever_sees_one_checklist_is_taken_to_it(shared_street: str) -> None:
    item = await item_of()
    async with signed_in(SECRETARY) as browser:
        answer = await browser.get("/checklists")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/checklists/{item.checklist_id}")


@pytest.mark.parametrize(("role", "rows"), [(AUDITOR, 16), (REVIEWER, 6), (Role.STREET_ADMIN, 16)])
async def test_the_list_shows_every_checklist_in_reach(shared_street: str, role: Role, rows: int) -> None:
    async with signed_in(role) as browser:
        answer = await browser.get("/checklists")
        assert count(answer, r'href="/checklists/\d+"') == rows
        narrowed = await browser.get("/checklists?within=HG-LY")
        assert count(narrowed, r'href="/checklists/\d+"') == 6
        block = await browser.get("/checklists", headers=HTMX)
        assert block.text.strip().startswith('<div id="rows">')


async def test_five_themes_and_nineteen_measures_on_one_page(shared_street: str) -> None:
    item = await item_of()
    async with signed_in(SECRETARY, "zh") as browser:
        answer = await browser.get(f"/checklists/{item.checklist_id}")
        assert count(answer, '<section class="card theme') == 5
        assert count(answer, '<details class="item"') == 19
        assert count(answer, r'href="#item-\d+"') == 19
        assert "原文只给出五组" in answer.text
        assert count(answer, 'class="synthetic"') >= 20
        assert count(answer, '/submit"') == 38
        assert "六约社区" in answer.text
        assert 'href="/organizations/HG-LY"' not in answer.text


@pytest.mark.parametrize("role", [AUDITOR, Role.STREET_ADMIN, Role.STREET_REVIEWER, Role.SECURITY_ADMIN])
async def test_whoever_may_not_write_reads_the_same_page(shared_street: str, role: Role) -> None:
    """All that this page could send is the language, the way out, and what the street gives back."""
    item = await item_of(branch="HG-C7-01-ZB")
    rows = await ChecklistItem.filter(checklist_id=item.checklist_id, state=ItemState.APPROVED)
    back = {f"/checklist-items/{row.id}/reopen" for row in rows} if role is Role.STREET_REVIEWER else set()
    async with signed_in(role) as browser:
        answer = await browser.get(f"/checklists/{item.checklist_id}")
        assert count(answer, '<details class="item"') == 19
        assert "data-hx-trigger" not in answer.text
        assert sent_to(answer) == {"/language", "/logout"} | back


async def test_an_editor_saves_but_does_not_submit(shared_street: str) -> None:
    item = await item_of()
    async with signed_in(EDITOR) as browser:
        answer = await browser.get(f"/checklists/{item.checklist_id}")
        assert count(answer, 'data-key="save"') == 19
        assert 'data-key="submit"' not in answer.text
        assert "The secretary of the branch submits it." in answer.text


async def test_a_closed_cycle_is_read_only(street: str) -> None:
    item = await item_of()
    with time_machine.travel(today() + timedelta(days=120), tick=False):
        async with signed_in(SECRETARY) as browser:
            answer = await browser.get(f"/checklists/{item.checklist_id}")
            assert count(answer, '<span class="state MISSED">') >= 19
            assert "data-hx-trigger" not in answer.text
            assert "Everything is handed in." in (await browser.get("/")).text


async def test_the_page_says_who_did_what_and_when(street: str) -> None:
    item = await judged(Verdict.RETURN)
    async with signed_in(SECRETARY) as browser:
        answer = await browser.get(f"/checklists/{item.checklist_id}?item={item.id}")
        assert count(answer, r"<details[^>]* open>") == 1
        assert "What the reviewer asks" in answer.text
        assert "请写明参加人数。" in answer.text
        assert "六约社区审核员（示例）" in answer.text
        assert value_of(answer, "summary") == ANSWER["summary"]


@pytest.mark.parametrize("verb", ["", *(f"/{verb}" for verb in VERBS)])
async def test_every_address_of_an_item_answers_get(shared_street: str, verb: str) -> None:
    item = await item_of()
    async with signed_in(SECRETARY) as browser:
        answer = await browser.get(f"/checklist-items/{item.id}{verb}")
        there = f"/checklists/{item.checklist_id}?item={item.id}#item-{item.id}"
        assert (answer.status_code, answer.headers["location"]) == (303, there)
        block = await browser.get(f"/checklist-items/{item.id}{verb}", headers=HTMX)
        assert block.text.strip().startswith(f'<details class="item" id="item-{item.id}" open>')


@pytest.mark.parametrize("address", ["/checklists/{}", "/checklist-items/{}", "/checklist-items/{}/save"])
async def test_an_id_that_cannot_be_is_not_found(shared_street: str, address: str) -> None:
    async with signed_in(SECRETARY) as browser:
        for bad in BAD_IDS:
            for headers in ({}, HTMX):
                answer = await browser.get(address.format(bad), headers=headers)
                assert answer.status_code == 404, bad
                assert 'class="errors"' in answer.text
            assert (await browser.post(f"/checklist-items/{bad}/save", data=ANSWER)).status_code == 404


async def test_a_wish_that_cannot_be_met_is_passed_over(shared_street: str) -> None:
    item = await item_of()
    async with signed_in(SECRETARY) as browser:
        for bad in BAD_IDS:
            answer = await browser.get(f"/checklists/{item.checklist_id}?item={bad}")
            assert (answer.status_code, count(answer, "<details[^>]* open>")) == (200, 0)
