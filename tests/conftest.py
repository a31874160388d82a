"""What every test may ask for.

database        an empty, migrated database, connected; its own
street          the demonstration street, connected; its own, so it may be changed
shared_street   the demonstration street, connected; one per process: only read it
logins          role -> Login(login, password, token) of the demonstration
live            the address of a real server, one per process, over a street that is new for each test
live_url        the address of that street
page, phone     a Chromium page of 1280 and of 390 pixels; `browser` makes others
figure          figure("304 items") shows what was measured or counted at the end of the run
"""

import gc
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from typing import NamedTuple, cast

import pytest
from _pytest.terminal import TerminalReporter
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser, Page

from server.database import connect, disconnect
from tests import browser as browsers
from tests import costs, postgres
from tests.processes import serving

settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", parent=settings.get_profile("here"), max_examples=300)
settings.load_profile("here")

Figure = Callable[[str], None]
"""What a test has measured: said once more at the end of the run."""

SESSION = pytest.StashKey[ExitStack]()


class Login(NamedTuple):
    role: str
    login: str
    password: str
    token: str


# --- the session


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the cluster, before xdist starts its workers."""
    costs.save()
    if not hasattr(session.config, "workerinput"):
        session.config.stash[SESSION] = stack = ExitStack()
        stack.enter_context(postgres.cluster())


def pytest_collection_finish() -> None:
    """What was imported and collected stays; to look for rubbish in it took a tenth of the time."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    postgres.leave()
    if stack := session.config.stash.get(SESSION, None):
        stack.close()


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """The figures; and browser tests that could not run are said loudly, not left among the skipped."""
    reports = [report for group in terminalreporter.stats.values() for report in group]
    figures = [text for r in reports for name, text in getattr(r, "user_properties", []) if name == "figure"]
    figures += sums(reports)
    if figures:
        terminalreporter.section("figures")
        terminalreporter.write("".join(f"{text}\n" for text in dict.fromkeys(figures)))
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if browsers.NO_BROWSER in str(r.longrepr)]
    if skipped:
        terminalreporter.section("BROWSER TESTS NOT RUN", red=True, bold=True)
        terminalreporter.line(f"{len(skipped)} browser tests did not run: {browsers.NO_BROWSER}.", red=True)


def sums(reports: list[pytest.TestReport]) -> list[str]:
    """What the cells of the matrix come to, over the tests that counted a part of them each."""
    counted: Counter[str] = Counter()
    for report in reports:
        for kind, value in report.user_properties if getattr(report, "when", "") == "call" else []:
            if kind == "count":
                name, number = cast("tuple[str, int]", value)
                counted[name] += number
    if not counted:
        return []
    pages, fields, acts = (counted[f"matrix {kind}"] for kind in ("pages", "fields", "acts"))
    leaks = counted["matrix leaks"]
    return [
        f"matrix: {pages + fields + acts} cells ({pages} pages, {fields} fields, {acts} acts), {leaks} leaks",
        f"canary: {counted['canary answers']} answers searched for {counted['canary tokens']} tokens and "
        f"{counted['canary personal values']} personal values, {counted['canary strays']} out of reach",
    ]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    return lambda text: record_property("figure", text)


# --- databases


@pytest.fixture
def bare_url() -> Iterator[str]:
    with postgres.clone("template1") as url:
        yield url


@pytest.fixture
def database_url() -> Iterator[str]:
    with postgres.clone(postgres.empty()) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[str]:
    await connect(database_url)
    yield database_url
    await disconnect()


@pytest.fixture
def street_url() -> Iterator[str]:
    with postgres.clone(postgres.demo()) as url:
        yield url


@pytest.fixture
async def street(street_url: str) -> AsyncIterator[str]:
    await connect(street_url)
    yield street_url
    await disconnect()


@pytest.fixture(scope="session")
def shared_street_url() -> Iterator[str]:
    with postgres.clone(postgres.demo()) as url:
        yield url


@pytest.fixture
async def shared_street(shared_street_url: str) -> AsyncIterator[str]:
    await connect(shared_street_url)
    yield shared_street_url
    await disconnect()


@pytest.fixture(scope="session")
def logins() -> dict[str, Login]:
    postgres.demo()
    lines = (postgres.shared() / "demo-logins.txt").read_text(encoding="utf-8").splitlines()
    found = [Login(*line.split("\t")) for line in lines if line and not line.startswith("#")]
    return {login.role: login for login in found}


# --- the real server, and a browser to look at it


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A server, and the address of its database."""
    with postgres.clone(postgres.demo()) as url, serving(url, tmp_path_factory.mktemp("live")) as address:
        yield address, url


@pytest.fixture
def live_url(served: tuple[str, str]) -> str:
    return served[1]


@pytest.fixture
def live(served: tuple[str, str]) -> str:
    address, url = served
    postgres.renew(url, postgres.demo())
    return address


@pytest.fixture(scope="session")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    async with browsers.chromium() as running:
        yield running


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport=browsers.DESKTOP, locale="zh-CN")
    yield await context.new_page()
    await context.close()


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport=browsers.PHONE, has_touch=True, is_mobile=True, locale="zh-CN")
    yield await context.new_page()
    await context.close()
