"""What somebody is told today, and the daily mail: the same numbers, one mail a day, from the hour on."""

import asyncio
import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from itertools import pairwise

import pytest
import time_machine

from server.access.actor import Actor
from server.kit.clock import now
from server.kit.messages import translate
from server.kit.refusals import Forbidden, Invalid, Refusal
from server.models.accounts import Account
from server.models.checklists import Checklist
from server.models.evidence import Evidence
from server.models.notices import Mailing
from server.models.organizations import Organization
from server.operations import checklists
from server.operations import notices as operations
from server.operations.checklists import Accept, Extend
from server.operations.notices import Sent, Subscribe
from server.queries import notices
from server.vocabulary import EvidenceKind, Verdict
from tests.cast import by_login, deeds
from tests.conftest import Figure
from tests.mailboxes import BASE, Box, mail_server, name_mail_server, text_of
from tests.processes import free_port
from tests.quarters import CLOSED, DUE, FIRST, at, found, item, judge, submit
from tests.schema.conftest import statements

DAY = timedelta(days=1)
SECRETARY, REVIEWER = "secretary@example.org", "reviewer@example.org"
CALLS = [(7, 0), (7, 59), (8, 0), (8, 1), (8, 5), (9, 0), (12, 0), (17, 30), (20, 0), (23, 59)]


@pytest.fixture
async def quarter(database: str) -> None:
    """A street whose cycle has just been opened."""
    with time_machine.travel(at(FIRST)):
        await found()


async def told(login: str) -> list[tuple[str, int, date]]:
    """Kind (in small letters for branches that somebody looks after), count and day."""
    each = await notices.of(await by_login(login))
    return [(n.kind.value if n.is_own else n.kind.value.lower(), n.count, n.day) for n in each]


# --- what concerns somebody


async def test_each_is_told_what_concerns_them_by_the_clock_at_home(quarter: None) -> None:
    with time_machine.travel(at(DUE - 8 * DAY, 23, 59)):
        assert [await told(login) for login in ("secretary", "reviewer", "street", "admin")] == [[], [], [], []]
        [due, closes] = await notices.coming(await by_login("secretary"))
        assert (due.day, due.days, closes.day, str(due.what)) == (DUE, 8, CLOSED, "2026-Q4 is due")
    with time_machine.travel(at(DUE - 7 * DAY, 0, 0)):
        assert await told("secretary") == [("DUE_SOON", 3, DUE)]
        await submit(1)
        await submit(2)
        await judge(2, Verdict.RETURN)
        assert await told("secretary") == [("RETURNED", 1, DUE), ("DUE_SOON", 1, DUE)]
        assert await told("reviewer") == [("WAITING_FOR_REVIEW", 1, DUE - 7 * DAY)]
        assert await told("admin") == []
    with time_machine.travel(at(DUE + DAY, 0, 0)):
        assert await told("secretary") == [("LATE", 1, DUE), ("RETURNED", 1, DUE)]
        assert await told("admin") == await told("street") == [("late", 2, DUE)]
        mine = await Checklist.get(branch__code="ST-1-B")
        more = Extend(due_on=DUE + 5 * DAY, closes_on=CLOSED + 5 * DAY, reason="支部换届", expected_version=1)
        _ = await checklists.extend(await by_login("admin"), mine.id, more)
        assert await told("admin") == [("late", 1, DUE), ("due_soon", 1, DUE + 5 * DAY)]
        assert await told("colleague") == [("DUE_SOON", 3, DUE + 5 * DAY)]
    with time_machine.travel(at(CLOSED + DAY, 0, 0)):
        assert await told("secretary") == [("MISSED", 2, CLOSED)]
        assert await told("admin") == [("missed", 1, CLOSED), ("late", 1, DUE + 5 * DAY)]
        assert await told("auditor") == []
    with time_machine.travel(at(CLOSED + timedelta(days=40))):
        assert [await told(login) for login in ("secretary", "colleague", "admin")] == [[], [], []]


async def test_what_is_ready_and_what_was_overtaken(quarter: None) -> None:
    with time_machine.travel(at(DUE - 20 * DAY)):
        row = await item(3)
        piece = await Evidence.create(
            item=row,
            kind=EvidenceKind.LINK,
            title="通知",
            address="https://example.org/1",
            effective_on=FIRST,
            received_at=now(),
            sha256=sha256(b"1").hexdigest(),
        )
        for number in (1, 2, 3):
            await submit(number)
            await judge(number)
        assert await told("street") == [("READY", 1, CLOSED)]
        assert await told("reviewer") == []
        by_the_reviewer = replace(await by_login("street"), account_id=(await by_login("reviewer")).account_id)
        assert await notices.of(by_the_reviewer) == []
        piece.remove("重复", None, now())
        await piece.save()
        assert (await told("reviewer"), await told("street")) == ([("STALE", 1, DUE - 20 * DAY)], [])
        await judge(3)
        assert (await told("reviewer"), await told("street")) == ([], [("READY", 1, CLOSED)])
        mine = await Checklist.get(branch__code="ST-1-A")
        _ = await checklists.accept(await by_login("street"), mine.id, Accept(expected_version=mine.version))
        assert await told("street") == []


