"""What is written about a request: enough to follow it, and nothing that anybody typed or is."""

import io
import json
import logging
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.stdlib import ProcessorFormatter
from tortoise import connections

from server import logs
from server.kit.messages import say
from server.kit.refusals import invalid
from server.models.accounts import Account
from server.views.bodies import LARGEST_BODY
from server.views.pages import templates
from server.vocabulary import Role
from tests.clients import anyone, signed_in, token_in
from tests.conftest import Figure
from tests.processes import serving

CANARIES = ["曾卡娜丽", "10000000017", "000000199001010017", "canary-password-9"]
"""A name, a phone, an ID number that nobody has, a password."""
ALL = " ".join(CANARIES)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that any logger writes, as the served program would."""
    stream, root, ours = io.StringIO(), logging.getLogger(), logging.getLogger("qiangji")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(ProcessorFormatter(processors=logs.processors()))
    levels = root.level, ours.level
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    ours.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def twice(*given: object, **named: object) -> None:
    """PostgreSQL's own message quotes the value that is there already."""
    for _ in range(2):
        sql = (
            "INSERT INTO account (version, login, name, former_passwords, totp_step, locale, active, is_demonstration) "
            "VALUES (1, $1, $1, '[]', 0, '', true, false)"
        )
        await connections.get("default").execute_query(sql, [ALL])


async def again(*given: object, **named: object) -> None:
    _ = await Account.create(login=ALL, name="x")
    _ = await Account.create(login=ALL, name="x")


async def worth(*given: object, **named: object) -> None:
    try:
        _ = int(ALL)
    except ValueError as error:
        raise KeyError(ALL) from error


async def ours(*given: object, **named: object) -> None:
    raise invalid(phone=say("No such {value}.", value=ALL)) from ValueError(ALL)


def unlabelled(_: object) -> str:
    raise TypeError(ALL)


@pytest.mark.parametrize("broken", [twice, again, worth, ours], ids=lambda f: f.__name__)
async def test_accidents_are_told_without_values(
    street: str, written: io.StringIO, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], broken: Any
) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        monkeypatch.setattr("server.queries.organizations.find", broken)
        page = await browser.get("/organizations/HG")
        api = await browser.post("/graphql", json={"query": '{ completion(within: "HG") { asOf } }'})
    captured = "".join(capfd.readouterr()) + written.getvalue()
    assert [canary for canary in CANARIES if canary in captured] == []
    errors = [line for line in lines(written) if "error" in line]
    if broken is ours:
        assert (page.status_code, errors) == (422, [])
        return
    assert (page.status_code, api.json()["errors"][0]["extensions"]["code"]) == (500, "INTERNAL")
    assert {line["request_id"] for line in errors} == {page.headers["x-request-id"], api.headers["x-request-id"]}
    told = [entry for line in errors for entry in line["error"]]
    assert any("test_logs.py:" in frame and broken.__name__ in frame for entry in told for frame in entry["frames"])
    assert all("says" not in entry for entry in told)
    if broken in (twice, again):
        assert {entry.get("sqlstate") for entry in told} >= {"23505"}
        assert {entry.get("table") for entry in told} >= {"account"}


