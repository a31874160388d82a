"""Uploads: what is hostile is refused with a remedy or made harmless, what is honest is taken."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from unicodedata import normalize
from zipfile import ZipFile

import pikepdf
import pytest
from PIL import Image
from python_calamine import CalamineWorkbook

from server.kit import uploads
from server.kit.messages import catalogue, translate
from server.kit.refusals import Invalid
from server.kit.uploads import LIMIT, taken
from server.kit.uploads.archive import Budget
from server.kit.uploads.judging import judge
from server.kit.uploads.kinds import Kind
from server.kit.uploads.names import shown_name
from server.kit.uploads.office import repack
from tests.conftest import Figure
from tests.kit import files
from tests.kit.files import BLUE, RED, SECRET, picture, written
from tests.kit.hostile import NAMES, NEUTRALISED, REFUSED

HONEST: dict[str, tuple[Callable[[], bytes], Kind]] = {
    "photograph.jpeg": (files.photograph, Kind.JPEG),
    "drawing.png": (lambda: picture("PNG"), Kind.PNG),
    "transparent.png": (lambda: picture("PNG", mode="RGBA"), Kind.PNG),
    "picture.webp": (lambda: picture("WEBP"), Kind.WEBP),
    "telephone.heic": (lambda: files.HEIC, Kind.JPEG),
    "plain.pdf": (files.pdf, Kind.PDF),
    "packed.pdf": (lambda: files.packed(files.pdf()), Kind.PDF),
    "opens at a page.pdf": (lambda: files.pdf(trailer=b"/OpenAction [3 0 R /Fit]"), Kind.PDF),
    "with a link.pdf": (
        lambda: files.pdf(b"<< /Subtype /Link /A << /S /URI /URI (https://www.example.gov.cn/) >> >>"),
        Kind.PDF,
    ),
    "owner's password.pdf": (lambda: files.packed(files.pdf(), encryption=pikepdf.Encryption(owner="o")), Kind.PDF),
    "letter.docx": (files.letter, Kind.DOCX),
    "台账.xlsx": (files.workbook, Kind.XLSX),
    "with a chart.pptx": (files.presentation, Kind.PPTX),
}


class Sent:
    """What a browser sends; it may break off."""

    def __init__(self, content: bytes, breaks: bool = False) -> None:
        self.file, self.breaks = BytesIO(content), breaks

    async def read(self, size: int, /) -> bytes:
        piece = self.file.read(size)
        if self.breaks and not piece:
            raise ConnectionError("gone")
        return piece


def said_in_both_languages(refusal: Invalid) -> str:
    """The English text; the Chinese one must be another."""
    message = refusal.fields["file"]
    assert message.text in catalogue("zh"), message.text
    assert all(getattr(value, "text", "") in {"", *catalogue("zh")} for value in message.params.values())
    assert translate("zh", message) != translate("en", message)
    assert "{" not in translate("zh", message)
    return translate("en", message)


def opened(path: Path, kind: Kind) -> Any:
    """What another reader makes of a file that was kept."""
    match kind:
        case Kind.PDF:
            with pikepdf.open(path) as document:
                return len(document.pages)
        case Kind.JPEG | Kind.PNG | Kind.WEBP:
            with Image.open(path, formats=[kind.name]) as image:
                image.load()
                return image
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        return archive.namelist()


# --- hostile


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_hostile_is_refused_with_a_remedy(name: str, tmp_path: Path) -> None:
    case = REFUSED[name]
    with pytest.raises(Invalid) as refusal:
        _ = judge(written(tmp_path / "sent", case.make()), tmp_path / "clean")
    assert case.says in said_in_both_languages(refusal.value)


@pytest.mark.parametrize("name", NEUTRALISED)
def test_what_comes_along_is_left_behind(name: str, tmp_path: Path) -> None:
    case = NEUTRALISED[name]
    content = case.make()
    assert case.gone in content
    kind = judge(written(tmp_path / "sent", content), tmp_path / "clean")
    assert case.gone not in (tmp_path / "clean").read_bytes()
    assert opened(tmp_path / "clean", kind)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_for_showing(name: str) -> None:
    sent, shown = NAMES[name]
    assert shown_name(sent, Kind.PNG) == shown


LONG = ["照" * 300 + ".png", "a" * 5000, "👩\u200d👧" * 99 + ".PNG", "e\u0301" * 300, "\u202e" * 9000]


@pytest.mark.parametrize("sent", LONG, ids=range(len(LONG)))
def test_a_name_is_short_and_keeps_its_ending(sent: str) -> None:
    shown = shown_name(sent, Kind.PNG)
    assert shown.endswith(".png")
    assert len(shown) <= 120
    assert len(shown.encode()) <= 200
    assert normalize("NFC", shown) == shown


def test_a_document_may_unpack_only_so_far(tmp_path: Path) -> None:
    source = written(tmp_path / "sent", files.office("docx", {f"{n}.bin": b"x" * 9000 for n in range(20)}))
    with pytest.raises(Invalid) as refusal:
        _ = repack(source, tmp_path / "clean", Budget(100_000))
    assert "unpacks to far more" in said_in_both_languages(refusal.value)
    assert repack(source, tmp_path / "clean", Budget(200_000)) is Kind.DOCX


# --- honest


@pytest.mark.parametrize("name", HONEST)
def test_what_is_honest_is_taken(name: str, tmp_path: Path) -> None:
    make, kind = HONEST[name]
    content = make()
    assert judge(written(tmp_path / "sent", content), tmp_path / "clean") is kind
    assert opened(tmp_path / "clean", kind)
    assert shown_name(name, kind) == f"{name.rpartition('.')[0]}{kind.extension}"
    if kind is Kind.PDF:
        assert (tmp_path / "clean").read_bytes() == content
    if kind in (Kind.DOCX, Kind.PPTX):
        with ZipFile(BytesIO(content)) as before, ZipFile(tmp_path / "clean") as after:
            outer = [each for each in before.namelist() if not each.endswith(".xlsx")]
            assert [before.read(each) for each in outer] == [after.read(each) for each in outer]
    if kind is Kind.XLSX:
        assert CalamineWorkbook.from_path(tmp_path / "clean").get_sheet_by_name("台账").to_python()[499][0] == 499.0


def near(colour: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(colour, wanted, strict=True))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_stands_upright_and_tells_no_place(orientation: int, tmp_path: Path) -> None:
    content = picture(exif=files.notes(orientation), comment=SECRET)
    assert judge(written(tmp_path / "sent", content), tmp_path / "clean") is Kind.JPEG
    image = opened(tmp_path / "clean", Kind.JPEG)
    assert image.size == ((48, 32) if orientation < 5 else (32, 48))
    assert near(image.getpixel((2, 2)), RED if orientation in (1, 4, 5, 6) else BLUE)
    assert dict(image.getexif()) == {}
    assert set(image.info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


COLOURS: dict[str, tuple[Callable[[], bytes], tuple[int, ...]]] = {
    "a profile is heeded": (lambda: picture(icc_profile=files.profile()), (30, 30, 200)),
    "a broken profile is not": (lambda: picture(icc_profile=b"broken" * 90), RED),
    "four inks": (lambda: files.saved(Image.new("CMYK", (9, 9), (0, 255, 255, 0)), "JPEG"), (254, 0, 0)),
    "sixteen bits": (lambda: files.saved(Image.new("I;16", (9, 9), 257 * 99), "PNG"), (99,)),
    "one bit": (lambda: files.saved(Image.new("1", (9, 9), 1), "PNG"), (255,)),
    "one that is transparent": (lambda: picture("PNG", transparency=RED), (*RED, 0)),
    "half transparent": (lambda: files.saved(Image.new("LA", (9, 9), (77, 40)), "PNG"), (77, 77, 77, 40)),
}


@pytest.mark.parametrize("name", COLOURS)
def test_colours_stay_as_they_are_seen(name: str, tmp_path: Path) -> None:
    make, wanted = COLOURS[name]
    kind = judge(written(tmp_path / "sent", make()), tmp_path / "clean")
    image = opened(tmp_path / "clean", kind)
    found = image.getpixel((2, 2))
    assert all(abs(a - b) < 12 for a, b in zip(found if isinstance(found, tuple) else (found,), wanted, strict=True))
    assert "icc_profile" not in image.info


# --- from end to end, in a process of its own


async def test_a_photograph_is_taken_whatever_it_is_called() -> None:
    async with taken(f"{'照' * 300}.pdf", Sent(files.photograph())) as upload:
        kept = upload.path.read_bytes()
        assert upload.name == f"{'照' * 65}.jpg"
        assert upload.media_type == "image/jpeg"
        assert (upload.size, upload.sha256) == (len(kept), files.digest(kept))
        assert SECRET not in kept
        assert upload.path.parent.stat().st_mode & 0o777 == 0o700
    assert not upload.path.parent.exists()


async def test_what_is_refused_apart_is_said_with_its_parameters() -> None:
    for name in ("PDF with JavaScript", "picture of 400 million pixels"):
        with pytest.raises(Invalid) as refusal:
            async with taken("a.pdf", Sent(REFUSED[name].make())):
                pass
        assert REFUSED[name].says in said_in_both_languages(refusal.value)


async def test_nothing_and_too_much_are_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "judge_apart", lambda *paths: pytest.fail("it was read"))
    for content, says in ((b"", "is empty"), (bytes(LIMIT + 1), "at most 20 MiB")):
        with pytest.raises(Invalid) as refusal:
            async with taken("a.pdf", Sent(content)):
                pass
        assert says in said_in_both_languages(refusal.value)


async def test_an_upload_that_breaks_off_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(ConnectionError):
        async with taken("a.jpg", Sent(files.photograph(), breaks=True)):
            pass
    assert list(tmp_path.iterdir()) == []


async def test_what_takes_too_long_is_refused_while_others_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "PATIENCE", 0.05)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    beside = asyncio.create_task(others())
    with pytest.raises(Invalid) as refusal:
        async with taken("a.pdf", Sent(files.pdf())):
            pass
    _ = beside.cancel()
    assert "too long" in said_in_both_languages(refusal.value)
    assert turns > 100


GREEDY = """
import json, resource, sys
from server.kit.uploads.judging import CONFINED, LARGEST, confine
confine()
found = {}
try:
    bytearray(2 << 30)
except MemoryError:
    found["memory"] = True
with open(sys.argv[1], "wb") as file:
    try:
        file.truncate(LARGEST + 1)
    except OSError:
        found["files"] = True
found["limits"] = all(resource.getrlimit(kind)[1] <= most for kind, most in CONFINED)
print(json.dumps(found))
"""


def test_whoever_reads_an_upload_has_little_to_spend(tmp_path: Path) -> None:
    command = [sys.executable, "-c", GREEDY, str(tmp_path / "a")]
    done = subprocess.run(command, capture_output=True, check=True)
    assert json.loads(done.stdout) == {"memory": True, "files": True, "limits": True}


def test_how_many(figure: Figure) -> None:
    assert len(REFUSED) + len(NEUTRALISED) > 40
    assert len(HONEST) >= 10
    figure(
        f"uploads: {len(REFUSED) + len(NEUTRALISED)} hostile files: {len(REFUSED)} refused, "
        f"{len(NEUTRALISED)} neutralised; {len(NAMES)} hostile names cleaned; {len(HONEST)} honest files taken"
    )
