"""Whose processes PostgreSQL's are: it refuses to run as root."""

import os
import pwd
import stat
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from server.embedded.places import CannotStart, programs

ACCOUNT = "qiangji-postgres"


class Account(NamedTuple):
    """Whose processes the server's are; None: ours. PostgreSQL refuses to run as root."""

    uid: int | None = None
    gid: int | None = None

    def own(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


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


def make_socket_directory(path: Path, account: Account) -> None:
    """Ours alone: whoever owned it before us could pose as the server."""
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
        account.own(path)
    found = path.lstat()
    ours = os.geteuid() if account.uid is None else account.uid
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != ours or stat.S_IMODE(found.st_mode) != 0o700:
        raise CannotStart(f"{path} exists and is not ours. Remedy: remove it, or name a shorter path in QIANGJI_DATA.")
