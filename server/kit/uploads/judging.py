"""One upload, judged and written anew; runs apart from the program, because the bytes are somebody else's."""

import os
import resource
import shutil
from pathlib import Path

from server.kit.messages import say
from server.kit.refusals import invalid
from server.kit.uploads.archive import locked
from server.kit.uploads.kinds import HEAD, REFUSED, Kind, Look, look_of

MEMORY = 1 << 30
"""Bytes: a photograph of 64 megapixels, decoded and turned, takes half of it."""
SECONDS = 20
"""Of computing; what is honest takes two."""
LARGEST = 96 << 20
"""Bytes of a file that is written."""
CONFINED = (
    (resource.RLIMIT_AS, MEMORY),
    (resource.RLIMIT_CPU, SECONDS),
    (resource.RLIMIT_FSIZE, LARGEST),
    (resource.RLIMIT_NOFILE, 64),
    (resource.RLIMIT_CORE, 0),
)

TOO_HEAVY = say("It takes too long or too much memory to look through this file; save it as a smaller PDF or JPEG.")
LOCKED_BY_OFFICE = "EncryptedPackage".encode("utf-16-le")
"""Office puts a document with a password into a file of the old kind."""


def judge(source: Path, target: Path) -> Kind:
    """Write what may be kept of `source` to `target` and say what it is. Raises Invalid (`file`) otherwise."""
    with source.open("rb") as file:
        look = look_of(file.read(HEAD))
    try:
        return rewritten(source, target, look)
    except (MemoryError, RecursionError):
        raise invalid(file=TOO_HEAVY) from None


def rewritten(source: Path, target: Path, look: Look) -> Kind:
    """Each reader is loaded only for what it reads."""
    match look:
        case Look.JPEG | Look.PNG | Look.WEBP | Look.HEIF:
            from server.kit.uploads import images

            return images.redraw(source, target, look)
        case Look.PDF:
            from server.kit.uploads import pdf

            pdf.judge(source)
            shutil.copyfile(source, target)
            return Kind.PDF
        case Look.ZIP:
            from server.kit.uploads import office

            return office.repack(source, target)
        case Look.OLD_OFFICE if LOCKED_BY_OFFICE in source.read_bytes():
            raise locked()
    raise invalid(file=REFUSED[look])


def confine() -> None:
    """Take this process's means away, before it has read a byte; whoever waits for a page goes first."""
    _ = os.nice(10)
    for kind, most in CONFINED:
        _, hardest = resource.getrlimit(kind)
        bound = most if hardest == resource.RLIM_INFINITY else min(most, hardest)
        resource.setrlimit(kind, (bound, bound))
