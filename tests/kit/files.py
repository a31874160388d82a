"""Files as people have them, made here: pictures, PDF, documents of Office."""

import base64
import hashlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pikepdf
from PIL import Image, ImageCms
from xlsxwriter import Workbook  # type: ignore[import-untyped]

RED, BLUE = (200, 30, 30), (30, 30, 200)
GPS, MAKER_NOTE, ORIENTATION = 0x8825, 0x927C, 0x0112
SECRET = b"22-40-11-N-114-12-33-E"
"""Stands for what must not stay: a position, a note, a payload."""

HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAb5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAAAA"
    "AERAAAIAAQAAAAAB4gABAAAAAAAAACgAAgAAAAACCgABAAAAAAAAAGwAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZl"
    "AgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH/"
    "/wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29s"
    "cm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAADAAAAABAAAAIAAAAAH////wAAAAAv///+AAAAACAAAAEHBpeGkAAAAA"
    "AwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAABppcmVmAAAAAAAAAA5jZHNjAAIAAQABAAAAnG1kYXQAAAAkKAGvGYD3hEl/5DL9VF+XBr7X"
    "5PaxqvoZPXJMe+O9zG+AMOGAAAAABkV4aWYAAE1NACoAAAAIAAIBDwACAAAABgAAACaIJQAEAAAAAQAAACwAAAAATWFrZXIAAAIAAQACAAAAAk4A"
    "AAAAAgAFAAAAAwAAAEoAAAAAAAAAFgAAAAEAAAAoAAAAAQAAAAAAAAAB"
)
"""48 × 32, left half red, right half blue, with a position."""


# --- pictures


def picture(form: str = "JPEG", size: tuple[int, int] = (48, 32), **options: Any) -> bytes:
    """Left half red, right half blue."""
    image = Image.new(options.pop("mode", "RGB"), size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return saved(image, form, **options)


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def notes(orientation: int = 6) -> bytes:
    """EXIF of a telephone held upright: where it was, who made it."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(GPS).update({1: "N", 2: (22.0, 40.0, 11.0), 3: "E", 4: (114.0, 12.0, 33.0)})
    exif.get_ifd(0x8769)[MAKER_NOTE] = SECRET
    return exif.tobytes()


def photograph() -> bytes:
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + SECRET + b"</x:xmpmeta>"
    return picture(exif=notes(), comment=SECRET, xmp=xmp, quality=95)


def profile() -> bytes:
    """Colours in which what is called red is blue: only who heeds it sees them as they are."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return srgb.replace(b"rXYZ", b"xXYZ", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"xXYZ", b"bXYZ", 1)


def frames(form: str, **options: Any) -> bytes:
    """A picture that moves."""
    second = Image.effect_noise((48, 32), 90).convert("RGB")
    first = Image.new("RGB", (48, 32), RED)
    return saved(first, form, save_all=True, append_images=[second], duration=100, **options)


# --- PDF


def pdf(*objects: bytes, trailer: bytes = b"", start: bytes = b"") -> bytes:
    """A catalogue (1), its pages (2), one page (3), then `objects` from 4 on; `{more}` may stand in the catalogue."""
    catalogue = b"<< /Type /Catalog /Pages 2 0 R " + trailer + b" >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [] >>"
    return laid([catalogue, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, *objects], start=start)


def laid(objects: Sequence[bytes], start: bytes = b"", end: bytes = b"") -> bytes:
    """`objects` numbered from 1, with a table that finds them."""
    out, offsets = b"%PDF-1.7\n" + start, []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return out + head + b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, end, len(out))


def stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), more, content)


def packed(content: bytes, **options: Any) -> bytes:
    """The same PDF with its objects in compressed streams."""
    file = BytesIO()
    with pikepdf.open(BytesIO(content)) as document:
        document.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate, **options)
    return file.getvalue()


# --- documents of Office

OFFICE = "application/vnd.openxmlformats-officedocument."
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
MAINS = {
    "docx": ("word/document.xml", f"{OFFICE}wordprocessingml.document.main+xml", b"<document/>"),
    "xlsx": ("xl/workbook.xml", f"{OFFICE}spreadsheetml.sheet.main+xml", b"<workbook/>"),
    "pptx": ("ppt/presentation.xml", f"{OFFICE}presentationml.presentation.main+xml", b"<presentation/>"),
}


def links(*targets: tuple[str, str] | tuple[str, str, str]) -> bytes:
    """A list of links: (last word of the type, target) or (…, …, "External")."""
    lines = ""
    for number, (kind, target, *mode) in enumerate(targets, 1):
        where = f' TargetMode="{mode[0]}"' if mode else ""
        lines += f'<Relationship Id="r{number}" Type="{RELATIONS}{kind}" Target="{target}"{where}/>'
    return f'<Relationships xmlns="{PACKAGE}relationships">{lines}</Relationships>'.encode()


def parts(kind: str, more: dict[str, bytes] | None = None, types: dict[str, str] | None = None) -> dict[str, bytes]:
    """The parts of a small document; `types` are of further parts, or another of the main one."""
    main, main_type, body = MAINS[kind]
    overrides = {main: main_type} | (types or {})
    lines = "".join(f'<Override PartName="/{name}" ContentType="{each}"/>' for name, each in overrides.items())
    defaults = '<Default Extension="rels" ContentType="x+xml"/><Default Extension="bin" ContentType="x/printer"/>'
    contents = f'<Types xmlns="{PACKAGE}content-types">{defaults}{lines}</Types>'.encode()
    root = links(("officeDocument", main))
    return {"[Content_Types].xml": contents, "_rels/.rels": root, main: body} | (more or {})


def zipped(content: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return file.getvalue()


def office(kind: str, more: dict[str, bytes] | None = None, types: dict[str, str] | None = None) -> bytes:
    return zipped(parts(kind, more, types))


def workbook() -> bytes:
    """As a real program writes it: numbers, a chart, a link into the web."""
    file = BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet("台账")
        sheet.write_column(0, 0, list(range(500)))
        sheet.write_url(0, 1, "https://www.example.gov.cn/", string="区政府")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": ["台账", 0, 0, 499, 0]})
        sheet.insert_chart("C1", chart)
    return file.getvalue()


def presentation() -> bytes:
    """With a chart, whose numbers are a workbook inside."""
    chart, numbers = "ppt/charts/chart1.xml", "ppt/embeddings/Microsoft_Excel_Sheet1.xlsx"
    more = {
        chart: b"<chartSpace/>",
        "ppt/charts/_rels/chart1.xml.rels": links(("package", "../embeddings/Microsoft_Excel_Sheet1.xlsx")),
        numbers: workbook(),
        "ppt/media/image1.jpg": picture(),
    }
    return office("pptx", more, {chart: f"{OFFICE}drawingml.chart+xml", numbers: f"{OFFICE}spreadsheetml.sheet"})


def letter() -> bytes:
    """A document with a picture, a link, a field that counts pages."""
    body = b'<w:document xmlns:w="w"><w:p><w:instrText>PAGE</w:instrText></w:p></w:document>'
    more = {
        "word/document.xml": body,
        "word/_rels/document.xml.rels": links(
            ("image", "media/image1.png"), ("hyperlink", "https://www.example.gov.cn/a?b=1", "External")
        ),
        "word/media/image1.png": picture("PNG"),
    }
    return office("docx", more)


def written(path: Path, content: bytes) -> Path:
    _ = path.write_bytes(content)
    return path


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
