"""Sealing keys come and go: values are sealed again in batches, and a key goes when nothing is sealed by it."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import anyio
import pytest
from typer.testing import CliRunner, Result

from server import keys
from server.cli import app
from server.database import connect, disconnect
from server.kit.sealing import Algorithm, Unsealable, key_of, seal
from server.models.accounts import Account
from server.models.members import Member
from server.operations import members as operations
from server.operations.members import resealing
from tests.conftest import Figure


@pytest.fixture
def ring_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the keys of this session, to be changed."""
    path = tmp_path / "keys.json"
    keys.write(path, keys.ring())
    monkeypatch.setenv("QIANGJI_KEYS", str(path))
    return path


def qiangji(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def with_database(url: str, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    async def run() -> Any:
        await connect(url)
        try:
            return await work()
        finally:
            await disconnect()

    return anyio.run(run)


async def sealed() -> dict[str, list[str]]:
    """The ids of the keys by which values are sealed, by column."""
    return {
        "phone": [key_of(m.phone) for m in await Member.all() if m.phone],
        "id_number": [key_of(m.id_number) for m in await Member.all() if m.id_number],
        "totp": [key_of(a.totp) for a in await Account.all() if a.totp],
    }


async def add_second_factor() -> None:
    account = await Account.get(login="auditor")
    account.totp = seal(keys.ring().sealer, "SECRET", f"account.totp:{account.id}")
    await account.save()


async def phones() -> list[str | None]:
    return [member.opened("phone") for member in await Member.all().order_by("id")]


def test_keys_are_rotated_and_everything_is_sealed_again(
    street_url: str, ring_file: Path, monkeypatch: pytest.MonkeyPatch, figure: Figure
) -> None:
    monkeypatch.setenv("DATABASE_URL", street_url)
    with_database(street_url, add_second_factor)
    before = with_database(street_url, phones)
    rotated = qiangji("keys", "rotate", "--algorithm", "SM4-GCM")
    assert "k2 (SM4-GCM) seals from now on" in rotated.output
    refused = qiangji("keys", "drop", "k1")
    assert refused.exit_code == 1
    assert f"{len(before) + 1} rows are still sealed by k1" in refused.output
    assert keys.ring().openers.keys() == {"k1", "k2"}
    resealed = qiangji("keys", "reseal")
    assert resealed.output == f"{2 * len(before) + 1} values resealed with k2\n"
    assert {key for column in with_database(street_url, sealed).values() for key in column} == {"k2"}
    assert with_database(street_url, phones) == before
    assert qiangji("keys", "reseal").output == "0 values resealed with k2\n"
    assert "k1 is dropped" in qiangji("keys", "drop", "k1").output
    assert with_database(street_url, phones) == before
    assert "k3" in qiangji("keys", "rotate").output
    listed = qiangji("keys", "list").output.splitlines()
    assert [line.split()[:2] for line in listed[:2]] == [["k2", "SM4-GCM"], ["k3", "AES-256-GCM"]]
    assert not [k for k in keys.ring().sealing if k.secret.hex() in "".join(listed)]
    figure(resealed.output.strip())


async def test_resealing_that_was_cut_short_goes_on(
    street: str, ring_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.write(ring_file, keys.ring().with_new_sealer(Algorithm.AES_256_GCM))
    monkeypatch.setattr(resealing, "BATCH", 50)
    assert await operations.reseal_batch(Member) == 100
    assert await operations.sealed_by("k2") == 50
    count = await Member.all().count()
    assert await operations.reseal() == 2 * count - 100
    assert (await operations.sealed_by("k1"), await operations.sealed_by("k2")) == (0, count)


async def test_what_cannot_be_opened_stops_the_resealing(street: str, ring_file: Path) -> None:
    last = await Member.all().order_by("-id").first()
    assert last is not None
    last.phone = seal(keys.ring().sealer, "100", "member.phone:1")
    await last.save()
    keys.write(ring_file, keys.ring().with_new_sealer(Algorithm.AES_256_GCM))
    with pytest.raises(Unsealable, match=f"member.phone:{last.id}"):
        _ = await operations.reseal()
    assert (await Member.get(id=last.id)).phone == last.phone


def test_new_keys_never_replace_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new" / "keys.json"
    monkeypatch.setenv("QIANGJI_KEYS", str(path))
    assert qiangji("keys", "list").exit_code == 1
    assert qiangji("keys", "new", "--algorithm", "SM4-GCM").exit_code == 0
    assert path.stat().st_mode & 0o777 == 0o600
    made = path.read_text()
    assert keys.ring().sealer.algorithm is Algorithm.SM4_GCM
    again = qiangji("keys", "new")
    assert again.exit_code == 1
    assert "already" in again.output
    assert path.read_text() == made


@pytest.mark.parametrize("key_id", ["k1", "k9"])
def test_the_sealing_key_and_unknown_ones_are_not_dropped(
    database_url: str, ring_file: Path, monkeypatch: pytest.MonkeyPatch, key_id: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    before = ring_file.read_text()
    refused = qiangji("keys", "drop", key_id)
    assert refused.exit_code == 1
    assert "no older sealing key" in refused.output
    assert ring_file.read_text() == before
