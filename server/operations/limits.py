"""One count for everything that checks a secret, so that nobody guesses: by address, by name, by device.

Counted before the check and committed at once, so that tries at the same moment do not pass, and given back after a
success. Nothing is ever locked: who fails waits; whom others try to guess signs in from a browser that is known.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tortoise import connections

from server import keys
from server.access.actor import Actor
from server.kit.addresses import customer
from server.kit.clock import now
from server.kit.messages import say
from server.kit.refusals import TooMany
from server.kit.sealing import blind_index
from server.models.accounts import Account
from server.queries import sessions

WINDOW = timedelta(minutes=5)
"""It begins with its first try."""
FROM_ADDRESS = 100
AT_NAME = 10
AT_FACTOR = 10
FROM_DEVICE = 10
"""Tries in a window."""
SWEPT = 20
"""Windows that are over and are cleared away whenever one begins."""

TAKE = """
INSERT INTO attempts (key, since, count) VALUES ($1, $2, 1)
ON CONFLICT (key) DO UPDATE SET
  since = CASE WHEN attempts.since <= $3 THEN excluded.since ELSE attempts.since END,
  count = CASE WHEN attempts.since <= $3 THEN 1 ELSE attempts.count + 1 END
WHERE attempts.since <= $3 OR attempts.count < $4
RETURNING since, count
"""
"""No row comes back when the count is full: then nothing was written either."""
GIVE_BACK = "UPDATE attempts SET count = count - 1 WHERE key = $1 AND since = $2 AND count > 0"
SINCE = "SELECT since FROM attempts WHERE key = $1"
SWEEP = """
DELETE FROM attempts WHERE key IN (SELECT key FROM attempts WHERE since <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
"""


class Count(NamedTuple):
    """So many tries, of one who is known only by a keyed digest."""

    key: str
    most: int

    @classmethod
    def of(cls, kind: str, whose: str, most: int) -> "Count":
        return cls(blind_index(keys.ring().index, f"attempts.{kind}", whose), most)


class Taken(NamedTuple):
    key: str
    since: datetime


def by_address(actor: Actor) -> Count:
    return Count.of("address", customer(actor.client.address), FROM_ADDRESS)


async def for_password(actor: Actor, login: str, account: Account | None) -> list[Count]:
    """What a password for the name `login`, perhaps that of `account`, is counted under."""
    if account and (device := await sessions.find_device(account, actor.client.device)):
        return [Count.of("device", device.key_hash, FROM_DEVICE)]
    return [by_address(actor), Count.of("name", f"{customer(actor.client.address)} {login}", AT_NAME)]


async def for_code(actor: Actor, account: Account) -> list[Count]:
    """What a code of the second factor of `account` is counted under."""
    if device := await sessions.find_device(account, actor.client.device):
        return [Count.of("device", device.key_hash, FROM_DEVICE)]
    return [by_address(actor), Count.of("factor", str(account.id), AT_FACTOR)]


@asynccontextmanager
async def counted(*counts: Count) -> AsyncIterator[None]:
    """Check a secret inside; whoever leaves without a refusal has known it. Raises TooMany instead of checking.

    Never inside a unit of work: what it counts must stay when that is undone.
    """
    taken = await take(*counts)
    yield
    await give_back(*taken)


async def take(*counts: Count) -> list[Taken]:
    """Count one try. Raises TooMany, and then counts none."""
    taken: list[Taken] = []
    for count in counts:
        instant = now()
        rows = await ask(TAKE, count.key, instant, instant - WINDOW, count.most)
        if not rows:
            await give_back(*taken)
            raise too_many(await seconds_left(count, instant))
        taken.append(Taken(count.key, rows[0]["since"]))
        if rows[0]["count"] == 1:
            _ = await ask(SWEEP, instant - WINDOW, SWEPT)
    return taken


async def give_back(*taken: Taken) -> None:
    for one in taken:
        _ = await ask(GIVE_BACK, one.key, one.since)


async def seconds_left(count: Count, instant: datetime) -> int:
    rows = await ask(SINCE, count.key)
    left = (rows[0]["since"] + WINDOW - instant).total_seconds() if rows else 0
    return max(1, int(left) + 1)


def too_many(seconds: int) -> TooMany:
    minutes = -(-seconds // 60)
    message = say("There were too many tries; wait {minutes} min, then try again.", minutes=minutes)
    return TooMany(message, seconds=seconds)


async def ask(statement: str, *values: object) -> list[dict[str, Any]]:
    return list(await connections.get("default").execute_query_dict(statement, list(values)))
