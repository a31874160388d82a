"""One text for one value (RFC 8785), and digests of values that may have to be forgotten."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum

import rfc8785

LARGEST = 2**53 - 1
"""Of a whole number that every reader of JSON keeps exactly; a larger one is written as text."""
SALT = 32
"""Bytes."""


def canonical(value: object) -> bytes:
    """The bytes of `value` as canonical JSON. Raises ValueError for what is no JSON, or a number beyond 2^53."""
    return rfc8785.dumps(value)  # type: ignore[arg-type]  # it refuses by itself what it cannot write


def plain(value: object) -> object:
    """`value` as JSON keeps it exactly: days and instants as text, and so every number that is not a safe integer."""
    match value:
        case Enum():
            return plain(value.value)
        case None | bool() | str():
            return value
        case int():
            return value if -LARGEST <= value <= LARGEST else str(value)
        case float() | Decimal():
            return str(value)
        case datetime() if value.tzinfo:
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case Mapping():
            return {str(name): plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
        case set() | frozenset():
            return sorted((plain(inner) for inner in value), key=json.dumps)
    raise TypeError(f"{type(value).__name__} has no plain form")


def salted(salt: bytes, value: object) -> str:
    """SHA-256 of the salt and the plain value (a text as it is, else its canonical JSON), in hex."""
    said = plain(value)
    return hashlib.sha256(salt + (said.encode() if isinstance(said, str) else canonical(said))).hexdigest()
