"""A unit of work is whole or nothing, and loses nobody's change."""

import asyncio

import asyncpg
import pytest

from server.kit import transactions
from server.kit.messages import say
from server.kit.refusals import TooMany, invalid
from server.kit.transactions import unit_of_work
from server.models.accounts import Account
from server.models.trail import TrailEntry

pytestmark = pytest.mark.usefixtures("database")

TRIES: list[str] = []


@unit_of_work()
async def lengthen(code: str) -> None:
    """Reads, then writes what it read and one more: lost updates would show."""
    TRIES.append(code)
    account = await Account.get(login=code)
    await asyncio.sleep(0)
    account.name += "+"
    await account.save()


@unit_of_work()
async def add(code: str) -> None:
    _ = await Account.create(login=code, name="T")


@unit_of_work()
async def add_both(first: str, second: str, *, fail: bool) -> None:
    await add(first)
    await add(second)
    if fail:
        raise invalid(code=say("This cannot be done."))


@unit_of_work()
async def collide() -> None:
    TRIES.append("collide")
    raise asyncpg.SerializationError


async def test_concurrent_changes_all_count() -> None:
    await add("A")
    TRIES.clear()
    await asyncio.gather(*(lengthen("A") for _ in range(8)))
    assert (await Account.get(login="A")).name == "T" + 8 * "+"
    assert len(TRIES) > 8, "there was no collision, so nothing was shown"


async def test_a_unit_inside_another_is_undone_with_it() -> None:
    with pytest.raises(Exception, match="cannot be done"):
        await add_both("B", "C", fail=True)
    assert await Account.all().count() == 0
    await add_both("B", "C", fail=False)
    assert await Account.all().count() == 2


async def test_collisions_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "ATTEMPTS", 3)
    TRIES.clear()
    with pytest.raises(TooMany):
        await collide()
    assert len(TRIES) == 3
    assert await TrailEntry.all().count() == 0


async def test_a_value_that_is_taken_is_reported_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "ATTEMPTS", 2)
    await add("D")
    with pytest.raises(Exception, match="duplicate key"):
        await add("D")
    assert await Account.all().count() == 1
