"""The page of one person: masked, and in clear once for a reason; its forms; what is taken out."""

import json
import re
from urllib.parse import quote

import pytest
from httpx import AsyncClient

from server.kit.identity import check_character
from server.models.members import ERASED, Member
from server.models.trail import TrailEntry
from server.vocabulary import Role
from tests.cast import deeds
from tests.clients import HTMX, signed_in

BRANCH = "/organizations/HG-LY-01-ZB/members"
PHONE, OTHER_PHONE = "000-10000001", "000-20000002"
ID_NUMBER = "00000019900101001" + check_character("00000019900101001")
PERSON = {
    "name": "曾试验",
    "stage": "FULL",
    "joined_on": "2010-07-01",
    "since": "",
    "phone": PHONE,
    "id_number": ID_NUMBER,
}
WHY = {"reason": "核对身份"}
CORRECTION = {"name": "曾试验", "pinyin": "", "initials": "", "joined_on": "2010-07-01", "phone": "", "id_number": ""}
CORRECTION |= WHY | {"expected_version": "1"}
CLEAR = (PHONE, PHONE.replace("-", ""), ID_NUMBER)


async def enrolled(browser: AsyncClient) -> Member:
    answer = await browser.post(f"{BRANCH}/enrol", data=PERSON)
    assert answer.status_code == 303
    return await Member.get(name="曾试验")


def clear_in(text: str) -> list[str]:
    return [value for value in CLEAR if value in text]


async def test_pages_show_numbers_masked_and_a_reveal_shows_them_once(street: str) -> None:
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        member = await enrolled(browser)
        address = f"/members/{member.id}"
        for path in (BRANCH, address, f"{address}/correct", f"{address}/export", f"{BRANCH}?search=zsy"):
            answer = await browser.get(path)
            assert answer.status_code == 200
            assert clear_in(answer.text) == []
        assert f'href="{address}"' in (await browser.get(BRANCH)).text
        page = (await browser.get(address)).text
        assert "000-****0001" in page
        assert f"0****************{ID_NUMBER[-1]}" in page
        for headers in ({}, HTMX):
            answer = await browser.post(f"{address}/reveal", data=WHY, headers=headers)
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
            assert PHONE in answer.text
            assert ID_NUMBER in answer.text
            assert 'data-hx-history="false"' in answer.text
        assert answer.text.strip().startswith("<section")
        assert clear_in((await browser.get(address)).text) == []
        assert clear_in((await browser.get(f"{address}/reveal")).text) == []


async def test_a_reveal_without_a_reason_says_so_and_shows_nothing(street: str) -> None:
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        member = await enrolled(browser)
        before = await deeds()
        answer = await browser.post(f"/members/{member.id}/reveal", data={"reason": " "}, headers=HTMX)
        assert answer.status_code == 422
        assert 'id="reason-complaint"' in answer.text
        assert clear_in(answer.text) == []
        assert await deeds() == before


@pytest.mark.parametrize("role", [Role.COMMUNITY_REVIEWER, Role.BRANCH_EDITOR])
async def test_readers_see_the_roster_masked_and_no_verbs(street: str, role: Role) -> None:
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        member = await enrolled(browser)
    async with signed_in(role) as browser:
        answer = await browser.get(BRANCH)
        assert "000-****0001" in answer.text
        page = (await browser.get(f"/members/{member.id}")).text
        assert "000-****0001" in page
        assert clear_in(answer.text + page) == []
        for verb in ("reveal", "correct", "export", "erase"):
            assert f"/members/{member.id}/{verb}" not in page
            assert (await browser.get(f"/members/{member.id}/{verb}")).status_code == 403


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SECURITY_ADMIN])
async def test_who_may_not_read_members_finds_no_person(street: str, role: Role) -> None:
    member = await Member.first()
    assert member is not None
    async with signed_in(role) as browser:
        for path in (f"/members/{member.id}", "/members/0", "/members/99999999999", "/members/x"):
            assert (await browser.get(path)).status_code == 404
        found = await browser.post("/members", data={"number": member.opened("phone") or ""})
        assert "Nobody here has this number" in found.text


async def test_what_was_refused_stays_in_its_field_and_nowhere_else(street: str) -> None:
    """Also a wrong number: it is shown in the field that it was typed into, and in no complaint."""
    wrong = {"phone": "000-1", "id_number": ID_NUMBER[:-1]}
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        member = await enrolled(browser)
        before = await deeds()
        for path, typed in ((f"{BRANCH}/enrol", PERSON | wrong), (f"/members/{member.id}/correct", CORRECTION | wrong)):
            for headers in ({}, HTMX):
                answer = await browser.post(path, data=typed, headers=headers)
                assert answer.status_code == 422
                for field, value in wrong.items():
                    assert f'id="{field}-complaint"' in answer.text
                    assert len(re.findall(rf'value="{re.escape(value)}"', answer.text)) == 1
                    assert answer.text.count(value) == 1
        assert await deeds() == before


