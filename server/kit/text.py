"""Text as people type it: what the database cannot hold, and how Chinese is found by pinyin."""

import re
import unicodedata
from typing import NamedTuple

from pypinyin import Style, lazy_pinyin

from server.kit.messages import Message, say

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
"""What pasting brings along and nobody sees: soft hyphens, widthless spaces, changes of direction."""


def unstorable(text: str) -> Message | None:
    """Why `text` cannot be kept, or None: NUL, control characters and lone surrogates have no meaning in text."""
    if found := CONTROL.search(text):
        return say(
            "Remove the character U+{code} at position {at}: it cannot be stored.",
            code=f"{ord(found.group()):04X}",
            at=found.start() + 1,
        )
    return None


def fits(text: str, longest: int) -> bool:
    """Whether a column of this length could hold `text`: what it could not, it does not."""
    return len(text) <= longest and not unstorable(text)


def printable(text: str, most: int = 40) -> str:
    """`text` as it can be quoted in an answer, whatever it holds."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", text[:most])


def normal(text: str) -> str:
    """One spelling for the same characters (NFC), one kind of line end, nothing invisible, no space around."""
    text = INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", text).strip()


class SearchKeys(NamedTuple):
    """红棉社区 → hongmianshequ, hmsq."""

    pinyin: str
    initials: str


def search_keys(text: str) -> SearchKeys:
    """Keys by which `text` is found from a Latin keyboard; other characters stay, in lower case."""
    return SearchKeys(
        pinyin="".join(lazy_pinyin(text)).lower(),
        initials="".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower(),
    )


SURNAMES = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "任": "ren", "华": "hua",
    "盖": "ge", "朴": "piao", "翟": "zhai", "覃": "qin", "缪": "miao", "尹": "yin", "乐": "yue", "冼": "xian",
}  # fmt: skip
"""Readings of characters that sound otherwise as a surname."""


def person_keys(name: str) -> SearchKeys:
    """As search_keys, with the first character read as a surname."""
    if not (surname := SURNAMES.get(name[:1])):
        return search_keys(name)
    rest = search_keys(name[1:])
    return SearchKeys(surname + rest.pinyin, surname[0] + rest.initials)
