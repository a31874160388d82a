"""The daily mail at midnight: what belonged to a day is not sent on the next, and nobody gets two of one day."""

import asyncio
from email.message import EmailMessage

import asyncpg
import pytest
import time_machine
from aiosmtpd.smtp import SMTP, Envelope, Session

from server.models.accounts import Account
from server.models.notices import Mailing
from server.operations import notices as operations
from server.operations.notices import Sent, sending
from tests.mailboxes import Box, mail_server, name_mail_server, text_of
from tests.processes import free_port
from tests.quarters import DUE, FIRST, at, found

DAY = DUE.resolution
LOGINS = ("secretary", "colleague")


@pytest.fixture
async def quarter(database: str) -> None:
    """Two secretaries who have set an address, and each something due today and tomorrow."""
    with time_machine.travel(at(FIRST)):
        await found()
    for login in LOGINS:
        _ = await Account.filter(login=login).update(email=address(login))


def address(login: str) -> str:
    return f"{login}@example.org"


def days(box: Box) -> list[str]:
    """Of each mail that was delivered, whose it was and of which day."""
    return sorted(f"{to.partition('@')[0]} {day_of(mail)}" for to, mail in box.delivered)


def day_of(mail: EmailMessage) -> str:
    return str(mail["Message-ID"]).strip("<").partition(".")[0]


async def test_a_run_begun_before_midnight_ends_with_its_day(quarter: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Midnight strikes while the mail server takes the first: the second is left to the mail of the next day."""
    with time_machine.travel(at(DUE, 23, 59)) as clock:
        deliver = Box.handle_DATA

        async def slowly(box: Box, server: SMTP, session: Session, envelope: Envelope) -> str:
            if not box.delivered:
                clock.move_to(at(DUE + DAY, 0, 0))
            return await deliver(box, server, session, envelope)

        monkeypatch.setattr(Box, "handle_DATA", slowly)
        async with mail_server(monkeypatch) as box:
            assert await operations.send_digests() == Sent(sent=1)
            first = days(box)
            assert len(first) == 1
            for hour, minute in ((0, 0), (0, 1), (7, 59)):
                clock.move_to(at(DUE + DAY, hour, minute))
                assert await operations.send_digests() == Sent()
            assert await Mailing.filter(day=DUE).count() == 1
            clock.move_to(at(DUE + DAY, 8, 0))
            assert await operations.send_digests() == Sent(sent=2)
            assert await operations.send_digests() == Sent()
    assert first[0].endswith(str(DUE))
    assert days(box) == sorted([*first, *(f"{login} {DUE + DAY}" for login in LOGINS)])


async def test_whoever_waits_for_its_turn_past_midnight_claims_nothing(
    quarter: None, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    another = await asyncpg.connect(database)
    with time_machine.travel(at(DUE, 23, 59)) as clock:
        async with mail_server(monkeypatch) as box:
            await another.execute("SELECT pg_advisory_lock($1)", sending.LOCK)
            waiting = asyncio.create_task(operations.send_digests())
            while not await another.fetch("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
                assert not waiting.done()
            clock.move_to(at(DUE + DAY, 0, 0))
            await another.close()
            assert await waiting == Sent()
    assert (box.delivered, await Mailing.all().count()) == ([], 0)


async def test_what_could_not_be_sent_before_midnight_is_not_sent_after_it(
    quarter: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    name_mail_server(monkeypatch, port)
    with time_machine.travel(at(DUE, 23, 50)):
        assert await operations.send_digests() == Sent(failed=2)
    async with mail_server(monkeypatch, port) as box:
        for hour, expected in ((0, Sent()), (7, Sent()), (8, Sent(sent=2)), (9, Sent()), (23, Sent())):
            with time_machine.travel(at(DUE + DAY, hour)):
                assert await operations.send_digests() == expected
    assert days(box) == sorted(f"{login} {DUE + DAY}" for login in LOGINS)


async def test_a_mail_names_nobody_not_even_its_reader(quarter: None, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [account.name for account in await Account.all()]
    assert len(names) > len(LOGINS)
    async with mail_server(monkeypatch) as box:
        with time_machine.travel(at(DUE)):
            assert await operations.send_digests() == Sent(sent=2)
    for _, mail in box.delivered:
        said = [str(mail[header]) for header in mail] + [text_of(mail), text_of(mail, "html")]
        assert [name for name in names if any(name in text for text in said)] == []
