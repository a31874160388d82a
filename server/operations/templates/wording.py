"""How the words of a draft are kept: all of them anew, as long as nothing hangs on them."""

from collections.abc import Mapping

from server.kit.messages import Message, say
from server.kit.refusals import Invalid
from server.models.templates import Measure, TemplateVersion, Theme, Wording, measures_of
from server.vocabulary import Origin


async def keep(version: TemplateVersion, wording: Wording, origins: Mapping[str, Origin]) -> None:
    """Instead of what the version says so far. Words that somebody else's source gave keep their origin by their text.

    Raises Invalid for what cannot be told apart.
    """
    check_distinct(wording)
    _ = await Measure.filter(theme__version_id=version.id).delete()
    _ = await Theme.filter(version_id=version.id).delete()
    for position, theme in enumerate(wording, start=1):
        row = await Theme.create(
            version=version,
            position=position,
            code=theme.code,
            grasp=theme.grasp,
            lift=theme.lift,
            origin=origins.get(theme.grasp + theme.lift, Origin.RECORDED),
        )
        measures = [
            Measure(
                theme=row,
                number=words.number,
                text=words.text,
                guidance=words.guidance,
                frequency=words.frequency,
                evidence_rule=words.rule.stored,
                estimated_minutes=words.estimated_minutes,
                origin=origins.get(words.text, Origin.RECORDED),
            )
            for words in theme.measures
        ]
        await Measure.bulk_create(measures)


def check_distinct(wording: Wording) -> None:
    """Raises Invalid where a theme has two measures of one number, or two themes have one code."""
    complaints: dict[str, Message] = {}
    codes: set[str] = set()
    numbers: set[tuple[str, int]] = set()
    for at, theme in enumerate(wording):
        if theme.code in codes:
            complaints[f"themes.{at}.code"] = say("The code {code} is taken; choose another.", code=theme.code)
        codes.add(theme.code)
    for place, measure in measures_of(wording):
        key = (place.partition(".measures")[0], measure.number)
        if key in numbers:
            said = say("Another measure has the number {number}; give each its own.", number=measure.number)
            complaints[f"{place}.number"] = said
        numbers.add(key)
    if complaints:
        raise Invalid(say("Some fields need another look."), complaints)
