"""The containers cannot be built here, so what they promise is compared with what the program does."""

import json
import re
from typing import Any

import pytest
import yaml
from typer.main import get_command

from server import cli, embedded
from server.settings import ROOT, Settings

VARIABLES = {field.validation_alias for field in Settings.model_fields.values()}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()


@pytest.fixture
def services() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return services


def test_every_variable_is_one_that_settings_read(services: dict[str, Any]) -> None:
    assert set(services["web"]["environment"]) <= VARIABLES
    assert {pair.split("=")[0] for line in instructions("ENV") for pair in line.split()} <= VARIABLES


def test_only_migrate_knows_the_owner(services: dict[str, Any]) -> None:
    assert services["migrate"]["secrets"] == ["database_owner_url", "database_url"]
    assert services["web"]["secrets"] == ["database_url", "keys.json"]
    assert not any(
        "password" in str(service.get("environment")).lower() for name, service in services.items() if name != "db"
    )
    names = {secret for service in services.values() for secret in service["secrets"]}
    assert {name.upper() for name in names if name.startswith("database_") and name.endswith("_url")} <= VARIABLES


def test_what_is_served_cannot_write_and_holds_no_powers(services: dict[str, Any]) -> None:
    for name in ("web", "migrate"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["command"][:3] == ["python", "-m", "server.cli"]
        assert services[name]["command"][3] in get_command(cli.app).commands  # type: ignore[attr-defined]


def test_web_waits_for_a_healthy_database(services: dict[str, Any]) -> None:
    assert services["web"]["depends_on"]["db"]["condition"] == "service_healthy"
    assert services["web"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert "healthcheck" in services["db"]


def test_same_postgresql_with_the_same_locale(services: dict[str, Any]) -> None:
    assert services["db"]["image"] == f"postgres:{embedded.MAJOR}"
    assert set(services["db"]["environment"]["POSTGRES_INITDB_ARGS"].split()) <= set(embedded.LOCALE)


def test_image_runs_what_make_runs() -> None:
    command = json.loads(instructions("CMD")[-1])
    assert command[:3] == ["python", "-m", "server.cli"]
    assert command[3] in get_command(cli.app).commands  # type: ignore[attr-defined]
    assert "MANAGE = .venv/bin/python -m server.cli" in MAKEFILE
    assert f"\t@$(MANAGE) {command[3]}\n" in MAKEFILE


def test_image_installs_the_lock_with_hashes() -> None:
    assert any("--require-hashes -r requirements.lock" in line for line in instructions("RUN"))


def test_image_copies_what_exists_and_nothing_is_left_out() -> None:
    copied = [line.split()[0] for line in instructions("COPY")]
    kept = re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert sorted(copied) == sorted(kept)
    assert all((ROOT / path).exists() for path in copied)


def test_image_does_not_run_as_root() -> None:
    assert instructions("USER") == ["qiangji"]


def test_health_check_asks_an_address_that_is_served() -> None:
    asked = re.search(r"http://127\.0\.0\.1:8000(/\w+)", DOCKERFILE)
    assert asked
    assert f'Route("{asked[1]}"' in (ROOT / "server" / "app.py").read_text()


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} (.*)", DOCKERFILE, re.MULTILINE)
