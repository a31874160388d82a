"""Secrets: made from 256 random bits, kept as digests, compared in constant time."""

import hashlib
import hmac
import re
import secrets
import zlib
from dataclasses import dataclass

TOKEN = re.compile(r"qj_([0-9a-f]{12})_([0-9a-f]{64})([0-9a-f]{8})")


@dataclass(frozen=True)
class TokenParts:
    id: str
    secret: str

    @property
    def text(self) -> str:
        """`qj_<id>_<secret><crc>`: the checksum tells a mistyped token without asking the database."""
        return f"qj_{self.id}_{self.secret}{checksum(self.id, self.secret)}"


def new_key() -> str:
    return secrets.token_hex(32)


def new_handle() -> str:
    """A name for something that must not be guessed, and opens nothing."""
    return secrets.token_hex(8)


def new_token() -> TokenParts:
    return TokenParts(secrets.token_hex(6), new_key())


def parse_token(text: str) -> TokenParts | None:
    """The parts of a well-formed token, or None."""
    if not (match := TOKEN.fullmatch(text)):
        return None
    parts = TokenParts(match[1], match[2])
    return parts if match[3] == checksum(parts.id, parts.secret) else None


def checksum(identifier: str, secret: str) -> str:
    return f"{zlib.crc32(f'{identifier}{secret}'.encode()):08x}"


def digest(secret: str) -> str:
    """SHA-256: enough for 256 random bits; passwords go through argon2id instead."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())
