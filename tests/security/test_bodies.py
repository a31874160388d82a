"""What is sent: how much, in which form; nothing that comes along is kept."""

import gzip
from collections.abc import AsyncIterator

import pytest
from starlette.datastructures import UploadFile

from server.views.bodies import LARGEST_BODY
from server.views.forms import MOST_FIELDS, MOST_FILES
from server.vocabulary import Role
from tests.cast import deeds
from tests.clients import anyone, signed_in

ENROL = "/organizations/HG-LY-01-ZB/members/enrol"
FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}
PARTS = {"content-type": "multipart/form-data; boundary=b"}
BOMB = gzip.compress(b"name=" + b"x" * 10_000_000)


def part(name: str, value: str = "x", more: str = "") -> str:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'


@pytest.mark.parametrize(("path", "kind"), [(ENROL, FORM), (ENROL, PARTS), ("/graphql", JSON), ("/language", FORM)])
@pytest.mark.parametrize("announced", [True, False])
async def test_too_much_is_too_much_with_and_without_a_word(
    shared_street: str, path: str, kind: dict[str, str], announced: bool
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield part("name", "").encode() if kind is PARTS else b""
        for _ in range(LARGEST_BODY // 8192 + 1):
            yield b"x" * 8192

    content = pieces() if not announced else b"x" * (LARGEST_BODY + 1)
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        answer = await browser.post(path, content=content, headers=kind)
    assert answer.status_code == 413


@pytest.mark.parametrize(("path", "kind"), [(ENROL, FORM), ("/graphql", JSON)])
async def test_nothing_is_unpacked(shared_street: str, path: str, kind: dict[str, str]) -> None:
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        for encoding in ("gzip", "deflate", "br", "zstd", "x-gzip", "gzip, gzip"):
            answer = await browser.post(path, content=BOMB, headers=kind | {"content-encoding": encoding})
            assert answer.status_code == 415, encoding


MANY = MOST_FIELDS + 1
ODD = {
    "too many fields": (FORM, "&".join(f"f{number}=1" for number in range(MANY))),
    "too many parts": (PARTS, "".join(part(f"f{number}") for number in range(MANY)) + "--b--\r\n"),
    "too many files": (PARTS, "".join(part("f", more='; filename="a"') for _ in range(MOST_FILES + 1)) + "--b--\r\n"),
    "no boundary": ({"content-type": "multipart/form-data"}, "x"),
    "no name": (PARTS, "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
    "another boundary": (PARTS, "--c\r\nx"),
    "no end": (PARTS, part("name")),
    "huge header of a part": (PARTS, f"--b\r\nContent-Disposition: {'x' * 100_000}\r\n\r\n"),
    "unknown charset": ({"content-type": "multipart/form-data; boundary=b; charset=nope"}, part("name") + "--b--\r\n"),
    "charset that is no text": (
        {"content-type": "multipart/form-data; boundary=b; charset=zlib"},
        part("name") + "--b--\r\n",
    ),
    "half a byte": (FORM, "name=%&csrf=%zz"),
    "no letters": (FORM, "name=%ff%fe"),
    "separators": (FORM, "&" * 10_000),
    "a long name": (FORM, "a" * 100_000),
}


@pytest.mark.parametrize("token", [True, False])
async def test_odd_forms_are_refused_and_break_nothing(shared_street: str, token: bool) -> None:
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        before = await deeds()
        for odd, (kind, content) in ODD.items():
            headers = kind if token else kind | {"x-csrf-token": ""}
            answer = await browser.post(ENROL, content=content, headers=headers)
            assert 400 <= answer.status_code < 500, odd
            assert not odd.startswith("too many") or answer.status_code == 400
        assert await deeds() == before


async def test_a_file_that_comes_along_is_left_lying(street: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fields are done, the file is neither kept nor shown."""
    read = []
    monkeypatch.setattr(UploadFile, "read", lambda *_: read.append(1))
    typed = {"name": (None, "曾试验"), "stage": (None, "APPLICANT"), "since": (None, "")}
    sent = typed | {"phone": ("../../evil.html", b"<script>canary()</script>", "text/html")}
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        answer = await browser.post(ENROL, files=sent)
        assert answer.status_code in (303, 422)
        assert "canary" not in answer.text
        assert "evil.html" not in answer.text
    assert read == []


@pytest.mark.parametrize(
    ("path", "kind"),
    [(ENROL, "application/json"), (ENROL, "text/xml"), (ENROL, ""), ("/graphql", "text/xml"), ("/graphql", "")],
)
async def test_only_the_kind_that_is_expected_is_read(shared_street: str, path: str, kind: str) -> None:
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        answer = await browser.post(
            path,
            content='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
            headers={"content-type": kind},
        )
    assert answer.status_code == 415
    assert "root:" not in answer.text


async def test_what_is_sent_twice_counts_once(shared_street: str) -> None:
    """The query of the address and the form are never mixed; of two fields the last counts."""
    async with anyone() as browser:
        answer = await browser.post(
            "/login?login=auditor&password=x", content="login=a&login=b%00&password=", headers=FORM
        )
    assert answer.status_code == 422
    assert 'value="a"' not in answer.text
    assert 'value="auditor"' not in answer.text
