"""The kit, piece by piece; what needs a database is tried where it is used."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from server.kit import clock, paging, paths, secrets, text
from server.kit.drafts import Day, Draft, Line, Text, Version
from server.kit.messages import Message, say, translate
from server.kit.refusals import Invalid
from server.vocabulary import ItemState

KEYS = st.lists(st.integers(1, 10**6), min_size=1, max_size=6)


def path_of(keys: list[int]) -> str:
    path = paths.ROOT
    for key in keys:
        path = paths.join(path, key)
    return path


@given(KEYS, KEYS)
def test_a_subtree_is_a_half_open_range(top: list[int], other: list[int]) -> None:
    """Also under byte order, which COLLATE "C" is."""
    low, high = paths.below(path_of(top))
    for keys in (other, top + other, top):
        path = path_of(keys)
        assert (low <= path < high) == (keys[: len(top)] == top) == paths.within(path, path_of(top))
        assert paths.keys(path) == keys


@given(KEYS, KEYS, KEYS)
def test_replanting_keeps_what_is_below(old: list[int], new: list[int], rest: list[int]) -> None:
    assert paths.replanted(path_of(old + rest), path_of(old), path_of(new)) == path_of(new + rest)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_day_changes_at_midnight_in_shanghai(instant: datetime, day: date) -> None:
    with time_machine.travel(instant, tick=False):
        assert clock.today() == day


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [("红棉社区", "hongmianshequ", "hmsq"), ("HG-1号", "hg-1hao", "hg-1h"), ("重庆", "chongqing", "cq")],
)
def test_names_are_found_from_a_latin_keyboard(name: str, pinyin: str, initials: str) -> None:
    assert text.search_keys(name) == (pinyin, initials)


@pytest.mark.parametrize(("name", "pinyin"), [("曾明", "zengming"), ("单华", "shanhua"), ("解放", "xiefang")])
def test_surnames_have_readings_of_their_own(name: str, pinyin: str) -> None:
    assert text.person_keys(name).pinyin == pinyin


@given(st.text())
def test_text_is_kept_whole_or_refused_with_its_place(value: str) -> None:
    complaint = text.unstorable(value)
    if complaint is None:
        assert "\x00" not in value
        assert text.normal(value).encode() is not None
    else:
        at = int(str(complaint.params["at"]))
        assert complaint.params["code"] == f"{ord(value[at - 1]):04X}"
    assert len(text.printable(value).encode()) <= 4 * 40


def test_messages_are_translated_with_their_parameters() -> None:
    message = say("{remedy} Its state is: {state}.", remedy=say("Fill this in."), state=ItemState.TODO)
    assert translate("zh", message) == "请填写此项。当前状态：未开始。"
    assert translate("en", message) == str(message) == "Fill this in. Its state is: To do."
    opens = say("This cycle opens on {day}; come back then.", day=date(2026, 11, 23))
    assert translate("zh", opens) == "本周期于2026年11月23日开放填报，请届时再来。"
    assert "23 November 2026" in translate("en", opens)
    assert translate("zh", say("Nobody has translated this {x}.", x=1)) == "Nobody has translated this 1."


class Note(Draft):
    title: Line
    state: ItemState
    due_on: Day
    version: Version
    body: Text = ""


GOOD = {"title": " a  b ", "state": "TODO", "due_on": "2026-11-23", "version": "1", "body": "x\r\ny\u0301 "}


def test_a_draft_takes_a_form_as_it_was_typed() -> None:
    note = Note.parse(GOOD)
    assert (note.title, note.body, note.version) == ("a b", "x\n\u00fd", 1)
    assert (note.state, note.due_on) == (ItemState.TODO, date(2026, 11, 23))


def test_every_complaint_of_a_draft_comes_at_once() -> None:
    bad = {"title": "\x00", "state": "?", "due_on": "23.11.2026", "version": 2**40, "body": 5, "colour": "red"}
    with pytest.raises(Invalid) as refusal:
        _ = Note.parse(bad)
    assert {name: translate("en", message) for name, message in refusal.value.fields.items()} == {
        "title": "Remove the character U+0000 at position 1: it cannot be stored.",
        "state": "Choose one of: 'TODO', 'IN_PROGRESS', 'SUBMITTED', 'APPROVED', 'RETURNED'.",
        "due_on": "Give a date as year-month-day, such as 2026-11-23.",
        "version": "Give a whole number from 1 to 2147483647.",
        "body": "Give a text.",
        "colour": "This field is not known here; remove it.",
    }


@given(st.dictionaries(st.sampled_from([*GOOD, "other"]), st.none() | st.text() | st.integers() | st.booleans()))
def test_a_draft_refuses_in_words_whatever_it_is_given(data: dict[str, object]) -> None:
    fields: dict[str, Message] = {}
    with suppress_into(fields):
        _ = Note.parse(data)
        assert set(data) <= set(GOOD)
    assert all(translate("zh", message) for message in fields.values())


@contextmanager
def suppress_into(fields: dict[str, Message]) -> Iterator[None]:
    """Whatever is refused is named in `fields`; any other exception is a fault."""
    try:
        yield
    except Invalid as refusal:
        fields |= refusal.fields
        assert fields


def test_a_token_tells_a_typing_error_by_itself() -> None:
    token = secrets.new_token()
    assert secrets.parse_token(token.text) == token
    swapped = token.text.replace(token.secret[:2], f"{token.secret[1]}{token.secret[0]}", 1)
    assert swapped == token.text or secrets.parse_token(swapped) is None
    for wrong in ("", "qj_", token.text[:-1], token.text.upper(), token.text + "0"):
        assert secrets.parse_token(wrong) is None


@pytest.mark.parametrize("cursor", ["", "x", "!!!", base64.urlsafe_b64encode(b'{"a": 1}').decode(), "W10=", "\x00"])
def test_a_cursor_that_we_did_not_make_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refusal:
        _ = paging.decoded(cursor, ["a", "id"])
    assert list(refusal.value.fields) == ["after"]


def test_a_cursor_names_its_row_in_any_script() -> None:
    keys = ["name", "id"]
    cursor = base64.urlsafe_b64encode(json.dumps([paging.order(keys), "曾", "7"]).encode()).decode()
    assert paging.decoded(cursor, keys) == ["曾", "7"]
    with pytest.raises(Invalid):
        _ = paging.decoded(cursor, ["code", "id"])
    for digits in ("9" * 5000, "²", "-1", str(2**31)):
        with pytest.raises(Invalid):
            _ = paging.number(digits)


@pytest.mark.parametrize(
    "value", ["0", "86400", "20260101", "2026-W01-1", "2026-1-1", "1899-12-31", "0001-01-01", 0, 1.5]
)
def test_a_day_is_written_in_one_way(value: object) -> None:
    with pytest.raises(Invalid) as refusal:
        _ = Note.parse(GOOD | {"due_on": value})
    assert translate("en", refusal.value.fields["due_on"]) == "Give a date as year-month-day, such as 2026-11-23."


@pytest.mark.parametrize("invisible", ["\u200b", "\u202e", "\ufeff", "\u00ad", "\u2066"])
def test_what_nobody_sees_is_not_kept(invisible: str) -> None:
    assert Note.parse(GOOD | {"title": f"{invisible}张{invisible}三"}).title == "张三"
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert Note.parse(GOOD | {"title": family}).title == family
