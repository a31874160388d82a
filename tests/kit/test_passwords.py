"""What a password must be, in both profiles, and what is said of one that is not."""

from datetime import UTC, datetime, timedelta

import pytest

from server.kit.passwords import PROFILES, complaint, hint

OWN = ("branch.secretary", "曾书记")
ASVS, DENGBAO = PROFILES["asvs"], PROFILES["dengbao"]


@pytest.mark.parametrize(
    "password",
    [
        "four words without order",
        "抓思想建设提升引领力也抓组织",
        "    leading blanks are kept",
        "".join(chr(0x4E00 + number * 37) for number in range(200)),
        "Kumquat-Ladder-9",
    ],
)
def test_asvs_takes_any_characters(password: str) -> None:
    assert complaint(ASVS, password, OWN) is None


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("kumquat-9", "at least 12 characters"),
        ("kumquat-lad" + "e" * 190, "at most 200 characters"),
        ("password1234", "first that would be guessed"),
        ("qwertyuiop12", "first that would be guessed"),
        ("aaaaaaaaaaaaaaaa", "first that would be guessed"),
        ("123456789012345", "first that would be guessed"),
        ("my Branch.Secretary words", "Leave “branch.secretary” out"),
        ("这是曾书记的一个长密码呀", "Leave “曾书记” out"),
    ],
)
def test_asvs_refuses(password: str, said: str) -> None:
    assert said in str(complaint(ASVS, password, OWN))


@pytest.mark.parametrize("password", ["Kumquat-La", "kumquat-la9", "KUMQUAT9la", "抓思想建设Kumquat"])
def test_dengbao_takes_three_classes_out_of_four(password: str) -> None:
    assert complaint(DENGBAO, password, OWN) is None


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("Kumquat-9", "at least 10 characters"),
        ("kumquat-ladder", "three of these"),
        ("KUMQUAT12345", "three of these"),
        ("Passw0rd!!!!", "first that would be guessed"),
    ],
)
def test_dengbao_refuses(password: str, said: str) -> None:
    assert said in str(complaint(DENGBAO, password, OWN))


def test_only_dengbao_ends() -> None:
    instant = datetime(2026, 11, 24, tzinfo=UTC)
    old = instant - timedelta(days=90)
    assert DENGBAO.is_over(old, instant)
    assert not DENGBAO.is_over(old + timedelta(seconds=1), instant)
    assert not DENGBAO.is_over(None, instant)
    assert not ASVS.is_over(instant - timedelta(days=9000), instant)


def test_what_is_asked_for_is_said_before() -> None:
    assert "12 characters of any kind" in str(hint(ASVS))
    assert "three of these" in str(hint(DENGBAO))
    assert "90 days" in str(hint(DENGBAO))
