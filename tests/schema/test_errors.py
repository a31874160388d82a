"""Every kind of bad input: its code, its field, reason and remedy, in the reader's language; nothing changes."""

import re
from typing import Any, NamedTuple

import pytest

from server.queries import compiled, organizations
from server.vocabulary import Role
from tests.schema.conftest import Door, item_id

ADMIN, SECRETARY, REVIEWER = Role.STREET_ADMIN, Role.BRANCH_SECRETARY, Role.COMMUNITY_REVIEWER

SAVE = "mutation($i: SaveChecklistItemInput!) { saveChecklistItem(input: $i) { id } }"
SUBMIT = "mutation($i: SubmitChecklistItemInput!) { submitChecklistItem(input: $i) { id } }"
WITHDRAW = "mutation($i: WithdrawChecklistItemInput!) { withdrawChecklistItem(input: $i) { id } }"
REVIEW = "mutation($i: ReviewChecklistItemInput!) { reviewChecklistItem(input: $i) { id } }"
RENAME = "mutation($i: RenameOrganizationInput!) { renameOrganization(input: $i) { id } }"
ENROL = "mutation($i: EnrolMemberInput!) { enrolMember(input: $i) { id } }"


class Bad(NamedTuple):
    """`field` is the one that is named, `english` what its reader is told; "item" stands for the id of an item."""

    role: Role
    query: str
    variables: dict[str, Any]
    code: str
    field: str
    english: str


def filled(**fields: Any) -> dict[str, Any]:
    return {"i": {"id": "item", "expectedVersion": 1} | fields}


def in_words(**fields: Any) -> dict[str, Any]:
    return {"i": fields}


INTEGER = "Give a whole number from 1 to 2147483647."
DAY = "Give a date as year-month-day, such as 2026-11-23."
CODE = "There is no organization {} here for you; check the code, or ask who can see it."
ORGANIZATION = "query($code: String!) { organization(code: $code) { id } }"
WITHIN = "query($within: String!) { completion(within: $within) { total { due } } }"
FIRST = "query($first: Int!) { organizations(first: $first) { totalCount } }"
AS_OF = 'query($day: Date) { organization(code: "HG", asOf: $day) { id } }'
FILTER = "query($filter: OrganizationFilter) { organizations(first: 1, filter: $filter) { totalCount } }"

