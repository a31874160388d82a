"""What is asked of an act on the tree."""

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field

from server.kit.drafts import Blank, Day, Draft, Line, Text, Version, complained
from server.kit.messages import say
from server.models.organizations import CODE_LENGTH, MOST_MINUTES, NAME_LENGTH
from server.vocabulary import BranchType, CommunityType, OrganizationKind, Origin, PartyBody, Sector

CODE = re.compile("[A-Z][A-Z0-9]*(-[A-Z0-9]+)*")


def well_formed(code: str) -> str:
    if not CODE.fullmatch(code):
        raise complained(say("Use capital letters, digits and single hyphens between them, as in HG-YJ-01."))
    return code


Code = Annotated[Line, Field(min_length=2, max_length=CODE_LENGTH), AfterValidator(well_formed)]
Name = Annotated[Line, Field(min_length=2, max_length=NAME_LENGTH)]
PartyName = Annotated[Line, Field(max_length=NAME_LENGTH)]
Reason = Annotated[Text, Field(min_length=2, max_length=500)]


class Establish(Draft):
    """A new organization below `parent` (a code; none for the top of a tree)."""

    code: Code
    kind: OrganizationKind
    name: Name
    parent: Annotated[Code | None, Blank] = None
    party_name: PartyName = ""
    party_body: Annotated[PartyBody | None, Blank] = None
    branch_type: Annotated[BranchType | None, Blank] = None
    sector: Annotated[Sector | None, Blank] = None
    community_type: Annotated[CommunityType | None, Blank] = None
    established_on: Annotated[Day | None, Blank] = None


class Rename(Draft):
    """`party_name` left out stays as it is; an empty one is cleared."""

    name: Name
    party_name: PartyName | None = None
    expected_version: Version


class Move(Draft):
    """To below `parent`, a code; everything below the moved organization goes with it."""

    parent: Code
    expected_version: Version


class Dissolve(Draft):
    reason: Reason
    expected_version: Version


class Budget(Draft):
    """How many minutes a month checklists may keep one branch busy; none: there is no limit."""

    minutes_a_month: Annotated[Annotated[int, Field(ge=1, le=MOST_MINUTES)] | None, Blank] = None
    expected_version: Version


@dataclass(frozen=True)
class Provenance:
    """Where the facts of a new organization come from."""

    origin: Origin = Origin.RECORDED
    source: str = ""
    note: str = ""
