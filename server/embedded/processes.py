"""Starting programs of the wheel, and telling which processes serve a data directory."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psutil

from server.embedded.accounts import Account
from server.embedded.places import CannotStart, programs

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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
        if arrived:
            signal.raise_signal(arrived[0])


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
