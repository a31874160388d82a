"""What people send about evidence."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from server.kit.drafts import Day, Draft, Line, Text, complained
from server.kit.messages import say
from server.kit.numbers import MAX_INT
from server.models.evidence import ADDRESS_LENGTH, REASON_LENGTH, TITLE_LENGTH

MOST_AT_ONCE = 100


def web_address(value: str) -> str:
    """An address of the web, without a password in it: others will open it."""
    try:
        parts = urlsplit(value)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
        _ = parts.port
    except ValueError:
        known = False
    if not known or " " in value:
        raise complained(say("Give an address that begins with https:// or http://, as the browser shows it."))
    return value


def as_ids(value: object) -> object:
    """Numbers: a collection, or a text of words."""
    words = value.split() if isinstance(value, str) else value
    if not isinstance(words, list | tuple | set | frozenset):
        return value
    if not all(str(word).isascii() and str(word).isdigit() and 0 < int(word) <= MAX_INT for word in words):
        raise complained(say("Choose from what is offered."))
    if not words:
        raise complained(say("Choose at least one."))
    if len(words) > MOST_AT_ONCE:
        raise complained(say("Choose at most {count} at once.", count=MOST_AT_ONCE))
    return frozenset(int(word) for word in words)


Ids = Annotated[frozenset[int], BeforeValidator(as_ids)]


class Link(Draft):
    """A page of the web that shows what was done, and on which day that was."""

    address: Annotated[Line, Field(min_length=1, max_length=ADDRESS_LENGTH), AfterValidator(web_address)]
    title: Annotated[Line, Field(min_length=2, max_length=TITLE_LENGTH)]
    effective_on: Day


class Cite(Draft):
    """Records (ids), each of which becomes evidence of every one of these items (ids)."""

    records: Ids
    items: Ids


class Attach(Draft):
    """The day on which what the files show took place."""

    effective_on: Day


class Remove(Draft):
    reason: Annotated[Text, Field(min_length=2, max_length=REASON_LENGTH)]
