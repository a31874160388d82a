"""`qiangji check`: each thing that must not be in production is found, named, and told how to mend."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import pytest

from server import checks, database, embedded, keys
from server.checks.database import KEPT
from server.checks.environment import weakness
from server.checks.findings import Finding
from server.kit.secrets import new_handle
from server.settings import Settings
from tests.conftest import Figure
from tests.processes import free_port, program
from tests.test_embedded import place  # noqa: F401 - a fixture

CARELESS = ("fsync is off", "full_page_writes is off")
PASSWORD = "a-long-random-password"
BUCKET = {"evidence_store": "s3", "evidence_bucket": "b", "evidence_access_key": "k", "evidence_secret_key": PASSWORD}
GOOD = f"postgresql://serving:{PASSWORD}@db.test/qiangji"
SETTINGS: list[tuple[dict[str, Any], set[str], bool]] = [
    ({"allowed_hosts": "*"}, {"QIANGJI_ALLOWED_HOSTS"}, True),
    ({"allowed_hosts": "", "host": "0.0.0.0"}, {"QIANGJI_ALLOWED_HOSTS"}, True),  # noqa: S104
    ({"secure_cookies": False}, {"QIANGJI_SECURE_COOKIES"}, True),
    ({"secure_cookies": False, "host": "0.0.0.0"}, {"QIANGJI_SECURE_COOKIES", "HOST"}, True),  # noqa: S104
    ({"demo": True}, {"QIANGJI_DEMO"}, True),
    ({"database_url": "postgresql://serving@db.test/qiangji"}, {"DATABASE_URL"}, True),
    ({"owner_url": "postgresql://owner:owner@db.test/qiangji"}, {"DATABASE_OWNER_URL"}, True),
    (BUCKET | {"evidence_endpoint": "http://s3.test:9000"}, {"QIANGJI_EVIDENCE_ENDPOINT"}, True),
    ({"proxies": ""}, {"QIANGJI_PROXIES"}, False),
    ({"second_factor": "optional"}, {"QIANGJI_SECOND_FACTOR"}, False),
]
"""What is changed in good settings, what is then named, and whether that keeps it from being served."""


@pytest.fixture
def good(tmp_path: Path) -> dict[str, Any]:
    """Settings as production has them, with keys of their own."""
    keys.write(tmp_path / "safe" / "keys.json", keys.Keyring.new())
    return {
        "database_url": GOOD,
        "data": tmp_path / "var",
        "keys": tmp_path / "safe" / "keys.json",
        "allowed_hosts": "qiangji.test,127.0.0.1",
        "secure_cookies": True,
        "proxies": "127.0.0.1",
        "demo": False,
    }


def of_environment(settings: Settings) -> list[Finding]:
    return [finding for each in checks.environment.CHECKS for finding in each(settings)]


def test_good_settings_are_good(good: dict[str, Any]) -> None:
    assert of_environment(Settings(**good)) == []
    assert Settings(**good).is_production


@pytest.mark.parametrize(("change", "names", "refuses"), SETTINGS)
def test_settings_that_must_not_be(
    good: dict[str, Any], change: dict[str, Any], names: set[str], refuses: bool
) -> None:
    found = of_environment(Settings(**good | change))
    assert {finding.name for finding in found} == names
    assert all(finding.refuses is refuses for finding in found)
    assert PASSWORD not in "".join(map(str, found))


@pytest.mark.parametrize(
    ("password", "weak"),
    [
        ("", True),
        ("short-one", True),
        ("serving", True),
        ("serving123456", True),
        ("QiangJi-2026-", True),
        ("postgres1234", True),
        ("123456789012", True),
        (PASSWORD, False),
        ("Pa%20ss%2Fwo%40rd-x", False),
    ],
)
def test_passwords_of_databases(password: str, weak: bool) -> None:
    assert bool(weakness(f"postgresql://serving:{password}@db.test/qiangji")) is weak
    assert weakness("postgresql:///qiangji?host=/run/postgresql") == ""


def alike(path: Path) -> None:
    ring = json.loads(path.read_text())
    path.write_text(json.dumps(ring | {"index": "ab" * 32}))


def twice(path: Path) -> None:
    ring = json.loads(path.read_text())
    path.write_text(json.dumps(ring | {"index": ring["signing"][0]["seed"]}))


def into_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


KEYS: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda path: path.unlink(), "there are no keys"),
    "no keys": (lambda path: path.write_text("{}"), "is no file of keys"),
    "no text": (lambda path: path.write_bytes(b"\xff\xfe"), "is no file of keys"),
    "a directory": (into_directory, "cannot be read"),
    "open to all": (lambda path: path.chmod(0o644), "mode 644"),
    "open to the group": (lambda path: path.chmod(0o640), "mode 640"),
    "one byte": (alike, "not made at random"),
    "one key for two": (twice, "not made at random"),
}


@pytest.mark.parametrize("fault", KEYS)
def test_keys_that_must_not_be(good: dict[str, Any], fault: str) -> None:
    spoil, wrong = KEYS[fault]
    _ = spoil(good["keys"])
    found = of_environment(Settings(**good))
    assert any(finding.name == "QIANGJI_KEYS" and wrong in finding.wrong and finding.refuses for finding in found)
    assert not any(part in str(found) for part in ("seed", "secret", "abab"))


def test_keys_beside_the_data_are_warned_of(good: dict[str, Any]) -> None:
    keys.write(good["data"] / "keys.json", keys.Keyring.new())
    [finding] = of_environment(Settings(**good | {"keys": None}))
    assert not finding.refuses
    assert "beside what they protect" in finding.wrong


# --- the database


class Fault(NamedTuple):
    """`spoil` is done by the owner; {login} is who serves."""

    name: str
    wrong: str
    spoil: str


FAULTS = [
    Fault("login", "a superuser", "ALTER ROLE {login} SUPERUSER"),
    Fault("login", "makes logins", "ALTER ROLE {login} CREATEROLE"),
    Fault("login", "above row rules", "ALTER ROLE {login} BYPASSRLS"),
    Fault("login", "owns trail and could", "ALTER TABLE trail OWNER TO {login}"),
    Fault("login", "may not act as", "REVOKE qiangji_app FROM {login}"),
    Fault("login", "may not read", "REVOKE SELECT ON account FROM qiangji_app"),
    Fault("trail", "seal UPDATE", "GRANT UPDATE ON seal TO qiangji_app"),
    Fault("trail", "trail DELETE", "GRANT DELETE ON trail TO qiangji_app"),
    Fault("trail", "trail_leaf TRUNCATE", "GRANT TRUNCATE ON trail_leaf TO qiangji_app"),
    Fault("trail", "trail_is_only_added_to", "ALTER TABLE trail DISABLE TRIGGER trail_is_only_added_to"),
    Fault("trail", "trail_awaits_a_place", "ALTER TABLE trail DISABLE TRIGGER ALL"),
    Fault("trail", "seal_is_only_added_to", "DROP TRIGGER seal_is_only_added_to ON seal"),
    Fault("trail", "session_replication_role", "ALTER ROLE {login} SET session_replication_role = replica"),
    Fault("database", "synchronous_commit is off", "ALTER ROLE {login} SET synchronous_commit = off"),
    Fault("database", "1 migrations wait", "DELETE FROM tortoise_migrations WHERE name LIKE '0004%'"),
    Fault("database", "no tables", "DROP SCHEMA public CASCADE"),
    Fault(
        "demonstration",
        "1 accounts of the demonstration",
        "INSERT INTO account (version, login, name, former_passwords, totp_step, locale, active, is_demonstration)"
        " VALUES (1, 'x', 'x', '[]', 0, '', true, true)",
    ),
]


@asynccontextmanager
async def separate(owner_url: str) -> AsyncIterator[tuple[asyncpg.Connection, str, str]]:
    """A connection of the owner, a login of its own that serves, and that login's address."""
    login = f"serving_{new_handle()}"
    host = owner_url.partition("@")[2]
    url = f"postgresql://{login}:{PASSWORD}@{host}"
    await database.admit(owner_url, url)
    owner = await asyncpg.connect(owner_url)
    await owner.execute(f"ALTER ROLE {login} SET synchronous_commit = on")
    try:
        yield owner, login, url
    finally:
        await owner.execute(f"REASSIGN OWNED BY {login} TO CURRENT_USER; DROP OWNED BY {login}; DROP ROLE {login}")
        await owner.close()


