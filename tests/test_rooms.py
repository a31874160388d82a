"""The building's own rules, beyond what import-linter can see."""

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from jinja2 import nodes

from server.access.permits import GIVEN, Permit
from server.schema import schema
from server.views.pages import TEMPLATES, templates
from server.vocabulary import Role
from tests.acts import CASES, ELSEWHERE, TRIED

SERVER = Path(__file__).parents[1] / "server"
DOCS = SERVER.parent / "docs"
ROOMS = ["models", "queries", "operations", "schema", "views"]

FURNITURE = {
    "models": {"base"},
    "queries": {"shapes"},
    "operations": {"limits", "passwords"},
    "schema": {"context", "endpoint", "guard", "ids", "connections", "inputs", "errors", "types"},
    "views": {"pages", "forms", "cookies", "csrf", "bodies"},
}
"""What a room needs beside its features."""

FEATURES = {
    "organizations": "the tree in time",
    "members": "people and their branches",
    "templates": "themes and measures",
    "cycles": "periods",
    "checklists": "items, review, status",
    "records": "what branches did, entered once",
    "evidence": "files, links and records that show what an item says",
    "accounts": "who uses the program, and how they are invited",
    "sessions": "signing in, second factor, sessions, the limiter",
    "oidc": "signing in through an identity provider",
    "grants": "which role, at which place, from when to when",
    "tokens": "bearer tokens of systems",
    "seals": "what a cycle held when it was closed",
    "trail": "who did what",
    "compiled": "reads that one statement answers",
    "exhibit": "what is fact and what is filler in the demonstration",
    "today": "the first page",
    "notices": "what concerns somebody today, and the daily mail",
}

WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete", "update"}
READERS = ["models", "access", "queries", "schema", "views", "kit"]


def files(room: str) -> list[Path]:
    return [path for path in (SERVER / room).rglob("*.py") if path.name != "__init__.py"]


def stems(room: str) -> set[str]:
    """Features of a room: its files, and its folders of more than one file."""
    return {path.stem if path.is_file() else path.name for path in (SERVER / room).iterdir() if not private(path)}


def private(path: Path) -> bool:
    return path.name.startswith("__") or (path.is_file() and path.suffix != ".py")


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


@pytest.mark.parametrize("room", ROOMS)
def test_every_stem_is_a_known_feature(room: str) -> None:
    assert stems(room) - FURNITURE[room] <= set(FEATURES)


@pytest.mark.parametrize("path", [path for room in READERS for path in files(room)], ids=lambda p: p.stem)
def test_only_operations_write(path: Path) -> None:
    """No call of a method that writes, on anything that came out of the ORM; dicts and sets may be updated."""
    written = [
        call.func.attr
        for call in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr in WRITES and not is_of_python(call)
    ]
    assert written == []


def is_of_python(call: ast.Call) -> bool:
    """`headers.update(…)`, `picture.save(path)`: a row takes nothing by position."""
    return isinstance(call.func, ast.Attribute) and call.func.attr in ("update", "save") and bool(call.args)


@pytest.mark.parametrize("path", files("models"), ids=lambda p: p.stem)
def test_models_do_not_wait(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.Await | ast.AsyncFunctionDef | ast.AsyncFor)]


def test_roles_are_compared_in_one_place() -> None:
    """Elsewhere a permit is asked for."""
    for room in ["models", "queries", "operations", "schema", "views"]:
        for path in files(room):
            compared = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Compare)]
            assert not [n for n in compared if ".role" in ast.unparse(n)], path


def test_htmx_is_known_to_one_file() -> None:
    assert [p.name for p in files("views") if '"HX-' in p.read_text()] == ["pages.py"]


@pytest.mark.parametrize("name", templates["en"].list_templates())
def test_a_block_can_be_rendered_alone(name: str) -> None:
    """Imports and assignments at the top of a template do not run for a block."""
    tree = templates["en"].parse((TEMPLATES / name).read_text(encoding="utf-8"))
    if tree.find(nodes.Block):
        assert not [n for n in tree.body if isinstance(n, nodes.Import | nodes.FromImport | nodes.Assign)]


def test_the_schema_in_the_repository_is_the_one_that_is_served() -> None:
    assert (SERVER.parent / "schema.graphql").read_text(encoding="utf-8").strip() == schema.as_str().strip()


def operations() -> set[str]:
    """Every verb that runs as a unit of work: `organizations.move`, `checklists.review` …"""
    found = set()
    for path in files("operations"):
        parts = path.relative_to(SERVER.parent).with_suffix("").parts
        module = import_module(".".join(parts))
        for name, value in inspect.getmembers(module, inspect.iscoroutinefunction):
            if value.__module__ == module.__name__ and hasattr(value, "__wrapped__"):
                found.add(f"{parts[2]}.{name}")
    return found


def test_every_operation_is_tried_at_both_doors() -> None:
    assert operations() == set(TRIED) | set(ELSEWHERE)
    assert not set(TRIED) & set(ELSEWHERE)
    assert {name for name, *_ in CASES} == set(TRIED)


def test_every_permit_is_documented_and_given_to_somebody() -> None:
    text = (DOCS / "rooms.md").read_text(encoding="utf-8")
    assert [permit.value for permit in Permit if f"`{permit.value}`" not in text] == []
    assert set(Permit) == frozenset().union(*GIVEN.values())
    assert set(GIVEN) == set(Role)


def test_a_verb_has_one_name_everywhere() -> None:
    """`Permit.REVIEW_CHECKLIST_ITEM` = "checklist:review": the verb of the member is the verb of the value."""
    for permit in Permit:
        assert permit.value.split(":")[1] == permit.name.split("_")[0].lower()
