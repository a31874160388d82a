"""What is asked of an act on people."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from server.kit.drafts import Blank, Day, Draft, Line, Text, Version, complained
from server.kit.identity import IdNumber, Phone
from server.kit.messages import say
from server.models.members import NAME_LENGTH
from server.vocabulary import MemberStage

NUMBERS = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])|[0-9]{17}[0-9Xx]")
Name = Annotated[Line, Field(min_length=2, max_length=NAME_LENGTH)]


def without_numbers(reason: str) -> str:
    """The trail keeps a reason for good, so no number of anybody may stand in it."""
    if NUMBERS.search(re.sub(r"[\s-]", "", reason)):
        raise complained(say("Leave phone and ID numbers out of the reason: it is kept for good."))
    return reason


Reason = Annotated[Text, Field(min_length=2, max_length=500), AfterValidator(without_numbers)]


def latin(keys: str) -> str:
    return keys.replace(" ", "").lower()


class Enrol(Draft):
    """A person who is new here. `since` is the day from which the branch is their home: today if left out."""

    branch: Annotated[Line, Field(max_length=32)]
    name: Name
    stage: MemberStage
    joined_on: Annotated[Day | None, Blank] = None
    since: Annotated[Day | None, Blank] = None
    phone: Annotated[Phone | None, Blank] = None
    id_number: Annotated[IdNumber | None, Blank] = None


class Attach(Draft):
    """A member who works in a temporary branch for a while, and keeps the home branch."""

    branch: Annotated[Line, Field(max_length=32)]
    member: Version
    since: Annotated[Day | None, Blank] = None


class Correct(Draft):
    """What is held is replaced. A field that is left out stays; an empty phone or ID number stays as well.

    A number that is to go is dropped. The pinyin keys are made from a new name, unless others are given.
    """

    name: Name
    pinyin: Annotated[Line, Field(max_length=400), AfterValidator(latin)] = ""
    initials: Annotated[Line, Field(max_length=120), AfterValidator(latin)] = ""
    joined_on: Annotated[Day | None, Blank] = None
    phone: Annotated[Phone | None, Blank] = None
    drop_phone: bool = False
    id_number: Annotated[IdNumber | None, Blank] = None
    drop_id_number: bool = False
    reason: Reason
    expected_version: Version


class Reveal(Draft):
    """Why somebody needs the numbers in clear."""

    reason: Reason


class Export(Draft):
    """Why all that is held on a person is taken out: mostly, because the person asked for it."""

    reason: Reason


class Erase(Draft):
    """`confirmation` is the person's name, typed once more."""

    reason: Reason
    confirmation: Line
    expected_version: Version
