"""What was typed of a whole version: themes and measures as rows that are added, removed and moved, not saved.

The fields are called as complaints name them: themes.0.measures.3.text.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from server.vocabulary import Frequency

if TYPE_CHECKING:
    from server.models.templates import MeasureWords, Wording

NAME = re.compile(
    r"themes\.(?P<theme>\d{1,3})\.(?:(?P<of>code|grasp|lift)|measures\.(?P<measure>\d{1,3})\.(?P<what>"
    r"number|text|guidance|frequency|estimated_minutes|evidence_rule\.(?:kind|topic|at_least|required)))"
)
ACT = re.compile(r"(?P<verb>[a-z-]+)(?P<at>(?: [0-9]{1,3})*)")
RULE = "evidence_rule."
GIST = 40


@dataclass
class Row:
    """A measure, or the words of a theme; `fresh`: the reader has just made or moved it."""

    typed: dict[str, str]
    fresh: bool = False

    def __getitem__(self, name: str) -> str:
        return self.typed.get(name, "")

    @property
    def given(self) -> dict[str, Any]:
        """As a draft reads it."""
        plain = {name: value for name, value in self.typed.items() if not name.startswith(RULE)}
        rule = {name.removeprefix(RULE): value for name, value in self.typed.items() if name.startswith(RULE)}
        return plain | ({"evidence_rule": rule} if rule else {})

    @property
    def gist(self) -> str:
        """What stands in the fields that are folded away, for their heading; beside the kind of records."""
        at_least = self[f"{RULE}at_least"].strip()
        times = f"× {at_least}" if at_least not in ("", "1") else ""
        said = [self[f"{RULE}topic"], times, self["guidance"].split("\n")[0][:GIST]]
        return " · ".join(part for part in said if part)


@dataclass
class ThemeRows:
    words: Row
    measures: list[Row] = field(default_factory=list)

    @property
    def given(self) -> dict[str, Any]:
        return self.words.given | {"measures": [measure.given for measure in self.measures]}


Rows = list[ThemeRows]


def typed(form: Mapping[str, str]) -> Rows:
    """In the order of their numbers in the names; gaps close."""
    themes: dict[int, dict[str, str]] = defaultdict(dict)
    measures: dict[int, dict[int, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for name, value in form.items():
        if not (found := NAME.fullmatch(name)):
            continue
        at = int(found["theme"])
        if found["of"]:
            themes[at][found["of"]] = value
        else:
            measures[at][int(found["measure"])][found["what"]] = value
    every = sorted({*themes, *measures})
    return [ThemeRows(Row(themes[at]), [Row(row) for _, row in sorted(measures[at].items())]) for at in every]


def stored(wording: "Wording") -> Rows:
    """What a version holds, as it would be typed."""
    return [
        ThemeRows(
            Row({"code": theme.code, "grasp": theme.grasp, "lift": theme.lift}),
            [Row(said_by(measure)) for measure in theme.measures],
        )
        for theme in wording
    ]


def said_by(measure: "MeasureWords") -> dict[str, str]:
    """An empty box sends nothing."""
    rule = measure.rule
    ticked = {f"{RULE}required": "true"} if rule.required else {}
    return ticked | {
        "number": str(measure.number),
        "text": measure.text,
        "guidance": measure.guidance,
        "frequency": measure.frequency.value,
        "estimated_minutes": str(measure.estimated_minutes or ""),
        f"{RULE}kind": rule.kind.value if rule.kind else "",
        f"{RULE}topic": rule.topic,
        f"{RULE}at_least": str(rule.at_least),
    }


# --- what the buttons do


def arrange(rows: Rows, act: str) -> None:
    """Do what the button says, such as "up 0 3": the fourth measure of the first theme. Others do nothing."""
    if not (found := ACT.fullmatch(act)) or found["verb"] not in ACTS:
        return
    (do, depths), at = ACTS[found["verb"]], [int(number) for number in found["at"].split()]
    if len(at) in depths and holds(rows, at):
        do(rows, *at)


def holds(rows: Rows, at: list[int]) -> bool:
    """Whether there is such a theme, and such a measure in it; none is named: the whole."""
    if not at:
        return True
    return at[0] < len(rows) and (len(at) == 1 or at[1] < len(rows[at[0]].measures))


def add_theme(rows: Rows) -> None:
    rows.append(ThemeRows(Row({}, fresh=True), [new_measure(rows)]))


def add_measure(rows: Rows, theme: int) -> None:
    rows[theme].measures.append(new_measure(rows))


def new_measure(rows: Rows) -> Row:
    """With the next number."""
    typed = [measure["number"].strip() for theme in rows for measure in theme.measures]
    number = str(max((int(text) for text in typed if text.isdecimal() and len(text) < 10), default=0) + 1)
    return Row({"number": number, "frequency": Frequency.QUARTERLY.value, f"{RULE}at_least": "1"}, fresh=True)


def remove(rows: Rows, theme: int, measure: int = -1) -> None:
    """A measure, or a theme with all of its own."""
    if measure >= 0:
        del rows[theme].measures[measure]
    else:
        del rows[theme]


def up(rows: Rows, theme: int, measure: int = -1) -> None:
    """Before the one above it, whose number it takes; the first of a theme goes to the end of the theme above."""
    if measure < 0:
        swap(rows, theme - 1, theme)
        return
    measures = rows[theme].measures
    if measure:
        exchange(measures, measure - 1, measure)
        measures[measure - 1].fresh = True
    elif theme:
        rows[theme - 1].measures.append(moved(measures.pop(0)))


def down(rows: Rows, theme: int, measure: int = -1) -> None:
    """Behind the one below it; the last of a theme goes to the beginning of the theme below."""
    if measure < 0:
        swap(rows, theme, theme + 1)
        return
    measures = rows[theme].measures
    if measure + 1 < len(measures):
        exchange(measures, measure, measure + 1)
        measures[measure + 1].fresh = True
    elif theme + 1 < len(rows):
        rows[theme + 1].measures.insert(0, moved(measures.pop()))


def moved(row: Row) -> Row:
    row.fresh = True
    return row


def exchange(measures: list[Row], one: int, other: int) -> None:
    """The places keep their numbers, since measures are shown by number."""
    first, second = measures[one], measures[other]
    numbers = first["number"], second["number"]
    measures[one], measures[other] = second, first
    measures[one].typed["number"], measures[other].typed["number"] = numbers


def swap(rows: Rows, one: int, other: int) -> None:
    if 0 <= one < other < len(rows):
        rows[one], rows[other] = rows[other], rows[one]


def renumber(rows: Rows) -> None:
    """1, 2, 3 … as they stand."""
    for number, measure in enumerate((measure for theme in rows for measure in theme.measures), start=1):
        measure.typed["number"] = str(number)


ACTS: dict[str, tuple[Callable[..., None], tuple[int, ...]]] = {
    "add-theme": (add_theme, (0,)),
    "add-measure": (add_measure, (1,)),
    "remove": (remove, (1, 2)),
    "up": (up, (1, 2)),
    "down": (down, (1, 2)),
    "renumber": (renumber, (0,)),
}
"""Each with how many numbers say where: of a theme, or of a measure in it."""
