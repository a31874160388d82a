"""The frame of every write: one SERIALIZABLE transaction, tried again when PostgreSQL asks for it."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

import asyncpg
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from server.kit.messages import say
from server.kit.refusals import TooMany

P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS = 10
inside: ContextVar[bool] = ContextVar("inside", default=False)
PASSING = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.UniqueViolationError,
    asyncpg.ExclusionViolationError,
)


def unit_of_work() -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Awaitable[T]]]:
    """Run the operation in a SERIALIZABLE transaction; on a collision with another, run it again.

    Inside another unit of work it joins that one, which is then tried again as a whole. A lost race for a unique
    value is also tried again: the second run sees the winner and refuses by its own rule. Raises TooMany when the
    collisions do not end.
    """

    def decorate(operation: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        @wraps(operation)
        async def run(*args: P.args, **kwargs: P.kwargs) -> T:
            if inside.get():
                return await operation(*args, **kwargs)
            for attempt in range(ATTEMPTS):
                try:
                    return await once(operation, *args, **kwargs)
                except Exception as error:
                    if not passing(error):
                        raise
                    if attempt == ATTEMPTS - 1:
                        raise given_up(error) from error
                await asyncio.sleep(random.uniform(0, 0.005 * 2**attempt))  # noqa: S311 - jitter, not a secret
            raise AssertionError("the last attempt returns or raises")

        return run

    return decorate


def given_up(error: Exception) -> Exception:
    """A value that is taken stays taken; everything else passes in a moment."""
    if isinstance(error, IntegrityError):
        return error
    return TooMany(say("Many people are changing this at once; try again in a moment."))


async def once(operation: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    async with in_transaction() as connection:
        await connection.execute_query("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
        token = inside.set(True)
        try:
            return await operation(*args, **kwargs)
        finally:
            inside.reset(token)


def passing(error: BaseException) -> bool:
    """Whether another try may end otherwise."""
    return isinstance(error, PASSING) or isinstance(error.__cause__, PASSING)
