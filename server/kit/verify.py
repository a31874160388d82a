"""Checks an exported trail, away from the program that made it: 离线核验操作留痕。

    python verify.py trail.zip --key BASE64 [--key BASE64 …] [--seen checkpoint.jsonl …]

One file; it needs Python 3.11 and the package `cryptography`, and nothing of the server. The trail is a zip or a
directory with `trail.jsonl` (every line is a leaf of the tree: an entry as canonical JSON, or only the hash of one that
is withheld) and `checkpoints.jsonl` (roots, signed). `--key` is the public key of the installation, had by another way
than the trail itself. `--seen` is a checkpoint that was saved before, or another export: this trail has to contain it.

Exit 0: everything holds, with a line of figures. Exit 1: the first fault, where it is, and what it means. Exit 2: it
was not asked properly.
"""

import argparse
import base64
import hashlib
import io
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TRAIL, CHECKPOINTS = "trail.jsonl", "checkpoints.jsonl"
LARGEST = 2**53 - 1
HASH = re.compile("[0-9a-f]{64}")
ENTRY = {
    "v": int,
    "id": int,
    "at": str,
    "account": (int, type(None)),
    "account_name": str,
    "roles": list,
    "token": str,
    "request": str,
    "deed": str,
    "subject": dict,
    "path": str,
    "before": dict,
    "after": dict,
}
"""What an entry says; nothing is left out and nothing added."""
CHECKPOINT = {"at": str, "key": str, "origin": str, "root": str, "signature": str, "size": int}

NO_KEY = """\
Name the public key with --key. Do not take it from the export: whoever could change the trail could change that as
well. Have the administrator of the installation read it to you (qiangji trail key, on the server), and compare it with
the one that you wrote down on an earlier visit.
请用 --key 给出公钥。不要使用导出文件里的公钥：能改动留痕的人也能换掉它。请系统管理员在服务器上运行
qiangji trail key 并当面告知，再与您上次记下的公钥核对。"""


class Fault(Exception):
    """Something that cannot be if nobody has changed anything. `position` counts entries from 0."""

    def __init__(self, english: str, chinese: str, position: int | None = None) -> None:
        super().__init__(english)
        self.english, self.chinese, self.position = english, chinese, position


@dataclass(frozen=True)
class Checkpoint:
    """The root of the first `size` entries; `key` is the fingerprint of the public key."""

    at: str
    key: str
    origin: str
    root: bytes
    signature: bytes
    size: int

    @property
    def text(self) -> bytes:
        """What is signed: origin, size, root and time, a line each (a C2SP checkpoint with one extension line)."""
        return f"{self.origin}\n{self.size}\n{written(self.root)}\n{self.at}\n".encode()

    @property
    def line(self) -> bytes:
        """As it stands in a file of checkpoints."""
        found = asdict(self) | {"root": written(self.root), "signature": written(self.signature)}
        return rendered(found) + b"\n"


@dataclass
class Tree:
    """The tree of RFC 6962, as far as it was read."""

    size: int = 0
    peaks: list[tuple[int, bytes]] = field(default_factory=list)

    def add(self, leaf: bytes) -> None:
        level = 0
        while self.peaks and self.peaks[-1][0] == level:
            leaf = hashlib.sha256(b"\1" + self.peaks.pop()[1] + leaf).digest()
            level += 1
        self.peaks.append((level, leaf))
        self.size += 1

    @property
    def root(self) -> bytes:
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        found = self.peaks[-1][1]
        for _, left in reversed(self.peaks[:-1]):
            found = hashlib.sha256(b"\1" + left + found).digest()
        return found


@dataclass(frozen=True)
class Report:
    entries: int
    withheld: int
    checkpoints: int
    seen: int
    root: str

    def __str__(self) -> str:
        return (
            f"OK: {self.entries} entries, {self.withheld} of them withheld (hash only), {self.checkpoints} signed "
            f"checkpoints, {self.seen} seen before; root {self.root}\n"
            f"核验通过：共 {self.entries} 条，其中 {self.withheld} 条只有摘要，签名检查点 {self.checkpoints} 个，"
            f"与此前保存的 {self.seen} 个检查点一致"
        )


