"""What every answer carries, and what none gives away."""

import re

import pytest
from httpx import AsyncClient, Response

from server.vocabulary import Role
from tests.clients import HTMX, anyone, signed_in
from tests.conftest import Figure

SECURE = "https://qiangji.test"
EXACT = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
DIRECTIVES = ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'")
FILES = ("/matrix.csv", "/matrix.xlsx", "/status.csv", "/status.xlsx")
QUERY = {"query": "{ viewer { name } }"}


async def answers(browser: AsyncClient) -> dict[str, Response]:
    """One of every kind that the program gives."""
    big = {"content-type": "application/x-www-form-urlencoded", "content-length": "300000"}
    return {
        "page": await browser.get("/"),
        "block": await browser.get("/organizations", headers=HTMX),
        "file": await browser.get("/status.csv"),
        "redirect": await browser.get("/login"),
        "static": await browser.get("/static/app.css"),
        "no such static": await browser.get("/static/nothing.css"),
        "absent": await browser.get("/nowhere"),
        "wrong method": await browser.put("/organizations"),
        "no method": await browser.request("TRACE", "/"),
        "too large": await browser.post("/language", content=b"x", headers=big),
        "packed": await browser.post("/language", content=b"x", headers={"content-encoding": "gzip"}),
        "elsewhere": await browser.post("/language", headers={"origin": "https://evil.test"}),
        "wrong host": await browser.get("/", headers={"host": "evil.test"}),
        "graphql": await browser.post("/graphql", json=QUERY),
        "graphql refused": await browser.post("/graphql", content="x"),
        "graphql too large": await browser.post("/graphql", content=b"x", headers=big),
        "graphql packed": await browser.post("/graphql", json=QUERY, headers={"content-encoding": "br"}),
        "alive": await browser.get("/healthz"),
        "ready": await browser.get("/readyz"),
    }


@pytest.mark.parametrize("origin", ["http://qiangji.test", SECURE])
async def test_every_answer_is_dressed(
    shared_street: str, monkeypatch: pytest.MonkeyPatch, origin: str, figure: Figure
) -> None:
    async with signed_in(Role.AUDITOR, origin=origin) as browser:
        found = await answers(browser)
        monkeypatch.setattr("server.queries.exhibit.visible", None)
        found["accident"] = await browser.get("/exhibit")
    assert {name: found[name].status_code for name in ("accident", "too large", "packed", "wrong host")} == {
        "accident": 500,
        "too large": 413,
        "packed": 415,
        "wrong host": 400,
    }
    assert (found["graphql too large"].status_code, found["graphql packed"].status_code) == (413, 415)
    for name, answer in found.items():
        assert {header: answer.headers.get(header) for header in EXACT} == EXACT, name
        assert all(part in answer.headers["content-security-policy"] for part in DIRECTIVES), name
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["permissions-policy"]
        assert answer.headers["x-request-id"]
        assert ("no-store" in answer.headers.get("cache-control", "")) is ("static" not in name), name
        strict = answer.headers.get("strict-transport-security")
        assert strict == ("max-age=31536000; includeSubDomains" if origin == SECURE else None), name
        assert "access-control-allow-origin" not in answer.headers
        assert not re.search(r"granian|starlette|python|postgres", str(answer.headers.items()), re.IGNORECASE)
        assert answer.status_code in (204, 303) or re.search(r"charset=utf-8$", answer.headers["content-type"])
    figure(f"{len(found)} kinds of answers carry every header")


async def test_a_page_may_load_only_what_is_ours(shared_street: str) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        page = await browser.get("/")
    policy = page.headers["content-security-policy"]
    sources = re.findall(r"([\w-]+-src) ([^;]+)", policy)
    assert {source for _, rule in sources for source in rule.split()} <= {"'none'", "'self'", "data:"}
    assert "object-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert re.search(r"<script(?![^>]* src=)|<style|<iframe|\son[a-z]+=|javascript:", page.text) is None
    assert [
        link for link in re.findall(r'(?:src|href|action)="([^"]+)"', page.text) if not link.startswith(("/", "#"))
    ] == []


