"""Every variable is read, described, and refused with its name, the reason and the remedy."""

import re
from pathlib import Path

import pytest

from server import settings
from server.settings import ROOT, BadSettings, Settings, load

VARIABLES = {str(field.validation_alias): name for name, field in Settings.model_fields.items()}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(settings, "SECRETS", tmp_path / "secrets")


def test_nothing_set() -> None:
    found = load()
    assert (found.host, found.port, found.data) == ("127.0.0.1", 8000, ROOT / "var")
    assert found.database_url is None
    assert found.demo


def test_empty_means_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.setenv(variable, "")
    assert load() == Settings()


@pytest.mark.parametrize(
    ("url", "demo", "expected"),
    [
        ("", "", True),
        ("", "0", False),
        ("postgresql://db/qiangji", "", False),
        ("postgresql://db/qiangji", "1", True),
    ],
)
def test_demonstration_is_for_the_embedded_database(
    monkeypatch: pytest.MonkeyPatch, url: str, demo: str, expected: bool
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("QIANGJI_DEMO", demo)
    assert load().demo is expected


@pytest.mark.parametrize(
    ("variable", "value", "reason", "remedy"),
    [
        ("PORT", "0", "greater than or equal to 1", "free port"),
        ("PORT", "70000", "less than or equal to 65535", "free port"),
        ("PORT", "eight", "valid integer", "free port"),
        ("DATABASE_URL", "mysql://user:hunter2@db/x", "begin with postgresql://", "leave it out"),
        ("QIANGJI_DEMO", "perhaps", "valid boolean", "write 1"),
        ("QIANGJI_LOG_LEVEL", "loud", "'debug'", "write debug"),
        ("QIANGJI_SMTP_URL", "mail.example.org:25", "begin with smtp://", "leave it out"),
        ("QIANGJI_SMTP_URL", "smtp://q:hunter2@mail.example.org?tls=1", "?starttls=1", "leave it out"),
        ("QIANGJI_MAIL_FROM", "nobody", "no mail address", "such as qiangji@"),
        ("QIANGJI_MAIL_HOUR", "24", "less than or equal to 23", "0 to 23"),
        ("QIANGJI_BASE_URL", "http://qiangji.example.org", "no https:// address", "that people type"),
        ("QIANGJI_POOL_MAX", "0", "greater than or equal to 1", "a number"),
        ("QIANGJI_POOL_MIN", "99", "above QIANGJI_POOL_MAX", "lower the first"),
    ],
)
def test_bad_value(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, reason: str, remedy: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadSettings) as refusal:
        load()
    lines = str(refusal.value).splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(variable)
    assert reason in lines[0]
    assert remedy in lines[0]
    assert "hunter2" not in lines[0]


def test_all_bad_values_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "no")
    monkeypatch.setenv("QIANGJI_DEMO", "no idea")
    monkeypatch.setenv("DATABASE_URL", "no")
    with pytest.raises(BadSettings) as refusal:
        load()
    assert [line.split(":")[0] for line in str(refusal.value).splitlines()] == ["DATABASE_URL", "PORT", "QIANGJI_DEMO"]


def test_secret_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "SECRETS", tmp_path)
    (tmp_path / "database_url").write_text("postgresql://user:secret@db/qiangji\n")
    assert load().database_url == "postgresql://user:secret@db/qiangji"
    assert "secret" not in repr(load())


def test_data_is_taken_from_the_project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QIANGJI_DATA", "elsewhere")
    assert load().data == ROOT / "elsewhere"


@pytest.mark.parametrize("name", VARIABLES.values())
def test_every_setting_is_read_by_something(name: str) -> None:
    others = [path for path in (ROOT / "server").rglob("*.py") if path.parent.name != "settings"]
    assert any(re.search(rf"\.{name}\b", path.read_text(encoding="utf-8")) for path in others)
