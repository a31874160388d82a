"""The review desk: item after item."""

import re
from datetime import timedelta

import pytest

from server.kit.clock import now
from server.models.checklists import ChecklistItem
from server.operations import checklists
from server.operations.checklists import Fill, Withdraw
from server.queries import evidence
from server.vocabulary import ItemState, Role, Verdict
from tests.cast import actor, deeds
from tests.clients import HTMX, signed_in
from tests.views.checklists.acts import (
    ANSWER,
    AUDITOR,
    DAY,
    REVIEWER,
    SECRETARY,
    count,
    item_of,
    judged,
    kept,
    send,
    submitted,
    value_of,
)


async def test_the_desk_goes_from_item_to_item(street: str) -> None:
    async with signed_in(REVIEWER) as browser:
        first = await browser.get("/review")
        waiting = int(re.findall(r'<h2 id="waiting">.*?<span class="num soft">(\d+)', first.text, re.S)[0])
        assert waiting == count(first, r'<a class="plain" href="/review\?item=\d+"') == 17
        address = re.findall(r'action="(/checklist-items/\d+/review\?desk)"', first.text)[0]
        form = {"verdict": "RETURN", "remark": "请补充。", "expected_version": value_of(first, "expected_version")}
        second = await browser.post(address, data=form, headers=HTMX)
        assert second.text.strip().startswith('<div id="desk">')
        assert 'class="told good"' in second.text
        assert "Returned" in second.text
        assert count(second, r'<a class="plain" href="/review\?item=\d+"') == 16
        assert address not in second.text
    item = await ChecklistItem.get(id=int(address.split("/")[2]))
    assert (item.state, item.remark) == (ItemState.RETURNED, "请补充。")


