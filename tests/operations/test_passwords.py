"""How passwords are kept. Everywhere else in the tests a hash is cheap (tests/costs.py)."""

import pytest

from server.models.accounts import Account
from server.operations import passwords
from tests.costs import HASHER


async def test_a_password_is_kept_as_is_written_down(street: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/operations.md: argon2id, 19 MiB, 2 passes; no two hashes of it are alike."""
    monkeypatch.setattr(passwords, "HASHER", HASHER)
    first, second = await passwords.hashed("correct horse"), await passwords.hashed("correct horse")
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second
    account = await Account.get(login="auditor")
    await passwords.give(account, first)
    kept = await Account.get(login="auditor")
    assert await passwords.fits(kept, "correct horse")
    assert not await passwords.fits(kept, "correct horse ")
    assert not await passwords.fits(None, "correct horse")
