"""The command line on accounts and tokens: what it prints, and what it says when it refuses."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from typer.testing import CliRunner, Result

from server import cli
from server.kit.clock import today
from tests import postgres

Run = Callable[..., Result]

FIRST = ["setup", "HG", "横岗街道", "--login", "first.admin", "--person", "首位管理员"]
LAST = (today() + timedelta(days=30)).isoformat()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """On a production database that has no tables yet."""
    with postgres.clone("template1") as url:
        monkeypatch.setenv("DATABASE_URL", url)
        yield lambda *words: CliRunner().invoke(cli.app, words)


def test_an_installation_from_the_first_command_to_a_revoked_token(run: Run) -> None:
    """One story: every step needs the one before it."""
    first = run(*FIRST)
    assert first.exit_code == 0, first.output
    assert first.stdout.startswith("/join/")
    assert "first.admin opens this address" in first.stdout

    again = run(*FIRST)
    assert (again.exit_code, again.stdout) == (2, "")
    assert "accounts here already" in again.stderr

    wrong = run("accounts", "invite", "Feed", "数据接口", "--role", "SYSTEM", "--place", "HG")
    assert wrong.exit_code == 2
    assert "login: Use small letters" in wrong.stderr
    made = run("accounts", "invite", "feed", "数据接口", "--role", "SYSTEM", "--place", "HG")
    assert "never signs in" in made.stdout

    options = ["--place", "HG", "--scope", "organizations:read", "--scope", "checklists:read", "--until", LAST]
    issued = run("tokens", "issue", "feed", "区级数据", *options)
    assert issued.exit_code == 0, issued.output
    identifier = issued.stdout.split("_")[1]
    refused = run("tokens", "issue", "feed", "区级数据", "--place", "HG", "--scope", "members:read", "--until", LAST)
    assert refused.exit_code == 2
    assert "organizations:read" in refused.stderr

    [line] = run("tokens", "list").stdout.splitlines()
    assert line.split("\t")[:2] == [identifier, "ACTIVE"]
    assert line.endswith("feed\tHG\t区级数据\tchecklists:read organizations:read")
    assert run("tokens", "revoke", identifier, "--reason", "停止对接").exit_code == 0
    assert run("tokens", "revoke", identifier, "--reason", "停止对接").exit_code == 2
    assert "REVOKED" in run("tokens", "list", "--within", "HG").stdout