# --- the order of checking


def verify(
    entries: Iterable[bytes], checkpoints: Iterable[bytes], keys: Sequence[str], seen: Sequence[Iterable[bytes]] = ()
) -> Report:
    """Check the lines of a trail and of its checkpoints. `keys`: base64; `seen`: other checkpoints. Raises Fault."""
    known = dict(map(public_key, keys))
    signed = list(checked(checkpoints, known, "checkpoint"))
    check_ascending(signed)
    before = [checkpoint for lines in seen for checkpoint in checked(lines, known, "seen checkpoint")]
    roots = agreed(signed, before)
    tree, withheld = read(entries, roots)
    check_length(tree.size, signed[-1].size if signed else 0, max((c.size for c in before), default=0))
    return Report(tree.size, withheld, len(signed), len(before), tree.root.hex())


def checked(lines: Iterable[bytes], keys: Mapping[str, Ed25519PublicKey], what: str) -> Iterator[Checkpoint]:
    """Checkpoints that one of `keys` has signed."""
    for number, line in enumerate(lines, 1):
        checkpoint = parse_checkpoint(line, f"{what} {number}")
        key = keys.get(checkpoint.key)
        if key is None:
            raise Fault(
                f"{what} {number} (size {checkpoint.size}) was signed with a key that you did not name "
                f"({checkpoint.key}): the trail was written anew and signed by somebody else, or the key was renewed",
                f"检查点 {number}（前 {checkpoint.size} 条）由您未给出的密钥签名（{checkpoint.key}）："
                "留痕可能被整体改写后另行签名，或密钥已更换",
                checkpoint.size,
            )
        try:
            key.verify(checkpoint.signature, checkpoint.text)
        except InvalidSignature:
            raise Fault(
                f"the signature of {what} {number} (size {checkpoint.size}) is wrong: it was changed after signing",
                f"检查点 {number}（前 {checkpoint.size} 条）的签名不符：签名之后被改动过",
                checkpoint.size,
            ) from None
        yield checkpoint


def check_ascending(signed: Sequence[Checkpoint]) -> None:
    for older, newer in pairwise(signed):
        if newer.size <= older.size or newer.origin != older.origin:
            raise Fault(
                f"the checkpoint of size {newer.size} does not follow that of size {older.size}: they were reordered, "
                "or come from different installations",
                f"前 {newer.size} 条的检查点不应排在前 {older.size} 条的检查点之后：顺序被改动，或来自不同的系统",
                newer.size,
            )


def agreed(signed: Sequence[Checkpoint], before: Sequence[Checkpoint]) -> dict[int, bytes]:
    """The root at each size on which a checkpoint stands."""
    roots = {checkpoint.size: checkpoint.root for checkpoint in signed}
    for checkpoint in before:
        if roots.setdefault(checkpoint.size, checkpoint.root) != checkpoint.root:
            split(checkpoint.size)
        if signed and checkpoint.origin != signed[0].origin:
            raise Fault(
                f"a seen checkpoint is of {checkpoint.origin}, this trail of {signed[0].origin}",
                f"此前保存的检查点来自 {checkpoint.origin}，本留痕来自 {signed[0].origin}",
            )
    return roots


def split(size: int) -> NoReturn:
    raise Fault(
        f"two signed checkpoints of size {size} name different roots: different readers were shown different trails",
        f"对前 {size} 条存在两个根摘要不同的签名检查点：不同的人看到的留痕不同",
        size,
    )