async def found_in(url: str, settings: Settings) -> set[tuple[str, str]]:
    """What is refused beside that this cluster, made for tests, forgets in a crash."""
    report = await checks.check(settings, url)
    return {(f.name, f.wrong) for f in report.refused if not f.wrong.startswith(CARELESS)}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.wrong)
async def test_a_database_that_must_not_be(database_url: str, good: dict[str, Any], fault: Fault) -> None:
    settings = Settings(**good)
    async with separate(database_url) as (owner, login, url):
        assert await found_in(url, settings) == set()
        await owner.execute(fault.spoil.format(login=login))
        found = await found_in(url, settings)
    assert any(name == fault.name and fault.wrong in wrong for name, wrong in found), found


async def test_the_cluster_of_the_tests_is_told_to_be_careless(database_url: str, good: dict[str, Any]) -> None:
    report = await checks.check(Settings(**good), database_url)
    wrong = {finding.wrong.partition(":")[0] for finding in report.refused}
    assert wrong >= {*CARELESS, "synchronous_commit is off"}
    assert report.text.splitlines()[-1].startswith(f"{report.checked} checks: {len(report.refused)} refused, ")


async def test_the_demonstration_is_found_even_when_its_accounts_were_renamed(
    street_url: str, good: dict[str, Any], logins: dict[str, Any]
) -> None:
    good["data"].mkdir()
    (good["data"] / "demo-logins.txt").write_text("\n".join("\t".join(login) for login in logins.values()))
    async with separate(street_url) as (owner, _, url):
        found = await found_in(url, Settings(**good))
        assert any("accounts of the demonstration can come in" in wrong for _, wrong in found)
        await owner.execute("UPDATE account SET is_demonstration = false")
        found = await found_in(url, Settings(**good))
    assert any("printed password of the demonstration: " in wrong and "security.admin" in wrong for _, wrong in found)
    assert any("demo-logins.txt holds passwords" in wrong for _, wrong in found)