@pytest.mark.parametrize("file", FILES)
async def test_what_is_taken_out_is_a_file_in_a_box(shared_street: str, file: str) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        answer = await browser.get(file)
        evil = await browser.get(file, params={"within": 'HG"\r\nset-cookie: a=b'})
    assert answer.status_code == 200
    assert re.fullmatch(r"attachment; filename\*=UTF-8''[\w.%-]+", answer.headers["content-disposition"])
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "set-cookie" not in evil.headers


METHODS = ("TRACE", "CONNECT", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND")


@pytest.mark.parametrize("path", ["/", "/organizations/HG/rename", "/graphql", "/static/app.css", "/healthz"])
async def test_methods_that_nobody_needs_are_refused(shared_street: str, path: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        for method in METHODS:
            answer = await browser.request(method, path)
            assert answer.status_code == 405, method
            assert "TRACE" not in answer.headers.get("allow", "")


NOT_SERVED = [
    "/.git/config",
    "/static/",
    "/static",
    "/static/vendor",
    "/static/../server/settings/values.py",
    "/static/%2e%2e/pyproject.toml",
    "/static/..%2fpyproject.toml",
    "/static//etc/passwd",
    "/static/%00",
    "/var/keys.json",
    "/docs",
    "/openapi.json",
    "/metrics",
    "/graphiql",
]


async def test_only_what_is_meant_to_be_seen_is_served(shared_street: str) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        for path in NOT_SERVED:
            answer = await browser.get(path)
            assert answer.status_code in (303, 307, 404), path
            assert "Index of" not in answer.text
            assert "root:" not in answer.text


async def test_errors_of_every_door_keep_what_is_inside(shared_street: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("SELECT canary FROM /app/server")

    monkeypatch.setattr("server.queries.organizations.find", broken)
    async with signed_in(Role.AUDITOR) as browser:
        page = await browser.get("/organizations/HG")
        api = await browser.post("/graphql", json={"query": '{ completion(within: "HG") { asOf } }'})
    assert page.status_code == 500
    assert api.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
    for answer in (page, api):
        assert not re.search(r"SELECT|canary|/app/|Traceback|RuntimeError|\.py", answer.text)
        assert answer.headers["x-request-id"] in answer.text


async def test_when_even_the_page_of_errors_breaks_there_is_an_answer(
    shared_street: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        monkeypatch.setattr("server.views.pages.page", None)
        answer = await browser.get("/nowhere")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.text
    assert answer.headers["content-security-policy"]


async def test_cookies_are_for_this_host_and_this_server_alone(shared_street: str) -> None:
    async with anyone(origin=SECURE) as browser:
        door = await browser.get("/login", headers={"cookie": ""})
        spoken = await browser.post("/language", data={"locale": "zh", "back": "/login"})
    kept = [*door.headers.get_list("set-cookie"), *spoken.headers.get_list("set-cookie")]
    assert [cookie.split("=")[0] for cookie in kept] == ["__Host-visitor", "__Host-locale"]
    for cookie in kept:
        assert all(flag in cookie for flag in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"))
        assert "Domain" not in cookie
        assert len(cookie) < 4096


async def test_nothing_secret_stands_in_an_address(shared_street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        for path in ("/", "/organizations", "/organizations/HG-LY-01-ZB/members"):
            addresses = " ".join(
                re.findall(r'(?:href|action|data-hx-get|src)="([^"]*)"', (await browser.get(path)).text)
            )
            assert await browser.token() not in addresses
            assert browser.cookies["session"] not in addresses
            assert not re.search(r"token=|password=|phone=|id_number=", addresses)


async def test_every_page_has_a_way_out(shared_street: str) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        for path in ("/", "/organizations", "/matrix", "/exhibit", "/nowhere"):
            assert 'action="/logout"' in (await browser.get(path)).text
