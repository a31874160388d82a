"""Phone and ID numbers: what is one, how it is kept, how little is shown. None of these numbers is anybody's.

144 is the segment of machines, whose numbers have 13 digits; there is no area code 000 and no region 000000.
"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit import identity
from server.kit.messages import Message

ID_NUMBER = "000000199001010018"


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("14400000001", "14400000001", "144****0001"),
        (" 144 0000 0001 ", "14400000001", "144****0001"),
        ("+86 144-0000-0001", "14400000001", "144****0001"),
        ("１４４０００００００１", "14400000001", "144****0001"),
        ("000-10000001", "000-10000001", "000-****0001"),
        ("(000)10000001", "000-10000001", "000-****0001"),
        ("0755–1000001", "0755-1000001", "0755-****0001"),
        ("07551000001", "0755-1000001", "0755-****0001"),
    ],
)
def test_phones_are_kept_in_one_spelling_and_shown_in_part(typed: str, kept: str, shown: str) -> None:
    assert identity.read_phone(typed) == kept
    assert identity.mask_phone(kept) == shown


@pytest.mark.parametrize("typed", ["", "1440000000", "144000000011", "12000000001", "10000000001", "0755-100", "abc"])
def test_what_is_no_phone_is_complained_of_without_being_repeated(typed: str) -> None:
    complaint = identity.read_phone(typed)
    assert isinstance(complaint, Message)
    assert not complaint.params


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "18 characters"),
        ("00000019900101001", "18 characters"),
        (ID_NUMBER + "1", "18 characters"),
        ("X00000199001010019", "18 characters"),
        ("000000199013010019", "day of birth"),
        ("000000000001010019", "day of birth"),
        (ID_NUMBER[:-1] + "0", "last character"),
        ("000000199001020019", "last character"),
    ],
)
def test_what_is_no_id_number_is_told_why(typed: str, said: str) -> None:
    complaint = identity.read_id_number(typed)
    assert isinstance(complaint, Message)
    assert said in str(complaint)
    assert not complaint.params


@given(st.dates(date(1900, 1, 1)), st.integers(0, 999))
def test_the_check_character_catches_every_single_slip(born_on: date, serial: int) -> None:
    first = f"000000{born_on.year:04}{born_on:%m%d}{serial:03}"
    whole = first + identity.check_character(first)
    assert identity.read_id_number(f" {whole[:6]} {whole[6:14]} {whole[14:].lower()}") == whole
    for at in range(14, 17):
        wrong = f"{whole[:at]}{(int(whole[at]) + 1) % 10}{whole[at + 1 :]}"
        assert isinstance(identity.read_id_number(wrong), Message)


def test_the_standards_own_example() -> None:
    """GB 11643-1999, appendix A: 11010519491231002X."""
    assert identity.check_character("11010519491231002") == "X"


def test_a_mask_shows_neither_birth_nor_sex() -> None:
    assert identity.mask_id_number(ID_NUMBER) == "0****************8"


def test_only_whole_numbers_are_recognised() -> None:
    assert identity.recognised("144 0000 0001") == ("phone", "14400000001")
    assert identity.recognised(ID_NUMBER) == ("id_number", ID_NUMBER)
    assert identity.recognised("10012345678") == ("phone", "10012345678")
    for part in ("1440000000", "0001", ID_NUMBER[:17], "曾", ""):
        assert identity.recognised(part) is None
