"""What is asked of an act on a template."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from server.kit.drafts import Blank, Draft, Line, Text, Version
from server.kit.numbers import MAX_INT
from server.kit.refusals import Invalid
from server.models.organizations import CODE_LENGTH as PLACE_LENGTH
from server.models.records import TOPIC_LENGTH
from server.models.templates import (
    CODE_LENGTH,
    GUIDANCE_LENGTH,
    MOST_MINUTES,
    MOST_NUMBER,
    REASON_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
    WORDS_LENGTH,
    EvidenceRule,
    MeasureWords,
    ThemeWords,
    Wording,
)
from server.vocabulary import Frequency, Origin, RecordKind

MOST_THEMES, MOST_MEASURES = 20, 60
"""Of a version, and of a theme."""

Code = Annotated[Line, Field(min_length=2, max_length=CODE_LENGTH)]
Title = Annotated[Line, Field(min_length=2, max_length=TITLE_LENGTH)]
Words = Annotated[Line, Field(max_length=WORDS_LENGTH)]
Reason = Annotated[Text, Field(min_length=2, max_length=REASON_LENGTH)]


def one_if_blank(value: object) -> object:
    return 1 if value is None or (isinstance(value, str) and not value.strip()) else value


def nothing_if_none(value: object) -> object:
    return RuleDraft() if value is None else value


class RuleDraft(Draft):
    """What shows that a measure was done; without a kind and a topic nothing is proposed."""

    kind: Annotated[RecordKind | None, Blank] = None
    topic: Annotated[Line, Field(max_length=TOPIC_LENGTH)] = ""
    at_least: Annotated[int, Field(ge=1, le=99), BeforeValidator(one_if_blank)] = 1
    required: bool = False


class MeasureDraft(Draft):
    """A measure as far as it is written: its text may still be missing."""

    number: Annotated[int, Field(ge=1, le=MOST_NUMBER)]
    text: Annotated[Line, Field(max_length=TEXT_LENGTH)] = ""
    guidance: Annotated[Text, Field(max_length=GUIDANCE_LENGTH)] = ""
    frequency: Frequency
    evidence_rule: Annotated[RuleDraft, BeforeValidator(nothing_if_none)] = RuleDraft()
    estimated_minutes: Annotated[Annotated[int, Field(ge=1, le=MOST_MINUTES)] | None, Blank] = None

    @property
    def words(self) -> MeasureWords:
        rule = EvidenceRule(**self.evidence_rule.model_dump())
        return MeasureWords(self.number, self.text, self.frequency, self.guidance, rule, self.estimated_minutes)


class ThemeDraft(Draft):
    """A theme as far as it is written; a code that is left out is given."""

    code: Annotated[Line, Field(max_length=CODE_LENGTH)] = ""
    grasp: Words = ""
    lift: Words = ""
    measures: Annotated[tuple[MeasureDraft, ...], Field(max_length=MOST_MEASURES)] = ()

    @property
    def words(self) -> ThemeWords:
        return ThemeWords(self.code, self.grasp, self.lift, tuple(measure.words for measure in self.measures))


class NewTemplate(Draft):
    """A template of a place (a code), empty or with the words of another one, `copy_of`, of that place or above it."""

    organization: Annotated[Line, Field(min_length=1, max_length=PLACE_LENGTH)]
    code: Code
    title: Title
    programme: Annotated[Line, Field(max_length=TITLE_LENGTH)] = ""
    notice: Text = ""
    copy_of: Annotated[Line, Field(max_length=CODE_LENGTH)] = ""


class Write(Draft):
    """The whole wording of a draft: its themes in order, each with its measures."""

    themes: Annotated[tuple[ThemeDraft, ...], Field(max_length=MOST_THEMES)] = ()
    expected_version: Version

    @property
    def wording(self) -> Wording:
        return worded(self.themes)


class Publish(Draft):
    """`reason`: why it asks for more time than the place's budget, if it does."""

    reason: Annotated[Text, Field(max_length=REASON_LENGTH)] = ""
    expected_version: Version


class Retire(Draft):
    reason: Reason


class WholeMeasure(MeasureDraft):
    origin: Origin = Origin.RECORDED


class WholeTheme(ThemeDraft):
    measures: tuple[WholeMeasure, ...] = ()
    origin: Origin = Origin.RECORDED


class Whole(NewTemplate):
    """A template that is published at once, with what its source says and does not say."""

    source: Line = ""
    origin: Origin = Origin.RECORDED
    themes: tuple[WholeTheme, ...]
    reason: Annotated[Text, Field(max_length=REASON_LENGTH)] = ""

    @property
    def wording(self) -> Wording:
        return worded(self.themes)

    @property
    def origins(self) -> Mapping[str, Origin]:
        measures = {measure.text: measure.origin for theme in self.themes for measure in theme.measures}
        return measures | {theme.grasp + theme.lift: theme.origin for theme in self.themes}

    def given_to(self, model: type[Draft]) -> dict[str, Any]:
        return self.model_dump(include=set(model.model_fields))


def loosely(themes: Sequence[Mapping[str, Any]]) -> Wording:
    """What was typed so far, as far as it can be understood: what cannot be is left out."""
    return worded([ThemeDraft(measures=tuple(understood(row) for row in theme["measures"])) for theme in themes])


def understood(row: Mapping[str, Any]) -> MeasureDraft:
    try:
        return MeasureDraft.parse(row)
    except Invalid as refusal:
        faulty = {field.partition(".")[0] for field in refusal.fields}
        known = {name: value for name, value in row.items() if name not in faulty}
        return MeasureDraft.parse({"number": MOST_NUMBER, "frequency": Frequency.QUARTERLY} | known)


def worded(themes: Sequence[ThemeDraft]) -> Wording:
    """With a code for every theme."""
    taken = {theme.code for theme in themes}
    spare = (code for n in range(1, MAX_INT) if (code := f"T{n}") not in taken)
    return tuple(
        ThemeWords(words.code or next(spare), words.grasp, words.lift, words.measures)
        for words in (theme.words for theme in themes)
    )
