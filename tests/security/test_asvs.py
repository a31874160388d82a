"""docs/security.md says the truth: each of its rows names a test that there is, and each number a requirement."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from server.settings import Settings
from tests.conftest import Figure

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
"""Files that are still being written elsewhere. Empty it once they are here."""


class Row(NamedTuple):
    number: str
    level: str
    held: str
    tests: list[str]


def rows() -> list[Row]:
    found = re.findall(r"^\| (V?\d+\.\d+\.\d+) \| ([123]) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
    return [Row(number, level, held, re.findall(r"`([^`]+)`", tests)) for number, level, held, tests in found]


@cache
def named_in(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


def is_there(test: str) -> bool:
    file, _, name = test.partition("::")
    return (ROOT / file).is_file() and (not name or name in named_in(file))


def test_every_point_names_a_test_that_there_is(figure: Figure) -> None:
    points = rows()
    assert len(points) > 120
    assert [row.number for row in points if not row.tests] == []
    assert [(row.number, test) for row in points for test in row.tests if not is_there(test)] == []
    figure(f"security: {len(points)} points of ASVS 5.0, each with a test")


def test_every_requirement_of_levels_1_and_2_is_either_held_or_left_out_with_its_reason() -> None:
    """How many each chapter of version 5.0.0 has at these levels."""
    chapters = {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7}
    chapters |= {9: 7, 10: 29, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16}
    left_out = re.findall(r"^\| (V?\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \|$", PAGE, re.MULTILINE)
    named = [row.number for row in rows() if row.level in "12"] + [number for number, *_ in left_out]
    assert len(named) == len(set(named)), [number for number in named if named.count(number) > 1]
    counted = {chapter: sum(number.split(".")[0] == str(chapter) for number in named) for chapter in chapters}
    assert counted == chapters


WRITTEN = {
    "operations.md": [
        "Every variable",
        "The keys",
        "The logins of the database",
        "TLS in front",
        "Copies",
        "What is logged",
        "Coming in",
        "How much at once",
        "Libraries",
        "What it speaks to",
        "How sensitive what is",
    ],
    "rooms.md": ["Permits", "The read path", "The write path"],
    "adding-a-feature.md": ["Adding a feature"],
}


def test_what_has_to_be_written_down_is() -> None:
    for file, headings in WRITTEN.items():
        text = (ROOT / "docs" / file).read_text(encoding="utf-8")
        found = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
        assert [heading for heading in headings if heading not in found] == [], file


def test_every_variable_is_explained_to_whoever_runs_it() -> None:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE))
    assert listed == {str(field.validation_alias) for field in Settings.model_fields.values()}
