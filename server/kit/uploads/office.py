"""Documents of Word, Excel and PowerPoint (.docx, .xlsx, .pptx): each part looked at, then packed anew.

Packing anew leaves behind whatever stands before, between or after the parts. The parts stay byte for byte, so that
signatures in a document stay good.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from server.kit.messages import Message, say
from server.kit.refusals import Invalid, invalid
from server.kit.uploads import markup
from server.kit.uploads.archive import Budget, damaged, members, pieces
from server.kit.uploads.kinds import HEAD, OFFICE, REFUSED, Kind, Look, look_of
from server.kit.uploads.links import leads_into_the_web
from server.kit.uploads.markup import Beginning, Element, Fields, Reader

DEEPEST = 2
"""A chart keeps its numbers in a document of its own, which holds no further one."""
LARGEST_LIST = 4 << 20
"""Bytes of a list of types or links, which is read whole."""

CONTENTS, ROOT_LINKS = "[Content_Types].xml", "_rels/.rels"
MAIN = {
    f"{OFFICE}wordprocessingml.document.main+xml": Kind.DOCX,
    f"{OFFICE}spreadsheetml.sheet.main+xml": Kind.XLSX,
    f"{OFFICE}presentationml.presentation.main+xml": Kind.PPTX,
}

MACRO = say("macros")
OBJECT = say("an embedded object")
SOURCE = say("a link that fetches from elsewhere")
ADDIN = say("an add-in")

TYPES: dict[str, Message] = {
    "macro": MACRO,
    "vba": MACRO,
    "dialogsheet": MACRO,
    "script": MACRO,
    "activex": OBJECT,
    "oleobject": OBJECT,
    "html": OBJECT,
    "externallink": SOURCE,
    "connections+xml": SOURCE,
    "webextension": ADDIN,
}
"""By a word in the type of a part."""
LINKS: dict[str, Message] = {
    "vbaproject": MACRO,
    "xlmacrosheet": MACRO,
    "xlintlmacrosheet": MACRO,
    "oleobject": OBJECT,
    "control": OBJECT,
    "activexcontrolbinary": OBJECT,
    "afchunk": OBJECT,
    "externallink": SOURCE,
    "connections": SOURCE,
    "webextension": ADDIN,
    "webextensiontaskpanes": ADDIN,
}
"""By the last word of the type of a link."""
LOOKS: dict[Look, Message] = {
    Look.OLD_OFFICE: OBJECT,
    Look.WEB_PAGE: OBJECT,
    Look.PROGRAM: say("a program"),
    Look.SCRIPT: say("a script"),
    Look.ARCHIVE: say("an archive"),
}
"""By the first bytes of a part."""
MARKUP = (".xml", ".rels", ".vml")
FETCHES = re.compile(r"\bDDE(AUTO)?\b", re.IGNORECASE)


@dataclass
class Package:
    """A document while it is read: its parts, and what its lists say of them."""

    archive: ZipFile
    room: Path
    budget: Budget
    depth: int = 1
    defaults: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, str] = field(default_factory=dict)

    def type_of(self, name: str) -> str:
        suffix = PurePosixPath(name).suffix.lstrip(".").lower()
        return self.overrides.get(name.lower(), self.defaults.get(suffix, ""))

    def listed(self, name: str) -> list[Element]:
        """The elements of one of its lists. Raises Invalid."""
        try:
            info = self.archive.getinfo(name)
        except KeyError:
            raise damaged() from None
        return markup.elements(pieces(self.archive, info, self.budget), LARGEST_LIST)


def repack(source: Path, target: Path, budget: Budget | None = None, depth: int = 1) -> Kind:
    """Write the parts of `source` to `target`. Raises Invalid for what is no document, or does more than be read."""
    try:
        with ZipFile(source) as archive, ZipFile(target, "w") as clean:
            package = Package(archive, target.parent, budget or Budget(), depth)
            if CONTENTS not in archive.namelist():
                raise other_than_office(package)
            parts = members(archive)
            learn_types(package)
            for info in parts:
                copy(package, info, clean)
            return kind_of(package)
    except (BadZipFile, EOFError, ValueError, NotImplementedError):
        raise damaged() from None


def other_than_office(package: Package) -> Invalid:
    names = package.archive.namelist()
    if "OFD.xml" in names:
        return invalid(file=say("This is an OFD document; save it as PDF and send that."))
    if "mimetype" in names and "content.xml" in names:
        return invalid(file=say("This is an OpenDocument file; save it as .docx, .xlsx, .pptx or PDF."))
    return invalid(file=REFUSED[Look.ARCHIVE])


def learn_types(package: Package) -> None:
    for element in package.listed(CONTENTS):
        kind = element.attributes.get("ContentType", "").lower()
        if element.name == "Default":
            package.defaults[element.attributes.get("Extension", "").lower()] = kind
        elif element.name == "Override":
            package.overrides[element.attributes.get("PartName", "").lstrip("/").lower()] = kind


def kind_of(package: Package) -> Kind:
    """Which document the one main part is."""
    links = [link.attributes for link in package.listed(ROOT_LINKS) if word(link) == "officedocument"]
    types = [package.type_of(link.get("Target", "").lstrip("/")) for link in links]
    if len(types) != 1 or types[0] not in MAIN:
        raise invalid(file=say("Documents of this kind are not taken; save it as .docx, .xlsx, .pptx or PDF."))
    return MAIN[types[0]]


def copy(package: Package, info: ZipInfo, clean: ZipFile) -> None:
    """One part, looked at on its way. Raises Invalid for what must not be in a document."""
    kind, stream = package.type_of(info.filename), pieces(package.archive, info, package.budget)
    first = next(stream, b"")
    look = look_of(first[:HEAD])
    if what := LOOKS.get(look) or next((TYPES[each] for each in TYPES if each in kind), None):
        raise holds(what)
    fresh = ZipInfo(info.filename)
    fresh.compress_type = info.compress_type
    with clean.open(fresh, "w") as out:
        if look is Look.ZIP:
            inside(package, chain([first], stream), out)
        elif info.filename.lower().endswith(MARKUP) or kind.endswith("xml") or look in (Look.MARKUP, Look.DRAWING):
            read(package, info.filename, kind, chain([first], stream), out)
        else:
            out.writelines(chain([first], stream))


def inside(package: Package, stream: Iterator[bytes], out: IO[bytes]) -> None:
    """A document in a document, judged like the one around it."""
    if package.depth >= DEEPEST:
        raise holds(LOOKS[Look.ARCHIVE])
    packed, unpacked = package.room / f"inner-{package.depth}", package.room / f"inner-{package.depth}-clean"
    with packed.open("wb") as file:
        file.writelines(stream)
    repack(packed, unpacked, package.budget, package.depth + 1)
    with unpacked.open("rb") as file:
        shutil.copyfileobj(file, out)


def read(package: Package, name: str, kind: str, stream: Iterator[bytes], out: IO[bytes]) -> None:
    """A part in XML: what it declares, where its links lead, what its fields fetch."""
    watch = Fields() if "wordprocessingml" in kind else Beginning()
    reader = Reader(watch)
    for piece in stream:
        reader.feed(piece)
        _ = out.write(piece)
    if isinstance(watch, Fields) and FETCHES.search("".join(watch.instructions)):
        raise holds(SOURCE)
    if name.lower().endswith(".rels"):
        for link in package.listed(name):
            check_link(link)


def check_link(link: Element) -> None:
    target, outside = link.attributes.get("Target", ""), link.attributes.get("TargetMode", "").strip().lower()
    if what := LINKS.get(word(link)):
        raise holds(what)
    if outside == "external" and word(link) != "hyperlink":
        raise holds(SOURCE)
    if not leads_into_the_web(target):
        raise holds(say("a link to a file of one machine"))


def word(link: Element) -> str:
    """The last word of a link's type: what it is for."""
    return link.attributes.get("Type", "").rstrip("/").rpartition("/")[2].lower()


def holds(what: Message) -> Invalid:
    return invalid(file=say("This document holds {what}; remove it, or save it all as PDF and send that.", what=what))
