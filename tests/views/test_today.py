"""The first page: what this person has to do next."""

import re

from server.operations import accounts
from server.operations.accounts import Provide
from server.vocabulary import Role, Verdict
from tests.cast import actor
from tests.clients import anyone, signed_in
from tests.views.checklists.acts import (
    AUDITOR,
    REVIEWER,
    SECRETARY,
    item_of,
    judged,
    submitted,
)


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
        }.items():
            answer = await browser.get(address)
            assert answer.status_code == 200
            assert text in answer.text
        assert (await browser.get("/matrix.csv")).status_code == 404
