"""What a version says, as plain data: of a stored version, or of one that is still being typed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from server.kit.messages import Message, say
from server.vocabulary import Frequency, RecordKind

CODE_LENGTH = 32
TITLE_LENGTH = 120
WORDS_LENGTH = 60
TEXT_LENGTH = 200
GUIDANCE_LENGTH = 1000
REASON_LENGTH = 500
MOST_NUMBER = 999
MOST_MINUTES = 6000
LEAST = 2
"""Of characters in whatever has to say something."""


@dataclass(frozen=True)
class EvidenceRule:
    """What shows that a measure was done: records of a kind, about a topic, so many in each of its periods.

    Records that fit are proposed. `required`: without so many pieces of evidence nothing can be submitted.
    """

    kind: RecordKind | None = None
    topic: str = ""
    at_least: int = 1
    required: bool = False

    @classmethod
    def of(cls, rule: Mapping[str, Any]) -> Self:
        kind = rule.get("kind")
        return cls(
            RecordKind[kind] if kind else None,
            rule.get("topic", ""),
            rule.get("at_least", 1),
            rule.get("required", False),
        )

    @property
    def proposes(self) -> bool:
        """Whether records can be found by it."""
        return self.kind is not None or bool(self.topic)

    @property
    def asks(self) -> bool:
        """Whether it wants anything to be shown."""
        return self.required or self.proposes

    @property
    def stored(self) -> dict[str, Any]:
        """As its column holds it; of a rule that says nothing, nothing."""
        if self == EvidenceRule():
            return {}
        kind = self.kind.value if self.kind else None
        return {"kind": kind, "topic": self.topic, "at_least": self.at_least, "required": self.required}


@dataclass(frozen=True)
class MeasureWords:
    number: int
    text: str
    frequency: Frequency
    guidance: str = ""
    rule: EvidenceRule = EvidenceRule()
    estimated_minutes: int | None = None


@dataclass(frozen=True)
class ThemeWords:
    code: str
    grasp: str
    lift: str
    measures: tuple[MeasureWords, ...] = ()


Wording = tuple[ThemeWords, ...]
"""The themes in order, each with its measures: by number, when they are kept."""


def measures_of(wording: Wording) -> Iterator[tuple[str, MeasureWords]]:
    """Every measure with its place, as complaints name it: themes.0.measures.3."""
    for at, theme in enumerate(wording):
        for row, measure in enumerate(theme.measures):
            yield f"themes.{at}.measures.{row}", measure


def incomplete(wording: Wording) -> dict[str, Message]:
    """What a draft still lacks before it can be published, by the field that has to be mended."""
    lacking = {} if wording else {"themes": say("Add a theme with its measures.")}
    for at, theme in enumerate(wording):
        lacking |= {f"themes.{at}.{name}": say("Fill this in.") for name in unsaid(theme)}
        if not theme.measures:
            lacking[f"themes.{at}.grasp"] = say("This theme has no measure; add one, or remove the theme.")
    seen: dict[int, str] = {}
    for place, measure in measures_of(wording):
        if len(measure.text) < LEAST:
            lacking[f"{place}.text"] = say("Fill this in.")
        if measure.number in seen:
            said = say("Another measure has the number {number}; give each its own.", number=measure.number)
            lacking[f"{place}.number"] = said
        seen[measure.number] = place
    return lacking


def unsaid(theme: ThemeWords) -> list[str]:
    return [name for name in ("grasp", "lift") if len(getattr(theme, name)) < LEAST]