async def test_the_statements_do_not_grow_with_the_rows(quarter: None) -> None:
    with time_machine.travel(at(DUE + DAY)):
        counted: dict[str, set[int]] = {}
        for step in range(3):
            for login in ("secretary", "reviewer", "street", "admin"):
                person = await by_login(login)
                with statements() as sent:
                    _ = await notices.of(person)
                counted.setdefault(login, set()).add(len(sent))
            for branch in ("ST-1-A", "ST-1-B"):
                await submit(step + 1, branch)
    assert {login: len(numbers) for login, numbers in counted.items()} == dict.fromkeys(counted, 1), counted


# --- one's own address


async def at_browser(login: str) -> Actor:
    return replace(await by_login(login), session="handle")


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a@example.org\r\nBcc: b@example.org", "张@example.org"])
async def test_an_address_that_is_none_is_refused(quarter: None, monkeypatch: pytest.MonkeyPatch, email: str) -> None:
    name_mail_server(monkeypatch, 25)
    before = await deeds()
    with pytest.raises(Invalid) as refusal:
        _ = await operations.subscribe(await at_browser("secretary"), Subscribe.parse({"email": email}))
    assert set(refusal.value.fields) == {"email"}
    assert await Account.filter(email__isnull=False).count() == 0
    assert await deeds() == before


