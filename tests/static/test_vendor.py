"""What others wrote, and we serve, is exactly what the manifest says."""

import json
from base64 import b64encode
from hashlib import sha384
from pathlib import Path
from typing import cast

import pytest

STATIC = Path(__file__).parents[2] / "static"
ENTRIES = cast(list[dict[str, str]], json.loads((STATIC / "vendor" / "manifest.json").read_text()))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])
def test_a_file_is_the_one_that_was_fetched(entry: dict[str, str]) -> None:
    content = (STATIC / entry["file"]).read_bytes()
    assert b64encode(sha384(content).digest()).decode() == entry["sha384"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])
def test_a_file_names_its_package_version_and_licence(entry: dict[str, str]) -> None:
    assert entry.keys() == {"name", "version", "licence", "file", "sha384"}
    assert all(entry.values())


def test_nothing_unlisted_is_there() -> None:
    found = {str(path.relative_to(STATIC)) for path in (STATIC / "vendor").rglob("*") if path.is_file()}
    assert found - {"vendor/manifest.json"} == {e["file"] for e in ENTRIES if e["file"].startswith("vendor/")}
