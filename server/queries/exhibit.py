"""What the demonstration shows as fact, what as filler, and what its sources do not say."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from server.access.actor import Actor
from server.access.scope import visible
from server.kit.clock import today
from server.kit.messages import say
from server.kit.refusals import NotFound
from server.models.base import holding_on
from server.models.organizations import Placement
from server.models.templates import Measure, Template
from server.vocabulary import Origin, VersionState

FACTS = Path(__file__).parents[1] / "demo" / "henggang.yaml"


@dataclass(frozen=True)
class Exhibit:
    """The facts that the reader sees, by where they come from, and the list of what is not said.

    `since` is the day on which the demonstration begins: the sources name none, so it is an assumption.
    """

    article: str
    notice: str
    noticed_on: date
    placements: dict[Origin, list[Placement]]
    templates: list[Template]
    measures: list[Measure]
    not_said: list[str]
    not_said_en: list[str]
    outcomes: list[str]
    since: date


async def of(actor: Actor) -> Exhibit:
    """Raises NotFound where there is no demonstration."""
    rows = visible(actor, Placement).filter(holding_on(today())).select_related("organization").order_by("path")
    placements = await rows.exclude(organization__origin=Origin.RECORDED)
    if not placements:
        raise NotFound(say("This installation shows no demonstration."))
    document = sources()
    return Exhibit(
        document["article"]["title"],
        document["notice"]["title"],
        document["notice"]["published_on"],
        {origin: [p for p in placements if p.organization.origin is origin] for origin in Origin},
        await Template.exclude(origin=Origin.RECORDED).order_by("code"),
        await Measure.filter(theme__version__state=VersionState.PUBLISHED)
        .exclude(origin=Origin.RECORDED)
        .select_related("theme")
        .order_by("number"),
        document["not_said"],
        document["not_said_en"],
        document["checklist_template"]["claimed_outcomes"],
        min(p.organization.established_on for p in placements),
    )


@cache
def sources() -> dict[str, Any]:
    """The file of facts, as it is."""
    document: dict[str, Any] = yaml.safe_load(FACTS.read_text(encoding="utf-8"))
    return document
