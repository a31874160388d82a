"""What each person sees, against an oracle that walks the tree by parents and knows nothing of paths."""

import pytest

from server.access.actor import Actor
from server.access.permits import GIVEN, Permit
from server.access.scope import visible
from server.models.base import Scoped
from server.models.checklists import Checklist, ChecklistItem
from server.models.cycles import Cycle
from server.models.members import Membership
from server.models.organizations import Organization, Placement
from server.models.trail import TrailEntry
from server.vocabulary import Role
from tests.cast import actor
from tests.conftest import Figure

pytestmark = pytest.mark.usefixtures("shared_street")


async def below(organizations: set[int]) -> set[int]:
    """The given organizations and everything under them, parent by parent."""
    found, newest = set(organizations), set(organizations)
    while newest:
        newest = {o.id for o in await Organization.filter(parent_id__in=newest)} - found
        found |= newest
    return found


@pytest.mark.parametrize("role", list(Role))
async def test_a_person_sees_what_lies_below_and_nothing_else(role: Role, figure: Figure) -> None:
    who = await actor(role)
    reach = await below({grant.organization_id for grant in who.grants})
    may_read_members = Permit.READ_MEMBERS in GIVEN[role]
    expected = {
        Organization: {o.id for o in await Organization.all() if o.id in reach},
        Placement: {p.id for p in await Placement.all() if p.organization_id in reach},
        Checklist: {c.id for c in await Checklist.all() if c.branch_id in reach},
        ChecklistItem: {
            i.id for i in await ChecklistItem.all().select_related("checklist") if i.checklist.branch_id in reach
        },
        Membership: {m.id for m in await Membership.all() if m.branch_id in reach and may_read_members},
    }
    for model, ids in expected.items():
        assert {row.pk for row in await visible(who, model)} == ids, model
    assert expected[Organization]
    figure(f"{role}: { ({model.__name__: len(ids) for model, ids in expected.items()}) }")


@pytest.mark.parametrize("model", [Organization, Placement, Checklist, ChecklistItem, Membership, Cycle, TrailEntry])
async def test_nobody_sees_nothing(model: type[Scoped]) -> None:
    assert await visible(Actor.anonymous(), model) == []
    assert await visible(Actor(1, "without grants"), model) == []


def subclasses(model: type[Scoped]) -> set[type[Scoped]]:
    return set(model.__subclasses__()).union(*(subclasses(child) for child in model.__subclasses__()))


async def test_every_scoped_table_says_where_it_belongs() -> None:
    for model in subclasses(Scoped):
        assert model.scope, model
