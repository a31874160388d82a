"""Passwords: hashed with argon2id, and judged before they are."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, TypeVarTuple

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from server import settings
from server.kit.clock import now
from server.kit.messages import say
from server.kit.passwords import PROFILES, Profile, complaint
from server.kit.refusals import invalid
from server.kit.secrets import new_key
from server.models.accounts import Account

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODY = HASHER.hash(new_key())
"""What is verified when there is no such account, so that the time taken tells nothing."""
HASHING = ThreadPoolExecutor(max_workers=4, thread_name_prefix="argon2")
"""Four at once: each takes a core and 19 MiB."""


def profile() -> Profile:
    return PROFILES[settings.load().password_profile]


async def hashed(password: str) -> str:
    return await in_thread(HASHER.hash, password)


async def fits(account: Account | None, password: str) -> bool:
    """Whether this is the password of the account; it takes as long when there is none."""
    known = account.password_hash if account else None
    return await in_thread(is_right, known or NOBODY, password) and known is not None


async def check_new(account: Account, password: str, field: str = "password") -> None:
    """Raises Invalid (`field`) for a password that this account must not take."""
    chosen = profile()
    if found := await in_thread(complaint, chosen, password, (account.login, account.name)):
        raise invalid(**{field: found})
    last = [known for known in (account.password_hash, *account.former_passwords) if known]
    for known in last[: max(1, chosen.former)]:
        if await in_thread(is_right, known, password):
            raise invalid(**{field: say("You have had this password before; choose another.")})


async def give(account: Account, password_hash: str) -> None:
    """Replace the password, inside the caller's unit of work; the profile says how many before it are kept."""
    kept = [known for known in (account.password_hash, *account.former_passwords) if known]
    account.former_passwords = kept[: max(0, profile().former - 1)]
    account.password_hash, account.password_set_at = password_hash, now()
    await account.save(update_fields=["password_hash", "password_set_at", "former_passwords"])


def is_right(known: str, password: str) -> bool:
    try:
        return HASHER.verify(known, password)
    except (Argon2Error, InvalidHashError):
        return False


async def in_thread(work: Callable[[*Ts], T], *args: *Ts) -> T:
    return await asyncio.get_running_loop().run_in_executor(HASHING, work, *args)
