"""The daily mail: one process at a time claims a mail to send, and the claimed row says that nobody else sends it.

A claim is committed before anything is sent. What could not be sent, or had nothing to tell yet, is tried again later
the same day, after a pause that grows. The one window in which somebody gets two: the mail server has taken it, and the
process dies, or the answer is lost, before `sent_at` is written. Both then bear the same Message-ID.
"""

import asyncio
import logging
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from tortoise.expressions import Subquery
from tortoise.transactions import in_transaction

from server import settings
from server.kit.clock import HOME, now, today
from server.models.accounts import Account
from server.models.notices import Mailing
from server.operations.notices.mail import compose, post
from server.queries import notices
from server.queries.accounts import actor_of

LOCK = 0x51494A4D
"""Any number that nobody else in this database locks."""
LOOK_EVERY = 60.0
"""Seconds between two looks for work."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=1)
MOST_SECONDS = 120.0
"""For one mail: less than the first pause, so that nobody else tries while it is under way."""
MOST_FAILURES = 3

log = logging.getLogger("qiangji")


class Sent(NamedTuple):
    """How many mails went out, how many could not be sent, and how many people had nothing to be told."""

    sent: int = 0
    failed: int = 0
    quiet: int = 0


async def keep_sending() -> None:
    """Until it is cancelled. A fault is logged, and tried again."""
    while True:
        try:
            _ = await send_digests()
        except Exception:
            log.exception("The daily mail could not be sent")
        await asyncio.sleep(LOOK_EVERY)


async def send_digests() -> Sent:
    """Send what is due now; nothing before the hour, and nothing where no mail server is named.

    After a few failures the others wait for the next call: they would meet the same mail server.
    """
    chosen, total = settings.load(), Sent()
    since = datetime.combine(today(), time(chosen.mail_hour), HOME)
    if not chosen.sends_mail or now() < since:
        return total
    while total.failed < MOST_FAILURES and (mailing := await claim(since)):
        total = Sent(*map(sum, zip(total, await send(mailing), strict=True)))
    return total


async def claim(since: datetime) -> Mailing | None:
    """A mail of that day that this process, and no other, sends now: to somebody new, or one after its pause.

    None once the day is over: it may have ended while others were sent, or while this waited for its turn.
    """
    day = since.date()
    async with in_transaction() as connection:
        await connection.execute_query("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        await connection.execute_query("SELECT pg_advisory_xact_lock($1)", [LOCK])
        if today() != day:
            return None
        account = await new_on(day)
        mailing = Mailing(account=account, day=day, notices=0) if account else await paused(since)
        if mailing:
            mailing.claimed_at = now()
            await mailing.save()
        return mailing


async def paused(since: datetime) -> Mailing | None:
    """Claimed before and not sent, when its pause is over."""
    rows = Mailing.filter(day=since.date(), sent_at__isnull=True, claimed_at__lte=tried_before(since))
    rows = rows.filter(account__active=True, account__email__isnull=False)
    return await rows.select_related("account").order_by("claimed_at", "id").first()


def tried_before(since: datetime) -> datetime:
    """Whatever was tried by then is tried again: the pause is as long as it took from the hour to the last try.

    From the hour on that is after 5, 10, 20, 40, 80 minutes, and then each hour.
    """
    half = since + (now() - since) / 2
    return max(min(half, now() - FIRST_PAUSE), now() - LONGEST_PAUSE)


async def new_on(day: date) -> Account | None:
    """Somebody with an address for whom no mail of this day was claimed yet."""
    claimed = Subquery(Mailing.filter(day=day).values("account_id"))
    return await Account.filter(active=True, email__isnull=False, id__not_in=claimed).order_by("id").first()


async def send(mailing: Mailing) -> Sent:
    """Tell one person what the first page tells, and note that the mail server took it."""
    try:
        async with asyncio.timeout(MOST_SECONDS):
            told = await notices.of(await actor_of(mailing.account))
            if not told:
                return Sent(quiet=1)
            await post(compose(mailing, told))
    except Exception:
        log.exception("a daily mail could not be sent", extra={"account": mailing.account_id})
        return Sent(failed=1)
    mailing.sent_at, mailing.notices = now(), len(told)
    await mailing.save(update_fields=["sent_at", "notices"])
    return Sent(sent=1)
