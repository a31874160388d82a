"""What a file is, told by its first bytes and never by its name; what is not taken, with a way to send it after all."""

import re
from codecs import getincrementaldecoder
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from server.kit.messages import Message, say

HEAD = 4096
"""Bytes at the beginning that tell what a file is."""
OPENING = 1024
"""Where readers of PDF look for its header, and browsers for a web page."""


@dataclass(frozen=True)
class Format:
    """What is kept: its own ending, other endings that mean the same, and how it is served."""

    extension: str
    media_type: str
    aliases: frozenset[str] = frozenset()


OFFICE = "application/vnd.openxmlformats-officedocument."


class Kind(Enum):
    """What is taken, by the form in which it is kept."""

    PDF = Format(".pdf", "application/pdf")
    JPEG = Format(".jpg", "image/jpeg", frozenset({".jpeg", ".jpe", ".jfif", ".heic", ".heif"}))
    PNG = Format(".png", "image/png", frozenset({".apng"}))
    WEBP = Format(".webp", "image/webp")
    DOCX = Format(".docx", f"{OFFICE}wordprocessingml.document")
    XLSX = Format(".xlsx", f"{OFFICE}spreadsheetml.sheet")
    PPTX = Format(".pptx", f"{OFFICE}presentationml.presentation")

    @property
    def extension(self) -> str:
        return self.value.extension

    @property
    def media_type(self) -> str:
        return self.value.media_type


EXTENSIONS = frozenset(ending for kind in Kind for ending in {kind.extension, *kind.value.aliases})


