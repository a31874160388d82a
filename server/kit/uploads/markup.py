"""Reading XML that somebody else wrote: nothing in it is declared, expanded or fetched."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from server.kit.messages import say
from server.kit.refusals import Invalid, invalid
from server.kit.uploads.archive import damaged


class Element(NamedTuple):
    """Without its namespace: another prefix hides nothing."""

    name: str
    attributes: dict[str, str]


class Watch(Protocol):
    """What a part is searched for; it may say that it has seen enough."""

    enough: bool

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...

    def data(self, text: str) -> None: ...

    def end(self, tag: str) -> None: ...


class Beginning:
    """Only what comes before the first element: after it nothing can be declared."""

    def __init__(self) -> None:
        self.enough = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.enough = True

    def data(self, text: str) -> None: ...

    def end(self, tag: str) -> None: ...


class Elements(Beginning):
    """All elements, for lists that are short."""

    def __init__(self) -> None:
        self.enough = False
        self.found: list[Element] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.found.append(Element(local(tag), {local(name): value for name, value in attributes.items()}))


class Fields(Beginning):
    """The instructions of a text's fields, a line each; one may be spread over many elements."""

    def __init__(self) -> None:
        self.enough = False
        self.inside = False
        self.instructions: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.inside = local(tag) == "instrText"
        if local(tag) == "fldChar":
            self.instructions.append("\n")
        self.instructions += [f"\n{value}\n" for name, value in attributes.items() if local(name) == "instr"]

    def data(self, text: str) -> None:
        if self.inside:
            self.instructions.append(text)

    def end(self, tag: str) -> None:
        self.inside = False


class Reader:
    """Feeds a watch piece by piece. Raises Invalid for what is no XML, or declares something."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.parser = DefusedXMLParser(target=watch, forbid_dtd=True)

    def feed(self, piece: bytes) -> None:
        if not self.watch.enough:
            try:
                self.parser.feed(piece)
            except DefusedXmlException:
                raise declared() from None
            except (ParseError, ValueError, LookupError):
                raise damaged() from None


def elements(pieces: Iterable[bytes], most: int) -> list[Element]:
    """The elements of a list of at most `most` bytes. Raises Invalid."""
    watch, size = Elements(), 0
    reader = Reader(watch)
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise damaged()
        reader.feed(piece)
    return watch.found


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


def declared() -> Invalid:
    return invalid(file=say("A part of this document declares its own XML; save it again with Office or as PDF."))
