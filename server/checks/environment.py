"""What the settings and the file of keys tell, without asking the database."""

import os
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from server import keys
from server.checks.findings import Finding, warning
from server.settings import BadSettings, Settings, is_loopback

Check = Callable[[Settings], Iterable[Finding]]

SHORTEST_PASSWORD = 12
WELL_KNOWN = {"qiangji", "postgres", "postgresql", "password", "secret", "example", "administrator", "changeme"}
"""With any digits and signs behind them."""
FEWEST_BYTES = 8
"""A random key of 16 bytes has fewer different ones than this once in 10^9."""


def host_names(settings: Settings) -> Iterator[Finding]:
    if "*" in settings.hosts:
        known = "allows" if settings.allowed_hosts else "is not set, which allows"
        wrong = f"it {known} any host name: what is answered under another may be kept and shown to others"
        yield Finding(
            "QIANGJI_ALLOWED_HOSTS", wrong, "list the names that people type, and 127.0.0.1 for health checks"
        )


def cookies(settings: Settings) -> Iterator[Finding]:
    if not settings.secure_cookies:
        wrong = "sessions would also be sent without TLS"
        yield Finding("QIANGJI_SECURE_COOKIES", wrong, "put a proxy that speaks https in front and write 1")


def address(settings: Settings) -> Iterator[Finding]:
    if not settings.listens_to_itself and not settings.secure_cookies:
        wrong = f"other machines reach {settings.host} without TLS"
        yield Finding("HOST", wrong, "write 127.0.0.1, with the proxy on this machine, or set QIANGJI_SECURE_COOKIES=1")


def proxies(settings: Settings) -> Iterator[Finding]:
    if settings.secure_cookies and not settings.proxies:
        wrong = "whoever asks seems to be the proxy, so attempts on secrets are counted for all people together"
        yield warning("QIANGJI_PROXIES", wrong, "list the addresses of your proxies")


def second_factor(settings: Settings) -> Iterator[Finding]:
    if settings.second_factor == "optional":
        wrong = "administrators may sign in with a password alone"
        yield warning("QIANGJI_SECOND_FACTOR", wrong, "write required")


def demonstration(settings: Settings) -> Iterator[Finding]:
    if settings.demo:
        wrong = "the demonstration is loaded into an empty database, with accounts whose passwords are printed"
        yield Finding("QIANGJI_DEMO", wrong, "write 0")


def left_logins(settings: Settings) -> Iterator[Finding]:
    if (path := settings.logins_file).exists():
        yield Finding("demonstration", f"{path} holds passwords and tokens of a demonstration", "delete the file")


def database_password(settings: Settings) -> Iterator[Finding]:
    for name, url in (("DATABASE_URL", settings.database_url), ("DATABASE_OWNER_URL", settings.owner_url)):
        if url and (wrong := weakness(url)):
            yield Finding(name, wrong, "give that login a long random password, such as `openssl rand -hex 24` prints")


def weakness(url: str) -> str:
    """What is wrong with the password of a database's address; a socket without one is guarded by the system."""
    parts = urlsplit(url)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not password:
        return "" if not parts.hostname else "it holds no password"
    bare = password.lower().strip("0123456789!-_.@#$")
    if bare in WELL_KNOWN | {"", user.lower(), unquote(parts.path.lstrip("/")).lower()}:
        return "its password is the first that anybody would try"
    return f"its password is shorter than {SHORTEST_PASSWORD} characters" if len(password) < SHORTEST_PASSWORD else ""


def evidence(settings: Settings) -> Iterator[Finding]:
    if settings.evidence_store == "s3" and find_spec("obstore") is None:
        yield Finding("QIANGJI_EVIDENCE_STORE", "the extra s3 is not installed", "pip install 'qiangji[s3]'")
    address = urlsplit(settings.evidence_endpoint or "")
    if settings.evidence_store == "s3" and address.scheme == "http" and not is_loopback(address.hostname or ""):
        wrong = "evidence would cross the network without TLS"
        yield Finding("QIANGJI_EVIDENCE_ENDPOINT", wrong, "write an https:// address")


