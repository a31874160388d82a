"""The tree, one organization, and the acts on it: as whole pages, and as the blocks that htmx asks for."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
import time_machine
from httpx import AsyncClient, Response

from server.kit.clock import now, today
from server.models.organizations import Organization, Placement
from server.vocabulary import Role
from tests.cast import deeds
from tests.clients import HTMX, signed_in

YESTERDAY = today() - timedelta(days=1)


def links(answer: Response) -> list[str]:
    """Addresses of organizations in the content, not in the frame."""
    return re.findall(r'href="(/organizations/[^"]*)"', answer.text)


def codes(answer: Response) -> list[str]:
    """What the tree or list shows, from the top down."""
    return re.findall(r'<li class="node[^>]*>\s*<a href="/organizations/([A-Z0-9-]+)', answer.text)


async def state() -> list[object]:
    """All that an act could change."""
    return [
        await Organization.all().order_by("id").values_list("id", "name", "party_name", "path", "version"),
        await Placement.all().order_by("id").values_list("id", "valid_from", "valid_to"),
        await deeds(),
    ]


# --- the tree


async def test_the_tree_opens_with_its_first_levels(shared_street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        answer = await browser.get("/organizations")
        assert answer.status_code == 200
        shown = codes(answer)
        assert shown[0] == "HG"
        assert len(shown) == 1 + 9 + 5
        assert "HG-LY-01" not in shown
        assert 'data-hx-get="/organizations/HG-LY/below"' in answer.text
        assert re.search(r'<span class="num">903</span>.*?max="304"', answer.text, re.S)
        assert answer.text.count('class="synthetic"') == 4


async def test_a_level_comes_when_it_is_asked_for(shared_street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        answer = await browser.get("/organizations/HG-LY/below", headers=HTMX)
        assert answer.text.strip().startswith('<ul class="tree" id="below-HG-LY">')
        assert codes(answer) == [f"HG-LY-0{n}" for n in range(1, 7)] + ["HG-LY-ZB"]
        whole = await browser.get("/organizations/HG-LY/below")
        assert "<html" in whole.text
        assert codes(whole) == codes(answer)


async def test_without_script_a_link_leads_to_what_lies_below(shared_street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        assert '<li class="more"><a href="/organizations/HG-LY">' in (await browser.get("/organizations")).text
        assert "深坑居民小组" in (await browser.get("/organizations/HG-LY")).text


@pytest.mark.parametrize("search", ["红棉", "hongmian", "HM", "hm", " hg-hm ", "红棉社区党委"])
async def test_a_place_is_found_in_chinese_pinyin_initials_and_by_code(shared_street: str, search: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        answer = await browser.get("/organizations", params={"search": search})
        assert "HG-HM" in codes(answer)
        assert "HG-LY" not in codes(answer)
        block = await browser.get("/organizations", params={"search": search}, headers=HTMX)
        assert block.text.strip().startswith('<div id="tree">')
        assert codes(block) == codes(answer)


async def test_a_search_goes_on_where_it_stopped(shared_street: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.views.organizations.tree.AT_ONCE", 10)
    async with signed_in(Role.STREET_ADMIN) as browser:
        answer = await browser.get("/organizations?search=党支部")
        seen = codes(answer)
        while more := re.search(r'data-hx-get="([^"]*after=[^"]*)"', answer.text):
            answer = await browser.get(more[1].replace("&amp;", "&"), headers=HTMX)
            seen += codes(answer)
        assert len(seen) == len(set(seen)) == await Organization.filter(name__contains="党支部").count() > 20


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ({"search": "a\0b"}, "U+0000"),
        ({"asOf": "yesterday"}, "Give a date as year-month-day"),
        ({"asOf": "2026-13-01"}, "Give a date as year-month-day"),
        ({"asOf": "99999-01-01"}, "Give a date as year-month-day"),
        ({"asOf": str(today() + timedelta(days=1))}, "still to come"),
    ],
)
async def test_what_cannot_be_looked_for_is_told(shared_street: str, query: dict[str, str], complaint: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        for headers in ({}, HTMX):
            answer = await browser.get("/organizations", params=query, headers=headers)
            assert answer.status_code == 422
            assert complaint in answer.text
        assert f'value="{query.get("search", "")}"' in (await browser.get("/organizations", params=query)).text


async def test_a_cursor_of_somebody_else_is_refused(shared_street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        for path in ("/organizations?search=hm&", "/organizations/HG/members?"):
            answer = await browser.get(f"{path}after=nonsense", headers=HTMX)
            assert (answer.status_code, answer.headers["hx-retarget"]) == (422, "#notice")


async def test_nothing_found_says_what_to_do(shared_street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        assert "Try fewer characters" in (await browser.get("/organizations?search=😀")).text
        assert "Nothing stood here on that day" in (await browser.get("/organizations?asOf=1900-01-01")).text


async def test_a_past_day_is_kept_in_every_link(shared_street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        for path in ("/organizations", "/organizations/HG-LY", "/organizations/HG-LY/members"):
            answer = await browser.get(f"{path}?asOf={YESTERDAY}")
            assert "You are looking at" in answer.text
            back = f'href="{path}">Back to today'
            assert back in answer.text
            led = [link for link in links(answer) if link != path]
            assert led
            assert [link for link in led if f"asOf={YESTERDAY}" not in link] == []
            assert "/rename" not in answer.text
        assert f'/below?asOf={YESTERDAY}"' in (await browser.get(f"/organizations?asOf={YESTERDAY}")).text


async def test_a_secretary_sees_the_branch_and_above_it_names_only(shared_street: str) -> None:
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        assert codes(await browser.get("/organizations")) == ["HG-LY-01-ZB"]
        answer = await browser.get("/organizations/HG-LY-01-ZB")
        for name in ("横岗街道", "六约社区", "深坑居民小组"):
            assert f"<li>{name}</li>" in answer.text
        assert {link.split("/")[2] for link in links(answer)} == {"HG-LY-01-ZB"}
        assert codes(await browser.get("/organizations?search=hm")) == []
        for verb in ("", "/below", "/members", "/rename"):
            assert (await browser.get(f"/organizations/HG-LY{verb}")).status_code == 404


async def test_hidden_and_absent_are_answered_alike(shared_street: str) -> None:
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        hidden = await browser.get("/organizations/HG-HM")
        absent = await browser.get("/organizations/HG-XX")
        assert hidden.status_code == absent.status_code == 404
        assert without_number(hidden.text).replace("HG-HM", "…") == without_number(absent.text).replace("HG-XX", "…")
        for code in ("hg-ly", "%00", "%F0%9F%98%80", "A" * 300, "1", "%25"):
            assert (await browser.get(f"/organizations/{code}")).status_code == 404, unquote(code)


def without_number(text: str) -> str:
    return re.sub("<code>[0-9a-f]{32}</code>", "", text)


# --- one organization


async def test_an_organization_shows_what_it_is(shared_street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        place = (await browser.get("/organizations/HG-YJ")).text
        for text in ("怡锦社区党委", "611", "HG-YJ", "Urban community", "¶14 ¶15", "Established"):
            assert text in place
        branch = (await browser.get("/organizations/HG-LY-01-ZB")).text
        for text in ("631", "Residents&#39; group", "Made up for the demonstration", "/checklists/", "2026-Q4"):
            assert text in branch
        task = (await browser.get("/organizations/HG-DT")).text
        assert "932" in task
        assert "A temporary branch exists for a task" in task
        street = (await browser.get("/organizations/HG")).text
        assert "横岗街道党工委" in street
        assert "at work here in temporary branches" in street


async def test_what_it_shows_in_chinese(shared_street: str) -> None:
    async with signed_in(Role.STREET_ADMIN, locale="zh") as browser:
        text = (await browser.get("/organizations/HG-DT")).text
        for word in ("临时联合党支部", "沿革", "成立", "2019年1月1日至今", "一线项目"):
            assert word in text


# --- the acts

GROUP = {"parent": "HG-LY", "kind": "RESIDENT_GROUP", "code": "HG-LY-77", "name": "试验居民小组"}
ACTS = {
    "/organizations/new": GROUP,
    "/organizations/HG-LY-01/rename": {"name": "深坑新名居民小组", "party_name": "", "expected_version": "1"},
    "/organizations/HG-LY-01/move": {"parent": "HG-C7", "expected_version": "1"},
    "/organizations/HG-TD/dissolve": {"reason": "任务完成", "expected_version": "1"},
}
LEADS = {
    "/organizations/new": "/organizations/HG-LY-77?done=established",
    "/organizations/HG-LY-01/rename": "/organizations/HG-LY-01?done=renamed",
    "/organizations/HG-LY-01/move": "/organizations/HG-LY-01?done=moved",
    "/organizations/HG-TD/dissolve": "/organizations/HG?done=dissolved",
}


@pytest.mark.parametrize("path", ACTS)
async def test_an_act_is_done_and_said(street: str, path: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        form = await browser.get(path, params={"parent": "HG-LY"})
        assert form.status_code == 200
        assert 'method="post"' in form.text
        answer = await browser.post(path, data=ACTS[path])
        assert (answer.status_code, answer.headers["location"]) == (303, LEADS[path])
        assert 'class="told good"' in (await browser.get(LEADS[path])).text


@pytest.mark.parametrize("path", ACTS)
async def test_htmx_is_sent_on_after_an_act(street: str, path: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        answer = await browser.post(path, data=ACTS[path], headers=HTMX)
        assert (answer.status_code, answer.headers["hx-redirect"], answer.text) == (204, LEADS[path], "")


@pytest.mark.parametrize("role", [Role.BRANCH_SECRETARY, Role.COMMUNITY_REVIEWER, Role.AUDITOR, Role.SECURITY_ADMIN])
async def test_who_may_not_changes_nothing_and_learns_nothing(street: str, role: Role) -> None:
    async with signed_in(role) as browser:
        before = await state()
        for path, typed in ACTS.items():
            hidden = role in (Role.BRANCH_SECRETARY, Role.COMMUNITY_REVIEWER)
            refusals = (403, 404, 422) if hidden else (403,)  # 422: the parent is a field of the form
            for answer in (await browser.get(path, params={"parent": "HG-LY"}), await browser.post(path, data=typed)):
                assert answer.status_code in refusals, path
            block = await browser.post(path, data=typed, headers=HTMX)
            assert block.status_code in refusals
            assert block.headers["hx-retarget"] == "#notice"
            assert "<html" not in block.text
        assert await state() == before
        page = (await browser.get("/organizations")).text + (await browser.get("/organizations/HG-LY-01-ZB")).text
        assert not re.search('/(rename|move|dissolve|new)[?"]', page)


LONG = "长" * 61
BAD: list[tuple[str, dict[str, str], str, str]] = [
    ("/organizations/new", {"code": ""}, "code", "Fill this in."),
    ("/organizations/new", {"code": "hg-ly-77"}, "code", "capital letters"),
    ("/organizations/new", {"code": "HG-HM"}, "code", "is taken"),
    ("/organizations/new", {"code": "A" * 33}, "code", "Write at most 32 characters"),
    ("/organizations/new", {"name": LONG}, "name", "Write at most 60 characters; there are 61."),
    ("/organizations/new", {"name": "试\0验"}, "name", "U+0000"),
    ("/organizations/new", {"name": "x"}, "name", "Fill this in."),
    ("/organizations/new", {"established_on": "2026-02-30"}, "established_on", "Give a date"),
    ("/organizations/new", {"established_on": "2099-01-01"}, "established_on", "still to come"),
    ("/organizations/new", {"established_on": "1900-01-01"}, "established_on", "stands where it is since"),
    ("/organizations/new", {"kind": "COMMUNITY"}, "parent", "may not lie directly below"),
    ("/organizations/new", {"kind": "KINGDOM"}, "kind", "Choose one of"),
    ("/organizations/new", {"kind": "BRANCH", "branch_type": "BRANCH"}, "sector", "A branch needs this"),
    ("/organizations/HG-LY-01/rename", {"name": LONG}, "name", "Write at most 60 characters"),
    ("/organizations/HG-LY-01/rename", {"name": ""}, "name", "Fill this in."),
    ("/organizations/HG-LY-01/rename", {"name": "试\x08验"}, "name", "U+0008"),
    ("/organizations/HG-LY-01/rename", {"name": "深坑居民小组"}, "name", "called that already"),
    ("/organizations/HG-LY-01/rename", {"party_name": LONG}, "party_name", "Write at most 60 characters"),
    ("/organizations/HG-LY-01/move", {"parent": ""}, "parent", "Fill this in."),
    ("/organizations/HG-LY-01/move", {"parent": "HG-XX"}, "parent", "There is no organization HG-XX"),
    ("/organizations/HG-LY-01/move", {"parent": "HG-LY"}, "parent", "It lies below"),
    ("/organizations/HG-LY-01/move", {"parent": "HG-LY-01-ZB"}, "parent", "lies within what you are moving"),
    ("/organizations/HG-LY-01/move", {"parent": "HG"}, "parent", "may not lie directly below"),
    ("/organizations/HG-TD/dissolve", {"reason": ""}, "reason", "Fill this in."),
    ("/organizations/HG-TD/dissolve", {"reason": "因" * 501}, "reason", "Write at most 500 characters"),
    ("/organizations/HG-TD/dissolve", {"reason": "完\0成"}, "reason", "U+0000"),
]


@pytest.mark.parametrize(("path", "wrong", "field", "complaint"), BAD)
async def test_every_error_comes_back_at_its_field(
    street: str, path: str, wrong: dict[str, str], field: str, complaint: str
) -> None:
    typed = ACTS[path] | wrong
    async with signed_in(Role.STREET_ADMIN) as browser:
        before = await state()
        for headers in ({}, HTMX):
            answer = await browser.post(path, data=typed, headers=headers)
            assert answer.status_code in (404, 422)
            assert complaint in said_at(answer, field)
            assert ("<html" in answer.text) is not bool(headers)
            assert kept(answer, typed)
        assert await state() == before


def said_at(answer: Response, field: str) -> str:
    found = re.search(rf'<p class="complaint" id="{field}-complaint">(.*?)</p>', answer.text, re.S)
    assert found, field
    return found[1]


def kept(answer: Response, typed: dict[str, str]) -> bool:
    """Whether the text fields hold what was typed."""
    shown = answer.text.replace("&#39;", "'").replace("�", "\0")
    return all(
        f'value="{text}"' in shown or f">\n{text}</textarea>" in shown
        for name, text in typed.items()
        if name in ("code", "name", "party_name", "reason", "established_on") and text
    )


@pytest.mark.parametrize("version", ["", "0", "-1", "one", "2147483648", "99999999999999999999"])
async def test_a_version_that_cannot_be_is_told_and_mended(street: str, version: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        before = await state()
        typed = ACTS["/organizations/HG-LY-01/rename"] | {"expected_version": version}
        answer = await browser.post("/organizations/HG-LY-01/rename", data=typed)
        assert answer.status_code == 422
        assert 'name="expected_version" value="1"' in answer.text
        assert "深坑新名居民小组" in answer.text
        assert await state() == before


async def test_a_conflict_shows_both_values(street: str) -> None:
    """And the next attempt is made from what it showed."""
    path = "/organizations/HG-LY/rename"
    async with signed_in(Role.STREET_ADMIN) as first, signed_in(Role.STREET_ADMIN) as second:
        _ = await first.post(path, data={"name": "六约甲社区", "party_name": "六约甲党委", "expected_version": "1"})
        mine = {"name": "六约乙社区", "party_name": "六约社区党委", "expected_version": "1"}
        answer = await second.post(path, data=mine)
        assert answer.status_code == 409
        assert "六约甲社区" in said_at(answer, "name")
        assert "六约甲党委" in said_at(answer, "party_name")
        assert 'value="六约乙社区"' in answer.text
        assert 'name="expected_version" value="2"' in answer.text
        assert (await second.post(path, data=mine | {"expected_version": "2"})).status_code == 303
        assert (await Organization.get(code="HG-LY")).name == "六约乙社区"


@pytest.mark.parametrize("verb", ["move", "dissolve"])
async def test_a_conflict_of_an_act_without_names_shows_them_too(street: str, verb: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        _ = await browser.post(
            "/organizations/HG-TD/rename", data={"name": "改名临时党支部", "party_name": "", "expected_version": "1"}
        )
        typed = {"parent": "HG-LY", "reason": "任务完成", "expected_version": "1"}
        answer = await browser.post(f"/organizations/HG-TD/{verb}", data=typed, headers=HTMX)
        assert answer.status_code == 409
        assert "Now: 改名临时党支部" in answer.text
        assert 'name="expected_version" value="2"' in answer.text
        assert ("任务完成" in answer.text) is (verb == "dissolve")


async def test_emoji_and_markup_are_text(street: str) -> None:
    name = "<b>深坑</b>😀&\"'居民小组"
    async with signed_in(Role.STREET_ADMIN) as browser:
        typed = {"name": name, "party_name": "", "expected_version": "1"}
        assert (await browser.post("/organizations/HG-LY-01/rename", data=typed)).status_code == 303
        assert (await Organization.get(code="HG-LY-01")).name == name
        for path in ("/organizations/HG-LY-01", "/organizations/HG-LY", "/organizations/HG-LY-01/rename"):
            answer = await browser.get(path)
            assert "&lt;b&gt;深坑&lt;/b&gt;😀&amp;" in answer.text
            assert "<b>深坑" not in answer.text


async def test_a_move_leaves_yesterday_as_it_was(street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        was = await numbers(browser, f"?asOf={YESTERDAY}")
        page = (await browser.get("/organizations/HG-LY-01/move")).text
        assert "Organizations below it: 1; Party members: 34" in page
        assert "示例社区七" in page
        assert 'value="HG-LY"' not in page
        _ = await browser.post("/organizations/HG-LY-01/move", data=ACTS["/organizations/HG-LY-01/move"])
        assert await numbers(browser, f"?asOf={YESTERDAY}") == was
        today_now = await numbers(browser, "")
        assert today_now["HG-LY"] == was["HG-LY"] - 34
        assert today_now["HG-C7"] == was["HG-C7"] + 34
        assert today_now["HG"] == was["HG"]
        then = await browser.get(f"/organizations/HG-LY-01?asOf={YESTERDAY}")
        assert f'<a href="/organizations/HG-LY?asOf={YESTERDAY}">六约社区</a>' in then.text
        after = await browser.get("/organizations/HG-LY-01")
        assert '<a href="/organizations/HG-C7">示例社区七</a>' in after.text
        assert "Moved" in after.text
        assert f"/organizations/HG-LY-01?asOf={YESTERDAY}" in after.text


async def numbers(browser: AsyncClient, query: str) -> dict[str, int]:
    """Party members by code, as the tree shows them."""
    text = (await browser.get(f"/organizations{query}")).text
    found = re.findall(r'/organizations/([A-Z0-9-]+)[^"]*">(?:(?!</a>).)*?class="num">(\d+)<', text, re.S)
    return {code: int(number) for code, number in found}


async def test_the_history_of_what_moved_in_begins_where_the_reader_reaches(street: str) -> None:
    """A reviewer sees of a group that came today nothing of its days elsewhere."""
    async with signed_in(Role.STREET_ADMIN) as admin, signed_in(Role.COMMUNITY_REVIEWER) as reviewer:
        typed = {"parent": "HG-LY", "expected_version": "1"}
        assert (await admin.post("/organizations/HG-C7-01/move", data=typed)).status_code == 303
        both = (await admin.get("/organizations/HG-C7-01")).text
        assert "Established" in both.split("history-title")[2]
        one = (await reviewer.get("/organizations/HG-C7-01")).text.split("history-title")[2].split("</section>")[0]
        assert "Moved" in one
        assert "示例社区七" not in one
        assert (await reviewer.get(f"/organizations/HG-C7-01?asOf={YESTERDAY}")).status_code == 404


async def test_a_day_on_which_it_did_not_stand_leads_to_one_on_which_it_did(street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        early = await browser.get("/organizations/HG-TD?asOf=2018-05-01")
        assert early.status_code == 404
        assert "On 1 May 2018 it did not stand" in early.text
        assert 'href="/organizations/HG-TD?asOf=2019-01-01"' in early.text
        _ = await browser.post("/organizations/HG-TD/dissolve", data=ACTS["/organizations/HG-TD/dissolve"])
        gone = await browser.get("/organizations/HG-TD")
        assert gone.status_code == 404
        assert f'href="/organizations/HG-TD?asOf={YESTERDAY}"' in gone.text
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        hidden = await browser.get("/organizations/HG-TD?asOf=2018-05-01")
        absent = await browser.get("/organizations/HG-XX?asOf=2018-05-01")
        assert hidden.status_code == absent.status_code == 404
        assert without_number(hidden.text).replace("HG-TD", "…") == without_number(absent.text).replace("HG-XX", "…")


async def test_what_stands_in_the_way_is_said_before_it_is_asked(street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        obstacles = {"HG-LY-01": "Organizations below it: 1.", "HG-LY-01-ZB": "Members at home in it: 36."}
        for code, obstacle in obstacles.items():
            page = await browser.get(f"/organizations/{code}/dissolve")
            assert obstacle in page.text
            assert 'name="reason"' not in page.text
            answer = await browser.post(
                f"/organizations/{code}/dissolve", data={"reason": "试一试", "expected_version": "1"}
            )
            assert answer.status_code == 422
            assert obstacle in answer.text


async def test_what_is_dissolved_is_gone_today_and_stands_yesterday(street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        _ = await browser.post("/organizations/HG-TD/dissolve", data=ACTS["/organizations/HG-TD/dissolve"])
        assert (await browser.get("/organizations/HG-TD")).status_code == 404
        then = (await browser.get(f"/organizations/HG-TD?asOf={YESTERDAY}")).text
        assert "Dissolved on" in then
        again = await browser.post("/organizations/HG-TD/dissolve", data=ACTS["/organizations/HG-TD/dissolve"])
        assert again.status_code == 404


async def test_the_form_offers_what_may_lie_below(shared_street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        street = (await browser.get("/organizations/new?parent=HG")).text
        assert 'name="kind" value="COMMUNITY"' in street
        assert 'value="RESIDENT_GROUP"' not in street
        typed = {"parent": "HG", "code": "HG-77", "name": "试验", "sector": "PROJECT"}
        for headers in ({}, HTMX):
            other = (await browser.get("/organizations/new", params=typed | {"kind": "BRANCH"}, headers=headers)).text
            assert all(text in other for text in ('value="HG-77"', 'value="试验"', '<option value="PROJECT" selected>'))
            assert 'name="branch_type"' in other
        assert 'name="community_type"' in street
        group = (await browser.get("/organizations/new?parent=HG-LY-01&kind=COMMUNITY")).text
        assert 'name="kind" value="BRANCH"' in group
        assert "PARTY_GROUP" not in group
        branch = (await browser.get("/organizations/new?parent=HG-LY-01-ZB")).text
        assert 'value="PARTY_GROUP"' in branch
        assert 'value="UNION_BRANCH"' not in branch
        assert (await browser.get("/organizations/new")).status_code == 404
        assert (await browser.get("/organizations/new?parent=HG-XX")).status_code == 404


async def test_the_bars_of_the_running_cycle_stop_with_it(shared_street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        assert 'max="304"' in (await browser.get("/organizations")).text
    with time_machine.travel(now() + timedelta(days=200), tick=True):
        async with signed_in(Role.STREET_ADMIN) as browser:
            assert "<progress" not in (await browser.get("/organizations")).text
