"""What a variable may hold: the rules that a single value is judged by."""

from ipaddress import ip_address
from pathlib import Path

from server.kit.addresses import networks

ROOT = Path(__file__).resolve().parents[2]
SECRETS = Path("/run/secrets")
LOGINS = "demo-logins.txt"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class BadSettings(Exception):
    """A variable cannot be used; the text names it, the reason and the remedy."""


def postgres_url(value: str) -> str:
    if not value.startswith(("postgresql://", "postgres://")):
        raise ValueError("it does not begin with postgresql://")
    return value


def with_networks(value: str) -> str:
    _ = networks(value)
    return value


def issuer(value: str | None) -> str | None:
    """Over plain http only on this machine."""
    if value and not value.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise ValueError("it does not begin with https://")
    return value


def web_address(value: str | None) -> str | None:
    if value and not value.startswith(("https://", "http://")):
        raise ValueError("it does not begin with https://")
    return value


def from_root(path: Path) -> Path:
    return (ROOT / path.expanduser()).resolve()


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
