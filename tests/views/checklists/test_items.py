"""Save, submit, withdraw, review: as whole pages, and as the blocks that htmx asks for."""

import re

import pytest
from httpx import Response

from server.operations import checklists
from server.operations.checklists import Fill
from server.vocabulary import Role
from tests.cast import actor, deeds
from tests.clients import HTMX, anyone, signed_in
from tests.views.checklists.acts import (
    AFTER,
    ANSWER,
    EDITOR,
    REVIEWER,
    SECRETARY,
    VERBS,
    count,
    item_of,
    kept,
    prepared,
    send,
    submitted,
    value_of,
)

DONE = {"save": "saved", "submit": "submitted", "withdraw": "withdrawn", "review": "reviewed"}
SAID = {"save": "Saved.", "submit": "Submitted.", "withdraw": "Taken back.", "review": "Your verdict is kept."}


@pytest.mark.parametrize("verb", VERBS)
async def test_a_verb_sends_a_browser_without_script_to_the_item(street: str, verb: str) -> None:
    item, role, form = await prepared(verb)
    async with signed_in(role) as browser:
        answer = await browser.post(f"/checklist-items/{item.id}/{verb}", data=form)
        there = f"/checklists/{item.checklist_id}?item={item.id}&done={DONE[verb]}#item-{item.id}"
        assert (answer.status_code, answer.headers["location"]) == (303, there)
        assert (await item_of()).state is AFTER[verb]
        page = await browser.get(there)
        assert re.search(rf'<details class="item" id="item-{item.id}" open>', page.text)
        assert count(page, 'class="told good"') == 1
        assert SAID[verb] in page.text
        assert count(await browser.get(there.replace(DONE[verb], "stolen")), 'class="told good"') == 0


@pytest.mark.parametrize("verb", VERBS)
async def test_a_verb_answers_htmx_with_the_item_and_the_overview(street: str, verb: str) -> None:
    item, role, form = await prepared(verb)
    async with signed_in(role) as browser:
        answer = await browser.post(f"/checklist-items/{item.id}/{verb}", data=form, headers=HTMX)
        assert answer.status_code == 200
        assert "HX-Request" in answer.headers["vary"]
        assert answer.text.strip().startswith(f'<details class="item" id="item-{item.id}" open>')
        assert count(answer, '<details class="item"') == 1
        assert count(answer, 'id="overview"') == 1
        assert count(answer, 'class="told good"') == 1
        assert "<html" not in answer.text
        after = await item_of()
        assert (after.state, after.version) == (AFTER[verb], item.version + 1)


async def test_typing_answers_with_what_was_kept_and_leaves_the_fields_alone(street: str) -> None:
    item = await item_of()
    async with signed_in(SECRETARY) as browser:
        form = ANSWER | {"done_on": ""}
        answer = await browser.post(f"/checklist-items/{item.id}/save?typing", data=form, headers=HTMX)
        assert value_of(answer, "expected_version") == "2"
        assert "Saved as you type." in answer.text
        assert "Before it can be submitted, fill in:" in answer.text
        assert re.findall(r'id="([a-z]+)', answer.text) == ["kept", "badges", "overview"]
        assert "<textarea" not in answer.text
        assert "autofocus" not in answer.text
        again = await browser.post(
            f"/checklist-items/{item.id}/save?typing", data=ANSWER | {"expected_version": "2"}, headers=HTMX
        )
        assert value_of(again, "expected_version") == "3"
        assert "Before it can be submitted" not in again.text


async def test_what_is_typed_while_it_cannot_be_kept_is_complained_of_in_place(street: str) -> None:
    item = await item_of()
    async with signed_in(SECRETARY) as browser:
        acts = await deeds()
        form = ANSWER | {"summary": "字" * 2001}
        answer = await browser.post(f"/checklist-items/{item.id}/save?typing", data=form, headers=HTMX)
        assert answer.status_code == 422
        assert "Not saved yet." in answer.text
        assert "Write at most 2000 characters; there are 2001." in answer.text
        assert value_of(answer, "expected_version") == "1"
        assert "autofocus" not in answer.text
    assert (kept(await item_of()), await deeds()) == (kept(item), acts)


