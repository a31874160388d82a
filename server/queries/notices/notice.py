"""A notice: how many things of one kind there are, the most urgent day, and where the first is settled; in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from server.kit.messages import Message, say
from server.vocabulary import NoticeKind

FIRST = 3
"""How many subjects are named."""


@dataclass(frozen=True)
class Subject:
    """An item, or a checklist: its name, what it belongs to, the day that counts, and where it is settled."""

    name: str
    where: str
    day: date
    link: str


@dataclass(frozen=True)
class Notice:
    """Of the reader's own work, or (`is_own` is false) of branches that the reader looks after."""

    kind: NoticeKind
    count: int
    day: date
    link: str
    subjects: tuple[Subject, ...]
    is_own: bool = True

    @property
    def named(self) -> list[tuple[Subject, str]]:
        """The subjects, each with what it belongs to where that tells them apart."""
        apart = len({subject.where for subject in self.subjects}) > 1
        return [(subject, subject.where if apart else "") for subject in self.subjects]

    @property
    def title(self) -> Message:
        return WORDS[self.kind, self.is_own][0]

    @property
    def hint(self) -> Message:
        """What there is to know, with the day."""
        hint = WORDS[self.kind, self.is_own][1]
        return Message(hint.text, {"day": self.day})

    @property
    def act(self) -> Message:
        """What leads to the form."""
        return WORDS[self.kind, self.is_own][2]


def notice(kind: NoticeKind, subjects: Sequence[Subject], *, link: str = "", is_own: bool = True) -> list[Notice]:
    """Of these subjects, the most urgent day first; none of none."""
    if not subjects:
        return []
    first, *_ = subjects
    return [Notice(kind, len(subjects), first.day, link or first.link, tuple(subjects[:FIRST]), is_own)]


WORDS: dict[tuple[NoticeKind, bool], tuple[Message, Message, Message]] = {
    (NoticeKind.MISSED, True): (
        say("Not handed in before it closed"),
        say("It closed on {day}. Ask the subdistrict for more time."),
        say("See what is missing"),
    ),
    (NoticeKind.LATE, True): (
        say("Late, and still to hand in"),
        say("It was due on {day}. You can still hand it in."),
        say("Fill in the first"),
    ),
    (NoticeKind.RETURNED, True): (
        say("Returned to you"),
        say("Read the remark and hand it in again; it is due on {day}."),
        say("Mend the first"),
    ),
    (NoticeKind.WAITING_FOR_REVIEW, True): (
        say("Waiting for your review"),
        say("The first has waited since {day}."),
        say("Review one after another"),
    ),
    (NoticeKind.STALE, True): (
        say("Approved, then changed"),
        say("Something has changed since it was approved on {day}. Look at it again."),
        say("Look at the first"),
    ),
    (NoticeKind.DUE_SOON, True): (
        say("Due soon"),
        say("It is due on {day}."),
        say("Fill in the first"),
    ),
    (NoticeKind.READY, True): (
        say("Checklists ready to be accepted"),
        say("Every item is approved. The cycle closes on {day}."),
        say("Look at the first"),
    ),
    (NoticeKind.MISSED, False): (
        say("Branches that did not finish"),
        say("They closed on {day}. Where there is a reason, give more time."),
        say("See which"),
    ),
    (NoticeKind.LATE, False): (
        say("Branches that are late"),
        say("They were due on {day}. Remind them."),
        say("See which"),
    ),
    (NoticeKind.DUE_SOON, False): (
        say("Branches whose extension ends soon"),
        say("The first is due on {day}."),
        say("See which"),
    ),
}
"""Of each kind, of one's own work or not: what it is about, what there is to know, and what can be done."""
