"""PDF: kept byte for byte, so that signatures stay good, and only if nothing in it acts by itself."""

import mmap
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from server.kit.messages import Message, say
from server.kit.refusals import Invalid, Refusal, invalid
from server.kit.uploads.kinds import OPENING, TAGS
from server.kit.uploads.links import leads_into_the_web

SHORTEST = 64
"""Bytes; no PDF with a page is shorter."""
UNPACKED = 64 << 20
"""Bytes to which one stream of objects may unpack."""
PADDING = b"\x00\t\n\x0c\r \x1a"
ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")

SCRIPT = say("a script")
FILE = say("another file")
COMMAND = say("a command that starts a program, sends data or opens another file")
MEDIA = say("a film, a sound or a model")
FORM = say("a form of the old kind (XFA)")

KEYS: dict[str, Message] = {
    "/JS": SCRIPT,
    "/JavaScript": SCRIPT,
    "/EF": FILE,
    "/EmbeddedFiles": FILE,
    "/XFA": FORM,
    "/RichMediaContent": MEDIA,
}
ACTIONS: dict[str, Message] = {
    "/JavaScript": SCRIPT,
    "/Launch": COMMAND,
    "/SubmitForm": COMMAND,
    "/ImportData": COMMAND,
    "/GoToR": COMMAND,
    "/GoToE": COMMAND,
    "/Rendition": MEDIA,
    "/Movie": MEDIA,
    "/Sound": MEDIA,
    "/RichMediaExecute": MEDIA,
}
SUBTYPES: dict[str, Message] = {
    "/FileAttachment": FILE,
    "/RichMedia": MEDIA,
    "/Movie": MEDIA,
    "/Sound": MEDIA,
    "/3D": MEDIA,
}


def spelled(name: str) -> str:
    """A pattern for a name of PDF, each letter of which may be written as #xx."""
    return "/" + "".join(f"(?:{letter}|#{ord(letter):02x}|#{ord(letter):02X})" for letter in name)


PLAIN: dict[re.Pattern[bytes], Message] = {
    re.compile(spelled(name).encode()): what
    for name, what in (("JavaScript", SCRIPT), ("Launch", COMMAND), ("EmbeddedFile", FILE), ("RichMedia", MEDIA))
}
"""What is looked for in the bytes as well: a reader may still find what the newest revision has dropped."""


def judge(source: Path) -> None:
    """Raises Invalid for what is no PDF from its first byte to its last, or holds what acts."""
    frame(source)
    _ = pikepdf.settings.set_qpdf_limits(flate_max_memory=UNPACKED, run_length_max_memory=UNPACKED)
    exceeded = pikepdf.settings.qpdf_limit_errors()
    try:
        with pikepdf.explicit_conversion(), pikepdf.open(source) as document:
            pages = len(document.pages)
            look_through(document)
    except (Refusal, MemoryError):
        raise
    except pikepdf.PasswordError:
        raise invalid(file=say("This PDF has a password; save it without one and send that.")) from None
    except Exception:  # whatever the parser makes of bytes that somebody else chose
        raise damaged() from None
    if not pages or pikepdf.settings.qpdf_limit_errors() > exceeded:
        raise damaged()


def frame(source: Path) -> None:
    """It ends where a PDF ends, it is no archive and no web page as well, and names nothing that acts."""
    if source.stat().st_size < SHORTEST:
        raise damaged()
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        end = content.rfind(b"%%EOF")
        if not re.match(rb"%PDF-[12]\.\d", content) or end < 0:
            raise damaged()
        if content[end + 5 :].strip(PADDING) or TAGS.search(content[:OPENING]) or is_archive(source, content):
            raise invalid(file=say("This PDF is something else as well; print it to a new PDF and send that."))
        for pattern, what in PLAIN.items():
            if pattern.search(content):
                raise acts(what)


def is_archive(source: Path, content: mmap.mmap) -> bool:
    return zipfile.is_zipfile(source) or any(content.find(signature) >= 0 for signature in ARCHIVES)


def look_through(document: pikepdf.Pdf) -> None:
    """Raises Invalid for the first thing that acts, wherever it hangs."""
    for holder in dictionaries(document):
        if what := deed(holder):
            raise acts(what)
    opening = document.Root.get("/OpenAction")
    if isinstance(opening, Dictionary) and text(opening.get("/S")) not in ("/GoTo", "/Named"):
        raise acts(COMMAND)


def dictionaries(document: pikepdf.Pdf) -> Iterator[Object]:
    """Every dictionary, whether anything refers to it or not; none is followed, so none is met twice."""
    waiting: list[Object] = [document.trailer]
    for each in document.objects:
        waiting.append(each)
        while waiting:
            holder = waiting.pop()
            if isinstance(holder, Dictionary | Stream):
                yield holder
                inner = [value for _, value in holder.items()]
            else:
                inner = list(holder) if isinstance(holder, Array) else []
            waiting += [value for value in inner if isinstance(value, Dictionary | Array) and not value.is_indirect]


def deed(holder: Object) -> Message | None:
    """What a dictionary does by itself or when it is touched, or None."""
    if found := next((KEYS[key] for key, _ in holder.items() if key in KEYS), None):
        return found
    action = text(holder.get("/S"))
    if action == "/URI" and not leads_into_the_web(text(holder.get("/URI"))):
        return COMMAND
    if text(holder.get("/Type")) == "/EmbeddedFile":
        return FILE
    return ACTIONS.get(action) or SUBTYPES.get(text(holder.get("/Subtype")))


def text(value: Object | None) -> str:
    return str(value) if isinstance(value, Name | pikepdf.String) else ""


def acts(what: Message) -> Invalid:
    return invalid(file=say("This PDF holds {what}; print it to a new PDF and send that.", what=what))


def damaged() -> Invalid:
    return invalid(file=say("This PDF is damaged or not complete; open it, print it to a new PDF and send that."))
