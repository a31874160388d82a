"""`python -m server.cli run`, as `make run` starts it: served soon, stopped wholly."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import psutil
import pytest

from server.embedded.processes import processes, serves
from tests import postgres
from tests.clients import token_in
from tests.processes import free_port, program, wait_until_served
from tests.test_embedded import place  # noqa: F401 - a fixture

pytestmark = pytest.mark.xdist_group("run")


@pytest.fixture
def home(place: Path) -> Iterator[Path]:  # noqa: F811
    yield place
    assert left(place) == []


class Begun(NamedTuple):
    """What a first start left, and how long it took until it was served."""

    home: Path
    port: int
    seconds: float


@pytest.fixture(scope="module")
def begun() -> Iterator[Begun]:
    with tempfile.TemporaryDirectory(prefix="qiangji-run-", dir=postgres.memory()) as name:
        home, port = Path(name).resolve(), free_port()
        yield Begun(home, port, start(home, port))


def start(home: Path, port: int, host: str = "") -> float:
    """Start, be served, stop with Ctrl-C; the seconds until it was served."""
    began, log = time.monotonic(), home / "run.log"
    named = {"HOST": host} if host else {}
    with program("run", log, QIANGJI_DATA=str(home), PORT=str(port), **named) as process:
        address = f"http://{host or '127.0.0.1'}:{port}"
        wait_until_served(f"{address}/healthz", process, log)
        seconds = time.monotonic() - began
        sign_in(address, home)
        if host:
            with pytest.raises(httpx.ConnectError):
                httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == 0
    return seconds


def busyness() -> float:
    """How much longer things take than on an idle machine: the other tests run beside these."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def sign_in(address: str, home: Path) -> None:
    """With the first login of the file: the served program reads, writes and hashes."""
    _, login, password, token = (home / "demo-logins.txt").read_text().splitlines()[0].split("\t")
    with httpx.Client(base_url=address, headers={"Origin": address}, trust_env=False, timeout=20) as client:
        typed = {"login": login, "password": password, "csrf": token_in(client.get("/login"))}
        assert client.post("/login", data=typed).status_code == 303
        assert client.get("/organizations").status_code == 200
    bearer = {"Authorization": f"Bearer {token}"}
    answer = httpx.post(f"{address}/graphql", json={"query": "{ __typename }"}, headers=bearer, trust_env=False)
    assert answer.json() == {"data": {"__typename": "Query"}}


def left(home: Path) -> list[psutil.Process]:
    """Who is still there after a moment: Python's own helper notices only then that its parent has gone."""
    return psutil.wait_procs(family(home), timeout=2)[1]


def family(home: Path) -> list[psutil.Process]:
    """Whatever still runs for this home: PostgreSQL by its directory, the rest by its environment."""
    return [process for process in psutil.process_iter() if belongs(process, home)]


def belongs(process: psutil.Process, home: Path) -> bool:
    try:
        return process.environ().get("QIANGJI_DATA") == str(home) or serves(process, home / "postgres")
    except psutil.Error:
        return False


def test_first_and_second_start(begun: Begun, figure: Callable[[str], None]) -> None:
    home, port, first = begun
    second = min(start(home, port, host) for host in ("", "127.0.0.2"))
    assert left(home) == []
    log = (home / "run.log").read_text()
    logins = (home / "demo-logins.txt").read_text().splitlines()
    assert f"http://127.0.0.1:{port}" in log
    assert all(line.split("\t")[1] in log for line in logins)
    assert "Traceback" not in log
    assert second < 5 * busyness()
    figure(f"served after {first:.1f} s the first time, {second:.1f} s the second; no process left")


@pytest.mark.parametrize(
    ("stage", "after", "how"),
    [
        ("postgres.lock", 0.0, signal.SIGHUP),
        ("postgres.unfinished", 0.0, signal.SIGINT),
        ("postgres/postmaster.pid", 0.0, signal.SIGTERM),
        ("postgres/postmaster.pid", 0.0, signal.SIGHUP),
        ("postgres/postmaster.pid", 0.0, signal.SIGINT),
        ("postgres/postmaster.pid", 0.6, signal.SIGTERM),
        ("demo-logins.txt", 0.3, signal.SIGTERM),
    ],
)
def test_stopped_while_it_starts(home: Path, stage: str, after: float, how: signal.Signals) -> None:
    with program("run", home / "run.log", QIANGJI_DATA=str(home), PORT=str(free_port())) as process:
        while not (home / stage).exists() and process.poll() is None:
            time.sleep(0.005)
        time.sleep(after)
        os.killpg(process.pid, how)
        assert process.wait(20) == 0
    assert left(home) == []
    assert "Traceback" not in (home / "run.log").read_text()


def test_killed_and_started_again(home: Path, begun: Begun) -> None:
    subprocess.run(["cp", "-a", f"{begun.home}/.", home], check=True)
    port, log = free_port(), home / "run.log"
    with program("run", log, QIANGJI_DATA=str(home), PORT=str(port)) as process:
        wait_until_served(f"http://127.0.0.1:{port}/healthz", process, log)
        process.kill()
        process.wait()
        deadline = time.monotonic() + 10
        while len(family(home)) > len(processes(home / "postgres")) and time.monotonic() < deadline:
            time.sleep(0.05)  # the worker notices and ends
    start(home, port)


def test_taken_port_is_named_with_the_remedy(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with program("run", home / "run.log", QIANGJI_DATA=str(home), PORT=str(port)) as process:
            assert process.wait(20) == 1
    said = (home / "run.log").read_text()
    assert f"PORT={port}" in said
    assert "in use" in said
    assert "Remedy" in said
    assert not (home / "postgres").exists()


def test_unreachable_database_is_named_with_the_remedy(home: Path) -> None:
    url = f"postgresql://qiangji:secret@127.0.0.1:{free_port()}/qiangji"
    with program("run", home / "run.log", DATABASE_URL=url, PORT=str(free_port())) as process:
        assert process.wait(20) == 1
    said = (home / "run.log").read_text()
    assert said.startswith("The database does not answer")
    assert "Remedy" in said
    assert "secret" not in said
    assert "Traceback" not in said