async def test_the_desk_without_script(street: str) -> None:
    item = await submitted()
    async with signed_in(REVIEWER) as browser:
        form = {"verdict": "APPROVE", "remark": "", "expected_version": "2"}
        answer = await browser.post(f"/checklist-items/{item.id}/review?desk", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/review?judged={item.id}")
        page = await browser.get(answer.headers["location"])
        assert "深坑居民小组党支部, measure 1:" in page.text
        assert "Approved" in page.text


@pytest.mark.parametrize(
    ("changes", "status", "text"),
    [
        ({"verdict": "RETURN", "remark": " "}, 422, "Say what has to change"),
        ({"remark": "长" * 501}, 422, "Write at most 500 characters; there are 501."),
        ({"remark": "a\x00b"}, 422, "Remove the character U+0000"),
        ({"verdict": "MAYBE"}, 422, "Choose one of"),
        ({"expected_version": "1"}, 409, "Somebody else changed this meanwhile."),
    ],
)
async def test_a_verdict_that_cannot_be_stays_on_the_desk(
    street: str, changes: dict[str, str], status: int, text: str
) -> None:
    item = await submitted(5)
    form = {"verdict": "APPROVE", "remark": "意见", "expected_version": "2"} | changes
    async with signed_in(REVIEWER) as browser:
        acts = await deeds()
        for desk, how in [("?desk", "whole"), ("?desk", "htmx"), ("", "whole"), ("", "htmx")]:
            answer = await send(browser, f"/checklist-items/{item.id}/review{desk}", form, how)
            assert answer.status_code == status
            assert text in answer.text
            assert f'action="/checklist-items/{item.id}/review{desk}"' in answer.text
            assert value_of(answer, "remark") == form["remark"]
    assert (kept(await item_of(5)), await deeds()) == (kept(item), acts)


async def test_an_item_that_somebody_else_reviewed_keeps_the_remark_to_copy(street: str) -> None:
    item = await judged(Verdict.APPROVE)
    async with signed_in(REVIEWER) as browser:
        form = {"verdict": "RETURN", "remark": "我的意见", "expected_version": "2"}
        answer = await browser.post(f"/checklist-items/{item.id}/review?desk", data=form, headers=HTMX)
        assert answer.status_code == 409
        assert "Somebody has reviewed it meanwhile (Approved)" in answer.text
        assert value_of(answer, "typed") == "我的意见"
        assert 'href="/review"' in answer.text
    assert kept(await item_of()) == kept(item)


async def test_an_item_that_the_branch_took_back_says_so(street: str) -> None:
    item = await submitted()
    _ = await checklists.withdraw(await actor(SECRETARY), item.id, Withdraw(expected_version=2))
    form = {"verdict": "RETURN", "remark": "我的意见", "expected_version": "2"}
    async with signed_in(REVIEWER) as browser:
        for desk, how in [("?desk", "whole"), ("?desk", "htmx"), ("", "whole"), ("", "htmx")]:
            answer = await send(browser, f"/checklist-items/{item.id}/review{desk}", form, how)
            assert answer.status_code == 409
            assert "It lies with the branch again; what you sent was not kept." in answer.text
            assert "Somebody else changed this" not in answer.text
            assert value_of(answer, "typed") == "我的意见"


async def test_a_remark_that_comes_too_late_is_there_to_copy_beside_the_matrix(street: str) -> None:
    item = await judged(Verdict.APPROVE)
    form = {"verdict": "RETURN", "remark": "我的意见", "expected_version": "2"}
    async with signed_in(REVIEWER) as browser:
        answer = await browser.post(f"/checklist-items/{item.id}/review?cell=1", data=form, headers=HTMX)
        assert answer.status_code == 409
        assert "Somebody has reviewed it meanwhile (Approved)" in answer.text
        assert value_of(answer, "typed") == "我的意见"


async def test_an_item_that_was_handed_in_anew_names_what_changed(street: str) -> None:
    item = await submitted()
    secretary = await actor(SECRETARY)
    _ = await checklists.withdraw(secretary, item.id, Withdraw(expected_version=2))
    again = Fill.parse(ANSWER | {"summary": "改过的", "expected_version": "3"})
    _ = await checklists.submit(secretary, item.id, again)
    form = {"verdict": "RETURN", "remark": "我的意见", "expected_version": "2"}
    async with signed_in(REVIEWER) as browser:
        for desk in ("?desk", ""):
            answer = await browser.post(f"/checklist-items/{item.id}/review{desk}", data=form, headers=HTMX)
            assert "<li>What was done — Now: 改过的</li>" in answer.text
            assert value_of(answer, "remark") == "我的意见"


async def test_what_fits_its_rule_is_approved_by_branch(street: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it waits behind what does not fit, and however the branches take turns."""
    monkeypatch.setattr(evidence, "fits_its_rule", lambda item, _: item.measure.number > 2)
    secretary = (await actor(SECRETARY)).account_id
    for item in await ChecklistItem.all().select_related("measure"):
        waits = now() - timedelta(days=20 - item.measure.number, seconds=item.id)
        by = {"filled_by_id": secretary, "submitted_by_id": secretary, "submitted_at": waits}
        _ = await ChecklistItem.filter(id=item.id).update(
            state=ItemState.SUBMITTED, done_on=DAY, summary="已完成", **by
        )
    async with signed_in(REVIEWER) as browser:
        page = await browser.get("/review/together")
        ids = re.findall(r'\sid="([^"]+)"', page.text)
        assert (len(ids), count(page, 'id="branch-')) == (len(set(ids)), 6)
        assert count(page, 'name="items"') == 100
        acts = await deeds()
        for how in ("whole", "htmx"):
            answer = await send(browser, "/review/together", {"other": ""}, how)
            assert answer.status_code == 422
            assert "Tick at least one item." in answer.text
            assert "Fill this in." not in answer.text
            assert count(answer, 'name="items"[^>]* checked') == 0
        assert await deeds() == acts


async def test_an_item_is_chosen_from_the_list(street: str) -> None:
    item = await submitted(7)
    async with signed_in(REVIEWER) as browser:
        answer = await browser.get(f"/review?item={item.id}")
        assert f'action="/checklist-items/{item.id}/review?desk"' in answer.text
        for gone in ("1", "abc", "9" * 400):
            other = await browser.get(f"/review?item={gone}")
            assert other.status_code == 200
            assert f'action="/checklist-items/{item.id}/review?desk"' not in other.text


@pytest.mark.parametrize("role", [SECRETARY, AUDITOR, Role.STREET_ADMIN])
async def test_whoever_reviews_nothing_is_told_who_does(shared_street: str, role: Role) -> None:
    async with signed_in(role) as browser:
        answer = await browser.get("/review")
        assert answer.status_code == 403
        assert "reviewed by the reviewer of its community" in answer.text
        assert '<form class="verdict"' not in answer.text
