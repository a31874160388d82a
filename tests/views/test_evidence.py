"""Evidence on the pages: one click uses a record, a file comes and goes as a file, and nobody else is given it."""

import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient, Response
from starlette.types import Message

from server.access.actor import Actor
from server.app import create_app
from server.kit.clock import today
from server.models.checklists import ChecklistItem
from server.models.evidence import Blob, Evidence
from server.models.records import Record
from server.queries import checklists
from server.vocabulary import Role
from tests.cast import actor
from tests.clients import HTMX, signed_in
from tests.operations.test_evidence import files, pdf
from tests.test_doors import everything

SECRETARY = Role.BRANCH_SECRETARY
OWN = "HG-LY-01-ZB"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where evidence is kept in this test."""
    monkeypatch.setenv("QIANGJI_DATA", str(tmp_path))
    return tmp_path / "evidence"


async def item_of(measure: int) -> ChecklistItem:
    return await ChecklistItem.get(checklist__branch__code=OWN, measure__number=measure)


def ids(answer: Response) -> list[str]:
    """Of the parts that an answer brings."""
    return re.findall(r'id="((?:evidence|badges|kept|overview|item)(?:-\d+)?)"', answer.text)


async def test_one_click_uses_what_the_branch_has_recorded(street: str) -> None:
    """The form that is being typed in goes on from the version that the click has made."""
    item = await item_of(1)
    async with signed_in(SECRETARY) as browser:
        page = await browser.get(f"/checklist-items/{item.id}", follow_redirects=True)
        offered = re.findall(
            rf'action="/checklist-items/{item.id}/cite".*?name="records" value="(\d+)"', page.text, re.S
        )
        assert "Your branch has recorded what fits here" in page.text
        assert "it is: Study session" in page.text
        address, chosen = f"/checklist-items/{item.id}/cite", {"records": offered[0]}
        answer = await browser.post(address, data=chosen, headers=HTMX)
        assert set(ids(answer)) == {f"evidence-{item.id}", f"badges-{item.id}", f"kept-{item.id}", "overview"}
        assert f'name="expected_version" value="{(await item_of(1)).version}"' in answer.text
        again = await browser.post(address, data=chosen, headers=HTMX)
        assert (again.status_code, "used here already" in again.text) == (422, True)
        other = await item_of(3)
        plain = await browser.post(f"/checklist-items/{other.id}/cite?pick", data=chosen)
        assert plain.headers["location"].endswith(f"?item={other.id}&done=evidence-added#item-{other.id}")
        shown = await browser.get(plain.headers["location"])
        assert "Added. The reviewer sees it" in shown.text
    assert await Evidence.filter(item_id__in=[item.id, other.id]).count() == 2


async def test_files_come_by_a_plain_form_and_go_out_as_files(street: str, kept: Path) -> None:
    item = await item_of(1)
    content = pdf(400_000)
    sent = [("file", ('现场 "照片".exe', content, "text/html")), ("file", ("notes.txt", b"words", "application/pdf"))]
    async with signed_in(SECRETARY) as browser:
        form = {"effective_on": today().isoformat()}
        answer = await browser.post(f"/checklist-items/{item.id}/evidence", data=form, files=sent)
        assert (answer.status_code, "notes.txt: This is plain text" in answer.text) == (200, True)
        piece = await Evidence.get(item_id=item.id)
        address = f"/evidence/{piece.id}/file"
        assert f'href="{address}"' in answer.text
        for method in ("GET", "HEAD"):
            found = await browser.request(method, address)
            assert found.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E7%8E%B0")
            assert found.headers["content-length"] == str(len(content))
            assert (found.headers["content-type"], found.headers["cache-control"]) == ("application/pdf", "no-store")
            assert found.headers["x-content-type-options"] == "nosniff"
            assert found.headers["content-security-policy"].startswith("sandbox")
            assert found.content == (content if method == "GET" else b"")
        await nobody_else(browser, piece)
        [stored] = files(kept)
        stored.chmod(0o600)
        _ = stored.write_bytes(content[:-1] + b"!")
        spoilt = await browser.get(address)
        assert (spoilt.status_code, "damaged" in spoilt.text) == (404, True)
    async with signed_in(Role.AUDITOR) as reader:
        reached = await reader.get(address)
        assert (reached.status_code, "damaged" in reached.text) == (404, True)
        before = await everything()
        for file, status in ((("a.pdf", pdf()), 403), (sent[0][1], 413)):
            where = f"/checklist-items/{item.id}/evidence"
            refused = await reader.post(where, data=form, files=[("file", file)])
            assert (refused.status_code, await everything()) == (status, before)


async def test_too_many_files_are_told_how_many_may_come(street: str, kept: Path) -> None:
    item, before = await item_of(1), await everything()
    sent = [("file", (f"{n}.pdf", b"%PDF-1.7", "application/pdf")) for n in range(11)]
    async with signed_in(SECRETARY) as browser:
        form = {"effective_on": today().isoformat()}
        answer = await browser.post(f"/checklist-items/{item.id}/evidence", data=form, files=sent)
        assert (answer.status_code, "Choose at most 10 files at once." in answer.text) == (422, True)
    assert (await everything(), files(kept)) == (before, [])


async def test_a_record_keeps_the_ticks_that_were_sent(street: str) -> None:
    """What was wrong is said also where nothing fits any more."""
    person = await actor(SECRETARY)
    record, fitting = await a_record_that_fits(person)
    first, *others = [str(item.id) for item, _ in fitting]
    address = f"/records/{record.id}/cite"
    async with signed_in(SECRETARY) as browser:
        none = await browser.post(address, data={"other": ""})
        assert (none.status_code, "Choose at least one." in none.text) == (422, True)
        assert ticked(none) == ([first, *others], [])
        assert (await browser.post(address, data={"items": first})).status_code == 303
        for left in (others, []):
            again = await browser.post(address, data={"items": first})
            assert (again.status_code, "used here already" in again.text) == (422, True)
            assert ticked(again) == (left, [])
            if left:
                assert (await browser.post(address, data={"items": left})).status_code == 303


async def a_record_that_fits(person: Actor) -> tuple[Record, list[Any]]:
    """Several measures."""
    for record in await Record.filter(branch__code=OWN).select_related("branch").order_by("id"):
        fitting = await checklists.fitting(person, record)
        if len(fitting) > 1:
            return record, fitting
    raise AssertionError("no record fits several measures")


def ticked(answer: Response) -> tuple[list[str], list[str]]:
    """All that is offered, and what of it is ticked."""
    found = re.findall(r'name="items" value="(\d+)"( checked)?', answer.text)
    return [key for key, _ in found], [key for key, tick in found if tick]


async def nobody_else(browser: AsyncClient, mine: Evidence) -> None:
    """The piece of another branch answers like one that there is not."""
    other = await ChecklistItem.filter(checklist__branch__code="HG-C8-05-ZB").first()
    assert other is not None
    foreign = await Evidence.create(
        item_id=other.id,
        **{name: getattr(mine, name) for name in ("kind", "title", "blob_id", "effective_on", "received_at", "sha256")},
    )
    answers = [await browser.get(f"/evidence/{key}/file") for key in (foreign.id, 99_999_999)]
    assert [answer.status_code for answer in answers] == [404, 404]
    hidden, absent = (
        re.sub(rf"[0-9a-f]{{32}}|evidence/{key}", "", answer.text)
        for key, answer in zip((foreign.id, 99_999_999), answers, strict=True)
    )
    assert hidden == absent


async def test_an_upload_that_is_cut_leaves_nothing(
    street: str, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than is held in memory has come when the line breaks."""
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(spool))
    item = await item_of(1)
    begun = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + pdf(3_000_000)[:2_500_000]
    incoming: list[Message] = [
        {"type": "http.request", "body": begun, "more_body": True},
        {"type": "http.disconnect"},
    ]
    async with signed_in(SECRETARY) as browser:
        before = await everything()
        headers = {
            "cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items()),
            "host": "qiangji.test",
            "origin": "http://qiangji.test",
            "x-csrf-token": await browser.token(),
            "content-type": "multipart/form-data; boundary=b",
            "content-length": "3000200",
        }

        async def receive() -> Message:
            return incoming.pop(0)

        answered: list[Message] = []

        async def send(message: Message) -> None:
            answered.append(message)

        scope: dict[str, Any] = {
            "type": "http",
            "method": "POST",
            "scheme": "http",
            "path": f"/checklist-items/{item.id}/evidence",
            "raw_path": b"",
            "query_string": b"",
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("qiangji.test", 80),
        }
        await create_app()(scope, receive, send)
    assert incoming == []
    assert await everything() == before
    assert await Blob.all().count() == 0
    assert (files(spool), files(kept)) == ([], [])
