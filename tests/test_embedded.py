"""The PostgreSQL of our own comes up after everything that can be done to it, and leaves nothing behind."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from server import embedded
from server.embedded import running
from server.embedded.places import CannotStart, socket_directory
from server.embedded.processes import postmaster, processes
from tests import postgres

QUICK = {"fsync": "off", "log_checkpoints": "off"}
USER = """
import select
import signal
import sys
from pathlib import Path
from server.embedded import running
signal.signal(signal.SIGINT, signal.default_int_handler)
with running(Path(sys.argv[1]), fsync="off"):
    print("up", flush=True)
    while not select.select([sys.stdin], [], [], 0.1)[0]:
        pass
"""
"""Hears Ctrl-C even if whoever runs the tests does not, and waits in short steps: a signal that comes just before a
long read would be heard only after it."""


@pytest.fixture
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="qiangji-embedded-", dir=postgres.memory()) as directory:
        yield Path(directory).resolve()


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    """A cluster that has run before and holds one note: copied for whoever needs one, as to make one takes a second."""
    with tempfile.TemporaryDirectory(prefix="qiangji-embedded-", dir=postgres.memory()) as directory:
        with running(Path(directory) / "postgres", **QUICK) as url:
            ask(url, "CREATE TABLE note AS SELECT 'kept' AS text")
        yield Path(directory) / "postgres"


@pytest.fixture
def cluster(place: Path, made: Path) -> Path:
    """A cluster that has run before and holds one note."""
    subprocess.run(["cp", "-a", made, place], check=True)
    return place / "postgres"


@pytest.fixture
def user(cluster: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process that uses the cluster."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(cluster)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    with process:
        assert process.stdout
        assert process.stdout.readline() == "up\n"
        yield process
        if process.poll() is None:
            process.kill()


def ask(url: str, query: str) -> object:
    async def fetch() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    return asyncio.run(fetch())


def assert_works(cluster: Path) -> None:
    with running(cluster, **QUICK) as url:
        assert ask(url, "SELECT text FROM note") == "kept"
    assert processes(cluster) == []
    assert not (cluster / "postmaster.pid").exists()


# --- the ordinary


def test_is_postgresql_18_that_knows_chinese(place: Path) -> None:
    with running(place / "postgres", **QUICK) as url:
        assert str(ask(url, "SHOW server_version")).startswith(embedded.MAJOR)
        assert ask(url, "SELECT length('深坑') || upper('é')") == "2É"


def test_keeps_what_was_written(cluster: Path) -> None:
    assert_works(cluster)


def test_last_of_several_users_stops_it(cluster: Path, user: "subprocess.Popen[str]") -> None:
    with running(cluster) as url:
        user.communicate()
        assert ask(url, "SELECT text FROM note") == "kept"
    assert processes(cluster) == []


def test_another_user_keeps_it_up(cluster: Path, user: "subprocess.Popen[str]") -> None:
    with running(cluster) as url:
        ask(url, "SELECT text FROM note")
    assert processes(cluster) != []
    user.communicate()
    assert processes(cluster) == []


# --- what a crash leaves behind


def test_postgres_killed(cluster: Path) -> None:
    with running(cluster, **QUICK) as url:
        ask(url, "INSERT INTO note VALUES ('new')")
        kill(postmaster(cluster))
    assert_works(cluster)


def test_postmaster_killed_while_its_children_live_on(cluster: Path) -> None:
    with running(cluster, **QUICK):
        server = postmaster(cluster)
        assert server
        children = server.children()
        for child in children:
            child.suspend()  # so they do not notice
        kill(server)
        assert processes(cluster) != []
        with running(cluster, **QUICK) as url:
            assert ask(url, "SELECT text FROM note") == "kept"
    assert processes(cluster) == []


def test_program_killed(cluster: Path, user: "subprocess.Popen[str]") -> None:
    """Its PostgreSQL lives on; the next to use it takes it over, and stops it."""
    user.kill()
    user.wait()
    assert postmaster(cluster)
    assert_works(cluster)


def test_pid_file_names_a_dead_process(cluster: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    write_pid_file(cluster, str(dead.pid))
    assert_works(cluster)


def test_pid_file_names_another_program(cluster: Path) -> None:
    with subprocess.Popen(["sleep", "60"], user=cluster.stat().st_uid) as stranger:
        write_pid_file(cluster, str(stranger.pid))
        assert_works(cluster)
        assert stranger.poll() is None
        stranger.kill()


def test_pid_file_names_another_postgres(cluster: Path) -> None:
    with running(cluster.with_name("other"), **QUICK) as other:
        server = postmaster(cluster.with_name("other"))
        assert server
        write_pid_file(cluster, str(server.pid))
        assert_works(cluster)
        assert ask(other, "SELECT 1") == 1


@pytest.mark.parametrize("text", ["", "\n", "12", "not a number\n", "99999999999999999999\n", "\x00\x00"])
def test_pid_file_half_written(cluster: Path, text: str) -> None:
    (cluster / "postmaster.pid").write_text(text)
    assert_works(cluster)


def test_pid_file_spoilt_while_it_runs(cluster: Path, user: "subprocess.Popen[str]") -> None:
    user.kill()
    user.wait()
    (cluster / "postmaster.pid").write_text("nonsense")
    assert_works(cluster)


def test_first_start_cut_short(place: Path) -> None:
    unfinished = place / "postgres.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    with running(place / "postgres", **QUICK) as url:
        assert ask(url, "SELECT 1") == 1
    assert not unfinished.exists()


def test_ctrl_c_reaches_the_whole_group(cluster: Path, user: "subprocess.Popen[str]") -> None:
    """PostgreSQL does not hear it; the program does, and stops PostgreSQL in good order."""
    os.killpg(user.pid, signal.SIGINT)
    user.wait(20)
    assert processes(cluster) == []
    log = (cluster.parent / "postgres.log").read_text()
    assert log.rstrip().endswith("database system is shut down")
    assert "interrupted" not in log
    assert_works(cluster)


# --- odd places


@pytest.mark.parametrize("name", ["with spaces", "引号'\"$HOME", "comma,colon:", "long" * 40, "deep/" * 30])
def test_odd_path(place: Path, name: str) -> None:
    directory = place / name / "postgres"
    with running(directory, **QUICK) as url:
        assert ask(url, "SELECT 1") == 1
    sockets = socket_directory(directory)
    assert sockets == directory or not sockets.exists()
    assert processes(directory) == []


def test_taken_socket_directory_is_refused(place: Path) -> None:
    directory = place / ("long" * 40) / "postgres"
    sockets = socket_directory(directory)
    sockets.mkdir(mode=0o777)
    try:
        with pytest.raises(CannotStart, match="is not ours"), running(directory, **QUICK):
            pass
    finally:
        sockets.rmdir()


# --- refusals


def test_other_version_is_refused(cluster: Path) -> None:
    (cluster / "PG_VERSION").write_text("15\n")
    with pytest.raises(CannotStart, match=r"PostgreSQL 15.*Remedy"), running(cluster):
        pass


def test_directory_of_something_else_is_refused_and_kept(place: Path) -> None:
    (place / "postgres").mkdir()
    (place / "postgres" / "letter.txt").write_text("dear")
    with pytest.raises(CannotStart, match="Remedy"), running(place / "postgres"):
        pass
    assert (place / "postgres" / "letter.txt").read_text() == "dear"


def test_failure_shows_the_log(cluster: Path) -> None:
    with pytest.raises(CannotStart, match="unrecognized configuration parameter"), running(cluster, nonsense="1"):
        pass
    assert_works(cluster)


def kill(process: psutil.Process | None) -> None:
    assert process
    process.kill()
    process.wait(10)


def write_pid_file(cluster: Path, pid: str) -> None:
    lines = [pid, str(cluster), "1700000000", "5432", str(cluster), "", "  1234567  7", "ready   "]
    (cluster / "postmaster.pid").write_text("\n".join(lines) + "\n")
