"""The keys of the installation, in one file that only the program reads: sealing, look-up, signing.

The file is JSON: `sealing` keys (the last one seals, all of them open), the `index` key of blind look-ups, `signing`
seeds of Ed25519 (the last one signs), and the `origin` that the signed checkpoints name.
"""

import base64
import json
import os
import secrets
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server import settings
from server.kit.sealing import Algorithm, SealingKey, new_key
from server.kit.verify import fingerprint
from server.settings import BadSettings


@dataclass(frozen=True)
class Signer:
    id: str
    seed: bytes

    @property
    def private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @property
    def public(self) -> str:
        """The public key in base64: what an auditor writes down."""
        return base64.b64encode(self.private.public_key().public_bytes_raw()).decode()

    @property
    def fingerprint(self) -> str:
        """How what was signed names the key."""
        return fingerprint(base64.b64decode(self.public))


@dataclass(frozen=True)
class Keyring:
    origin: str
    sealing: tuple[SealingKey, ...]
    index: bytes
    signing: tuple[Signer, ...]

    @property
    def sealer(self) -> SealingKey:
        return self.sealing[-1]

    @property
    def openers(self) -> dict[str, SealingKey]:
        return {key.id: key for key in self.sealing}

    @property
    def signer(self) -> Signer:
        return self.signing[-1]

    @classmethod
    def new(cls, algorithm: Algorithm = Algorithm.AES_256_GCM) -> Self:
        return cls(
            f"qiangji/{secrets.token_hex(8)}",
            (new_key("k1", algorithm),),
            secrets.token_bytes(32),
            (Signer("s1", secrets.token_bytes(32)),),
        )

    def with_new_sealer(self, algorithm: Algorithm) -> Self:
        """The numbers go on after the newest, which is never dropped: an id names one key for good."""
        return replace(self, sealing=(*self.sealing, new_key(f"k{int(self.sealer.id[1:]) + 1}", algorithm)))

    def without(self, key_id: str) -> Self:
        return replace(self, sealing=tuple(key for key in self.sealing if key.id != key_id))

    def with_new_signer(self) -> Self:
        return replace(self, signing=(*self.signing, Signer(f"s{len(self.signing) + 1}", secrets.token_bytes(32))))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError, KeyError or TypeError for what `text` of a keyring is not."""
        found = json.loads(text)
        return cls(
            found["origin"],
            tuple(sealing_key(key) for key in found["sealing"]),
            bytes.fromhex(found["index"]),
            tuple(Signer(key["id"], bytes.fromhex(key["seed"])) for key in found["signing"]),
        )

    def text(self) -> str:
        found = {
            "origin": self.origin,
            "sealing": [{"id": k.id, "algorithm": k.algorithm.value, "secret": k.secret.hex()} for k in self.sealing],
            "index": self.index.hex(),
            "signing": [{"id": k.id, "seed": k.seed.hex()} for k in self.signing],
        }
        return json.dumps(found, indent=2) + "\n"


def sealing_key(found: dict[str, Any]) -> SealingKey:
    key = SealingKey(found["id"], Algorithm(found["algorithm"]), bytes.fromhex(found["secret"]))
    if len(key.secret) != key.algorithm.key_bytes:
        raise ValueError(f"the sealing key {key.id} has {len(key.secret)} bytes")
    return key


def ring() -> Keyring:
    """The keys that the settings name. Raises BadSettings."""
    path = file(os.environ.get("QIANGJI_KEYS"), os.environ.get("QIANGJI_DATA"))
    try:
        return read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise BadSettings(f"QIANGJI_KEYS: there are no keys at {path}. Remedy: qiangji keys new") from None


@cache
def file(*_variables: str | None) -> Path:
    """Reading all the settings takes a millisecond, and the keys are asked for with every row that is sealed."""
    return settings.load().keys_file


@cache
def read(path: Path, _changed: int) -> Keyring:
    try:
        found = Keyring.parse(path.read_text(encoding="utf-8"))
        if not (found.sealing and found.signing and len(found.index) == 32 and found.origin):
            raise ValueError("a key is missing")
        return found
    except (ValueError, KeyError, TypeError) as error:
        raise BadSettings(f"QIANGJI_KEYS: {path} is no file of keys ({error}). Remedy: restore it.") from None


def write(path: Path, keys: Keyring) -> None:
    """Whole or not at all, for the owner's eyes alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(keys.text())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def ensure(path: Path) -> Keyring:
    """The keys there; new ones if there are none."""
    if not path.exists():
        write(path, Keyring.new())
    return read(path, path.stat().st_mtime_ns)
