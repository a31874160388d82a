"""One reader at one door: what is asked, what comes of it, and that it leaves no mark."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from httpx import ASGITransport, AsyncClient, Cookies, Response
from starlette.types import ASGIApp
from tortoise import connections
from tortoise.transactions import in_transaction

from server.kit.transactions import inside
from tests.clients import ORIGIN, Browser
from tests.matrix.canary import Watch
from tests.matrix.readers import Reader
from tests.matrix.world import World

CODES = {401: "UNAUTHENTICATED", 403: "FORBIDDEN", 404: "NOT_FOUND", 409: "CONFLICT", 422: "INVALID"}
PASSING = ("session", "device", "attempts", "trail", "trail_pending", "trail_salt", "trail_leaf", "trail_node")
"""Tables in which whatever is asked may leave a mark: that somebody was there, and what was looked at."""

WRITTEN = """
    SELECT relname AS name, n_tup_ins + n_tup_upd + n_tup_del AS count FROM pg_stat_xact_user_tables
     WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""


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

    async def page(self, method: str, address: str, form: Mapping[str, Any] | None = None) -> Response:
        """With the session; for whoever has none, with the token. The browser is as it was afterwards."""
        data = None if form is None else {name: str(value) for name, value in form.items()}
        headers = {} if self.reader.signs_in else self.bearer
        if form is not None and not headers:
            _ = await self.browser.token()  # of the page that the form stands on
        held = dict(self.browser.cookies)
        answer = await self.browser.request(method, address, data=data, headers=headers)
        self.browser.cookies = Cookies(held)
        self.watch.see(self.reader, f"{method} {address}", answer)
        return answer

    async def query(self, text: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        sent = {"query": text, "variables": variables or {}}
        answer = await self.program.post("/graphql", json=sent, headers=self.bearer)
        self.watch.see(self.reader, f"GraphQL {variables or ''} {text}", answer)
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


class Marks:
    """What has been written since `undone` began, by table."""

    def __init__(self, before: dict[str, int]) -> None:
        self.before = before

    async def found(self) -> dict[str, int]:
        after = await written()
        return {name: n for name, count in after.items() if (n := count - self.before.get(name, 0))}

    async def changes(self) -> dict[str, int]:
        return {name: count for name, count in (await self.found()).items() if name not in PASSING}


@asynccontextmanager
async def undone() -> AsyncIterator[Marks]:
    """A transaction that every operation in here joins, and that never was afterwards."""
    async with in_transaction() as connection:
        token = inside.set(True)
        try:
            yield Marks(await written())
        finally:
            inside.reset(token)
            await connection.rollback()


async def written() -> dict[str, int]:
    rows = await connections.get("default").execute_query_dict(WRITTEN)
    return {row["name"]: int(row["count"]) for row in rows}