def read(entries: Iterable[bytes], roots: Mapping[int, bytes]) -> tuple[Tree, int]:
    """The tree over all lines, compared with `roots` on the way; and how many lines are only a hash."""
    tree, withheld, ids, good = Tree(), 0, set[int](), 0
    for position, line in enumerate(entries):
        found = parse_line(line, position)
        if set(found) == {"hash"}:
            withheld += 1
            tree.add(withheld_hash(found, position))
        else:
            check_entry(found, position, ids)
            tree.add(hashlib.sha256(b"\0" + line[:-1]).digest())
        if tree.size in roots:
            if tree.root != roots[tree.size]:
                raise Fault(
                    f"entries {good} to {position} are not what was signed: one of them was edited, deleted, inserted "
                    f"or moved, or this is another trail than the one that was signed at size {tree.size}",
                    f"第 {good} 至 {position} 条与签名时不一致：其中有被修改、删除、插入或调换的条目，"
                    f"或者这不是当时（前 {tree.size} 条）签名的那份留痕",
                    good,
                )
            good = tree.size
    return tree, withheld


def check_length(size: int, newest: int, seen: int) -> None:
    if size < newest:
        raise Fault(
            f"there are {size} entries, but {newest} were signed: the end of the trail is missing",
            f"只有 {size} 条，而已签名 {newest} 条：末尾被截断",
            size,
        )
    if size < seen:
        raise Fault(
            f"there are {size} entries, but you have seen a checkpoint of {seen}: the end was cut off, and the "
            "checkpoints with it",
            f"只有 {size} 条，而您此前保存的检查点为 {seen} 条：末尾连同检查点一起被截断",
            size,
        )
    if size > newest:
        raise Fault(
            f"{size - newest} entries stand behind the last signed one (from position {newest}): they were added",
            f"最后一个签名之后另有 {size - newest} 条（从第 {newest} 条起）：是后来添加的",
            newest,
        )


# --- one line


def parse_line(line: bytes, position: int) -> dict[str, Any]:
    """The object that a line says, if it is written as canonical JSON. Raises Fault."""
    found = parsed(line)
    if found is None:
        raise Fault(
            f"the line of entry {position} is damaged: it is no canonical JSON",
            f"第 {position} 条所在的行已损坏：不是规范的 JSON",
            position,
        )
    return found


def withheld_hash(found: Mapping[str, Any], position: int) -> bytes:
    if isinstance(found["hash"], str) and HASH.fullmatch(found["hash"]):
        return bytes.fromhex(found["hash"])
    raise Fault(f"the hash of entry {position} is damaged", f"第 {position} 条的摘要已损坏", position)


def check_entry(found: Mapping[str, Any], position: int, ids: set[int]) -> None:
    """Raises Fault for what is no entry, or one that was there before; keeps its id in `ids`."""
    if not has_shape(found, ENTRY) or set(found["subject"]) != {"kind", "id"} or found["v"] != 1:
        raise Fault(f"entry {position} lacks what an entry says", f"第 {position} 条的内容不完整", position)
    if found["id"] in ids:
        raise Fault(f"entry {position} (id {found['id']}) stands there twice", f"第 {position} 条重复出现", position)
    ids.add(found["id"])


def parse_checkpoint(line: bytes, what: str) -> Checkpoint:
    """Raises Fault."""
    found = parsed(line)
    if found is not None and has_shape(found, CHECKPOINT) and found["size"] > 0:
        root, signature = strict_base64(found["root"]), strict_base64(found["signature"])
        if root is not None and signature is not None and len(root) == 32:
            return Checkpoint(found["at"], found["key"], found["origin"], root, signature, found["size"])
    raise Fault(f"{what} is damaged: it cannot be read", f"检查点已损坏，无法读取（{what}）")


def has_shape(found: Mapping[str, Any], shape: Mapping[str, Any]) -> bool:
    if set(found) != set(shape):
        return False
    return all(isinstance(found[name], kind) and not isinstance(found[name], bool) for name, kind in shape.items())