async def test_everybody_sets_their_own_address_and_takes_it_back(
    quarter: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, mine = Subscribe(email=SECRETARY), await at_browser("secretary")
    before = await deeds()
    refused: list[tuple[Actor, type[Refusal]]] = [(mine, Invalid), (await by_login("secretary"), Forbidden)]
    for person, kind in refused:  # nothing is claimed where nothing is sent; a token is nobody's browser
        with pytest.raises(kind):
            _ = await operations.subscribe(person, draft)
    assert (await deeds(), await Account.filter(email__isnull=False).count()) == (before, 0)
    name_mail_server(monkeypatch, 25)
    _ = await operations.subscribe(mine, draft)
    assert [account.login for account in await Account.filter(email=SECRETARY)] == ["secretary"]
    _ = await operations.unsubscribe(mine)
    _ = await operations.unsubscribe(mine)
    assert await Account.filter(email__isnull=False).count() == 0
    assert await deeds() == before + 2


# --- the mail


async def wanting(**addresses: str) -> None:
    """People who have set an address."""
    for login, email in addresses.items():
        _ = await Account.filter(login=login).update(email=email)


async def test_one_mail_a_day_with_the_numbers_of_the_first_page(
    quarter: None, monkeypatch: pytest.MonkeyPatch, figure: Figure
) -> None:
    await wanting(secretary=SECRETARY, reviewer=REVIEWER, auditor="auditor@example.org")
    calls, days = 0, [DUE - 2 * DAY, DUE - DAY, DUE + DAY]
    async with mail_server(monkeypatch) as box:
        for number, day in enumerate(days, start=1):
            with time_machine.travel(at(day, 6)):
                await submit(number)
            for hour, minute in CALLS:
                with time_machine.travel(at(day, hour, minute)):
                    _ = await operations.send_digests()
                    calls += 1
                    expected = number if (hour, minute) >= (8, 0) else number - 1
                    assert box.counted == Counter({SECRETARY: min(expected, 3), REVIEWER: expected} if expected else {})
                if (hour, minute) == (8, 0):
                    with time_machine.travel(at(day, hour, minute)):
                        await check_numbers(box)
                        if number == 2:
                            await judge(1, Verdict.RETURN)
    assert await Mailing.filter(sent_at__isnull=False).count() == 6
    figure(f"mail: {calls} calls, {len(days)} days, 1 mail a day a person")


async def check_numbers(box: Box) -> None:
    """Both parts of the newest mail say what the first page says, in Chinese, with whole addresses."""
    for login, address in (("secretary", SECRETARY), ("reviewer", REVIEWER)):
        mail, each = box.to(address)[-1], await notices.of(await by_login(login))
        text, html = text_of(mail), text_of(mail, "html")
        said = [f"{translate('zh', notice.title)}：{notice.count}" for notice in each]
        assert said
        assert [line for line in text.splitlines() if re.search("：[0-9]+$", line)] == said
        assert re.findall("<h2>(.*?)</h2>", html) == said
        assert str(mail["Subject"]) == f"强基提醒：今天有 {sum(notice.count for notice in each)} 件事要办"
        for notice in each:
            assert f"{BASE}{notice.link}\n" in text
            assert f'href="{BASE}{notice.link}"' in html
        assert mail["List-Unsubscribe"] == f"<{BASE}/account/notices>"
        assert "请写明参加人数" not in text + html
        assert set(re.findall(r"(?:https?:)?//[^\s\"<]*", text + html)) <= {
            f"{BASE}{link}" for link in ["/", "/account/notices", *(notice.link for notice in each)]
        }


async def test_two_that_send_at_the_same_moment_send_one(quarter: None, monkeypatch: pytest.MonkeyPatch) -> None:
    await wanting(secretary=SECRETARY, colleague="colleague@example.org", admin="admin@example.org")
    async with mail_server(monkeypatch) as box:
        with time_machine.travel(at(DUE)):
            done = await asyncio.gather(*(operations.send_digests() for _ in range(4)))
    assert sum(each.sent for each in done) == 2
    assert box.counted == {SECRETARY: 1, "colleague@example.org": 1}
    assert len({mail["Message-ID"] for _, mail in box.delivered}) == 2


async def test_who_has_nothing_to_do_gets_none_until_there_is_something(
    quarter: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wanting(secretary=SECRETARY)
    async with mail_server(monkeypatch) as box:
        with time_machine.travel(at(FIRST + DAY, 8)):
            assert await operations.send_digests() == Sent(quiet=1)
            await submit(1)
            await judge(1, Verdict.RETURN)
            assert await operations.send_digests() == Sent()
        with time_machine.travel(at(FIRST + DAY, 8, 6)):
            assert await operations.send_digests() == Sent(sent=1)
            _ = await Account.filter(login="secretary").update(email=None)
        with time_machine.travel(at(FIRST + 2 * DAY, 9)):
            assert await operations.send_digests() == Sent()
            _ = await Account.filter(login="secretary").update(email=SECRETARY, active=False)
            assert await operations.send_digests() == Sent()
    assert box.counted == {SECRETARY: 1}


async def test_a_mail_server_that_is_down_is_tried_again_with_a_growing_pause(
    quarter: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wanting(secretary=SECRETARY)
    port = free_port()
    name_mail_server(monkeypatch, port)
    tried = []
    for minute in range(120):
        with time_machine.travel(at(DUE, 8) + timedelta(minutes=minute), tick=False):
            tried += [minute] if (await operations.send_digests()).failed else []
    pauses = [after - before for before, after in pairwise(tried)]
    assert (tried[0], len(tried), min(pauses)) == (0, 6, 5)
    assert pauses == sorted(pauses)
    async with mail_server(monkeypatch, port) as box:
        for minute in (120, 121, 180):
            with time_machine.travel(at(DUE, 8) + timedelta(minutes=minute)):
                _ = await operations.send_digests()
    assert box.counted == {SECRETARY: 1}
    assert await Mailing.filter(sent_at__isnull=False).count() == 1


async def test_names_add_nothing_to_the_head_of_a_mail(quarter: None, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = "甲\r\nBcc: victim@example.org\r\n\r\n<script>alert(1)</script>"
    _ = await Account.filter(login="secretary").update(name=evil[:60])
    _ = await Organization.filter(code="ST-1-A").update(name=evil)
    await wanting(secretary=SECRETARY)
    async with mail_server(monkeypatch) as box:
        with time_machine.travel(at(DUE)):
            assert await operations.send_digests() == Sent(sent=1)
        [(recipient, mail)] = box.delivered
        assert recipient == SECRETARY
        assert (mail["Bcc"], mail["To"], mail["From"]) == (None, SECRETARY, "强基 <qiangji@example.org>")
        assert "<script" not in text_of(mail, "html")
        _ = await Account.filter(login="secretary").update(email=f"{SECRETARY}\r\nBcc: victim@example.org")
        with time_machine.travel(at(DUE + DAY)):
            assert await operations.send_digests() == Sent(failed=1)
    assert len(box.delivered) == 1


async def test_where_no_mail_server_is_named_nothing_is_sent_or_claimed(quarter: None) -> None:
    await wanting(secretary=SECRETARY)
    with time_machine.travel(at(DUE)):
        assert await operations.send_digests() == Sent()
    assert await Mailing.all().count() == 0
