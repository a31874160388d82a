"""Histories of a small street, written as rows: what the status of any day should say of them is known beforehand."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from server.kit.clock import HOME, now, today
from server.kit.text import search_keys
from server.models.checklists import OWED, Checklist, ChecklistItem, Extension, Transition
from server.models.cycles import Cycle
from server.models.organizations import Organization, Placement
from server.models.templates import Measure, Template, TemplateVersion, Theme
from server.vocabulary import (
    BranchType,
    Exclusion,
    Frequency,
    ItemState,
    ItemVerb,
    OrganizationKind,
    PlacementCause,
    Sector,
)

DAYS = 12
"""The histories begin so many days ago."""
START = today() - timedelta(days=DAYS)
TODO, DOING, SUBMITTED = ItemState.TODO, ItemState.IN_PROGRESS, ItemState.SUBMITTED
APPROVED, RETURNED = ItemState.APPROVED, ItemState.RETURNED

MOVES: dict[ItemState, tuple[tuple[ItemVerb, ItemState], ...]] = {
    **dict.fromkeys(OWED, ((ItemVerb.SAVE, DOING), (ItemVerb.SUBMIT, SUBMITTED), (ItemVerb.DECLARE, SUBMITTED))),
    SUBMITTED: ((ItemVerb.WITHDRAW, DOING), (ItemVerb.RETURN, RETURNED), *((ItemVerb.APPROVE, APPROVED),) * 3),
    APPROVED: ((ItemVerb.REOPEN, DOING),),
}


@dataclass
class Walk:
    """One item: from which instant on it was what."""

    item_id: int
    steps: list[tuple[datetime, ItemVerb, ItemState, bool]] = field(default_factory=list)

    def on(self, day: date) -> tuple[ItemState, bool]:
        past = [step for step in self.steps if step[0].astimezone(HOME).date() <= day]
        return (past[-1][2], past[-1][3]) if past else (TODO, False)


@dataclass
class Life:
    """One branch: where it lay from which day on, until when, and its items from the day of its assignment on."""

    branch: Organization
    lay: list[tuple[date, Organization]]
    assigned_on: date
    walks: list[Walk]

    def below(self, top: Organization, day: date) -> bool:
        """Whether it lay, or had last lain, at or below `top`."""
        parent = [place for since, place in self.lay if since <= day][-1]
        return parent.path.startswith(top.path)

    def gone(self, day: date) -> bool:
        return self.branch.dissolved_on is not None and self.branch.dissolved_on <= day


@dataclass
class History:
    street: Organization
    communities: list[Organization]
    cycle: Cycle
    lives: list[Life]

    def expected(self, top: Organization, day: date) -> dict[int, tuple[ItemState, Exclusion | None]]:
        """What each item at and below `top` was on `day`, and why it is left out."""
        return {
            walk.item_id: outcome(*walk.on(day), gone=life.gone(day))
            for life in self.lives
            if life.assigned_on <= day and life.below(top, day)
            for walk in life.walks
        }


def outcome(state: ItemState, not_applicable: bool, *, gone: bool) -> tuple[ItemState, Exclusion | None]:
    if gone:
        return state, Exclusion.BRANCH_DISSOLVED
    return state, Exclusion.NOT_APPLICABLE if not_applicable and state is APPROVED else None


async def make(dice: Random) -> History:
    street = await organization("S", OrganizationKind.STREET, None)
    communities = [await organization(f"S-{n}", OrganizationKind.COMMUNITY, street) for n in (1, 2)]
    cycle = await a_cycle(street, dice)
    measures = await Measure.filter(theme__version_id=cycle.template_version_id)
    lives = [await a_life(dice, f"S-B{n}", [street, *communities], cycle, measures) for n in range(dice.randint(1, 3))]
    return History(street, communities, cycle, lives)


async def organization(code: str, kind: OrganizationKind, parent: Organization | None) -> Organization:
    is_branch = kind is OrganizationKind.BRANCH
    made = await Organization.create(
        code=code,
        kind=kind,
        branch_type=BranchType.BRANCH if is_branch else None,
        sector=Sector.RESIDENT_GROUP if is_branch else None,
        name=f"{code} name",
        parent=parent,
        path=f"/{code.encode().hex()}/".translate(str.maketrans("abcdef", "000000")),
        established_on=START,
    )
    made.path = f"{parent.path if parent else '/'}{made.id}/"
    await made.save(update_fields=["path"])
    if not is_branch:
        await lie(made, made.path, START, None)
    return made


async def lie(place: Organization, path: str, since: date, until: date | None) -> None:
    _ = await Placement.create(
        organization=place,
        parent_id=place.parent_id,
        name=place.name,
        **search_keys(place.name)._asdict(),
        path=path,
        cause=PlacementCause.MOVE,
        valid_from=since,
        valid_to=until,
    )


async def a_cycle(street: Organization, dice: Random) -> Cycle:
    template = await Template.create(code="T", organization=street, title="T")
    version = await TemplateVersion.create(template=template, number=1)
    for position, count in ((1, 2), (2, 1)):
        theme = await Theme.create(version=version, position=position, code=f"T{position}", grasp="抓", lift="提")
        for number in range(count):
            number += position * 10
            _ = await Measure.create(theme=theme, number=number, text="m", frequency=Frequency.MONTHLY)
    due_on = START + timedelta(days=dice.randint(0, DAYS + 2))
    return await Cycle.create(
        code="C",
        organization=street,
        template_version=version,
        starts_on=START,
        ends_on=START + timedelta(days=90),
        opens_on=START,
        due_on=due_on,
        closes_on=due_on + timedelta(days=dice.randint(0, 4)),
    )


async def a_life(dice: Random, code: str, places: list[Organization], cycle: Cycle, measures: list[Measure]) -> Life:
    lay = [(START, dice.choice(places))]
    for _ in range(dice.randint(0, 2)):
        day = lay[-1][0] + timedelta(days=dice.randint(1, 6))
        lay += [(day, dice.choice(places))] if day <= today() else []
    branch = await organization(code, OrganizationKind.BRANCH, lay[-1][1])
    if dice.random() < 0.3:
        branch.dissolved_on = lay[-1][0] + timedelta(days=dice.randint(0, (today() - lay[-1][0]).days))
        await branch.save(update_fields=["dissolved_on"])
    ends = [*(since for since, _ in lay[1:]), branch.dissolved_on]
    for (since, parent), until in zip(lay, ends, strict=True):
        await lie(branch, f"{parent.path}{branch.id}/", since, until)
    return await with_checklist(dice, branch, lay, cycle, measures)


async def with_checklist(
    dice: Random, branch: Organization, lay: list[tuple[date, Organization]], cycle: Cycle, measures: list[Measure]
) -> Life:
    assigned_on = START + timedelta(days=dice.choice([0, 0, 0, dice.randint(1, DAYS)]))
    assigned_on = min(assigned_on, cycle.closes_on)
    placement = await Placement.filter(organization_id=branch.id).order_by("valid_from").first()
    checklist = await Checklist.create(
        cycle=cycle,
        branch=branch,
        placement=placement,
        assigned_on=assigned_on,
        due_on=cycle.due_on,
        closes_on=cycle.closes_on,
    )
    if dice.random() < 0.3:
        await extend(dice, checklist)
    walks = [await a_walk(dice, checklist, measure, assigned_on) for measure in measures]
    return Life(branch, lay, assigned_on, walks)


async def extend(dice: Random, checklist: Checklist) -> None:
    checklist.due_on += timedelta(days=dice.randint(1, 6))
    checklist.closes_on = max(checklist.closes_on, checklist.due_on) + timedelta(days=dice.randint(0, 3))
    await checklist.save(update_fields=["due_on", "closes_on"])
    _ = await Extension.create(
        checklist=checklist,
        due_on=checklist.due_on,
        closes_on=checklist.closes_on,
        reason="r",
        given_at=an_instant(dice, START),
    )


async def a_walk(dice: Random, checklist: Checklist, measure: Measure, since: date) -> Walk:
    item = await ChecklistItem.create(checklist=checklist, measure=measure)
    walk, state, rows = Walk(item.id), TODO, []
    for at in sorted(an_instant(dice, since) for _ in range(dice.randint(0, 7))):
        verb, following = dice.choice(MOVES[state])
        apply(item, verb, following, at)
        walk.steps.append((at, verb, following, item.not_applicable))
        said = {"not_applicable": item.not_applicable, "name": "n", "words": "w"}
        rows.append(Transition(item_id=item.id, at=at, verb=verb, was=state, state=following, **said))
        state = following
    await Transition.bulk_create(rows)
    await item.save()
    return walk


def apply(item: ChecklistItem, verb: ItemVerb, state: ItemState, at: datetime) -> None:
    """What the row says after a move, as the operations leave it."""
    item.state = state
    if verb is ItemVerb.DECLARE:
        item.not_applicable, item.reason = True, "w"
    elif verb in (ItemVerb.SAVE, ItemVerb.SUBMIT, ItemVerb.WITHDRAW, ItemVerb.REOPEN):
        item.not_applicable, item.reason = False, ""
    if verb in (ItemVerb.SUBMIT, ItemVerb.DECLARE):
        item.submitted_at, item.done_on, item.summary = at, START, "s"
    if verb in (ItemVerb.APPROVE, ItemVerb.RETURN):
        item.reviewed_at, item.remark = at, "r"


def an_instant(dice: Random, since: date) -> datetime:
    """On a day from `since` to today, sometimes at its very first or last instant at home, never to come."""
    day = since + timedelta(days=dice.randint(0, (today() - since).days))
    at = dice.choice([time(0), time(23, 59, 59, 999999), time(dice.randint(0, 23), dice.randint(0, 59))])
    return min(datetime.combine(day, at, HOME), now())
