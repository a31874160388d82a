"""What people send about a checklist and its items."""

from typing import Annotated

from pydantic import Field

from server.kit.drafts import Blank, Day, Draft, Text, Version
from server.models.checklists import REASON_LENGTH, REMARK_LENGTH, SUMMARY_LENGTH
from server.vocabulary import Verdict

MOST_AT_ONCE = 100

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


class Verdicts(Draft):
    """Items to approve together, as "id:version", separated by blanks: the ones that the reviewer has looked at."""

    items: Annotated[Text, Field(pattern=r"^\s*([0-9]{1,10}:[0-9]{1,10}\s*)+$", max_length=2400)]

    @property
    def seen(self) -> dict[int, int]:
        """The version that was seen, by the id of the item."""
        return {int(key): int(version) for key, version in (part.split(":") for part in self.items.split())}


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