def mail(settings: Settings) -> Iterator[Finding]:
    parts = urlsplit(settings.smtp_url or "")
    if not parts.hostname or is_loopback(parts.hostname) or parts.scheme == "smtps" or parts.query == "starttls=1":
        return
    what = "the password and what people owe" if parts.password else "what people owe"
    wrong = f"{what} would cross the network to {parts.hostname} without TLS"
    yield Finding("QIANGJI_SMTP_URL", wrong, "write smtps://, or add ?starttls=1", refuses=bool(parts.password))


def base_url(settings: Settings) -> Iterator[Finding]:
    """What stands in the mail has to be answered."""
    host = urlsplit(settings.base_url or "").hostname
    if host and not any(answers(known, host) for known in settings.hosts):
        wrong = f"{host} is none of the names that are answered"
        yield Finding("QIANGJI_BASE_URL", wrong, "list it in QIANGJI_ALLOWED_HOSTS, or write one that stands there")


def answers(known: str, host: str) -> bool:
    return known in ("*", host) or (known.startswith("*.") and host.endswith(known[1:]))


# --- the keys


def keys_are_there(settings: Settings) -> Iterator[Finding]:
    try:
        _ = read(settings)
    except BadSettings as error:
        wrong, _, remedy = str(error).removeprefix("QIANGJI_KEYS: ").partition(" Remedy: ")
        yield Finding("QIANGJI_KEYS", wrong.rstrip("."), remedy.rstrip(".") or "qiangji keys new")
    except OSError as error:
        yield Finding("QIANGJI_KEYS", f"the keys cannot be read: {error.strerror}", "let the program own the file")


def keys_are_private(settings: Settings) -> Iterator[Finding]:
    path = settings.keys_file
    if path.exists() and (mode := path.stat().st_mode & 0o777) & 0o077:
        wrong = f"others than the program may open {path} (mode {mode:03o})"
        yield Finding("QIANGJI_KEYS", wrong, f"chmod 600 {path}")


def keys_are_random(settings: Settings) -> Iterator[Finding]:
    ring = readable(settings)
    secrets = [*(key.secret for key in ring.sealing), ring.index, *(key.seed for key in ring.signing)] if ring else []
    if any(len(set(secret)) < FEWEST_BYTES for secret in secrets) or len(set(secrets)) < len(secrets):
        wrong = "a key repeats itself or another: it was not made at random"
        yield Finding("QIANGJI_KEYS", wrong, "make new keys with `qiangji keys new` and seal again what is sealed")


def keys_lie_apart(settings: Settings) -> Iterator[Finding]:
    """A copy of the directory would hold the sealed values and what opens them."""
    path = Path(os.path.realpath(settings.keys_file))
    if path.is_relative_to(settings.data):
        wrong = f"the keys lie in {settings.data}, beside what they protect: whoever copies the one has the other"
        yield warning("QIANGJI_KEYS", wrong, "keep them elsewhere, such as /run/secrets, and their copy in a safe")


def read(settings: Settings) -> keys.Keyring:
    """Raises BadSettings, OSError."""
    path = settings.keys_file
    try:
        return keys.read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise BadSettings(f"QIANGJI_KEYS: there are no keys at {path}. Remedy: qiangji keys new") from None


def readable(settings: Settings) -> keys.Keyring | None:
    try:
        return read(settings)
    except (BadSettings, OSError):
        return None


CHECKS: list[Check] = [
    host_names,
    cookies,
    address,
    proxies,
    second_factor,
    demonstration,
    left_logins,
    database_password,
    evidence,
    mail,
    base_url,
    keys_are_there,
    keys_are_private,
    keys_are_random,
    keys_lie_apart,
]
