"""The roster: who may read it, how it is searched and paged; joining a branch."""

import re
from datetime import timedelta

import pytest
from httpx import Response

from server.kit.clock import today
from server.models.members import Member, Membership
from server.vocabulary import MembershipKind, Role
from tests.cast import deeds
from tests.clients import HTMX, signed_in

BRANCH = "/organizations/HG-LY-01-ZB/members"
TASK = "/organizations/HG-TD/members"
PERSON = {"name": "曾试验", "stage": "FULL", "joined_on": "2010-07-01", "since": ""}


def names(answer: Response) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/members/\d+">([^<]+)</a>', answer.text)


async def state() -> list[object]:
    return [await Member.all().count(), await Membership.all().count(), await deeds()]


async def test_the_roster_of_a_branch(shared_street: str) -> None:
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        answer = await browser.get(BRANCH)
        assert answer.status_code == 200
        assert len(names(answer)) == 36
        assert '<strong class="num">34</strong> Party members' in answer.text
        assert "On the roster: 36 (applicants, activists and candidates for development included)" in answer.text
        assert "Party members: 34" in answer.text
        for text in ("Full member", "Home", "since 1 January 2019", "Example data"):
            assert text in answer.text
        assert f'href="{BRANCH}/enrol"' in answer.text


async def test_who_may_not_read_it_sees_numbers_and_why(shared_street: str) -> None:
    somebody = await Member.first()
    assert somebody
    async with signed_in(Role.AUDITOR) as browser:
        for path in (BRANCH, "/organizations/HG/members", f"{BRANCH}?search={somebody.name}"):
            answer = await browser.get(path)
            assert answer.status_code == 200
            assert names(answer) == []
            assert "your role reads numbers" in answer.text
            assert "/enrol" not in answer.text
            block = await browser.get(path, headers=HTMX)
            assert names(block) == []
        assert '<strong class="num">34</strong>' in (await browser.get(BRANCH)).text


