"""What comes before both doors: odd headers are refused in words, and never break anything."""

import re
from datetime import timedelta

import asyncpg
import pytest
import time_machine
from httpx import AsyncClient
from tortoise import connections

from server.models.trail import TrailEntry
from tests import postgres
from tests.clients import anyone

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("origin", ["http://[", "null", "https://elsewhere.example", "http://qiangji.test.evil", "é"])
@pytest.mark.parametrize("path", ["/login", "/graphql"])
async def test_a_form_from_elsewhere_is_refused(shared_street: str, path: str, origin: str) -> None:
    headers = {b"origin": origin.encode("latin-1"), b"content-type": FORM.encode()}
    async with anyone() as client:
        answer = await client.post(path, content="login=auditor&password=x", headers=headers)
    assert answer.status_code == 403
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("length", ["9" * 5000, "9" * 30, "300000"])
async def test_a_body_that_says_it_is_too_large_is_refused(shared_street: str, length: str) -> None:
    async with anyone() as client:
        answer = await client.post("/login", content=b"x", headers={"content-length": length, "content-type": FORM})
    assert answer.status_code == 413


@pytest.mark.parametrize("authorization", ["Bearer", "Bearer x", "Basic YTpi", "Bearer qj_0_0", "\x80"])
async def test_an_unknown_credential_is_refused_at_both_doors(shared_street: str, authorization: str) -> None:
    headers = {b"authorization": authorization.encode("latin-1")}
    async with anyone() as client:
        api = await client.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
        page = await client.get("/organizations", headers=headers)
    assert (api.status_code, api.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    assert (page.status_code, page.headers["location"]) == (303, "/login?next=/organizations")


async def test_health_is_open_to_all(street: str) -> None:
    await ask("DELETE FROM trail_pending")
    async with anyone() as client:
        assert (await client.get("/healthz")).text == "alive\n"
        assert (await client.get("/readyz")).text == "ready\n"


async def unready(client: AsyncClient) -> str:
    """What is missing, told without a word that helps anybody in; the program is alive nevertheless."""
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert (await client.get("/healthz")).status_code == 200
    assert not re.search(r"/|postgres|password|qiangji", answer.text)
    return answer.text


async def test_what_is_missing_is_named(street: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await ask("DELETE FROM trail_pending")
    async with anyone() as client:
        with monkeypatch.context() as patch:
            patch.setenv("QIANGJI_KEYS", "/nowhere/keys.json")
            assert await unready(client) == "keys: they cannot be read\n"
        await as_owner(street, "DELETE FROM tortoise_migrations WHERE name LIKE '0004%'")
        assert await unready(client) == "migrations: 1 are waiting\n"
        await as_owner(street, "ALTER TABLE tortoise_migrations RENAME TO gone")
        assert await unready(client) == "database: it does not answer\n"


async def test_entries_of_the_trail_get_their_place_within_a_minute(street: str) -> None:
    await ask("DELETE FROM trail_pending")
    await ask("INSERT INTO trail_pending SELECT max(id) FROM trail")
    [entry] = await TrailEntry.all().order_by("-id").limit(1)
    async with anyone() as client:
        with time_machine.travel(entry.at + timedelta(seconds=59), tick=False):
            assert (await client.get("/readyz")).text == "ready\n"
        with time_machine.travel(entry.at + timedelta(seconds=61), tick=False):
            assert await unready(client) == "trail: 1 entries have waited for their place for more than a minute\n"


async def test_a_database_that_has_gone_is_told(street: str) -> None:
    async with anyone() as client:
        await connections.get("default").close()
        await postgres.execute(
            f'ALTER DATABASE "{street.partition("@/")[2].partition("?")[0]}" ALLOW_CONNECTIONS false'
        )
        assert "database: it does not answer\n" in await unready(client)


async def ask(statement: str) -> None:
    await connections.get("default").execute_query(statement)


async def as_owner(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()
