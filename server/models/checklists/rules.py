"""What the evidence rule of a measure says of an item: what is covered, what is missing, which records fit and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.kit.messages import Message, say
from server.kit.periods import Span
from server.models.checklists.items import ChecklistItem

if TYPE_CHECKING:
    from server.models.evidence import Evidence
    from server.models.records import Record


@dataclass(frozen=True)
class Coverage:
    """One stretch in which the measure is due: how many pieces of evidence lie in it, of how many wanted."""

    period: Span
    found: int
    wanted: int

    @property
    def is_covered(self) -> bool:
        return self.found >= self.wanted


def coverage(item: ChecklistItem, pieces: Iterable["Evidence"]) -> list[Coverage]:
    """Each period of the measure in this cycle since there is the branch, with what standing evidence it has."""
    cycle, wanted = item.checklist.cycle, item.measure.rule.at_least
    days = [piece.shown_on for piece in pieces if piece.counts]
    born = item.checklist.branch.established_on
    periods = [period for period in item.measure.periods(cycle.starts_on, cycle.ends_on) if period.last >= born]
    return [Coverage(period, sum(day in period for day in days), wanted) for period in periods]


def lacking(item: ChecklistItem, pieces: Iterable["Evidence"]) -> Message | None:
    """What evidence is still missing before it can be submitted, if the rule insists on any."""
    if not item.measure.rule.required:
        return None
    gap = next((part for part in coverage(item, pieces) if not part.is_covered), None)
    if gap is None:
        return None
    return say(
        "Add evidence for {first} to {last}: {found} of {wanted} are here.",
        first=gap.period.first,
        last=gap.period.last,
        found=gap.found,
        wanted=gap.wanted,
    )


def fits(item: ChecklistItem, record: "Record") -> list[Message]:
    """Why a record fits the rule of an item; nothing if it does not."""
    rule, cycle = item.measure.rule, item.checklist.cycle
    if rule.kind and record.kind is not rule.kind:
        return []
    if rule.topic and rule.topic != record.topic and rule.topic not in record.title:
        return []
    period = next((p for p in item.measure.periods(cycle.starts_on, cycle.ends_on) if record.held_on in p), None)
    if period is None:
        return []
    reasons = [say("it is: {kind}", kind=record.kind)] if rule.kind else []
    reasons += [say("its topic is “{topic}”", topic=rule.topic)] if rule.topic else []
    return [*reasons, say("it falls in {first} to {last}", first=period.first, last=period.last)]