MISTAKES: list[tuple[str, dict[str, str], int, str]] = [
    ("save", {"summary": "字" * 2001}, 422, "Write at most 2000 characters; there are 2001."),
    ("save", {"summary": "前\x00后"}, 422, "Remove the character U+0000 at position 2"),
    ("save", {"done_on": "2999-01-01"}, 422, "This day is still to come"),
    ("save", {"done_on": "昨天"}, 422, "Give a date as year-month-day"),
    ("save", {"expected_version": "7"}, 409, "Somebody else changed this meanwhile."),
    ("save", {"expected_version": "9" * 30}, 422, "Give a whole number"),
    ("save", {"expected_version": ""}, 422, "Give a whole number"),
    ("submit", {"summary": " "}, 422, "Fill this in before you submit."),
    ("submit", {"done_on": ""}, 422, "Fill this in before you submit."),
    ("submit", {"expected_version": "7"}, 409, "Somebody else changed this meanwhile."),
]


@pytest.mark.parametrize(("verb", "changes", "status", "text"), MISTAKES)
async def test_what_was_typed_stays(street: str, verb: str, changes: dict[str, str], status: int, text: str) -> None:
    item, form = await item_of(), ANSWER | changes
    async with signed_in(SECRETARY) as browser:
        acts = await deeds()
        for how in ("whole", "htmx"):
            answer = await send(browser, f"/checklist-items/{item.id}/{verb}", form, how)
            assert answer.status_code == status
            assert text in answer.text
            assert ("<html" in answer.text) == (how == "whole")
            block = answer.text[answer.text.index(f'id="item-{item.id}"') :]
            assert 'class="errors" role="alert" tabindex="-1" autofocus' in block
            shown = Response(200, text=block)
            assert {name: value_of(shown, name) for name in form} == form
    assert (kept(await item_of()), await deeds()) == (kept(item), acts)


async def test_what_was_typed_stays_when_the_item_is_handed_in_already(street: str) -> None:
    item = await submitted()
    async with signed_in(SECRETARY) as browser:
        acts = await deeds()
        form = ANSWER | {"summary": "另一份", "expected_version": "2"}
        for verb, how in [("save", "whole"), ("save", "htmx"), ("submit", "whole"), ("submit", "htmx")]:
            answer = await send(browser, f"/checklist-items/{item.id}/{verb}", form, how)
            assert answer.status_code == 422
            assert "Its state is: Submitted." in answer.text
            assert "What you typed was not kept." in answer.text
            assert value_of(answer, "typed") == "另一份"
    assert (kept(await item_of()), await deeds()) == (kept(item), acts)


@pytest.mark.parametrize("how", ["whole", "htmx"])
async def test_a_stale_edit_shows_both_values_and_lets_the_person_decide(street: str, how: str) -> None:
    item = await item_of()
    _ = await checklists.save(await actor(EDITOR), item.id, Fill.parse(ANSWER | {"summary": "填报员的"}))
    address = f"/checklist-items/{item.id}/save"
    async with signed_in(SECRETARY) as browser:
        answer = await send(browser, address, ANSWER | {"summary": "书记的"}, how)
        assert answer.status_code == 409
        assert "Now: 填报员的" in answer.text
        assert "书记的" in answer.text
        assert value_of(answer, "over") == "2"
        assert f'href="/checklist-items/{item.id}"' in answer.text
        kept = await browser.get(f"/checklist-items/{item.id}", headers=HTMX)
        assert value_of(kept, "summary") == "填报员的"
        assert (await item_of()).summary == "填报员的"
        settled = await send(browser, address, ANSWER | {"summary": "书记的", "over": "2"}, how)
        assert settled.status_code in {200, 303}
        assert ((await item_of()).summary, (await item_of()).version) == ("书记的", 3)


@pytest.mark.parametrize("how", ["whole", "htmx"])
async def test_saving_over_takes_what_the_person_has_not_touched_as_it_is_now(street: str, how: str) -> None:
    """The editor gives the day, the secretary writes what was done, from a page without a day: both stay."""
    item = await item_of()
    _ = await checklists.save(await actor(EDITOR), item.id, Fill.parse(ANSWER | {"summary": "编辑的"}))
    form = {"done_on": "", "summary": "书记的\r\n第二行", "was_done_on": "", "was_summary": "", "expected_version": "1"}
    async with signed_in(SECRETARY) as browser:
        answer = await send(browser, f"/checklist-items/{item.id}/save", form, how)
        assert answer.status_code == 409
        block = Response(200, text=answer.text[answer.text.index(f'id="item-{item.id}"') :])
        assert (value_of(block, "was_done_on"), value_of(block, "was_summary")) == ("", "")
        _ = await send(browser, f"/checklist-items/{item.id}/save", form | {"over": "2"}, how)
    after = await item_of()
    assert (str(after.done_on), after.summary, after.version) == (ANSWER["done_on"], "书记的\n第二行", 3)


