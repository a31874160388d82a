"""Only under our own names is there an answer, and no answer leads anywhere else."""

import pytest
from httpx import AsyncClient
from starlette.routing import Route

from server import views
from server.middleware import answers_to
from server.settings import Settings
from server.vocabulary import Role
from tests.clients import HTMX, anyone, credentials, signed_in
from tests.security.test_forms import filled

ELSEWHERE = ["https://evil.test", "//evil.test", "/\\evil.test", "http:evil.test", "javascript:alert(1)", "/\r\nx: y"]
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}


@pytest.mark.parametrize(
    "host", ["evil.test", "qiangji.test.evil.test", "evil.test:80", "", "qiangji.test@evil.test", "é"]
)
@pytest.mark.parametrize("path", ["/", "/login", "/graphql", "/healthz", "/static/app.css"])
async def test_a_wrong_host_is_refused_before_anybody_is_asked_for(
    shared_street: str, monkeypatch: pytest.MonkeyPatch, path: str, host: str
) -> None:
    asked: list[object] = []
    async with anyone() as browser:
        monkeypatch.setattr("server.middleware.whoever_asks", asked.append)
        answer = await browser.get(path, headers={b"host": host.encode("latin-1")})
    assert (answer.status_code, asked) == (400, [])
    assert "evil" not in answer.text


async def test_our_own_name_is_answered_with_any_port(shared_street: str) -> None:
    async with anyone() as browser:
        for host in ("qiangji.test", "QIANGJI.test:8443"):
            assert (await browser.get("/healthz", headers={"host": host})).status_code == 200


@pytest.mark.parametrize(
    ("host", "asked", "same"),
    [
        ("a.test", "a.test", True),
        ("a.test", "a.test:1", True),
        ("a.test", "b.a.test", False),
        ("*.a.test", "b.a.test:1", True),
        ("*.a.test", "a.test", False),
        ("*.a.test", "evila.test", False),
        ("[::1]", "[::1]", True),
        ("[::1]", "[::1]:80", True),
    ],
)
def test_names_are_compared_whole(host: str, asked: str, same: bool) -> None:
    assert answers_to(host, asked) is same


@pytest.mark.parametrize(
    ("address", "allowed", "hosts"),
    [
        ("127.0.0.1", "", LOOPBACK),
        ("localhost", "", LOOPBACK),
        ("::1", "", LOOPBACK | {"::1"}),
        ("127.0.0.2", "", LOOPBACK | {"127.0.0.2"}),
        ("0.0.0.0", "", {"*"}),  # noqa: S104
        ("0.0.0.0", "Qiangji.Test, 127.0.0.1", {"qiangji.test", "127.0.0.1"}),  # noqa: S104
        ("127.0.0.1", "*", {"*"}),
    ],
)
def test_which_names_are_ours(address: str, allowed: str, hosts: set[str]) -> None:
    assert set(Settings(host=address, allowed_hosts=allowed).hosts) == hosts


@pytest.mark.parametrize("wished", ELSEWHERE)
async def test_no_route_leads_a_visitor_elsewhere(shared_street: str, wished: str) -> None:
    """Every address, with the wish in every parameter that names an address, then the forms that obey one."""
    wish = {"next": wished, "back": wished, "here": wished, "url": wished, "locale": "zh"}
    async with anyone() as visitor:
        await led_home_from_everywhere(visitor, wish)
        for path in ("/language", "/login", "/language", "/logout"):
            answer = await visitor.post(path, data=credentials(Role.AUDITOR) | wish)
            assert answer.status_code == 303
            led_home(answer.headers["location"])


async def test_no_route_leads_elsewhere(shared_street: str) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        await led_home_from_everywhere(browser, {"next": ELSEWHERE[0], "back": ELSEWHERE[0], "url": ELSEWHERE[0]})


async def led_home_from_everywhere(client: AsyncClient, wish: dict[str, str]) -> None:
    for route in views.routes:
        if isinstance(route, Route) and route.path != "/trail/feed":  # its answer has no end
            for headers in ({}, HTMX | {"HX-Current-URL": wish["next"].replace("\r\n", "")}):
                answer = await client.get(filled(route.path), params=wish, headers=headers)
                led_home(answer.headers.get("location") or answer.headers.get("hx-redirect") or "/")


def led_home(address: str) -> None:
    """An absolute path: nothing before it that names a host."""
    assert address.startswith("/"), address
    assert not address.startswith(("//", "/\\")), address
    assert address.isprintable()