async def test_somebody_is_corrected_and_a_stale_form_shows_both_values(street: str) -> None:
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        member = await enrolled(browser)
        address = f"/members/{member.id}"
        form = (await browser.get(f"{address}/correct")).text
        assert 'value="曾试验"' in form
        assert "Held: 000-****0001" in form
        answer = await browser.post(f"{address}/correct", data=CORRECTION | {"phone": OTHER_PHONE})
        assert (answer.status_code, answer.headers["location"]) == (303, f"{address}?done=corrected")
        shown = (await browser.get(answer.headers["location"])).text
        assert "000-****0002" in shown
        stale = await browser.post(f"{address}/correct", data=CORRECTION | {"phone": PHONE}, headers=HTMX)
        assert stale.status_code == 409
        assert f'name="phone" type="text" value="{PHONE}"' in stale.text
        assert "Now: 000-****0002" in stale.text
        assert OTHER_PHONE not in stale.text
        assert 'name="expected_version" value="2"' in stale.text
        again = await browser.post(
            f"{address}/correct", data=CORRECTION | {"expected_version": "2", "drop_phone": "true"}
        )
        assert again.status_code == 303
        assert (await Member.get(id=member.id)).phone is None


@pytest.mark.parametrize("locale", ["en", "zh"])
async def test_what_is_held_is_taken_out_as_a_file(street: str, locale: str) -> None:
    async with signed_in(Role.BRANCH_SECRETARY, locale) as browser:
        member = await enrolled(browser)
        _ = await browser.get(f"/members/{member.id}")
        page = await browser.post(f"/members/{member.id}/export", data=WHY | {"format": "page"})
        assert page.headers["content-disposition"] == f'attachment; filename="member-{member.id}.html"'
        assert clear_in(page.text) == [PHONE, ID_NUMBER]
        assert WHY["reason"] in page.text
        assert ("查看和变更记录" if locale == "zh" else "Who has looked at it") in page.text
        sent = await browser.post(f"/members/{member.id}/export", data=WHY | {"format": "json"})
        assert sent.headers["content-disposition"] == f'attachment; filename="member-{member.id}.json"'
        assert sent.headers["cache-control"] == "no-store"
        document = json.loads(sent.text)
        assert document["person"]["phone"] == PHONE
        assert [look["deed"] for look in document["looks"]] == [
            "member.read",
            "member.exported",
            "member.read",
            "member.exported",
        ]


async def test_somebody_is_erased_by_whoever_types_the_name(street: str) -> None:
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        member = await enrolled(browser)
    form = WHY | {"confirmation": "曾试", "expected_version": "1"}
    async with signed_in(Role.STREET_ADMIN) as browser:
        address = f"/members/{member.id}"
        assert "cannot be undone" in (await browser.get(f"{address}/erase")).text
        answer = await browser.post(f"{address}/erase", data=form)
        assert answer.status_code == 422
        assert 'value="曾试"' in answer.text
        assert (await Member.get(id=member.id)).name == "曾试验"
        answer = await browser.post(f"{address}/erase", data=form | {"confirmation": "曾试验"})
        assert answer.headers["location"] == f"{address}?done=erased"
        shown = (await browser.get(answer.headers["location"])).text
        assert ERASED in shown
        assert "曾试验" not in shown
        assert f"{address}/erase" not in shown
        assert f"{address}/reveal" not in shown
        assert (await browser.get(f"{address}/correct")).headers["location"] == address
        assert ERASED not in (await browser.get(BRANCH)).text


async def test_numbers_are_looked_up_by_form_and_never_by_address(street: str) -> None:
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        member = await enrolled(browser)
        for number in (PHONE, ID_NUMBER, " 000 1000 0001"):
            for headers in ({}, HTMX):
                found = await browser.post("/members", data={"number": number}, headers=headers)
                assert found.status_code == 200
                assert f'href="/members/{member.id}"' in found.text
        assert "Nobody here" in (await browser.post("/members", data={"number": OTHER_PHONE})).text
        part = await browser.post("/members", data={"number": PHONE[:-2]})
        assert part.status_code == 422
        assert 'id="number-complaint"' in part.text
        for number in (PHONE, ID_NUMBER):
            answer = await browser.get(f"{BRANCH}?search={quote(number)}")
            assert answer.status_code == 422
            assert "looked up on a page of their own" in answer.text
            assert "曾试验" not in answer.text
        assert 'method="post" action="/members"' in (await browser.get("/members")).text


async def test_no_address_log_or_trail_holds_a_number(street: str) -> None:
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        member = await enrolled(browser)
        answers = [
            await browser.post(f"/members/{member.id}/correct", data=CORRECTION | {"phone": OTHER_PHONE}),
            await browser.post("/members", data={"number": OTHER_PHONE}),
            await browser.post(f"/members/{member.id}/reveal", data=WHY),
        ]
    headers = " ".join(str(answer.headers) for answer in answers)
    trail = " ".join(f"{entry.before} {entry.after} {entry.subject_id}" for entry in await TrailEntry.all())
    assert not [value for value in (*CLEAR, OTHER_PHONE) if value in headers + trail]
