"""Cycles: opening one, a checklist for every branch that it covers; a branch that joins one afterwards."""

from datetime import date
from itertools import pairwise
from typing import Annotated

from pydantic import BeforeValidator, Field

from server.access.actor import Actor
from server.access.permits import Permit, require
from server.kit.clock import now, today
from server.kit.drafts import Blank, Day, Draft, Line, Text, complained, storable
from server.kit.messages import say
from server.kit.paths import within
from server.kit.refusals import invalid, named
from server.kit.transactions import unit_of_work
from server.models.checklists import REASON_LENGTH, Checklist, ChecklistItem, Extension
from server.models.cycles import CODE_LENGTH, Cycle
from server.models.organizations import Organization, Placement
from server.models.templates import Measure
from server.operations import trail
from server.queries import checklists, cycles, organizations, seals
from server.vocabulary import Sector


def as_codes(value: object) -> object:
    """Codes as a list, or as a text of words."""
    words = value.split() if isinstance(value, str) else value
    if not isinstance(words, list | tuple | set | frozenset) or not all(isinstance(word, str) for word in words):
        raise complained(say("Give a list of codes."))
    return frozenset(storable(word) for word in words)


class OpenCycle(Draft):
    """A period for the branches of `sector` below `organization`, with the newest version of `template` (codes).

    `without`: the codes of the branches that are left out.
    """

    organization: Annotated[Line, Field(max_length=32)]
    template: Annotated[Line, Field(max_length=32)]
    sector: Sector
    without: Annotated[frozenset[str], BeforeValidator(as_codes)] = frozenset()
    code: Annotated[Line, Field(min_length=2, max_length=CODE_LENGTH)]
    starts_on: Day
    ends_on: Day
    opens_on: Day
    due_on: Day
    closes_on: Day

    def check_days(self) -> None:
        """Raises Invalid for a day that lies before the one that it follows."""
        days = [("starts_on", self.starts_on), ("ends_on", self.ends_on)]
        course = [("opens_on", self.opens_on), ("due_on", self.due_on), ("closes_on", self.closes_on)]
        for pairs in (days, course):
            for (_, before), (field, day) in pairwise(pairs):
                if day < before:
                    raise invalid(**{field: say("This day lies before {day}; give a later one.", day=before)})
        if self.closes_on < today():
            raise invalid(closes_on=say("This day has passed; give today or a day to come."))


class JoinCycle(Draft):
    """A branch (a code) that came under a cycle after it was opened, why, and its due day: the cycle's if left out."""

    branch: Annotated[Line, Field(min_length=1, max_length=32)]
    due_on: Annotated[Day | None, Blank] = None
    reason: Annotated[Text, Field(min_length=2, max_length=REASON_LENGTH)]


@unit_of_work()
async def open_cycle(actor: Actor, draft: OpenCycle) -> Cycle:
    """Open a cycle over the branches that its selector picks now. Raises NotFound, Forbidden, Invalid."""
    organization = await organizations.find_organization(actor, draft.organization, field="organization")
    require(actor, Permit.OPEN_CYCLE, organization.path)
    draft.check_days()
    await cycles.check_code(organization, draft.code)
    found = await cycles.select(organization, draft.template, draft.sector, draft.without)
    cycle = await Cycle.create(
        organization=organization,
        template_version=found.version,
        selector={"sector": draft.sector.value, "without": sorted(draft.without)},
        **draft.model_dump(exclude={"organization", "template", "sector", "without"}),
    )
    count = await assign(cycle, found.covered)
    after = {"code": cycle.code, "organization": organization.code, "items": count, **cycle.selector}
    await trail.record(actor, "cycle.opened", cycle, organization.path, after=after)
    return await cycles.find_by_id(actor, cycle.id)


@unit_of_work()
async def join(actor: Actor, cycle_id: int, draft: JoinCycle) -> Checklist:
    """Let a branch into a running cycle: what it is asked counts from today. Raises NotFound, Forbidden, Invalid."""
    cycle = await cycles.find_by_id(actor, cycle_id)
    with named("branch"):
        branch = await organizations.find_organization(actor, draft.branch, field="branch")
    require(actor, Permit.JOIN_CYCLE, branch.path)
    await check_joinable(cycle, branch)
    placement = await organizations.current_placement(branch)
    _ = await assign(cycle, [placement])
    checklist = await Checklist.get(cycle_id=cycle.id, branch_id=branch.id).select_related("cycle", "branch")
    if draft.due_on and draft.due_on != cycle.due_on:
        await lengthen(actor, checklist, draft.due_on, draft.reason)
    after = {"cycle": cycle.code, "branch": branch.code, "due_on": checklist.due_on, "reason": draft.reason}
    await trail.record(actor, "cycle.joined", checklist, branch.path, after=after)
    return await checklists.find(actor, checklist.id)


async def check_joinable(cycle: Cycle, branch: Organization) -> None:
    """Raises Invalid (cycle) for one that is over, (branch) for a branch that it is not for, or that has it already."""
    if cycle.is_past(today()):
        raise invalid(cycle=say("This cycle closed on {day}; nobody can join it any more.", day=cycle.closes_on))
    branch.check_alive("branch")
    if branch.sector is not cycle.sector or not within(branch.path, cycle.organization.path):
        said = say("{name} is not one of these: {those}.", name=branch.name, those=cycles.in_words(cycle))
        raise invalid(branch=said)
    if await Checklist.filter(cycle_id=cycle.id, branch_id=branch.id).exists():
        raise invalid(branch=say("{name} has its checklist in this cycle already.", name=branch.name))
    if await seals.covers(cycle, branch.path):
        raise invalid(cycle=say("This cycle has been sealed over {name}; nobody can join it there.", name=branch.name))


async def lengthen(actor: Actor, checklist: Checklist, due_on: date, reason: str) -> None:
    """Whoever joins late may be given longer: that is an extension, for the same reason."""
    checklist.extend(due_on, max(due_on, checklist.closes_on), today())
    await checklist.save(update_fields=["due_on", "closes_on"])
    _ = await Extension.create(
        checklist=checklist,
        due_on=checklist.due_on,
        closes_on=checklist.closes_on,
        reason=reason,
        given_at=now(),
        given_by_id=actor.account_id,
    )


async def assign(cycle: Cycle, placements: list[Placement]) -> int:
    """One checklist a branch, one item a measure; returns the number of items."""
    measures = await Measure.filter(theme__version_id=cycle.template_version_id).order_by("number")
    days = {"assigned_on": today(), "due_on": cycle.due_on, "closes_on": cycle.closes_on}
    checklists = [
        Checklist(cycle_id=cycle.id, branch_id=p.organization_id, placement_id=p.id, **days) for p in placements
    ]
    await Checklist.bulk_create(checklists)
    branches = [p.organization_id for p in placements]
    made = await Checklist.filter(cycle_id=cycle.id, branch_id__in=branches).order_by("id")
    items = [ChecklistItem(checklist_id=c.id, measure_id=m.id) for c in made for m in measures]
    await ChecklistItem.bulk_create(items, batch_size=1000)
    return len(items)