async def test_the_roster_of_a_place_goes_on_by_fifty(shared_street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        answer = await browser.get("/organizations/HG-LY/members")
        seen = names(answer)
        assert len(seen) == 50
        while more := re.search(r'data-hx-get="([^"]*after=[^"]*)"', answer.text):
            answer = await browser.get(more[1].replace("&amp;", "&"), headers=HTMX)
            assert "<table" not in answer.text
            seen += names(answer)
        in_all = await Membership.filter(branch__code__startswith="HG-LY-").count()
        assert len(seen) == in_all > 200


async def test_somebody_is_found_in_chinese_pinyin_and_initials(street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        _ = await browser.post(f"{BRANCH}/enrol", data=PERSON)
        for search in ("试验", "zengshi", "ZSY", "zsy "):
            assert "曾试验" in names(await browser.get(BRANCH, params={"search": search})), search
            block = await browser.get(BRANCH, params={"search": search}, headers=HTMX)
            assert block.text.strip().startswith('<div id="roster">')
            assert "曾试验" in names(block)
        assert "Nobody fits" in (await browser.get(f"{BRANCH}?search=cengshi")).text
        wrong = await browser.get(f"{BRANCH}?search=a%00b")
        assert wrong.status_code == 422
        assert "U+0000" in wrong.text


async def test_the_roster_of_a_past_day(street: str) -> None:
    yesterday = today() - timedelta(days=1)
    async with signed_in(Role.STREET_ADMIN) as browser:
        _ = await browser.post(f"{BRANCH}/enrol", data=PERSON)
        assert "曾试验" in names(await browser.get(BRANCH))
        then = await browser.get(f"{BRANCH}?asOf={yesterday}")
        assert "曾试验" not in names(then)
        assert "You are looking at" in then.text
        assert "/enrol" not in then.text


async def test_somebody_is_registered(street: str) -> None:
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        assert 'name="stage"' in (await browser.get(f"{BRANCH}/enrol")).text
        answer = await browser.post(f"{BRANCH}/enrol", data=PERSON)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{BRANCH}?done=enrolled")
        assert "is registered" in (await browser.get(answer.headers["location"])).text
        other = await browser.post(f"{BRANCH}/enrol", data=PERSON, headers=HTMX)
        assert (other.status_code, other.headers["hx-redirect"]) == (204, f"{BRANCH}?done=enrolled")
        membership = await Membership.filter(member__name="曾试验").order_by("id").first()
        assert membership
        assert (membership.kind, membership.valid_from) == (MembershipKind.HOME, today())


BAD: list[tuple[dict[str, str], str, str]] = [
    ({"name": ""}, "name", "Fill this in."),
    ({"name": "长" * 61}, "name", "Write at most 60 characters; there are 61."),
    ({"name": "曾\0试验"}, "name", "U+0000"),
    ({"stage": ""}, "stage", "Fill this in."),
    ({"stage": "SAINT"}, "stage", "Choose one of"),
    ({"joined_on": "01/07/2010"}, "joined_on", "Give a date"),
    ({"joined_on": ""}, "joined_on", "Enter the day of joining"),
    ({"joined_on": "2099-01-01"}, "joined_on", "still to come"),
    ({"stage": "ACTIVIST"}, "joined_on", "Enter the day of joining"),
    ({"since": "99999-01-01"}, "since", "Give a date"),
    ({"since": "2099-01-01"}, "since", "still to come"),
    ({"since": "1999-01-01"}, "since", "exists since"),
]


@pytest.mark.parametrize(("wrong", "field", "complaint"), BAD)
async def test_every_error_comes_back_at_its_field(
    street: str, wrong: dict[str, str], field: str, complaint: str
) -> None:
    typed = PERSON | wrong
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        before = await state()
        for headers in ({}, HTMX):
            answer = await browser.post(f"{BRANCH}/enrol", data=typed, headers=headers)
            assert answer.status_code == 422
            said = re.search(rf'id="{field}-complaint">(.*?)</p>', answer.text, re.S)
            assert said
            assert complaint in said[1]
            shown = answer.text.replace("�", "\0")
            assert all(f'value="{typed[name]}"' in shown for name in ("name", "joined_on", "since"))
            if typed["stage"] == "FULL":
                assert '<option value="FULL" selected>' in answer.text
        assert await state() == before


async def test_a_branch_that_cannot_is_told_at_the_branch(street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        for path, typed, complaint in (
            (f"{TASK}/enrol", PERSON, "is a temporary branch"),
            ("/organizations/HG-LY/members/enrol", PERSON, "is not a branch"),
            (f"{BRANCH}/attach", {"member": "1"}, "is not a temporary branch"),
        ):
            before = await state()
            answer = await browser.post(path, data=typed)
            assert answer.status_code == 422
            assert complaint in answer.text.split('id="branch-complaint"')[1]
            assert await state() == before


async def test_a_member_is_taken_in_and_stays_at_home(street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        _ = await browser.post(f"{BRANCH}/enrol", data=PERSON)
        member = await Member.get(name="曾试验")
        assert 'type="radio"' not in (await browser.get(f"{TASK}/attach")).text
        found = await browser.get(f"{TASK}/attach?search=zsy", headers=HTMX)
        assert found.text.strip().startswith("<fieldset")
        assert f'value="{member.id}"' in found.text
        answer = await browser.post(f"{TASK}/attach", data={"member": str(member.id), "search": "zsy", "since": ""})
        assert (answer.status_code, answer.headers["location"]) == (303, f"{TASK}?done=attached")
        assert "曾试验" in names(await browser.get(TASK))
        assert "曾试验" in names(await browser.get(BRANCH))
        assert f'value="{member.id}"' not in (await browser.get(f"{TASK}/attach?search=zsy")).text
        again = await browser.post(f"{TASK}/attach", data={"member": str(member.id), "search": "zsy"}, headers=HTMX)
        assert again.status_code == 422
        assert "is in this branch already" in again.text.split('id="member-complaint"')[1]


async def test_more_than_are_shown_is_said(shared_street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        many = await browser.get(f"{TASK}/attach?search=z", headers=HTMX)
        assert many.text.count('type="radio"') == 20
        assert "Only the first 20 are shown" in many.text
        few = await browser.get(f"{TASK}/attach?search=nobody", headers=HTMX)
        assert "are shown" not in few.text


async def test_the_day_of_the_roster_is_today_until_one_is_named(shared_street: str) -> None:
    yesterday = today() - timedelta(days=1)
    async with signed_in(Role.STREET_ADMIN) as browser:
        for path in (BRANCH, "/organizations"):
            assert f'value="{today()}"' not in (await browser.get(path)).text
            answer = await browser.get(f"{path}?search=z&asOf={yesterday}", headers=HTMX)
            assert f'href="{path}?search=z">Back to today' in answer.text
            assert f'value="{yesterday}"' in (await browser.get(f"{path}?asOf={yesterday}")).text


@pytest.mark.parametrize("member", ["", "0", "-1", "one", "2147483647", "2147483648", "9" * 40])
async def test_a_member_who_is_not_there_is_told(street: str, member: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        before = await state()
        typed = {"member": member, "since": str(today()), "search": "zhang"}
        for headers in ({}, HTMX):
            answer = await browser.post(f"{TASK}/attach", data=typed, headers=headers)
            assert answer.status_code in (404, 422)
            assert 'id="member-complaint"' in answer.text
            assert f'value="{today()}"' in answer.text
            assert 'type="radio"' in answer.text
        assert await state() == before


async def test_the_picked_member_stays_picked(street: str) -> None:
    home = await Membership.filter(member__initials__startswith="z", kind=MembershipKind.HOME).first()
    assert home
    async with signed_in(Role.STREET_ADMIN) as browser:
        name = (await Member.get(id=home.member_id)).name
        typed = {"member": str(home.member_id), "since": "2099-01-01", "search": name}
        answer = await browser.post(f"{TASK}/attach", data=typed)
        assert answer.status_code == 422
        assert f'value="{home.member_id}" checked' in answer.text


async def test_who_may_not_changes_nothing(street: str) -> None:
    before: list[object] = []
    for role, status in ((Role.AUDITOR, 403), (Role.BRANCH_EDITOR, 403), (Role.SECURITY_ADMIN, 403)):
        async with signed_in(role) as browser:
            before = await state()
            assert (await browser.get(f"{BRANCH}/enrol")).status_code == status
            for headers in ({}, HTMX):
                assert (await browser.post(f"{BRANCH}/enrol", data=PERSON, headers=headers)).status_code == status
            assert await state() == before
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        before = await state()
        other = "/organizations/HG-LY-02-ZB/members"
        for path in (other, f"{other}/enrol", f"{TASK}/attach"):
            assert (await browser.get(path)).status_code == 404
        assert (await browser.post(f"{other}/enrol", data=PERSON)).status_code == 404
        assert (await browser.post(f"{TASK}/attach", data={"member": "1"})).status_code == 404
        assert await state() == before