class Look(Enum):
    """What the first bytes look like; judged further where it may be taken."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIF = "heif"
    ZIP = "zip"
    EMPTY = "empty"
    LATE_PDF = "late pdf"
    OLD_OFFICE = "old office"
    ARCHIVE = "archive"
    PROGRAM = "program"
    SCRIPT = "script"
    WEB_PAGE = "web page"
    DRAWING = "drawing"
    MARKUP = "markup"
    RICH_TEXT = "rich text"
    PICTURE = "picture"
    RECORDING = "recording"
    TEXT = "text"
    UNKNOWN = "unknown"


REFUSED: dict[Look, Message] = {
    Look.EMPTY: say("This file is empty; choose the file again."),
    Look.LATE_PDF: say("Something stands before the beginning of this PDF; print it to a new PDF and send that."),
    Look.OLD_OFFICE: say(
        "This is an Office document of the old kind (.doc, .xls, .ppt); save it as .docx, .xlsx, .pptx or PDF."
    ),
    Look.ARCHIVE: say("This is an archive; unpack it and send the documents one by one."),
    Look.PROGRAM: say("This is a program, and programs are not taken; send a document or a picture."),
    Look.SCRIPT: say("This is a script, and scripts are not taken; send a document or a picture."),
    Look.WEB_PAGE: say("This is a web page; print it to a PDF and send that."),
    Look.DRAWING: say("This is an SVG drawing, which may hold scripts; save it as PNG or PDF."),
    Look.MARKUP: say("This is XML; save it as .docx, .xlsx or PDF."),
    Look.RICH_TEXT: say("This is rich text (RTF); save it as .docx or PDF."),
    Look.PICTURE: say("Pictures of this kind are not taken; save it as JPEG or PNG."),
    Look.RECORDING: say("This is a film or a sound recording; send a picture or a document."),
    Look.TEXT: say("This is plain text; save it as .docx or PDF."),
    Look.UNKNOWN: say("It cannot be told what this file is; send PDF, JPEG, PNG, WebP, .docx, .xlsx or .pptx."),
}

SIGNATURES: list[tuple[bytes, Look]] = [
    (b"%PDF-", Look.PDF),
    (b"\xff\xd8\xff", Look.JPEG),
    (b"\x89PNG\r\n\x1a\n", Look.PNG),
    (b"PK\x03\x04", Look.ZIP),
    (b"PK\x05\x06", Look.ARCHIVE),
    (b"PK\x07\x08", Look.ARCHIVE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Look.OLD_OFFICE),
    (b"Rar!\x1a\x07", Look.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Look.ARCHIVE),
    (b"\x1f\x8b", Look.ARCHIVE),
    (b"BZh", Look.ARCHIVE),
    (b"\xfd7zXZ\x00", Look.ARCHIVE),
    (b"\x28\xb5\x2f\xfd", Look.ARCHIVE),
    (b"MSCF", Look.ARCHIVE),
    (b"MZ", Look.PROGRAM),
    (b"\x7fELF", Look.PROGRAM),
    (b"\xca\xfe\xba\xbe", Look.PROGRAM),
    (b"\xcf\xfa\xed\xfe", Look.PROGRAM),
    (b"\xce\xfa\xed\xfe", Look.PROGRAM),
    (b"\x00asm", Look.PROGRAM),
    (b"dex\n", Look.PROGRAM),
    (b"L\x00\x00\x00\x01\x14\x02\x00", Look.PROGRAM),
    (b"{\\rtf", Look.RICH_TEXT),
    (b"GIF8", Look.PICTURE),
    (b"BM", Look.PICTURE),
    (b"II*\x00", Look.PICTURE),
    (b"MM\x00*", Look.PICTURE),
    (b"8BPS", Look.PICTURE),
    (b"\x00\x00\x01\x00", Look.PICTURE),
    (b"ID3", Look.RECORDING),
    (b"OggS", Look.RECORDING),
    (b"fLaC", Look.RECORDING),
    (b"\x1aE\xdf\xa3", Look.RECORDING),
    (b"FLV\x01", Look.RECORDING),
    (b"FWS", Look.PROGRAM),
    (b"CWS", Look.PROGRAM),
]
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}

SCRIPTS = ("#!", "<?php", "<%", "@echo", "<job", "<package", "<?=", "powershell")
WEB_PAGES = ("<!doctype html", "<html", "<script", "<head", "<body", "<iframe", "<meta", "<title", "mime-version:")
TAGS = re.compile(rb"<(html|script|svg|body|iframe|!doctype)", re.IGNORECASE)
CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def look_of(head: bytes) -> Look:
    """What a file that begins with `head` looks like."""
    if not head:
        return Look.EMPTY
    if found := next((look for signature, look in SIGNATURES if head.startswith(signature)), None):
        return found
    return boxed(head) or written(head)


def boxed(head: bytes) -> Look | None:
    """Containers that name their kind further in."""
    if head.startswith(b"RIFF"):
        return Look.WEBP if head[8:12] == b"WEBP" else Look.RECORDING
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return Look.HEIF if brand in HEIF_BRANDS else Look.PICTURE if brand == b"avif" else Look.RECORDING
    return Look.ARCHIVE if head[257:262] == b"ustar" else None


def written(head: bytes) -> Look:
    """What is meant to be read as text, if it is."""
    if (text := text_of(head)) is None:
        return Look.LATE_PDF if b"%PDF-" in head[:OPENING] else Look.UNKNOWN
    start = text.lstrip().lower()
    if start.startswith(SCRIPTS):
        return Look.SCRIPT
    if start.startswith(WEB_PAGES):
        return Look.WEB_PAGE
    if start.startswith("<"):
        return Look.DRAWING if "<svg" in start else Look.WEB_PAGE if "<html" in start else Look.MARKUP
    return Look.LATE_PDF if "%pdf-" in start[:OPENING] else Look.TEXT


def text_of(head: bytes) -> str | None:
    """`head` as text, or None; its last character may be cut in two."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore").lstrip("\ufeff")
    for encoding in ("utf-8-sig", "gb18030"):
        with suppress(UnicodeDecodeError):
            text = getincrementaldecoder(encoding)().decode(head)
            return None if CONTROLS.search(text) else text
    return None
