"""Every answer is searched for words that were planted where the reader does not reach, and for personal values.

Searched are the status, the headers, the body (files unpacked, cursors and ids decoded), and what the log said.
"""

import base64
import binascii
import io
import logging
import re
import zipfile
from collections.abc import Iterable, Iterator

from httpx import Response

from tests.matrix import oracle
from tests.matrix.readers import EYE, Reader
from tests.matrix.world import World

WORD = re.compile(r"canary[a-z]{12}")
PERSONAL = re.compile(r"(?<!\d)(?:100\d{8}|000000\d{11}[\dXx])(?!\d)")
SECRET = re.compile(r"[0-9a-f]{64}|k\d+:[\w=-]{40,}|\$argon2id\$[^\s\"'<&]+")
ENCODED = re.compile(r"[A-Za-z0-9_+/-]{24,}={0,2}")


class Watch:
    """What was answered to whom; `strays` says what should not have been."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.personal = set(world.personal)
        self.never = set(world.never)
        self.reach: dict[str, frozenset[str]] = {}
        self.met: dict[str, set[str]] = {}
        self.answers = 0
        self.strays: list[str] = []

    def see(self, reader: Reader, asked: str, answer: Response, given: Iterable[str] = ()) -> None:
        """Look through an answer to `asked`, which it may repeat; `given` is what it is there to give."""
        self.answers += 1
        if reader == EYE:
            return
        text = "\n".join(texts(answer))
        repeated = {*WORD.findall(asked.lower()), *PERSONAL.findall(asked), *given}
        words = set(WORD.findall(text.lower())) & self.world.words.keys() - repeated
        self.met.setdefault(reader.name, set()).update(words)
        values = {value.upper() for value in PERSONAL.findall(text)} & self.personal - repeated
        secrets = {value for value in SECRET.findall(text) if value in self.never}
        for found in [*(words - self.allowed(reader)), *values, *secrets]:
            self.strays.append(f"{reader.name} was told {self.known(found)} by {asked[:1000]}")

    def allowed(self, reader: Reader) -> frozenset[str]:
        if reader.name not in self.reach:
            readable = {
                word
                for word, places in self.world.words.items()
                if oracle.may_read(reader, [*places, *self.world.also[word]])
            }
            self.reach[reader.name] = frozenset(readable | {self.world.names.get(reader.account, "")})
        return self.reach[reader.name]

    def known(self, found: str) -> str:
        if found in self.world.words:
            return f"{found} of {next(iter(self.world.words[found]), 'nobody')}"
        return f"a secret ({found[:12]}…)"

    def missed(self, reader: Reader, right: str) -> set[str]:
        """Words that the reader could have read under this right, and was never shown: a canary that cannot sing."""
        within = {
            word
            for word, places in self.world.words.items()
            if (place := next((p for p in places if p[0] == right), None))
            and oracle.may_read(reader, [place])
            and oracle.alive(place[1])
        }
        return within - self.met.get(reader.name, set())


def texts(answer: Response) -> Iterator[str]:
    yield f"{answer.status_code} {answer.headers}"
    yield from unpacked(answer.content, answer.text)


def unpacked(content: bytes, text: str) -> Iterator[str]:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name
                inner = archive.read(name)
                yield from unpacked(inner, inner.decode("utf-8", "replace"))
        return
    yield text
    for found in ENCODED.findall(text):
        try:
            yield base64.b64decode(found, altchars=b"-_" if "-" in found or "_" in found else None).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue


class Ear(logging.Handler):
    """What is logged during the run; nothing planted belongs there, whoever reads it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(f"{record.getMessage()} {record.exc_info or ''} {vars(record)}")

    def leaked(self, world: World) -> set[str]:
        said = "\n".join(self.heard)
        found = {*WORD.findall(said.lower()), *PERSONAL.findall(said), *SECRET.findall(said)}
        return found & {*world.words, *world.personal, *world.never}
