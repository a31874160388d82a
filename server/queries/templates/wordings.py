"""What versions say, as plain data, and what the one says that the other does not."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from server.kit.messages import Message, say
from server.models.templates import (
    Differences,
    Measure,
    TemplateVersion,
    Theme,
    ThemeWords,
    Wording,
    differences,
    incomplete,
    measures_of,
)
from server.vocabulary import Origin


@dataclass(frozen=True)
class Side:
    """The older and the newer of two versions, in this order, whichever was asked about first."""

    old: TemplateVersion
    new: TemplateVersion


async def wording(version: TemplateVersion) -> Wording:
    return (await wordings([version.id]))[version.id]


async def wordings(version_ids: Sequence[int]) -> dict[int, Wording]:
    """Of each version its themes in order, with their measures by number."""
    measures: dict[int, list[Measure]] = defaultdict(list)
    for measure in await Measure.filter(theme__version_id__in=list(version_ids)).order_by("number"):
        measures[measure.theme_id].append(measure)
    found: dict[int, list[ThemeWords]] = {key: [] for key in version_ids}
    for theme in await Theme.filter(version_id__in=list(version_ids)).order_by("position"):
        words = tuple(measure.words for measure in measures[theme.id])
        found[theme.version_id].append(ThemeWords(theme.code, theme.grasp, theme.lift, words))
    return {key: tuple(themes) for key, themes in found.items()}


async def origins(version: TemplateVersion) -> dict[str, Origin]:
    """Where the words of a version come from, by the text of a measure and the words of a theme."""
    measures = await Measure.filter(theme__version_id=version.id)
    themes = await Theme.filter(version_id=version.id)
    return {m.text: m.origin for m in measures} | {theme.grasp + theme.lift: theme.origin for theme in themes}


def lacking(wording: Wording) -> list[Message]:
    """What a draft still lacks before it can be published, each with where it stands."""
    named = {f"{place}.": say("Measure {number}", number=measure.number) for place, measure in measures_of(wording)}
    named |= {f"themes.{at}.": say("Theme {number}", number=at + 1) for at in range(len(wording))}
    return [
        say("{where}: {what}", where=next((named[p] for p in named if field.startswith(p)), "—"), what=message)
        for field, message in incomplete(wording).items()
    ]


def sides(one: TemplateVersion, other: TemplateVersion) -> Side:
    """Of one template by number; of two templates `other` is what is compared against."""
    if one.template_id == other.template_id and one.number < other.number:
        return Side(one, other)
    return Side(other, one)


def compared(old: Wording, new: Wording) -> Differences:
    return differences(old, new)


async def between(old: TemplateVersion, new: TemplateVersion) -> Differences:
    found = await wordings([old.id, new.id])
    return differences(found[old.id], found[new.id])
