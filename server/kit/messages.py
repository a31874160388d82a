"""What the program says to people: an English text with parameters, translated once, at the door."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from babel.dates import format_date
from babel.messages.pofile import read_po

from server.kit.terms import Term

LOCALES = ("zh", "en")
CATALOGUES = Path(__file__).parents[1] / "locales"


@dataclass(frozen=True)
class Message:
    """An English text (the key of its translation) and the values of its {placeholders}."""

    text: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return translate("en", self)


def say(text: str, **params: object) -> Message:
    """Make a message; the extraction of translatable texts looks for calls of this name."""
    return Message(text, params)


def translate(locale: str, message: Message | str) -> str:
    """The text of `message` for a reader of `locale`; an unknown text is shown in English."""
    if isinstance(message, str):
        return catalogue(locale).get(message, message)
    text = catalogue(locale).get(message.text, message.text)
    return text.format_map({name: shown(locale, value) for name, value in message.params.items()})


def shown(locale: str, value: object) -> str:
    """A parameter as its reader writes it: terms by their label, dates in full."""
    match value:
        case Term():
            return value.label(locale)
        case Message():
            return translate(locale, value)
        case date():
            return full_date(locale, value)
        case _:
            return str(value)


def full_date(locale: str, day: date) -> str:
    """2026年11月23日, or 23 November 2026."""
    return f"{day.year}年{day.month}月{day.day}日" if locale == "zh" else format_date(day, "d MMMM y", locale="en")


def full_month(locale: str, day: date) -> str:
    """2026年11月, or November 2026."""
    return f"{day.year}年{day.month}月" if locale == "zh" else format_date(day, "MMMM y", locale="en")


@cache
def catalogue(locale: str) -> dict[str, str]:
    """The translations of `locale`, read from its .po file; English is the language of the keys."""
    path = CATALOGUES / f"{locale}.po"
    if locale == "en" or not path.exists():
        return {}
    with path.open("rb") as file:
        entries = read_po(file, locale=locale)
    return {str(entry.id): str(entry.string) for entry in entries if entry.id and entry.string and not entry.fuzzy}
