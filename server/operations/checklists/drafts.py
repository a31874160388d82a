"""What people send about a checklist and its items."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from server.kit.drafts import Blank, Day, Draft, Text, Version, complained
from server.kit.messages import say
from server.kit.numbers import MAX_INT
from server.models.checklists import REASON_LENGTH, REMARK_LENGTH, SUMMARY_LENGTH
from server.vocabulary import Verdict

MOST_AT_ONCE = 100

RowId = Annotated[int, Field(ge=1, le=MAX_INT)]
Reason = Annotated[Text, Field(min_length=2, max_length=REASON_LENGTH)]


class Fill(Draft):
    """What a branch writes about a measure: the day on which it was done, and what was done.

    What is left out stays as it is; an empty value clears it.
    """

    done_on: Annotated[Day | None, Blank] = None
    summary: Annotated[Text, Field(max_length=SUMMARY_LENGTH)] | None = None
    expected_version: Version


class Declare(Draft):
    """Why a measure does not apply to the branch in this cycle."""

    reason: Reason
    expected_version: Version


class Withdraw(Draft):
    expected_version: Version


class Review(Draft):
    """A verdict on a submitted item; a return needs a remark."""

    verdict: Verdict
    remark: Annotated[Text, Field(max_length=REMARK_LENGTH)] = ""
    expected_version: Version


def as_seen(value: object) -> object:
    """Items with the versions that were seen: pairs, or a text such as "7:2 9:1"."""
    parts = [part.partition(":")[::2] for part in value.split()] if isinstance(value, str) else value
    if not parts:
        raise complained(say("Tick at least one item."))
    return parts


class Together(Draft):
    """Items to approve together: pairs of the id and the version that the reviewer has looked at."""

    items: Annotated[frozenset[tuple[RowId, Version]], BeforeValidator(as_seen), Field(max_length=MOST_AT_ONCE)]


class Reopen(Draft):
    """Why an approved item has to be worked on again."""

    reason: Reason
    expected_version: Version


class Extend(Draft):
    """More time for one branch, and why."""

    due_on: Day
    closes_on: Day
    reason: Reason
    expected_version: Version


class Accept(Draft):
    expected_version: Version
