"""The trail's pages: the list, its filter, one entry, the files, and what is shown live."""

import ast
import asyncio
import io
import re
import zipfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from httpx import AsyncClient, Response
from starlette.requests import Request

from server import operations
from server.access.actor import Actor
from server.kit import verify
from server.kit.clock import now, today
from server.models.accounts import Account
from server.models.checklists import ChecklistItem
from server.models.grants import Grant
from server.models.organizations import Organization
from server.models.sessions import Session
from server.models.tokens import ApiToken
from server.models.trail import TrailEntry
from server.operations import checklists, trail
from server.operations.checklists import Fill
from server.operations.organizations import Establish
from server.queries import trail as queries
from server.views.trail import entries, feed
from server.vocabulary import Deed, Role, SubjectKind, TokenScope
from tests.cast import actor, deeds
from tests.clients import HTMX, anyone, signed_in
from tests.conftest import Login
from tests.trails import offline, public, unzipped

AUDITOR, SECRETARY = Role.AUDITOR, Role.BRANCH_SECRETARY
DEED = re.compile(r"[a-z_]+\.[a-z_]+")


async def sequenced() -> None:
    while await trail.sequence():
        pass


def recorded_in(path: Path) -> set[str]:
    """The deeds that a file of operations records."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    named = [call for call in calls if ast.unparse(call.func).split(".")[-1] == "record"]
    texts = [node.value for call in named for node in ast.walk(call) if isinstance(node, ast.Constant)]
    return {text for text in texts if isinstance(text, str) and DEED.fullmatch(text)}


def test_every_deed_that_is_recorded_has_a_label() -> None:
    files = Path(operations.__file__).parent.rglob("*.py")
    found = set().union(*map(recorded_in, files))
    assert len(found) > 15
    assert found - set(Deed) == set()
    assert all(deed.zh and deed.en for deed in Deed)


async def test_every_subject_of_the_demonstration_has_a_label(shared_street: str) -> None:
    kinds = {entry.subject_kind for entry in await TrailEntry.all().only("subject_kind")}
    assert kinds - set(SubjectKind) == set()


async def test_the_list_shows_the_newest_first_and_pages_on(street: str) -> None:
    await sequenced()
    async with signed_in(AUDITOR) as client:
        page = await client.get("/trail")
        assert page.headers["cache-control"] == "no-store"
        assert page.text.count("<time datetime=") == 50 + 1
        more = re.search(r'id="more".*?href="([^"]+)"', page.text, re.S)
        assert more is not None
        following = await client.get(more[1].replace("&amp;", "&"), headers=HTMX)
    first, second = ids(page), ids(following)
    assert first == sorted(first, reverse=True)
    assert len(second) == 50
    assert max(second) < min(first)
    assert "<html" not in following.text


def ids(answer: Response) -> list[int]:
    return [int(number) for number in re.findall(r'href="/trail/(\d+)"', answer.text)]


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("deed=cycle.opened", lambda entry: entry.deed == "cycle.opened"),
        ("subject=cycle", lambda entry: entry.subject_kind == "cycle"),
        ("account=community.reviewer", lambda entry: entry.account_name == "六约社区审核员（示例）"),
        ("account=第六支部", lambda entry: "第六支部" in entry.account_name),
        ("within=HG-LY-01&deed=organization.established", lambda entry: entry.deed == "organization.established"),
    ],
)
async def test_the_filter(shared_street: str, query: str, fits: Callable[[TrailEntry], bool]) -> None:
    async with signed_in(AUDITOR) as client:
        answer = await client.get(f"/trail?{query}")
    found = await TrailEntry.filter(id__in=ids(answer))
    assert found
    assert all(fits(entry) for entry in found)


async def test_days_that_cannot_be_and_places_that_are_not_are_said(shared_street: str) -> None:
    async with signed_in(AUDITOR) as client:
        future, nonsense = await client.get("/trail?since=2999-01-01"), await client.get("/trail?until=x&deed=a.b")
        place, past = await client.get("/trail?within=NOWHERE"), await client.get("/trail?until=2001-01-01")
        early = await client.get("/trail?since=0001-01-01")
    assert early.status_code == 422
    assert (future.status_code, nonsense.status_code, place.status_code) == (422, 422, 404)
    assert 'id="since-complaint"' in future.text
    assert 'value="x"' in nonsense.text
    assert 'id="within-complaint"' in place.text
    assert "Nothing of this kind" in past.text


def test_today_is_a_day_like_others() -> None:
    asked = f"since={today()}&until={today()}".encode()
    found = entries.wanted(Request({"type": "http", "query_string": asked, "headers": []}))
    assert (found.since, found.until) == (today(), today())


async def test_an_entry_opens_to_what_it_changed_and_where_it_stands(street: str) -> None:
    item = await ChecklistItem.get(checklist__branch__code="HG-LY-01-ZB", measure__number=1)
    _ = await checklists.save(await actor(SECRETARY), item.id, Fill(summary="<b>学习</b>", expected_version=1))
    entry = await TrailEntry.all().order_by("-id").first()
    assert entry is not None
    async with signed_in(AUDITOR) as client:
        waiting = await client.get(f"/trail/{entry.id}")
        await sequenced()
        placed = await client.get(f"/trail/{entry.id}")
        absent = await client.get("/trail/99999999999999999999999")
    assert "It waits for its place" in waiting.text
    assert "leads to the root that was signed" in placed.text
    assert "&lt;b&gt;学习&lt;/b&gt;" in placed.text
    assert "In progress" in placed.text
    assert entry.leaf_hash().hex() in placed.text
    assert absent.status_code == 404


@pytest.mark.parametrize("role", [Role.STREET_ADMIN, SECRETARY, Role.SECURITY_ADMIN])
async def test_only_auditors_read_it(shared_street: str, role: Role) -> None:
    entry = await TrailEntry.first()
    assert entry is not None
    before = await deeds()
    async with signed_in(role) as client:
        answers = [
            await client.get(path) for path in ("/trail", f"/trail/{entry.id}", "/trail/checkpoint", "/trail/feed")
        ]
        answers.append(await client.post("/trail/export"))
        assert 'href="/trail"' not in (await client.get("/")).text
    assert [answer.status_code for answer in answers] == [403] * 5
    assert await deeds() == before + 1  # that somebody signed in
    async with anyone() as client:
        assert (await client.get("/trail")).status_code == 303


async def test_the_files_verify(street: str) -> None:
    """What lies outside of the auditor's places is withheld, but for its hash."""
    other = Establish.parse({"code": "OTHER", "kind": "STREET", "name": "其他街道"})
    _ = await operations.organizations.establish(Actor.installation(), other)
    await sequenced()
    async with signed_in(AUDITOR) as client:
        checkpoint, export = await client.get("/trail/checkpoint"), await client.post("/trail/export")
    assert export.headers["content-disposition"].startswith('attachment; filename="trail-')
    assert int(export.headers["content-length"]) == len(export.content)
    report = offline(unzipped(export.content), public(), [checkpoint.content])
    assert (report.seen, report.withheld > 0) == (1, True)
    assert await TrailEntry.filter(deed="trail.exported").count() == 1
    with zipfile.ZipFile(io.BytesIO(export.content)) as archive:
        names = archive.namelist()
    assert names == [verify.TRAIL, verify.CHECKPOINTS, "key.json", "verify.py", "README.txt"]


