"""The first page: what this person has to do next."""

import re
from contextlib import AsyncExitStack
from datetime import timedelta

import time_machine

from server.kit.clock import now
from server.models.cycles import SOON, Cycle
from server.models.sessions import Session
from server.operations import accounts
from server.operations.accounts import Provide
from server.vocabulary import Role, Verdict
from tests.cast import actor
from tests.clients import anyone, signed_in
from tests.quarters import at
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
        first, _, text = (await browser.get("/")).text.partition('<div class="today">')
        assert re.findall(r'class="btn btn-primary" href="/checklists/\d+#item-(\d+)"', first) == [str(item.id)]
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


CARD = re.compile(r'<li class="card (\w+)">.*?<p class="count num">(\d+)</p>.*?class="btn[^"]*" href="([^"]+)"', re.S)
STORY: dict[Role, list[list[str]]] = {
    SECRETARY: [["DUE_SOON 19"], ["DUE_SOON 19"], ["LATE 19"], ["MISSED 19"]],
    Role.BRANCH_EDITOR: [["DUE_SOON 19"], ["DUE_SOON 19"], ["LATE 19"], ["MISSED 19"]],
    REVIEWER: [["WAITING_FOR_REVIEW 17"]] * 4,
    Role.STREET_REVIEWER: [[], [], ["LATE 16"], ["MISSED 16"]],
    Role.STREET_ADMIN: [[], [], ["LATE 16"], ["MISSED 16"]],
    AUDITOR: [[], [], [], []],
}
"""What stands first a week before the day, on it, the day after it, and the day after the last."""


async def test_what_each_role_has_to_do_next(street: str) -> None:
    cycle = await Cycle.all().get()
    opened: set[str] = set()
    days = [cycle.due_on - SOON, cycle.due_on, cycle.due_on + timedelta(days=1), cycle.closes_on + timedelta(days=1)]
    async with AsyncExitStack() as stack:
        browsers = {role: await stack.enter_async_context(signed_in(role)) for role in STORY}
        for number, day in enumerate(days):
            with time_machine.travel(at(day)):
                _ = await Session.all().update(seen_at=now(), expires_at=now() + timedelta(hours=1))
                for role, browser in browsers.items():
                    text = (await browser.get("/")).text
                    cards = CARD.findall(text)
                    assert [f"{kind} {count}" for kind, count, _ in cards] == STORY[role][number], (role, day)
                    calm = not cards and role in (Role.STREET_REVIEWER, Role.STREET_ADMIN)
                    assert ("Nothing presses today." in text) == calm, (role, day)
                    for link in {link for _, __, link in cards} - opened:
                        assert (await browser.get(link)).status_code == 200
                        opened.add(link)