def parsed(line: bytes) -> dict[str, Any] | None:
    """The object in a line, or None unless its bytes are the only ones that say it (RFC 8785)."""
    try:
        found = READER.decode(line.decode())
        same = rendered(found) + b"\n" == line
    except (ValueError, RecursionError):
        return None
    return found if same and isinstance(found, dict) else None


def rendered(value: object) -> bytes:
    """An object whose names are in order, as canonical JSON."""
    return WRITER.encode(value).encode()


def ascending(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ValueError unless the names are in the order of their UTF-16 code units, each of them once."""
    found = dict(pairs)
    names = list(found)
    if len(found) != len(pairs) or names != sorted(names, key=None if "".join(names).isascii() else in_utf_16):
        raise ValueError("out of order")
    return found


def in_utf_16(name: str) -> bytes:
    return name.encode("utf-16-be")


def safe_integer(text: str) -> int:
    """Raises ValueError: a trail has no other numbers."""
    if len(text) > 17 or abs(int(text)) > LARGEST:
        raise ValueError(text)
    return int(text)


def refused(text: str) -> NoReturn:
    raise ValueError(text)


WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
READER = json.JSONDecoder(
    object_pairs_hook=ascending, parse_int=safe_integer, parse_float=refused, parse_constant=refused
)


def written(data: bytes) -> str:
    return base64.b64encode(data).decode()


def strict_base64(text: str) -> bytes | None:
    try:
        found = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        return None
    return found if written(found) == text else None


# --- keys and files


def public_key(text: str) -> tuple[str, Ed25519PublicKey]:
    """The fingerprint and the key. Raises ValueError."""
    raw = strict_base64(text.strip())
    if raw is None or len(raw) != 32:
        raise ValueError(f"{text!r} is no public key: 44 characters of base64 · 不是公钥")
    return fingerprint(raw), Ed25519PublicKey.from_public_bytes(raw)


def fingerprint(raw: bytes) -> str:
    """How a checkpoint names its key: half of its SHA-256, in hex."""
    return hashlib.sha256(raw).hexdigest()[:32]


@contextmanager
def opened(target: Path, name: str) -> Iterator[IO[bytes]]:
    """A file of an export, be it a directory or a zip."""
    if target.is_dir():
        with (target / name).open("rb") as file:
            yield file
    else:
        with zipfile.ZipFile(target) as archive, archive.open(name) as file:
            yield file


def lines_of_seen(path: Path) -> list[bytes]:
    """Checkpoints in a file of their own, or those of another export."""
    if path.is_dir() or zipfile.is_zipfile(path):
        with opened(path, CHECKPOINTS) as file:
            return file.readlines()
    return io.BytesIO(path.read_bytes()).readlines()


def verify_path(target: Path, keys: Sequence[str], seen: Sequence[Path] = ()) -> Report:
    """Raises Fault; ValueError for a key that is none."""
    try:
        with opened(target, TRAIL) as entries, opened(target, CHECKPOINTS) as checkpoints:
            return verify(entries, checkpoints, keys, [lines_of_seen(path) for path in seen])
    except (OSError, zipfile.BadZipFile, zlib.error, KeyError, RuntimeError, EOFError) as error:
        raise Fault(f"the export cannot be read: {error}", f"无法读取导出文件：{error}") from None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check an exported trail · 核验导出的操作留痕")
    parser.add_argument("target", type=Path, help="trail.zip, or the directory it was unpacked to · 导出文件或目录")
    parser.add_argument("--key", action="append", default=[], help="public key, base64; may be repeated · 公钥")
    parser.add_argument(
        "--seen", action="append", default=[], type=Path, help="checkpoint or export seen before · 此前的检查点或导出"
    )
    asked = parser.parse_args(arguments)
    if not asked.key:
        print(NO_KEY, file=sys.stderr)
        return 2
    try:
        print(verify_path(asked.target, asked.key, asked.seen))
    except Fault as fault:
        print(f"FAULT: {fault.english}\n核验不通过：{fault.chinese}", file=sys.stderr)
        return 1
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    sys.exit(main())