async def test_what_was_handed_in_meanwhile_is_not_offered_to_be_written_over(street: str) -> None:
    item = await submitted()
    async with signed_in(SECRETARY) as browser:
        for address in (f"/checklist-items/{item.id}/save?typing", f"/checklist-items/{item.id}/save"):
            answer = await browser.post(address, data=ANSWER, headers=HTMX)
            assert answer.status_code == 409
            assert "It has been submitted meanwhile; your change was not kept." in answer.text
            assert 'name="over"' not in answer.text
            assert f'href="#i{item.id}-' not in answer.text
        typing = await browser.post(f"/checklist-items/{item.id}/save?typing", data=ANSWER, headers=HTMX)
        assert f'href="/checklist-items/{item.id}"' in typing.text


async def test_typing_leaves_the_reason_why_it_does_not_apply_to_be_sent(street: str) -> None:
    """It goes on from the version that the typing has made, and says nothing of what is filled."""
    item = await item_of()
    address = f"/checklist-items/{item.id}"
    async with signed_in(SECRETARY) as browser:
        page = await browser.get(address, headers=HTMX)
        assert f'<form id="declare-{item.id}" method="post" action="{address}/declare"' in page.text
        assert re.search(rf'data-draft="\d+/declare/{item.id}"', page.text)
        typing = await browser.post(f"{address}/save?typing", data=ANSWER, headers=HTMX)
        [version] = re.findall(rf'form="declare-{item.id}" name="expected_version" value="(\d+)"', typing.text)
        assert version == "2"
        stale = {"reason": "本支部没有流动党员", "expected_version": "1"}
        answer = await browser.post(f"{address}/declare", data=stale, headers=HTMX)
        assert answer.status_code == 409
        assert 'name="over"' not in answer.text
        assert (value_of(answer, "reason"), value_of(answer, "summary")) == (stale["reason"], ANSWER["summary"])
        assert re.findall(r'name="expected_version" value="(\d+)"', answer.text) == ["2", "2"]
        done = await browser.post(f"{address}/declare", data=stale | {"expected_version": version}, headers=HTMX)
        assert "Handed in as not applicable." in done.text


async def test_a_reason_that_comes_too_late_is_there_to_copy(street: str) -> None:
    item = await submitted()
    form = {"reason": "本支部没有流动党员", "expected_version": "1"}
    async with signed_in(SECRETARY) as browser:
        for how in ("whole", "htmx"):
            answer = await send(browser, f"/checklist-items/{item.id}/declare", form, how)
            assert answer.status_code == 409
            assert "It has been submitted meanwhile" in answer.text
            assert value_of(answer, "typed") == form["reason"]


STRANGERS = [role for role in Role if role not in {SECRETARY, EDITOR, REVIEWER, Role.SYSTEM}]
NEAR = {"save": [REVIEWER], "submit": [EDITOR, REVIEWER], "withdraw": [EDITOR, REVIEWER], "review": [SECRETARY]}


@pytest.mark.parametrize(("verb", "role"), [(verb, role) for verb in VERBS for role in [*NEAR[verb], *STRANGERS]])
async def test_a_person_without_the_right_changes_nothing(street: str, verb: str, role: Role) -> None:
    item, _, form = await prepared(verb)
    async with signed_in(role) as browser:
        acts = await deeds()
        for how in ("whole", "htmx"):
            answer = await send(browser, f"/checklist-items/{item.id}/{verb}", form, how)
            assert answer.status_code == 403
            assert "Your role does not allow this here" in answer.text
    assert (kept(await item_of()), await deeds()) == (kept(item), acts)


@pytest.mark.parametrize("verb", VERBS)
async def test_the_item_of_another_branch_is_not_there(street: str, verb: str) -> None:
    item, form = await item_of(branch="HG-LY-02-ZB"), ANSWER | {"verdict": "APPROVE", "remark": ""}
    async with signed_in(SECRETARY) as browser:
        hidden = await browser.post(f"/checklist-items/{item.id}/{verb}", data=form)
        absent = await browser.post(f"/checklist-items/999999/{verb}", data=form)
        assert hidden.status_code == absent.status_code == 404
        assert (await browser.get(f"/checklists/{item.checklist_id}")).status_code == 404
    assert kept(await item_of(branch="HG-LY-02-ZB")) == kept(item)


async def test_nobody_is_sent_to_the_door(shared_street: str) -> None:
    item = await item_of()
    async with anyone() as browser:
        for address in ("/", "/checklists", "/review", "/matrix", "/matrix.csv", "/status.xlsx"):
            answer = await browser.get(address)
            assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={address}")
        assert (await browser.post(f"/checklist-items/{item.id}/save", data=ANSWER)).status_code == 303
    assert kept(await item_of()) == kept(item)