BAD = {
    "unknown code": Bad(ADMIN, ORGANIZATION, {"code": "NOWHERE"}, "NOT_FOUND", "code", CODE.format("NOWHERE")),
    "code with NUL": Bad(ADMIN, ORGANIZATION, {"code": "H\x00G"}, "NOT_FOUND", "code", CODE.format("H\ufffdG")),
    "code of half a pair": Bad(ADMIN, ORGANIZATION, {"code": "\ud83d"}, "NOT_FOUND", "code", CODE.format("\ufffd")),
    "unknown place": Bad(ADMIN, WITHIN, {"within": "NOWHERE"}, "NOT_FOUND", "within", CODE.format("NOWHERE")),
    "unknown code to change": Bad(
        ADMIN,
        RENAME,
        in_words(code="NOWHERE", name="名称", expectedVersion=1),
        "NOT_FOUND",
        "code",
        CODE.format("NOWHERE"),
    ),
    "malformed id": Bad(
        SECRETARY,
        SAVE,
        filled(id="x"),
        "INVALID",
        "id",
        "This is not the id of a ChecklistItem; use one that an earlier answer gave.",
    ),
    "stale version": Bad(SECRETARY, SAVE, filled(summary="新", expectedVersion=7), "CONFLICT", "summary", "Now: "),
    "wrong state": Bad(
        SECRETARY,
        WITHDRAW,
        filled(),
        "INVALID",
        "state",
        "Only a submitted item can be withdrawn. Its state is: To do.",
    ),
    "too long": Bad(
        SECRETARY,
        SAVE,
        filled(summary="字" * 2001),
        "INVALID",
        "summary",
        "Write at most 2000 characters; there are 2001.",
    ),
    "NUL": Bad(
        SECRETARY,
        SAVE,
        filled(summary="甲\x00"),
        "INVALID",
        "summary",
        "Remove the character U+0000 at position 2: it cannot be stored.",
    ),
    "half a surrogate pair": Bad(
        SECRETARY,
        SAVE,
        filled(summary="\ud83d"),
        "INVALID",
        "summary",
        "Remove the character U+D83D at position 1: it cannot be stored.",
    ),
    "33 bits": Bad(SECRETARY, SAVE, filled(expectedVersion=3_000_000_000), "INVALID", "expectedVersion", INTEGER),
    "a hundred digits": Bad(SECRETARY, SAVE, filled(expectedVersion=10**99), "INVALID", "expectedVersion", INTEGER),
    "version 0": Bad(SECRETARY, SAVE, filled(expectedVersion=0), "INVALID", "expectedVersion", INTEGER),
    "33 bits in a variable": Bad(ADMIN, FIRST, {"first": 2**32}, "INVALID", "first", INTEGER),
    "33 bits in the text": Bad(
        ADMIN, "{ organizations(first: 4294967296) { totalCount } }", {}, "INVALID", "first", INTEGER
    ),
    "text for a number": Bad(ADMIN, FIRST, {"first": "五"}, "INVALID", "first", INTEGER),
    "no number": Bad(ADMIN, FIRST, {}, "INVALID", "first", "Fill this in."),
    "no such day": Bad(SECRETARY, SAVE, filled(doneOn="2026-02-30"), "INVALID", "doneOn", DAY),
    "no day at all": Bad(ADMIN, AS_OF, {"day": "gestern"}, "INVALID", "day", DAY),
    "no day in the text": Bad(ADMIN, '{ street(code: "HG", asOf: "x") { id } }', {}, "INVALID", "asOf", DAY),
    "a day to come": Bad(
        SECRETARY,
        SAVE,
        filled(doneOn="2999-01-01"),
        "INVALID",
        "doneOn",
        "This day is still to come; enter the day on which it was done.",
    ),
    "unknown word": Bad(
        REVIEWER, REVIEW, filled(verdict="MAYBE"), "INVALID", "verdict", "Choose one of: APPROVE, RETURN."
    ),
    "unknown word in the text": Bad(
        ADMIN,
        "{ organizations(first: 1, orderBy: SIZE) { totalCount } }",
        {},
        "INVALID",
        "orderBy",
        "Choose one of: PATH, CODE, NAME.",
    ),
    "unknown word in a filter": Bad(
        ADMIN,
        FILTER,
        {"filter": {"sector": "X"}},
        "INVALID",
        "sector",
        "Choose one of: COMMUNITY, RESIDENT_GROUP, GOVERNMENT_OFFICE, TWO_NEW, PROJECT.",
    ),
    "unknown place in a filter": Bad(
        ADMIN, FILTER, {"filter": {"within": "NOWHERE"}}, "NOT_FOUND", "within", CODE.format("NOWHERE")
    ),
    "NUL in a search": Bad(
        ADMIN,
        FILTER,
        {"filter": {"search": "\x00"}},
        "INVALID",
        "search",
        "Remove the character U+0000 at position 1: it cannot be stored.",
    ),
    "unknown field": Bad(
        SECRETARY, SAVE, filled(states="APPROVED"), "INVALID", "states", "This field is not known here; remove it."
    ),
    "missing field": Bad(ADMIN, RENAME, in_words(code="HG-LY", expectedVersion=1), "INVALID", "name", "Fill this in."),
    "empty field": Bad(
        ADMIN, RENAME, in_words(code="HG-LY", name=" ", expectedVersion=1), "INVALID", "name", "Fill this in."
    ),
    "number for a text": Bad(SECRETARY, SAVE, filled(summary=5), "INVALID", "summary", "Give a text."),
    "no input object": Bad(
        SECRETARY,
        SAVE,
        {"i": "x"},
        "INVALID",
        "i",
        "Give an object with these fields: id, doneOn, summary, expectedVersion.",
    ),
    "nothing filled": Bad(SECRETARY, SUBMIT, filled(), "INVALID", "doneOn", "Fill this in before you submit."),
    "unknown branch": Bad(
        ADMIN,
        ENROL,
        in_words(branch="NOWHERE", name="某人", stage="APPLICANT"),
        "NOT_FOUND",
        "branch",
        CODE.format("NOWHERE"),
    ),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
async def test_bad_input_is_explained_in_both_languages(reader: Door, bad: Bad) -> None:
    variables = dict(bad.variables)
    if isinstance(variables.get("i"), dict) and variables["i"].get("id") == "item":
        variables["i"] = variables["i"] | {"id": await item_id()}
    english = await reader.refusal(bad.query, bad.role, "en", **variables)
    chinese = await reader.refusal(bad.query, bad.role, "zh", **variables)
    for error in (english, chinese):
        assert error["extensions"]["code"] == bad.code
        assert re.fullmatch("[0-9a-f]{32}", error["extensions"]["requestId"])
    assert english["extensions"]["fields"][bad.field] == bad.english
    assert set(chinese["extensions"]["fields"]) == set(english["extensions"]["fields"])
    for text in (chinese["message"], chinese["extensions"]["fields"][bad.field]):
        assert re.search("[\u4e00-\u9fff]", text), text


async def test_a_conflict_tells_the_current_version(door: Door) -> None:
    key = await item_id()
    fields = {"id": key, "summary": "第一次", "expectedVersion": 1}
    _ = await door.data(SAVE, SECRETARY, i=fields)
    error = await door.refusal(SAVE, SECRETARY, i=fields | {"summary": "第二次"})
    assert error["extensions"]["code"] == "CONFLICT"
    assert error["extensions"]["version"] == 2
    assert error["extensions"]["fields"] == {"summary": "Now: 第一次", "doneOn": "Now: —"}
    assert error["path"] == ["saveChecklistItem"]


async def test_several_complaints_come_at_once(reader: Door) -> None:
    fields = {"id": await item_id(), "summary": "字" * 2001, "expectedVersion": 0}
    error = await reader.refusal(SAVE, SECRETARY, i=fields)
    assert set(error["extensions"]["fields"]) == {"summary", "expectedVersion"}
    assert error["message"] == "Some fields need another look."


async def test_who_may_not_is_told_so(reader: Door) -> None:
    fields = {"id": await item_id(), "summary": "甲", "expectedVersion": 1}
    error = await reader.refusal(SAVE, Role.AUDITOR, i=fields)
    assert error["extensions"]["code"] == "FORBIDDEN"


async def test_what_is_unexpected_stays_inside_and_is_logged(
    reader: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret: 42")

    monkeypatch.setattr(organizations, "find", broken)
    error = await reader.refusal('{ completion(within: "HG") { asOf } }')
    assert error["extensions"]["code"] == "INTERNAL"
    assert "secret" not in str(error)
    [record] = [record for record in caplog.records if record.name == "qiangji"]
    assert error["extensions"]["requestId"] == record.__dict__["request_id"]
    assert record.exc_info is not None
    assert "secret: 42" in str(record.exc_info[1])


async def test_a_statement_that_breaks_stays_inside_too(
    reader: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret: 42")

    monkeypatch.setattr(compiled, "answer", broken)
    error = await reader.refusal('{ organization(code: "HG") { id } }')
    assert error["extensions"]["code"] == "INTERNAL"
    assert "secret" not in str(error)
    assert [record.exc_info is not None for record in caplog.records if record.name == "qiangji"] == [True]


async def test_the_language_is_the_readers(reader: Door) -> None:
    query = '{ organization(code: "NOWHERE", asOf: "2020-01-01") { id } }'
    answers = {
        (await reader.refusal(query, locale=locale))["message"] for locale in ("zh", "zh-CN, en;q=0.5", "fr, zh")
    }
    assert len(answers) == 1
    assert (await reader.refusal(query, locale="fr, en"))["message"] not in answers
