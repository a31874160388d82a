"""People at their browsers: the whole application, asked inside this process; nothing of it is replaced."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from httpx import ASGITransport, AsyncClient

from server.app import create_app
from server.vocabulary import Role
from tests import postgres

ORIGIN = "http://qiangji.test"
HTMX = {"HX-Request": "true", "HX-Current-URL": f"{ORIGIN}/"}
"""The headers by which htmx asks for a block."""


@asynccontextmanager
async def anyone(locale: str = "en", origin: str = ORIGIN) -> AsyncIterator[AsyncClient]:
    """A browser that nobody has signed in with; it needs a connected database (`street`)."""
    headers = {"origin": origin, "accept-language": locale}
    async with AsyncClient(transport=ASGITransport(create_app()), base_url=origin, headers=headers) as client:
        yield client


@asynccontextmanager
async def signed_in(role: Role, locale: str = "en", origin: str = ORIGIN) -> AsyncIterator[AsyncClient]:
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
