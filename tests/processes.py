"""The program as its users run it: a process of its own, ended by its pid."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import psutil

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def program(command: str, log: Path, **variables: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`qiangji <command>` in a session of its own; whatever is left of it is killed at the end.

    It hears a hangup, also where these tests themselves were told not to.
    """
    with log.open("ab") as output, hearing(signal.SIGHUP):
        process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", command],
            cwd=ROOT,
            env={**clean_environment(), **variables},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        end(process)


@contextmanager
def hearing(number: signal.Signals) -> Iterator[None]:
    """What is started meanwhile does not inherit that this signal is ignored."""
    before = signal.signal(number, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(number, before)


def clean_environment() -> Mapping[str, str]:
    """Ours, without the variables that the program obeys."""
    ours = ("QIANGJI_", "DATABASE_", "HOST", "PORT")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def end(process: "subprocess.Popen[bytes]", seconds: float = 20) -> None:
    """Ask it to stop; kill it and its children when it does not."""
    if process.poll() is not None:
        return
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        for member in family:
            if member.is_running():
                member.kill()
        process.wait()


@contextmanager
def serving(database_url: str, directory: Path) -> Iterator[str]:
    """The real server on a free port; yields its address."""
    port, log = free_port(), directory / "server.log"
    variables = {"DATABASE_URL": database_url, "PORT": str(port), "QIANGJI_DATA": str(directory)}
    variables |= {"QIANGJI_KEYS": os.environ["QIANGJI_KEYS"], "QIANGJI_UNSAFE": "1"}
    with program("serve", log, **variables) as process:
        address = f"http://127.0.0.1:{port}"
        wait_until_served(address, process, log)
        yield address


def wait_until_served(address: str, process: "subprocess.Popen[bytes]", log: Path, seconds: float = 180) -> None:
    deadline = time.monotonic() + seconds
    while not answers(address):
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"The server does not serve:\n{log.read_text(errors='replace')[-4000:]}")
        time.sleep(0.05)


def answers(address: str) -> bool:
    """Asked with what costs least: httpx takes 20 ms before it asks, and others work meanwhile."""
    place = urlsplit(address)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=10)
    try:
        connection.request("GET", place.path or "/")
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