async def test_a_broken_template_is_told_without_values(
    shared_street: str, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        monkeypatch.setitem(templates["en"].filters, "label", unlabelled)
        answer = await browser.get("/matrix")
    assert answer.status_code == 500
    assert "TypeError" in written.getvalue()
    assert ALL not in written.getvalue()


async def test_what_is_asked_and_typed_is_not_written(shared_street: str, written: io.StringIO) -> None:
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        _ = await browser.get(f"/organizations/{ALL}?search={ALL}", headers={"referer": "http://x/10000000017"})
        _ = await browser.post(f"/nowhere/{CANARIES[2]}", data={"name": ALL})
        _ = await browser.request(CANARIES[3].upper(), "/")
        _ = await browser.post("/organizations/HG-LY-01-ZB/members/enrol", data={"name": ALL, "phone": CANARIES[1]})
        _ = await browser.post("/graphql", json={"query": f'{{ organization(code: "{ALL}") {{ id }} }}'})
        key = browser.cookies["session"]
    async with anyone() as browser:
        _ = await browser.post("/login", data={"login": CANARIES[0], "password": CANARIES[3]})
        _ = await browser.get("/", headers={"authorization": f"Bearer {CANARIES[3]}", "x-request-id": CANARIES[1]})
    found = written.getvalue()
    assert [canary for canary in [*CANARIES, CANARIES[3].upper(), key] if canary in found] == []
    assert {line["event"] for line in lines(written)} == {"request", "sign-in refused: password"}


async def test_other_libraries_are_named_and_not_quoted(written: io.StringIO) -> None:
    logging.getLogger("asyncio").error(f"Task exception was never retrieved: {ALL}", exc_info=ValueError(ALL))
    logging.getLogger("tortoise.db_client").warning("INSERT %s", ALL)
    logging.getLogger("_granian").error(f"Application callable raised an exception\n{ALL}")
    assert [canary for canary in CANARIES if canary in written.getvalue()] == []
    events = [line["event"] for line in lines(written)]
    assert events[0].startswith("asyncio: ")
    assert events[1].startswith("tortoise.db_client: ")
    assert events[2] == "Application callable raised an exception"


async def test_one_line_a_request_says_who_did_what_when(shared_street: str, written: io.StringIO) -> None:
    account = await Account.get(login="auditor")
    async with signed_in(Role.AUDITOR) as browser:
        written.truncate(0)
        written.seek(0)
        answers = [
            await browser.get("/organizations/HG-LY"),
            await browser.get("/organizations/HG/rename"),
            await browser.get("/static/app.css"),
            await browser.post("/graphql", json={"query": "{ __typename }"}),
            await browser.get("/nowhere"),
            await browser.get("/", headers={"host": "evil.test"}),
        ]
    found = lines(written)
    assert [line["request_id"] for line in found] == [answer.headers["x-request-id"] for answer in answers]
    assert [(line["door"], line["route"], line["status"], line["account"]) for line in found] == [
        ("page", "/organizations/{code}", 200, account.id),
        ("page", "/organizations/{code}/rename", 403, account.id),
        ("static", "/static", 200, account.id),
        ("graphql", "/graphql", 200, account.id),
        ("page", "", 404, account.id),
        ("page", "", 400, None),
    ]
    for line in found:
        assert line["timestamp"].endswith("Z")
        assert line["ms"] >= 0
        assert set(line) == {"event", "level", "timestamp", *logs.KNOWN}


async def test_the_token_of_a_system_is_named_by_its_id(
    shared_street: str, logins: dict[str, Any], written: io.StringIO
) -> None:
    token = logins[Role.SYSTEM].token
    async with anyone() as client:
        written.truncate(0)
        written.seek(0)
        bearer = {"authorization": f"Bearer {token}"}
        _ = await client.post("/graphql", json={"query": "{ __typename }"}, headers=bearer)
    [line] = lines(written)
    assert line["token"] == token.split("_")[1]
    assert token.split("_")[2] not in written.getvalue()


async def test_a_line_cannot_be_forged(written: io.StringIO) -> None:
    logging.getLogger("qiangji").info('x\n{"event": "request", "account": 1}')
    assert len(lines(written)) == 1


@pytest.mark.xdist_group("run")
def test_the_served_program_says_as_little(street_url: str, tmp_path: Path, figure: Figure) -> None:
    """The real server: its log, its headers, the framing of what it is sent."""
    with serving(street_url, tmp_path) as live:
        with httpx.Client(base_url=live, headers={"Origin": live}, trust_env=False) as client:
            door = client.get("/login", params={"next": f"/{ALL}"})
            typed = {"login": ALL[:50], "password": CANARIES[3], "csrf": token_in(door)}
            assert client.post("/login", data=typed).status_code == 401
            assert client.get(f"/{CANARIES[1]}").status_code == 303
            assert streamed(live, LARGEST_BODY + 1).startswith(b"HTTP/1.1 413 ")
            assert client.get("/", headers={"host": "evil.test"}).status_code == 400
            assert "server" not in door.headers or door.headers["server"] == "qiangji"
        text = logged_until(tmp_path / "server.log", [200, 401, 303, 413, 400])
    assert [canary for canary in CANARIES if canary in text] == []
    assert "!!! UNSAFE" in text
    figure(f"{len(CANARIES)} personal values, typed, asked for and raised at both doors: in no line of any log")


def logged_until(log: Path, statuses: list[int]) -> str:
    """The log, once its last lines tell of these answers: a line is written after its answer has gone out."""
    deadline = time.monotonic() + 10
    while True:
        text = log.read_text(encoding="utf-8")
        said = [json.loads(line) for line in text.splitlines() if line.startswith("{") and line.endswith("}")]
        pages = [line["status"] for line in said if line["event"] == "request" and line["door"] == "page"]
        if pages[-len(statuses) :] == statuses:
            return text
        assert time.monotonic() < deadline, pages
        time.sleep(0.05)


def streamed(address: str, size: int) -> bytes:
    """The head of the answer to a form of so many bytes that does not say how long it is; it is never ended."""
    host, port = address.removeprefix("http://").split(":")
    head = f"POST /login HTTP/1.1\r\nHost: {host}\r\nOrigin: {address.rpartition(':')[0]}\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall(f"{head}{kind}{size:x}\r\n".encode() + b"x" * size + b"\r\n")
        return line.recv(4096)
