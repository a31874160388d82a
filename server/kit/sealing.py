"""Sealed values: encrypted and authenticated under a named key, bound to the place where they stand."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES, SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

NONCE, TAG = 12, 16
"""Bytes: the nonce and the tag of GCM."""


class Unsealable(Exception):
    """The value was not sealed by any of these keys for this place, or has been changed."""


class Algorithm(StrEnum):
    AES_256_GCM = "AES-256-GCM"
    SM4_GCM = "SM4-GCM"

    @property
    def key_bytes(self) -> int:
        return 32 if self is Algorithm.AES_256_GCM else 16


@dataclass(frozen=True)
class SealingKey:
    id: str
    algorithm: Algorithm
    secret: bytes

    def cipher(self, mode: GCM) -> Cipher[GCM]:
        return Cipher(AES(self.secret) if self.algorithm is Algorithm.AES_256_GCM else SM4(self.secret), mode)


def new_key(key_id: str, algorithm: Algorithm = Algorithm.AES_256_GCM) -> SealingKey:
    return SealingKey(key_id, algorithm, secrets.token_bytes(algorithm.key_bytes))


def seal(key: SealingKey, text: str, place: str) -> str:
    """`<key id>:<base64url of nonce, ciphertext, tag>`; opens again only for the same `place` ("member.phone:17")."""
    nonce = secrets.token_bytes(NONCE)
    encryptor = key.cipher(GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(f"{key.id}:{place}".encode())
    sealed = encryptor.update(text.encode()) + encryptor.finalize()
    return f"{key.id}:{base64.urlsafe_b64encode(nonce + sealed + encryptor.tag).decode()}"


def unseal(keys: Mapping[str, SealingKey], sealed: str, place: str) -> str:
    """The text. Raises Unsealable."""
    key = keys.get(key_of(sealed))
    try:
        data = base64.b64decode(sealed.partition(":")[2], altchars=b"-_", validate=True)
        if key is None or len(data) < NONCE + TAG:
            raise Unsealable(place)
        decryptor = key.cipher(GCM(data[:NONCE], data[-TAG:])).decryptor()
        decryptor.authenticate_additional_data(f"{key.id}:{place}".encode())
        return (decryptor.update(data[NONCE:-TAG]) + decryptor.finalize()).decode()
    except (ValueError, InvalidTag):
        raise Unsealable(place) from None


def key_of(sealed: str) -> str:
    """The id of the key that sealed this."""
    return sealed.partition(":")[0]


def blind_index(key: bytes, kind: str, value: str) -> str:
    """A keyed digest by which a whole value is found again, and nothing else of it."""
    return hmac.new(key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()
