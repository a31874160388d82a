"""People at their browsers: the whole application, asked inside this process; nothing of it is replaced."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from httpx import ASGITransport, AsyncClient, Request, Response

from server.app import create_app
from server.vocabulary import Role
from tests import postgres

ORIGIN = "http://qiangji.test"
HTMX = {"HX-Request": "true", "HX-Current-URL": f"{ORIGIN}/"}
"""The headers by which htmx asks for a block."""


class Browser(AsyncClient):
    """Sends the token of its page along with every form, as a browser does; what names a token itself is left alone."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.tokens: dict[str, str] = {}

    async def send(self, request: Request, **given: Any) -> Response:
        form = request.method == "POST" and request.url.path != "/graphql" and "authorization" not in request.headers
        if form and "x-csrf-token" not in request.headers:
            request.headers["x-csrf-token"] = await self.token()
        return await super().send(request, **given)

    async def token(self) -> str:
        """As the cheapest page of this session holds it."""
        held = repr(sorted(self.cookies.items()))
        if held not in self.tokens:
            door = await self.get("/login")
            self.tokens[held] = token_in(door if door.status_code == 200 else await self.get("/account/password"))
        return self.tokens[held]


def token_in(page: Response) -> str:
    """The token in the forms of a page."""
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page.text)
    assert found, page.text[-500:]
    return found[1]


@asynccontextmanager
async def anyone(locale: str = "en", origin: str = ORIGIN) -> AsyncIterator[Browser]:
    """A browser that nobody has signed in with; it needs a connected database (`street`)."""
    headers = {"origin": origin, "accept-language": locale}
    async with Browser(transport=ASGITransport(create_app()), base_url=origin, headers=headers) as client:
        _ = await client.token()
        yield client


@asynccontextmanager
async def signed_in(role: Role, locale: str = "en", origin: str = ORIGIN) -> AsyncIterator[Browser]:
    """The browser of whoever holds `role` in the demonstration, signed in through the form."""
    async with anyone(locale, origin) as client:
        answer = await client.post("/login", data=credentials(role))
        assert answer.status_code == 303, answer.text
        yield client


def credentials(role: Role) -> dict[str, str]:
    """What `role` types at the door."""
    lines = (postgres.shared() / "demo-logins.txt").read_text(encoding="utf-8").splitlines()
    login, password = next(line.split("\t")[1:3] for line in lines if line.startswith(f"{role}\t"))
    return {"login": login, "password": password}