# --- live


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten seconds become a tenth of one."""
    monkeypatch.setattr(feed, "LOOK", 0.01)
    monkeypatch.setattr(feed, "ASK", 0.1)


async def opened(client: AsyncClient, **headers: str) -> "asyncio.Task[Response]":
    """A stream; its text is known when it ends."""
    stream = asyncio.create_task(client.get("/trail/feed", headers=headers))
    await asyncio.sleep(0.05)
    assert not stream.done()
    return stream


async def end_session() -> None:
    _ = await Session.all().delete()


async def disable() -> None:
    _ = await Account.filter(login="auditor").update(active=False)


async def end_grant() -> None:
    _ = await Grant.filter(role=AUDITOR).delete()


@pytest.mark.parametrize("end", [end_session, disable, end_grant])
async def test_an_open_stream_ends_with_what_opened_it(
    street: str, quick: None, end: Callable[[], Awaitable[None]]
) -> None:
    await sequenced()
    async with signed_in(AUDITOR) as client:
        stream = await opened(client)
        await end()
        answer = await asyncio.wait_for(stream, 5)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.endswith("event: ended\ndata: -\n\n")


async def test_it_ends_when_something_has_to_be_done_first(
    street: str, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As every page does: a password that is too old has to be changed."""
    await sequenced()
    async with signed_in(AUDITOR) as client:
        stream = await opened(client)
        monkeypatch.setenv("QIANGJI_PASSWORD_PROFILE", "dengbao")
        _ = await Account.filter(login="auditor").update(password_set_at=now() - timedelta(days=400))
        assert (await asyncio.wait_for(stream, 5)).text.endswith("event: ended\ndata: -\n\n")


async def test_a_token_opens_it_until_it_is_revoked(street: str, quick: None, logins: dict[str, Login]) -> None:
    token = logins["SYSTEM"].token
    async with anyone() as client:
        bearer = {"authorization": f"Bearer {token}"}
        assert (await client.get("/trail/feed", headers=bearer)).status_code == 403
        _ = await ApiToken.all().update(scopes=[TokenScope.TRAIL_READ])
        stream = await opened(client, **bearer)
        _ = await ApiToken.all().delete()
        assert (await asyncio.wait_for(stream, 5)).text.endswith("event: ended\ndata: -\n\n")


async def test_new_entries_within_reach_are_told(street: str, quick: None) -> None:
    await sequenced()
    place = await Organization.get(code="HG")
    async with signed_in(AUDITOR) as client:
        await sequenced()
        stream = await opened(client)
        await trail.record(Actor.installation(), "template.published", place, "/")
        await sequenced()
        await asyncio.sleep(0.05)
        await trail.record(Actor.installation(), "organization.renamed", place, place.path)
        await sequenced()
        await asyncio.sleep(0.05)
        await end_session()
        answer = await asyncio.wait_for(stream, 5)
    newest = await queries.newest()
    assert newest is not None
    told = re.findall(r"event: entries\nid: (\d+)\ndata: (\d+)\n", answer.text)
    assert told == [(str(newest.size), "1")]
