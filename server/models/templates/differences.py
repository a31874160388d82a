"""What one wording says that another does not: themes and measures added, removed, moved, changed field by field.

A theme is the same under the same code, else with the same words. A measure is the same under the same number if it
still says nearly the same, else with the same text wherever it went, else under the same number with another text.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import TypeVar

from server.models.templates.overlap import alike
from server.models.templates.wording import MeasureWords, ThemeWords, Wording
from server.vocabulary import ChangeKind, Frequency

T = TypeVar("T")


@dataclass(frozen=True)
class FieldChange:
    name: str
    old: object
    new: object


@dataclass(frozen=True)
class ThemeChange:
    """Without its measures. `at`: its place in the new order, from 0; None for one that is removed."""

    old: ThemeWords | None
    new: ThemeWords | None
    at: int | None = None
    is_moved: bool = False
    """It stands before or behind others than it did."""

    @property
    def kind(self) -> ChangeKind:
        return kind_of(self)

    @property
    def words(self) -> ThemeWords:
        """As it is; of what was removed, as it was."""
        return self.new or self.old or ThemeWords("", "", "")

    @property
    def fields(self) -> list[FieldChange]:
        return changes(self.old, self.new, said_by_theme)


@dataclass(frozen=True)
class MeasureChange:
    """With the codes of the themes that it was in and is in: they are told apart by it in either version."""

    old: MeasureWords | None
    new: MeasureWords | None
    was_in: str = ""
    is_in: str = ""
    is_moved: bool = False
    """It has gone to another theme."""

    @property
    def kind(self) -> ChangeKind:
        return kind_of(self)

    @property
    def words(self) -> MeasureWords:
        """As it is; of what was removed, as it was."""
        return self.new or self.old or MeasureWords(0, "", Frequency.MONTHLY)

    @property
    def fields(self) -> list[FieldChange]:
        return changes(self.old, self.new, said_by_measure)


@dataclass(frozen=True)
class Differences:
    themes: list[ThemeChange] = field(default_factory=list)
    measures: list[MeasureChange] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.themes and not self.measures


def differences(old: Wording, new: Wording) -> Differences:
    """In the order of the new wording; what was removed comes first."""
    themes = paired(old, new, lambda a, b: a.code == b.code, lambda a, b: (a.grasp, a.lift) == (b.grasp, b.lift))
    became = {was.code: now.code for was, now in themes if was and now}
    changed = [theme_change(was, now, new, standing(old, new, became)) for was, now in themes]
    measures = paired(listed(old), listed(new), still_says, has_text_of, has_number_of)
    moved = [measure_change(was, now, became) for was, now in measures]
    return Differences(
        sorted((c for c in changed if differs(c)), key=lambda c: -1 if c.at is None else c.at),
        sorted((c for c in moved if differs(c)), key=lambda c: c.new.number if c.new else 0),
    )


def kind_of(change: ThemeChange | MeasureChange) -> ChangeKind:
    """One that moved may have changed as well."""
    if change.old is None:
        return ChangeKind.ADDED
    if change.new is None:
        return ChangeKind.REMOVED
    return ChangeKind.MOVED if change.is_moved else ChangeKind.CHANGED


def differs(change: ThemeChange | MeasureChange) -> bool:
    return change.is_moved or change.old is None or change.new is None or bool(change.fields)


# --- what belongs together

Listed = tuple[str, MeasureWords]
"""A measure with the code of its theme."""


def listed(wording: Wording) -> list[Listed]:
    return [(theme.code, measure) for theme in wording for measure in theme.measures]


def still_says(one: Listed, other: Listed) -> bool:
    return has_number_of(one, other) and (has_text_of(one, other) or alike(one[1].text, other[1].text))


def has_text_of(one: Listed, other: Listed) -> bool:
    return one[1].text == other[1].text


def has_number_of(one: Listed, other: Listed) -> bool:
    return one[1].number == other[1].number


def paired(old: Sequence[T], new: Sequence[T], *rules: Callable[[T, T], bool]) -> list[tuple[T | None, T | None]]:
    """Each of the one with its counterpart in the other, by the first rule that finds one; None where there is none."""
    left, right = list(range(len(old))), list(range(len(new)))
    found: list[tuple[T | None, T | None]] = []
    for rule in rules:
        for was in list(left):
            if (now := next((n for n in right if rule(old[was], new[n])), None)) is not None:
                found.append((old[was], new[now]))
                left.remove(was)
                right.remove(now)
    return found + [(old[was], None) for was in left] + [(None, new[now]) for now in right]


def standing(old: Wording, new: Wording, became: dict[str, str]) -> set[str]:
    """The (new) codes of the themes that kept their order among those that stayed."""
    before = [became[theme.code] for theme in old if theme.code in became]
    after = [theme.code for theme in new if theme.code in before]
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return {code for block in blocks for code in before[block.a : block.a + block.size]}


# --- what is different


def theme_change(was: ThemeWords | None, now: ThemeWords | None, new: Wording, standing: set[str]) -> ThemeChange:
    at = new.index(now) if now else None
    moved = was is not None and now is not None and now.code not in standing
    return ThemeChange(was and replace(was, measures=()), now and replace(now, measures=()), at, moved)


def measure_change(was: Listed | None, now: Listed | None, became: dict[str, str]) -> MeasureChange:
    if was is None or now is None:
        return MeasureChange(was and was[1], now and now[1], was[0] if was else "", now[0] if now else "")
    return MeasureChange(was[1], now[1], was[0], now[0], became.get(was[0]) != now[0])


def changes(old: T | None, new: T | None, said: Callable[[T], dict[str, object]]) -> list[FieldChange]:
    """Field by field, of what is in both."""
    if old is None or new is None:
        return []
    before, after = said(old), said(new)
    return [FieldChange(name, before[name], after[name]) for name in before if before[name] != after[name]]


def said_by_theme(theme: ThemeWords) -> dict[str, object]:
    return {"code": theme.code, "grasp": theme.grasp, "lift": theme.lift}


def said_by_measure(measure: MeasureWords) -> dict[str, object]:
    rule = measure.rule
    return {
        "number": measure.number,
        "text": measure.text,
        "guidance": measure.guidance,
        "frequency": measure.frequency,
        "kind": rule.kind,
        "topic": rule.topic,
        "at_least": rule.at_least,
        "required": rule.required,
        "estimated_minutes": measure.estimated_minutes,
    }
