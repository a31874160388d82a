"""Door 1 as a program knocks at it: the whole application, a real database, the tokens of the demonstration."""

import json
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response
from tortoise import connections

from server.app import create_app
from server.schema.ids import global_id
from server.vocabulary import Role
from tests.conftest import Login
from tests.tables import digests, table_names

GRAPHQL_RESPONSE = "application/graphql-response+json"


@dataclass(frozen=True)
class Door:
    client: AsyncClient
    logins: Mapping[str, Login]

    async def send(
        self, query: str, role: Role | None = Role.STREET_ADMIN, locale: str = "en", **variables: Any
    ) -> Response:
        """One POST; half a surrogate pair travels as JSON's escape."""
        headers = {"accept": GRAPHQL_RESPONSE, "accept-language": locale, "content-type": "application/json"}
        if role:
            headers["authorization"] = f"Bearer {self.logins[role].token}"
        return await self.client.post(
            "/graphql", content=json.dumps({"query": query, "variables": variables}), headers=headers
        )

    async def data(self, query: str, role: Role | None = Role.STREET_ADMIN, **variables: Any) -> dict[str, Any]:
        answer = (await self.send(query, role, **variables)).json()
        assert "errors" not in answer, answer["errors"]
        found: dict[str, Any] = answer["data"]
        return found

    async def refusal(
        self, query: str, role: Role | None = Role.STREET_ADMIN, locale: str = "en", **variables: Any
    ) -> dict[str, Any]:
        """The one error of a request that is refused, and changes nothing."""
        before = await everything()
        [error] = (await self.send(query, role, locale, **variables)).json()["errors"]
        assert await everything() == before
        found: dict[str, Any] = error
        return found


async def everything() -> str:
    """A digest of every table; when a token was last used is noted also with a refusal."""
    return repr(await digests(await table_names(), api_token="to_jsonb(t) - 'last_used_at'"))


async def rows(sql: str, *values: Any) -> list[dict[str, Any]]:
    """Asked of PostgreSQL itself, past everything that is tested."""
    return list(await connections.get("default").execute_query_dict(sql, list(values)))


@pytest.fixture
async def door(street: str, logins: dict[str, Login]) -> AsyncIterator[Door]:
    """Over a street of its own."""
    async with AsyncClient(transport=ASGITransport(create_app()), base_url="http://qiangji.test") as client:
        yield Door(client, logins)


@pytest.fixture
async def reader(shared_street: str, logins: dict[str, Login]) -> AsyncIterator[Door]:
    """Over a street that nobody changes."""
    async with AsyncClient(transport=ASGITransport(create_app()), base_url="http://qiangji.test") as client:
        yield Door(client, logins)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collects the SQL that is sent meanwhile."""
    sent: list[str] = []
    logger = logging.getLogger("tortoise.db_client")
    handler, level, propagate = logging.Handler(), logger.level, logger.propagate
    handler.emit = lambda record: sent.append(record.getMessage())  # type: ignore[method-assign]
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield sent
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagate


async def item_id(branch: str = "HG-LY-01-ZB", number: int = 1) -> str:
    [found] = await rows(
        "SELECT i.id FROM checklist_item i JOIN measure m ON m.id = i.measure_id"
        " JOIN checklist c ON c.id = i.checklist_id JOIN organization o ON o.id = c.branch_id"
        " WHERE o.code = $1 AND m.number = $2",
        branch,
        number,
    )
    return global_id("ChecklistItem", found["id"])


async def id_of(code: str, kind: str = "Branch") -> str:
    [found] = await rows("SELECT id FROM organization WHERE code = $1", code)
    return global_id(kind, found["id"])
