"""One reader at one door: what is asked, what comes of it, and that it leaves no mark."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from httpx import ASGITransport, AsyncClient, Cookies, Response
from starlette.types import ASGIApp
from tortoise import connections
from tortoise.transactions import in_transaction

from tests.clients import ORIGIN, Browser
from tests.matrix.canary import Watch
from tests.matrix.readers import Reader
from tests.matrix.world import World
from tests.tables import digests
from tests.test_doors import form as typed

CODES = {401: "UNAUTHENTICATED", 403: "FORBIDDEN", 404: "NOT_FOUND", 409: "CONFLICT", 422: "INVALID"}
PASSING = ("session", "device", "attempts", "trail", "trail_pending", "trail_salt", "trail_leaf", "trail_node")
"""Tables in which whatever is asked may leave a mark: that somebody was there, and what was looked at."""

WRITTEN = """
    SELECT name, count FROM (
      SELECT relname AS name,
             pg_stat_get_xact_tuples_inserted(oid)
             + pg_stat_get_xact_tuples_updated(oid)
             + pg_stat_get_xact_tuples_deleted(oid) AS count
        FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    ) tables WHERE count > 0
"""
"""What pg_stat_xact_user_tables says, which takes four times as long."""


class Desk:
    """Asks as one reader. Pages know the session of whoever signs in; GraphQL, and systems, come with a token."""

    def __init__(self, world: World, watch: Watch, reader: Reader, app: ASGIApp) -> None:
        self.world, self.watch, self.reader = world, watch, reader
        headers = {"origin": ORIGIN, "accept-language": "en"}
        self.browser = Browser(transport=ASGITransport(app), base_url=ORIGIN, headers=headers)
        self.program = AsyncClient(transport=ASGITransport(app), base_url=ORIGIN, headers=headers)
        token = world.tokens.get(reader.name)
        self.bearer = {"authorization": f"Bearer {token}"} if token else {}
        if key := world.sessions.get(reader.name):
            self.browser.cookies.set("session", key)

    async def page(
        self, method: str, address: str, form: Mapping[str, Any] | None = None, given: Iterable[str] = ()
    ) -> Response:
        """With the session; for whoever has none, with the token. The browser is as it was afterwards.

        `given` is what the answer is there to give.
        """
        data = None if form is None else typed(form)
        headers = {} if self.reader.signs_in else self.bearer
        if form is not None and not headers:
            _ = await self.browser.token()  # of the page that the form stands on
        held = dict(self.browser.cookies)
        answer = await self.browser.request(method, address, data=data, headers=headers)
        self.browser.cookies = Cookies(held)
        self.watch.see(self.reader, f"{method} {address} {data or ''}", answer, given)
        return answer

    async def query(
        self,
        text: str,
        variables: Mapping[str, Any] | None = None,
        given: Iterable[str] = (),
        *,
        session: bool = False,
    ) -> dict[str, Any]:
        """With the token; with the `session`, if that is what is asked about, for whoever has one."""
        sent = {"query": text, "variables": variables or {}}
        if session and self.reader.signs_in:
            answer = await self.browser.post("/graphql", json=sent)
        else:
            answer = await self.program.post("/graphql", json=sent, headers=self.bearer)
        self.watch.see(self.reader, f"GraphQL {variables or ''} {text}", answer, given)
        found: dict[str, Any] = answer.json()
        return found

    async def close(self) -> None:
        await self.browser.aclose()
        await self.program.aclose()


def outcome(answer: Response) -> str:
    """OK, a code, or BROKEN."""
    if answer.status_code >= 500:
        return "BROKEN"
    if answer.headers.get("location", "").startswith("/login?next="):
        return "UNAUTHENTICATED"
    return CODES.get(answer.status_code, "OK" if answer.status_code < 400 else "REFUSED")


@dataclass
class Marks:
    """What was written in `undone`, known at its end; what an operation took back itself is not."""

    changed: list[str] = field(default_factory=list)
    """Tables that are not as they were."""
    noted: bool = False
    """Whether the trail has more entries."""


@asynccontextmanager
async def undone() -> AsyncIterator[Marks]:
    """A transaction in which every operation has a savepoint of its own, and that never was afterwards."""
    marks = Marks()
    async with in_transaction() as connection:
        await connection.execute_query("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
        before = await written()
        try:
            yield marks
        finally:
            touched = {name for name, count in (await written()).items() if count != before.get(name, 0)}
            marks.noted = "trail" in touched
            after = await digests(touched - set(PASSING))
            await connection.rollback()
    marks.changed = [name for name, digest in (await digests(after)).items() if digest != after[name]]


async def written() -> dict[str, int]:
    rows = await connections.get("default").execute_query_dict(WRITTEN)
    return {row["name"]: int(row["count"]) for row in rows}