def test_what_is_kept_is_what_the_migration_keeps() -> None:
    assert list(KEPT) == import_module("server.migrations.0004_guards").KEPT


# --- the logins


async def test_a_login_that_is_there_is_admitted_and_keeps_its_password(database_url: str) -> None:
    async with separate(database_url) as (owner, login, url):
        sql = "SELECT rolpassword FROM pg_authid WHERE rolname = $1"
        before = await owner.fetchval(sql, login)
        assert before.startswith("SCRAM-SHA-256$4096:")
        await database.admit(database_url, url.replace(PASSWORD, "another-long-password"))
        assert await owner.fetchval(sql, login) == before
        await database.connect(url)
        await database.disconnect()


async def test_a_login_that_was_not_admitted_is_told_the_remedy(database_url: str) -> None:
    async with separate(database_url) as (owner, login, url):
        await owner.execute(f"REVOKE qiangji_app FROM {login}")
        with pytest.raises(database.BadDatabase, match=r"cannot act as qiangji_app.*qiangji migrate"):
            await database.connect(url)


async def test_an_owner_that_may_not_make_logins_says_what_to_do(database_url: str) -> None:
    async with separate(database_url) as (_, __, url):
        other = url.replace("serving_", "other_")
        with pytest.raises(database.BadDatabase, match="GRANT qiangji_app TO other_") as refusal:
            await database.admit(url, other)
    assert PASSWORD not in str(refusal.value)


def test_what_postgresql_keeps_opens_with_the_password() -> None:
    """The example of RFC 7677 has these parts; ours must differ only by its salt."""
    kind, parameters, proofs = database.verifier(PASSWORD).split("$")
    assert (kind, parameters.split(":")[0]) == ("SCRAM-SHA-256", "4096")
    assert len(proofs.split(":")) == 2
    assert PASSWORD not in database.verifier(PASSWORD)


# --- the command


@pytest.mark.xdist_group("run")
def test_a_proper_installation_passes_and_another_is_not_served(
    place: Path,  # noqa: F811
    street_url: str,
    figure: Figure,
) -> None:
    """From an empty cluster to a clean check, with two logins; then the demonstration without leave to serve it."""
    keys.write(place / "safe" / "keys.json", keys.Keyring.new())
    with embedded.running(place / "postgres") as superuser:
        asyncio.run(given_a_database(superuser))
        owner_url = superuser.replace("postgres@/postgres", f"owning:{PASSWORD}@/qiangji")
        url = owner_url.replace("owning", "serving")
        assert len({superuser, owner_url, url}) == 3
        proper = {
            "DATABASE_OWNER_URL": owner_url,
            "DATABASE_URL": url,
            "QIANGJI_DATA": str(place / "var"),
            "QIANGJI_KEYS": str(place / "safe" / "keys.json"),
            "QIANGJI_ALLOWED_HOSTS": "qiangji.test",
            "QIANGJI_SECURE_COOKIES": "1",
        }
        assert done("migrate", place, proper)[0] == 0
        status, said = done("check", place, proper)
    assert status == 0, said
    assert "checks: 0 refused" in said.splitlines()[-1]
    assert "no security administrator has a second factor" in said
    improper = {"DATABASE_URL": street_url, "QIANGJI_KEYS": proper["QIANGJI_KEYS"], "PORT": str(free_port())}
    for command in ("serve", "run"):
        status, said = done(command, place, improper)
        assert status == 1
        assert "Not served: mend what is refused above" in said
        assert "accounts of the demonstration can come in" in said
        assert "Traceback" not in said
    settings = sum(refuses for _, __, refuses in SETTINGS)
    found = settings + len(KEYS) + len(FAULTS) + len(CARELESS) + 2  # printed passwords, and the file of them
    figure(f"check: {found} findings refused, 0 in a proper installation")


async def given_a_database(superuser: str) -> None:
    """What docs/operations.md lets an administrator do, once."""
    connection = await asyncpg.connect(superuser)
    await connection.execute(f"CREATE ROLE owning LOGIN CREATEROLE PASSWORD '{PASSWORD}'")
    await connection.execute("CREATE DATABASE qiangji OWNER owning")
    await connection.close()


def done(command: str, place: Path, variables: dict[str, str]) -> tuple[int, str]:  # noqa: F811
    log = place / f"{command}.log"
    with program(command, log, **variables) as process:
        status = process.wait(120)
    return status, log.read_text(encoding="utf-8")
