"""The stand-alone verifier, over trails that are made here."""

import ast
import base64
import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.kit import verify
from server.kit.canonical import canonical
from server.kit.merkle import Frontier, leaf_hash
from server.kit.verify import Checkpoint, Fault, fingerprint

KEY, OTHER = Ed25519PrivateKey.from_private_bytes(b"k" * 32), Ed25519PrivateKey.from_private_bytes(b"o" * 32)
SCRIPT = Path(verify.__file__)


def public(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def entry(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "v": 1,
        "id": number + 1,
        "at": "2026-11-24T01:02:03.000004Z",
        "account": number or None,
        "account_name": f"王{number}",
        "roles": ["AUDITOR"],
        "token": "",
        "request": "",
        "deed": "member.enrolled",
        "subject": {"kind": "member", "id": str(number)},
        "path": "/1/",
        "before": {},
        "after": {"\ue000": 1, "😀": None, "名": '\x7f\x01\\"\n', "a": [True, -3]},
    } | changed


def lines(count: int) -> list[bytes]:
    return [canonical(entry(number)) + b"\n" for number in range(count)]


def signed(trail: list[bytes], *sizes: int, key: Ed25519PrivateKey = KEY, origin: str = "qiangji/test") -> list[bytes]:
    """Checkpoints over the beginnings of these sizes."""
    found = []
    tree = Frontier()
    for line in trail:
        _ = tree.add(leaf_hash(line[:-1]))
        if tree.size in sizes:
            name = fingerprint(key.public_key().public_bytes_raw())
            bare = Checkpoint("2026-11-24T01:02:04.000000Z", name, origin, tree.root, b"", tree.size)
            found.append(Checkpoint(**{**vars(bare), "signature": key.sign(bare.text)}).line)
    return found


def fault(trail: list[bytes], checkpoints: list[bytes], *seen: list[bytes]) -> str:
    with pytest.raises(Fault) as found:
        _ = verify.verify(trail, checkpoints, [public(KEY)], seen)
    assert found.value.chinese
    return found.value.english


def test_it_imports_only_the_standard_library_and_cryptography() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
    assert {module.split(".")[0] for module in modules} - set(sys.stdlib_module_names) == {"cryptography"}


def test_what_nobody_changed_holds() -> None:
    trail = lines(9)
    checkpoints = signed(trail, 4, 9)
    report = verify.verify(trail, checkpoints, [public(OTHER), public(KEY)], [checkpoints[:1], signed(trail, 7)])
    assert (report.entries, report.withheld, report.checkpoints, report.seen) == (9, 0, 2, 2)
    assert verify.verify([], [], [public(KEY)]).root == hashlib.sha256(b"").hexdigest()


def test_the_signed_text_is_the_documented_one() -> None:
    trail = lines(1)
    found = json.loads(signed(trail, 1)[0])
    root = base64.b64encode(hashlib.sha256(b"\0" + trail[0][:-1]).digest()).decode()
    KEY.public_key().verify(base64.b64decode(found["signature"]), f"qiangji/test\n1\n{root}\n{found['at']}\n".encode())


def test_withheld_entries_are_counted() -> None:
    trail = lines(5)
    checkpoints = signed(trail, 5)
    trail[2] = canonical({"hash": leaf_hash(trail[2][:-1]).hex()}) + b"\n"
    report = verify.verify(trail, checkpoints, [public(KEY)])
    assert (report.entries, report.withheld) == (5, 1)
    assert "not what was signed" in fault([*trail[:2], canonical({"hash": "0" * 64}) + b"\n", *trail[3:]], checkpoints)
    assert "damaged" in fault([canonical({"hash": "0" * 63}) + b"\n"], [])


def test_tampering_is_found_and_named() -> None:
    trail = lines(9)
    checkpoints = signed(trail, 4, 9)
    edited = [*trail[:5], canonical(entry(5, deed="member.attached")) + b"\n", *trail[6:]]
    assert fault(edited, checkpoints).startswith("entries 4 to 8 are not what was signed")
    assert "not what was signed" in fault(trail[:5] + trail[6:] + lines(10)[9:], checkpoints)
    assert "not what was signed" in fault([*trail[:5], trail[6], trail[5], *trail[7:]], checkpoints)
    assert "stands there twice" in fault([*trail[:5], trail[4], *trail[5:]], checkpoints)
    assert "were added" in fault(lines(10), checkpoints)
    assert "the end of the trail is missing" in fault(trail[:6], checkpoints)
    assert "the end was cut off" in fault(trail[:4], checkpoints[:1], checkpoints)
    assert "did not name" in fault(edited, signed(edited, 4, 9, key=OTHER))
    assert "different readers" in fault(edited, signed(edited, 4, 9), checkpoints)
    assert "entries 4 to 6" in fault(edited, signed(edited, 4, 9), signed(trail, 7))
    assert "does not follow" in fault(trail, checkpoints[::-1])
    assert "this trail of qiangji/test" in fault(trail, checkpoints, signed(trail, 7, origin="qiangji/other"))
    assert "lacks" in fault([canonical(entry(0) | {"more": 1}) + b"\n"], [])
    assert "lacks" in fault([canonical(entry(0, v=2)) + b"\n"], [])


@pytest.mark.parametrize(
    "written",
    [
        b'{"b":1,"a":2}\n',
        b'{"a":1,"a":1}\n',
        b'{"a": 1}\n',
        b'{"a":1}',
        b'{"a":1}\r\n',
        b'{"a":1.0}\n',
        b'{"a":-0}\n',
        b'{"a":9007199254740992}\n',
        b'{"a":NaN}\n',
        b'{"a":"\\u0041"}\n',
        b'{"a":"\\/"}\n',
        b'{"a":"\xff"}\n',
        b'{"a":"\\ud800"}\n',
        b'{"\xf0\x9f\x98\x80":1,"\xee\x80\x80":1}\n'[::1].replace(b"\xf0\x9f\x98\x80", b"\xef\xbf\xbd"),
        b"[1]\n",
        b"\n",
        b"[" * 100_000 + b"\n",
    ],
)
def test_only_canonical_lines_are_read(written: bytes) -> None:
    assert verify.parsed(written) is None


def test_a_file_of_checkpoints_is_read_strictly() -> None:
    trail = lines(2)
    [line] = signed(trail, 2)
    found = json.loads(line)
    for changed in (
        {"size": 0},
        {"size": True},
        {"root": found["root"][:-1]},
        {"signature": found["signature"] + "\n"},
    ):
        assert "damaged" in fault(trail, [canonical(found | changed) + b"\n"])
    assert "signature" in fault(trail, [canonical(found | {"at": "2026-11-24T01:02:05.000000Z"}) + b"\n"])
    assert "signature" in fault(trail, [canonical(found | {"origin": "qiangji/other"}) + b"\n"])


def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], capture_output=True, text=True, check=False)


def test_as_a_program(tmp_path: Path) -> None:
    trail = lines(3)
    (tmp_path / "trail.jsonl").write_bytes(b"".join(trail))
    (tmp_path / "checkpoints.jsonl").write_bytes(b"".join(signed(trail, 3)))
    with zipfile.ZipFile(tmp_path / "trail.zip", "w") as archive:
        for name in ("trail.jsonl", "checkpoints.jsonl"):
            archive.write(tmp_path / name, name)
    for target in (tmp_path, tmp_path / "trail.zip"):
        answer = run(target, "--key", public(KEY), "--seen", tmp_path / "checkpoints.jsonl", "--seen", target)
        assert (answer.returncode, answer.stdout[:14]) == (0, "OK: 3 entries,")
    assert run(tmp_path, "--key", public(OTHER)).returncode == 1
    asked = run(tmp_path)
    assert asked.returncode == 2
    assert "Do not take it from the export" in asked.stderr
    assert run(tmp_path, "--key", "no key").returncode == 2
    assert run(tmp_path / "absent.zip", "--key", public(KEY)).returncode == 1
    assert run(tmp_path / "trail.jsonl", "--key", public(KEY)).returncode == 1
