"""What a password must be, by profile; every complaint says how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from unicodedata import normalize

from pydantic import BeforeValidator
from zxcvbn import zxcvbn

from server.kit.drafts import complained
from server.kit.messages import Message, say
from server.kit.text import unstorable

LONGEST = 200
LOOKED_AT = 72
"""Characters in which a common password is looked for; the time it takes grows with their square."""
GUESSABLE = 1
"""Scores of zxcvbn up to this one mean that fewer than a million guesses find the password."""


@dataclass(frozen=True)
class Profile:
    """`classes` of characters out of four; `lasts` until it must be changed; not one of the last `former`."""

    shortest: int
    classes: int = 1
    lasts: timedelta | None = None
    former: int = 0

    def is_over(self, set_at: datetime | None, instant: datetime) -> bool:
        return bool(self.lasts and set_at and instant - set_at >= self.lasts)


PROFILES = {
    "asvs": Profile(12),
    "dengbao": Profile(10, classes=3, lasts=timedelta(days=90), former=5),
}
"""OWASP ASVS 5.0, and GB/T 22239 as it is assessed: they contradict one another, so a deployment chooses."""


def as_typed(value: object) -> object:
    """Blanks and all, in one spelling of the same characters. Complains of what no keyboard sends."""
    if not isinstance(value, str):
        return value
    if complaint := unstorable(value):
        raise complained(complaint)
    return normalize("NFC", value)


Password = Annotated[str, BeforeValidator(as_typed)]


def complaint(profile: Profile, password: str, own: Iterable[str]) -> Message | None:
    """Why `password` is not taken, or None; `own` are words that others know of its owner."""
    if len(password) < profile.shortest:
        return say("Write at least {limit} characters; several words in a row will do.", limit=profile.shortest)
    if len(password) > LONGEST:
        return say("Write at most {limit} characters; there are {length}.", limit=LONGEST, length=len(password))
    if len(classes(password)) < profile.classes:
        return say("Mix at least three of these: small letters, capital letters, digits, other characters.")
    folded = password.casefold()
    if found := next((word for word in own if word and word.casefold() in folded), None):
        return say("Leave “{word}” out: whoever knows your name would try it first.", word=found)
    if is_common(password):
        return say("This is among the first that would be guessed; add words that do not belong together.")
    return None


def classes(password: str) -> set[str]:
    return {kind_of(character) for character in password}


def kind_of(character: str) -> str:
    if character.isdigit():
        return "digit"
    return "small" if character.islower() else "capital" if character.isupper() else "other"


def is_common(password: str) -> bool:
    """Whether it is a frequent password, a row of keys, a repetition, a date, or little more than that."""
    return int(zxcvbn(password[:LOOKED_AT], max_length=LOOKED_AT)["score"]) <= GUESSABLE


def hint(profile: Profile) -> Message:
    """What to type, said before it is typed."""
    if profile.classes > 1:
        return say(
            "At least {limit} characters, with three of these: small letters, capital letters, digits, others. "
            "It is changed every {days} days.",
            limit=profile.shortest,
            days=profile.lasts.days if profile.lasts else 0,
        )
    return say("At least {limit} characters of any kind; several words in a row are good.", limit=profile.shortest)
