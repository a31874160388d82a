"""Measures that ask for what is asked for already, or for what is entered already: each is pointed out with the other.

Two texts are alike when they share six tenths of their pairs of neighbouring characters (Dice): 每月组织一次集中学习
and 每月组织一次集体学习 are, 每月召开一次支委会 and 每季度召开一次支部党员大会 are not.
Blanks and punctuation do not count.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from server.kit.messages import Message, say
from server.models.templates.wording import MeasureWords, Wording, measures_of
from server.vocabulary import RecordKind

ALIKE = 0.6
MEANINGLESS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Elsewhere:
    """A measure of another template, whose cycles run over the same branches."""

    template: str
    measure: MeasureWords


@dataclass(frozen=True)
class Overlap:
    """What is said of the measure at `place` (themes.0.measures.3)."""

    place: str
    number: int
    message: Message


def overlaps(wording: Wording, others: Sequence[Elsewhere] = ()) -> list[Overlap]:
    """In the order of the measures; of two in the same version the later one is told of."""
    found: list[Overlap] = []
    earlier: list[MeasureWords] = []
    for place, measure in measures_of(wording):
        notes = [*within(measure, earlier), *beyond(measure, others), *unruled(measure)]
        found += [Overlap(place, measure.number, note) for note in notes]
        earlier.append(measure)
    return found


def within(measure: MeasureWords, earlier: Sequence[MeasureWords]) -> Iterator[Message]:
    for other in earlier:
        if asks_the_same(measure, other):
            yield say("Measure {number} asks for the same records ({kind}).", number=other.number, kind=named(measure))
        if alike(measure.text, other.text):
            yield say("It says nearly the same as measure {number}: {other}", number=other.number, other=other.text)


def beyond(measure: MeasureWords, others: Sequence[Elsewhere]) -> Iterator[Message]:
    for other in others:
        them = {"number": other.measure.number, "template": other.template}
        if asks_the_same(measure, other.measure):
            yield say(
                "Measure {number} of “{template}” asks the same branches for the same records ({kind}).",
                kind=named(measure),
                **them,
            )
        elif alike(measure.text, other.measure.text):
            yield say(
                "It says nearly the same as measure {number} of “{template}”, which the same branches fill in: {other}",
                other=other.measure.text,
                **them,
            )


def unruled(measure: MeasureWords) -> Iterator[Message]:
    if measure.rule.proposes:
        return
    for kind in RecordKind:
        if kind is not RecordKind.OTHER and (kind.zh in measure.text or kind.en.lower() in measure.text.lower()):
            yield say(
                "Records of this kind are entered already: give this measure the rule “{kind}”, and they are proposed.",
                kind=kind,
            )


def asks_the_same(one: MeasureWords, other: MeasureWords) -> bool:
    return one.rule.proposes and (one.rule.kind, one.rule.topic) == (other.rule.kind, other.rule.topic)


def named(measure: MeasureWords) -> Message:
    """What its rule looks for."""
    kind, topic = measure.rule.kind, measure.rule.topic
    if kind and topic:
        return say("{kind}: {topic}", kind=kind, topic=topic)
    return say("{kind}", kind=kind or topic)


def alike(one: str, other: str) -> bool:
    return similarity(one, other) >= ALIKE


def similarity(one: str, other: str) -> float:
    """From 0 to 1: how many of their pairs of neighbouring characters two texts share."""
    first, second = pairs(one), pairs(other)
    in_all = first.total() + second.total()
    return 2 * (first & second).total() / in_all if in_all else 0.0


def pairs(text: str) -> Counter[str]:
    plain = MEANINGLESS.sub("", text.lower())
    return Counter(plain[at : at + 2] for at in range(len(plain) - 1))
