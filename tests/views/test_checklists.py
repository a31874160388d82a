"""The checklist pages: as whole pages, and as the blocks that htmx asks for."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from httpx import AsyncClient, Response

from server.demo import load
from server.kit.clock import today
from server.models.checklists import ChecklistItem
from server.models.members import Membership
from server.operations import accounts, checklists, organizations
from server.operations.accounts import Provide
from server.operations.checklists import Fill, Review
from server.operations.organizations import Dissolve, Move
from server.views.pages import templates
from server.vocabulary import ItemState, Role, Verdict
from tests import postgres
from tests.cast import actor, deeds
from tests.clients import HTMX, anyone, signed_in

SECRETARY, EDITOR, REVIEWER, AUDITOR = Role.BRANCH_SECRETARY, Role.BRANCH_EDITOR, Role.COMMUNITY_REVIEWER, Role.AUDITOR
DAY = (today() - timedelta(days=1)).isoformat()
ANSWER = {"done_on": DAY, "summary": "组织集中学习，34人参加。", "expected_version": "1"}
VERBS = ["save", "submit", "withdraw", "review"]
BAD_IDS = ["0", "-1", "999999999", "2147483648", "9" * 400, "abc", "１", "1e3", "%00"]


async def item_of(measure: int = 1, branch: str = "HG-LY-01-ZB") -> ChecklistItem:
    return await ChecklistItem.get(measure__number=measure, checklist__branch__code=branch)


def kept(item: ChecklistItem) -> dict[str, object]:
    """Every column."""
    return {name: getattr(item, name) for name in item._meta.db_fields}


async def submitted(measure: int = 1) -> ChecklistItem:
    item = await item_of(measure)
    _ = await checklists.submit(await actor(SECRETARY), item.id, Fill.parse(ANSWER))
    return await item_of(measure)


async def judged(verdict: Verdict, measure: int = 1) -> ChecklistItem:
    item = await submitted(measure)
    review = Review(verdict=verdict, remark="请写明参加人数。", expected_version=2)
    _ = await checklists.review(await actor(REVIEWER), item.id, review)
    return await item_of(measure)


async def prepared(verb: str) -> tuple[ChecklistItem, Role, dict[str, str]]:
    """An item on which `verb` can be done, who does it, and the form."""
    if verb in {"save", "submit"}:
        return await item_of(), SECRETARY, ANSWER
    if verb == "withdraw":
        return await submitted(), SECRETARY, {"expected_version": "2"}
    return await submitted(), REVIEWER, {"verdict": "APPROVE", "remark": "", "expected_version": "2"}


AFTER = {
    "save": ItemState.IN_PROGRESS,
    "submit": ItemState.SUBMITTED,
    "withdraw": ItemState.IN_PROGRESS,
    "review": ItemState.APPROVED,
}


async def send(browser: AsyncClient, address: str, form: dict[str, str], how: str) -> Response:
    return await browser.post(address, data=form, headers=HTMX if how == "htmx" else {})


def count(answer: Response, pattern: str) -> int:
    return len(re.findall(pattern, answer.text))


def value_of(answer: Response, name: str) -> str:
    """What an input or a text area of this name holds."""
    found = re.search(rf'name="{name}"[^>]*?value="([^"]*)"', answer.text)
    area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\n(.*?)</textarea>', answer.text, re.S)
    match = found or area
    assert match, name
    return match[1]


# --- the list, and one checklist


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
        assert count(answer, 'class="synthetic"') == 20
        assert count(answer, '/submit"') == 38
        assert "六约社区" in answer.text
        assert 'href="/organizations/HG-LY"' not in answer.text


@pytest.mark.parametrize("role", [AUDITOR, Role.STREET_ADMIN, Role.STREET_REVIEWER, Role.SECURITY_ADMIN])
async def test_whoever_may_not_write_reads_the_same_page(shared_street: str, role: Role) -> None:
    item = await item_of(branch="HG-C7-01-ZB")
    async with signed_in(role) as browser:
        answer = await browser.get(f"/checklists/{item.checklist_id}")
        assert count(answer, '<details class="item"') == 19
        assert "data-draft" not in answer.text
        assert "/checklist-items/" not in answer.text


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
            assert "data-draft" not in answer.text
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


# --- the verbs


@pytest.mark.parametrize("verb", VERBS)
async def test_a_verb_sends_a_browser_without_script_to_the_item(street: str, verb: str) -> None:
    item, role, form = await prepared(verb)
    async with signed_in(role) as browser:
        answer = await browser.post(f"/checklist-items/{item.id}/{verb}", data=form)
        there = f"/checklists/{item.checklist_id}?item={item.id}#item-{item.id}"
        assert (answer.status_code, answer.headers["location"]) == (303, there)
        assert (await item_of()).state is AFTER[verb]
        page = await browser.get(there)
        assert re.search(rf'<details class="item" id="item-{item.id}" open>', page.text)


@pytest.mark.parametrize("verb", VERBS)
async def test_a_verb_answers_htmx_with_the_item_and_the_overview(street: str, verb: str) -> None:
    item, role, form = await prepared(verb)
    async with signed_in(role) as browser:
        answer = await browser.post(f"/checklist-items/{item.id}/{verb}", data=form, headers=HTMX)
        assert answer.status_code == 200
        assert "HX-Request" in answer.headers["vary"]
        assert answer.text.strip().startswith(f'<details class="item" id="item-{item.id}" open>')
        assert count(answer, "<details") == 1
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


# --- addresses


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


# --- the review desk


async def test_the_desk_goes_from_item_to_item(street: str) -> None:
    async with signed_in(REVIEWER) as browser:
        first = await browser.get("/review")
        waiting = int(re.findall(r'<h2 id="waiting">.*?<span class="num soft">(\d+)', first.text, re.S)[0])
        assert waiting == count(first, r'href="/review\?item=\d+"') == 17
        address = re.findall(r'action="(/checklist-items/\d+/review\?desk)"', first.text)[0]
        form = {"verdict": "RETURN", "remark": "请补充。", "expected_version": value_of(first, "expected_version")}
        second = await browser.post(address, data=form, headers=HTMX)
        assert second.text.strip().startswith('<div id="desk">')
        assert 'class="told good"' in second.text
        assert "Returned" in second.text
        assert count(second, r'href="/review\?item=\d+"') == 16
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
        assert value_of(answer, "typed") == "我的意见"
        assert 'href="/review"' in answer.text
    assert kept(await item_of()) == kept(item)


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
async def test_whoever_reviews_nothing_is_told_so(shared_street: str, role: Role) -> None:
    async with signed_in(role) as browser:
        answer = await browser.get("/review")
        assert "Nothing waits for your review." in answer.text
        assert '<form class="verdict"' not in answer.text


# --- today


async def test_today_shows_a_secretary_what_is_owed(street: str) -> None:
    item = await judged(Verdict.RETURN, 12)
    _ = await submitted(3)
    async with signed_in(SECRETARY) as browser:
        text = (await browser.get("/")).text
        links = re.findall(r'href="/checklists/\d+#item-(\d+)"', text)
        assert len(links) == 18
        assert links[0] == str(item.id)
        assert "请写明参加人数。" in text
        assert str((await item_of(3)).id) not in links


async def test_today_shows_a_reviewer_what_waits(shared_street: str) -> None:
    async with signed_in(REVIEWER) as browser:
        text = (await browser.get("/")).text
        assert re.search(r'<span class="state SUBMITTED">.*?17</span>', text, re.S)
        assert "The longest waiting:" in text
        assert len(re.findall(r'href="/review\?item=\d+"', text)) == 3


async def test_today_shows_everybody_else_the_running_cycle(shared_street: str) -> None:
    async with signed_in(AUDITOR) as browser:
        text = (await browser.get("/")).text
        assert re.findall(r'href="/matrix\?within=(HG-\w+)"', text) == ["HG-C7", "HG-C8", "HG-LY"]
        assert '<progress value="99" max="304"' in text


async def test_a_place_without_a_checklist_says_what_to_do(street: str) -> None:
    """An office branch takes part in no cycle: its secretary meets no empty page."""
    login = {"login": "office.secretary", "password": "a long enough password"}
    draft = Provide.parse(login | {"name": "机关支部书记", "role": "BRANCH_SECRETARY", "organization": "HG-JG"})
    _ = await accounts.provide(await actor(Role.SECURITY_ADMIN), draft)
    async with anyone() as browser:
        assert (await browser.post("/login", data=login)).status_code == 303
        for address, text in {
            "/": "Everything is handed in.",
            "/checklists": "No cycle has been opened here yet.",
            "/matrix": "No cycle has been opened here yet.",
            "/review": "Nothing waits for your review.",
        }.items():
            answer = await browser.get(address)
            assert answer.status_code == 200
            assert text in answer.text
        assert (await browser.get("/matrix.csv")).status_code == 404


# --- the matrix


def cells(answer: Response) -> int:
    return count(answer, r'<a class="state [A-Z_]+ " href="/checklist-items/\d+"')


@pytest.mark.parametrize(
    ("role", "number"), [(AUDITOR, 304), (Role.STREET_ADMIN, 304), (REVIEWER, 114), (SECRETARY, 19)]
)
async def test_everybody_sees_the_matrix_of_their_places(shared_street: str, role: Role, number: int) -> None:
    async with signed_in(role) as browser:
        answer = await browser.get("/matrix")
        assert cells(answer) == number
        assert f"/{number}</td>" in answer.text


async def test_the_matrix_narrows_to_a_place_and_a_state(shared_street: str) -> None:
    async with signed_in(AUDITOR) as browser:
        assert cells(await browser.get("/matrix?within=HG-LY")) == 114
        answer = await browser.get("/matrix?within=HG-LY&state=SUBMITTED")
        assert cells(answer) == 17
        assert count(answer, r'<th scope="row" title') == 5
        assert re.search(r'<td class="total">17/114</td>\s*</tr>\s*</tfoot>', answer.text)
        empty = await browser.get("/matrix?within=HG-LY-01&state=APPROVED")
        assert "Nothing here is in this state." in empty.text
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
    with time_machine.travel(today() + timedelta(days=60), tick=False):
        await load(postgres.shared() / "elsewhere")
        async with signed_in(AUDITOR) as browser:
            newest = await browser.get("/matrix")
            codes = re.findall(r"<option(?: selected)?>(\d{4}-Q\d)</option>", newest.text)
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
