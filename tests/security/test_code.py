"""What no line of the program does, so that no input can make it do so."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from server.views.pages import STATIC, TEMPLATES, templates

SERVER = Path(__file__).parents[2] / "server"
ROOT = SERVER.parent
SOURCES = [path for path in SERVER.rglob("*.py") if "migrations" not in path.parts]
ALLOWED_PROGRAMS = {"embedded", "kit/uploads"}
"""Who starts other programs, with arguments of ours: PostgreSQL's own, and Python to judge an upload apart."""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def called() -> Iterator[tuple[Path, str, ast.Call]]:
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                yield path, ast.unparse(node.func), node


def imported() -> Iterator[tuple[Path, str]]:
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name) for alias in node.names)
            if isinstance(node, ast.ImportFrom):
                yield from ((path, f"{node.module}.{alias.name}") for alias in node.names)


def test_no_text_becomes_a_program() -> None:
    forbidden = {"eval", "exec", "compile", "os.system", "os.popen", "yaml.load", "pickle.loads", "marshal.loads"}
    assert [(path.name, name) for path, name, _ in called() if name in forbidden] == []
    shells = [path for path, _, call in called() if any(keyword.arg == "shell" for keyword in call.keywords)]
    assert shells == []
    programs = {path.parent.relative_to(SERVER).as_posix() for path, name in imported() if "subprocess" in name}
    assert programs <= ALLOWED_PROGRAMS


def test_nothing_is_read_that_makes_objects_or_fetches_others() -> None:
    forbidden = re.compile(r"pickle|marshal|shelve|xml\.|lxml|dill|jsonpickle|ldap|smtplib|imaplib|memcache|telnetlib")
    assert [(path.name, name) for path, name in imported() if forbidden.match(name)] == []


def test_templates_are_files_of_ours_and_escape_everything() -> None:
    made = [name for _, name, _ in called() if name.endswith(("from_string", "Template", "Markup"))]
    assert made == []
    assert all(environment.autoescape is True for environment in templates.values())
    for file in TEMPLATES.rglob("*.html"):
        assert not re.search(r"\|\s*safe\b|autoescape|<script(?![^>]* src=\"\{\{ asset)", file.read_text("utf-8")), file


def test_only_approved_digests_and_ciphers_are_used() -> None:
    forbidden = re.compile(r"hashlib\.(md5|sha1)|.*\b(ECB|CBC|MD5|SHA1|TripleDES|ARC4|Blowfish)\b")
    assert [(path.name, name) for path, name, _ in called() if forbidden.match(name)] == []
    assert [(path.name, name) for path, name in imported() if re.search(r"\.(ECB|CBC|PKCS1v15|MD5|SHA1)$", name)] == []


def test_what_must_not_be_guessed_comes_from_secrets() -> None:
    users = {path.relative_to(SERVER).as_posix() for path, name in imported() if name.split(".")[0] == "random"}
    assert users <= {"kit/transactions.py", "demo/people.py", "demo/checklist.py"}
    assert [path for path, name, _ in called() if name in ("uuid1", "uuid.uuid1")] == []


def test_statements_are_not_put_together_from_what_is_typed() -> None:
    """Where SQL is written out, only names of ours stand in braces.

    Plans are rendered of the SQL of shapes, which is ours, and whatever is typed is bound (tests/compiled).
    """
    written = re.compile(r"^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
    found = []
    for path in SOURCES:
        for node in ast.walk(tree(path)) if path.name != "rendering.py" else ():
            if isinstance(node, ast.JoinedStr) and written.match(ast.unparse(node)[2:]):
                parts = [ast.unparse(part.value) for part in node.values if isinstance(part, ast.FormattedValue)]
                found += [(path.name, part) for part in parts if not re.fullmatch(r"[A-Z_]+|sql|parts", part)]
    assert found == []


def test_scripts_of_ours_put_text_in_as_text() -> None:
    script = (STATIC / "app.js").read_text(encoding="utf-8")
    assert script.startswith("//")
    assert '"use strict"' in script
    forbidden = (
        r"innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.(write|cookie)|eval\(|new Function|postMessage|__proto__"
    )
    assert re.findall(f"{forbidden}|__proto__", script) == []


def test_only_what_is_no_personal_data_is_kept_in_the_browser() -> None:
    """Drafts are of the answers to measures and of verdicts; forms about people keep none."""
    keepers = {
        file.relative_to(TEMPLATES).parts[0] for file in TEMPLATES.rglob("*.html") if "data-draft=" in file.read_text()
    }
    assert keepers <= {"checklists"}
    assert "sessionStorage.setItem(LEAVING" in (STATIC / "app.js").read_text()


def test_a_password_is_typed_unseen_and_may_be_pasted() -> None:
    for file in TEMPLATES.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        for field in re.findall(r'ui\.field\("[a-z_]*password"[^\n]*', text):
            assert 'type="password"' in field, file
            assert 'autocomplete": "off' not in field, file
        assert "onpaste" not in text, file


def test_what_is_installed_is_pinned_with_its_digest() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        lines = re.sub(r"\\\n", " ", (ROOT / name).read_text()).splitlines()
        pinned = [line for line in lines if line and not line.lstrip().startswith("#")]
        assert len(pinned) > 20
        assert [line for line in pinned if "==" not in line or "--hash=sha256:" not in line] == []
        assert not re.search(r"--(extra-)?index-url|--find-links|git\+", (ROOT / name).read_text())


def test_no_secret_stands_in_the_code() -> None:
    looks = re.compile(r"-----BEGIN|qj_[0-9a-f]{12}_|AKIA[0-9A-Z]{16}|(?:password|secret)\s*=\s*[\"'][^\"'{]{8,}[\"']")
    files = [*SOURCES, *TEMPLATES.rglob("*.html"), ROOT / "Dockerfile", ROOT / "docker-compose.yml"]
    assert [file.name for file in files if looks.search(file.read_text(encoding="utf-8"))] == []


def test_json_is_read_by_one_reader() -> None:
    """Both doors and the file of keys use Python's own."""
    known = {"json", "orjson", "ujson", "simplejson"}
    assert {name.split(".")[0] for _, name in imported()} & known == {"json"}
