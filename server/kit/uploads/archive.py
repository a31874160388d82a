"""Reading a zip that somebody else made: every limit is held by what is read, not by what the zip says of itself."""

import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import category, normalize
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from server.kit.messages import say
from server.kit.refusals import Invalid, invalid

MEMBERS = 3000
UNPACKED = 300 << 20
"""Bytes in all, those of documents inside included."""
RATIO = 200
"""Times that a member may grow, once it is larger than RATIO_FROM; tables of numbers reach 30."""
RATIO_FROM = 8 << 20
PIECE = 1 << 16
HEADER = 30
"""Bytes before the name of a member."""
ENCRYPTED = 0x1


@dataclass
class Budget:
    """What may still be unpacked."""

    left: int = UNPACKED

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise bomb()


def members(archive: ZipFile) -> list[ZipInfo]:
    """The files in `archive`, in its order. Raises Invalid for what no office program writes."""
    found = archive.infolist()
    if len(found) > MEMBERS:
        raise bomb()
    if any(info.flag_bits & ENCRYPTED for info in found):
        raise locked()
    names = [folded(info.filename) for info in found]
    if len(set(names)) < len(names) or not all(map(is_plain, found)) or overlap(found):
        raise unsound()
    return [info for info in found if not info.is_dir()]


def folded(name: str) -> str:
    """Names that some system takes for the same."""
    return normalize("NFKC", name).casefold().rstrip(". ")


def is_plain(info: ZipInfo) -> bool:
    """A file by a relative path that stays below its beginning, packed as office programs pack."""
    name = info.filename
    sound = name == info.orig_filename and not set(name) & set('\\:<>"|?*')
    within = not {"", ".", ".."} & set(name.removesuffix("/").split("/"))
    seen = not any(category(character) in ("Cc", "Cs") for character in name)
    kind = stat.S_IFMT(info.external_attr >> 16)
    packed = info.compress_type in (ZIP_STORED, ZIP_DEFLATED)
    return sound and within and seen and packed and kind in (0, stat.S_IFREG, stat.S_IFDIR)


def overlap(found: list[ZipInfo]) -> bool:
    """Whether two members share bytes, or bytes stand before the first."""
    ordered = sorted(found, key=lambda info: info.header_offset)
    if ordered and ordered[0].header_offset:
        return True
    ends = (info.header_offset + HEADER + len(info.orig_filename) + info.compress_size for info in ordered)
    return any(following.header_offset < end for end, following in zip(ends, ordered[1:], strict=False))


def pieces(archive: ZipFile, info: ZipInfo, budget: Budget) -> Iterator[bytes]:
    """The bytes of a member. Raises Invalid as soon as there are too many, or they are not those that were packed."""
    size = 0
    try:
        with archive.open(info) as file:
            while piece := file.read(PIECE):
                size += len(piece)
                budget.take(len(piece))
                if size > RATIO_FROM and size > RATIO * max(1, info.compress_size):
                    raise bomb()
                yield piece
    except (BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, zlib.error):
        raise damaged() from None


def locked() -> Invalid:
    return invalid(file=say("This document has a password; save it without one and send that."))


def bomb() -> Invalid:
    return invalid(file=say("This document unpacks to far more than it should; save it as PDF and send that."))


def unsound() -> Invalid:
    return invalid(file=say("This document is not packed as Office packs; open it, save it again and send that."))


def damaged() -> Invalid:
    return invalid(file=say("This document is damaged or not complete; open it, save it again and send that."))
