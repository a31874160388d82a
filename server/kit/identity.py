"""Phone numbers and ID numbers of the mainland: how they are kept, what is wrong with them, how little is shown.

Nothing here ever says a number back: a complaint tells what a right one looks like.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BeforeValidator

from server.kit.drafts import complained, storable
from server.kit.messages import Message, say

GAPS = re.compile(r"[\s()]")
DASHES = re.compile("[\u2010-\u2015\u2212]")
ABROAD = re.compile(r"(\+|00)86-?")
MOBILE = re.compile("1[3-9][0-9]{9}")
MADE_UP = re.compile("100[0-9]{8}")
"""Eleven digits that no phone has: those of people who are made up."""
LANDLINE = re.compile("(0(?:[0-2][0-9]|[3-9][0-9]{2}))-?([0-9]{7,8})")
"""Area codes have three digits when they begin with 00, 01 or 02, and four otherwise."""
ID_NUMBER = re.compile("[0-9]{17}[0-9X]")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
"""GB 11643: the check character by the weighted sum of the first 17 digits, modulo 11."""


def read_phone(text: str) -> str | Message:
    """13800000000 or 0755-12345678, however it is written; a complaint for anything else."""
    bare = ABROAD.sub("", plain(text), count=1) if ABROAD.match(plain(text)) else plain(text)
    if MOBILE.fullmatch(digits := bare.replace("-", "")):
        return digits
    if found := LANDLINE.fullmatch(bare):
        return f"{found[1]}-{found[2]}"
    return say("Give a mobile number of 11 digits that begins with 1, or a landline as area code, hyphen, number.")


def read_id_number(text: str) -> str | Message:
    """The 18 characters of a resident's identity number; a complaint for anything else."""
    bare = plain(text).replace("-", "").upper()
    if not ID_NUMBER.fullmatch(bare):
        return say("An ID number has 18 characters: 17 digits, then a digit or X.")
    try:
        born_on = date(int(bare[6:10]), int(bare[10:12]), int(bare[12:14]))
    except ValueError:
        born_on = date.min
    if born_on.year < 1880:
        return say("Characters 7 to 14 are no day of birth; compare them with the document.")
    if check_character(bare[:17]) != bare[17]:
        return say("The last character does not fit the others, so one of them is wrong; compare with the document.")
    return bare


def plain(text: str) -> str:
    """ASCII digits and hyphens, whatever width they were typed in, without gaps."""
    return GAPS.sub("", DASHES.sub("-", unicodedata.normalize("NFKC", text)))


def check_character(first: str) -> str:
    return CHECKS[sum(int(digit) * weight for digit, weight in zip(first, WEIGHTS, strict=True)) % 11]


def mask_phone(phone: str) -> str:
    """138****5678, 0755-****5678."""
    area, hyphen, number = phone.rpartition("-")
    return f"{area}{hyphen}****{number[-4:]}" if hyphen else f"{phone[:3]}****{phone[-4:]}"


def mask_id_number(number: str) -> str:
    """4****************X: neither where and when somebody was born, nor the sex, can be told from it."""
    return f"{number[0]}{'*' * (len(number) - 2)}{number[-1]}"


class Number(NamedTuple):
    field: str
    value: str


def recognised(text: str) -> Number | None:
    """The whole phone or ID number that `text` is, those of made-up people included."""
    for field, read in {"phone": read_phone, "id_number": read_id_number}.items():
        if isinstance(found := read(text), str):
            return Number(field, found)
    digits = plain(text).replace("-", "")
    return Number("phone", digits) if MADE_UP.fullmatch(digits) else None


def accepted(read: Callable[[str], str | Message]) -> AfterValidator:
    """A validator that keeps what `read` makes of a text, or complains in its words."""

    def check(text: str) -> str:
        found = read(text)
        if isinstance(found, Message):
            raise complained(found)
        return found

    return AfterValidator(check)


Phone = Annotated[str, BeforeValidator(storable), accepted(read_phone)]
IdNumber = Annotated[str, BeforeValidator(storable), accepted(read_id_number)]
