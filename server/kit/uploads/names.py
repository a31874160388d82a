"""The name under which an upload is shown: made from what the browser sent, never a path."""

import re
from unicodedata import category, normalize

from server.kit.uploads.kinds import EXTENSIONS, Kind

LONGEST = 120
MOST_BYTES = 200
"""In UTF-8; file systems end at 255, and whoever takes the file out may put something before it."""
READ = 4096
"""Characters at the end of a name that are looked at."""

NAMELESS = "file"
MEANT_OTHERWISE = re.compile(r'[<>:"|?*]')
"""What some system reads as something else than a letter of a name."""
DEVICE = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
JOINERS = "\u200c\u200d"
"""Not seen either, but they make one picture or letter of two."""


def shown_name(sent: str | None, kind: Kind) -> str:
    """What the browser sent, without folders and what nobody sees, short enough, with the ending of `kind`."""
    stem = stem_of(plain(last_part(sent or "")))
    if DEVICE.match(stem):
        stem = f"_{stem}"
    return cut(stem or NAMELESS, kind.extension) + kind.extension


def last_part(sent: str) -> str:
    return re.split(r"[/\\]", sent[-READ:].rstrip("/\\"))[-1]


def plain(name: str) -> str:
    """One spelling of the same characters; no controls, no changes of direction, single blanks."""
    visible = "".join(each for each in name if each in JOINERS or category(each) not in UNSEEN)
    return MEANT_OTHERWISE.sub("_", " ".join(normalize("NFC", visible).split()))


def stem_of(name: str) -> str:
    """Without an ending that means one of the kinds; any other belongs to the name."""
    stem, dot, ending = name.rstrip(" .").rpartition(".")
    known = dot and f".{ending}".lower() in EXTENSIONS
    return (stem if known else name).strip(" .")


def cut(stem: str, extension: str) -> str:
    stem = stem[: LONGEST - len(extension)]
    while len((stem + extension).encode()) > MOST_BYTES:
        stem = stem[:-1]
    return stem.rstrip(f" .{JOINERS}")
