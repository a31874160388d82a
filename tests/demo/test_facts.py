"""The demonstration holds what its file of facts says, and says of each fact where it comes from."""

import os
import re
from collections import Counter
from pathlib import Path

import pytest

from server.demo import facts, load
from server.demo.accounts import PEOPLE
from server.kit.clock import today
from server.models.accounts import Account
from server.models.checklists import Checklist, ChecklistItem
from server.models.cycles import Cycle
from server.models.members import Member, Membership
from server.models.organizations import Organization, Placement
from server.models.templates import Measure, Theme
from server.vocabulary import TEMPORARY, MembershipKind, OrganizationKind, Origin, Role, Sector
from tests.conftest import Figure, Login

pytestmark = pytest.mark.usefixtures("shared_street")


async def test_the_figures_of_the_street(figure: Figure) -> None:
    kinds = Counter([o.kind for o in await Organization.all()])
    figures = {
        "communities": kinds[OrganizationKind.COMMUNITY],
        "residents' groups": kinds[OrganizationKind.RESIDENT_GROUP],
        "themes": await Theme.all().count(),
        "measures": await Measure.all().count(),
        "checklists": await Checklist.all().count(),
        "items": await ChecklistItem.all().count(),
    }
    figure(", ".join(f"{count} {name}" for name, count in figures.items()))
    assert figures == {
        "communities": 9,
        "residents' groups": 16,
        "themes": 5,
        "measures": 19,
        "checklists": 16,
        "items": 304,
    }


async def test_every_organization_of_the_file_is_held_as_it_says() -> None:
    street = facts.read()
    for fact in [street, *street.communities, *street.resident_groups, *street.branches]:
        found = await Organization.get(code=fact.code).select_related("parent")
        assert (found.name, found.origin.value, found.source) == (fact.name, fact.origin, facts.source(fact))
        if isinstance(fact, facts.ResidentGroup):
            assert found.parent is not None
            assert found.parent.code == fact.community
        if isinstance(fact, facts.Branch):
            assert found.parent is not None
            assert (found.parent.code, found.branch_type, found.sector) == (fact.parent, fact.type, fact.sector)


@pytest.mark.parametrize(
    ("code", "type_code"),
    [("HG-JG", "631"), ("HG-LX", "632"), ("HG-TD", "931"), ("HG-ZK", "931"), ("HG-DT", "932"), ("HG-YJ", "611")],
)
async def test_the_codes_of_types(code: str, type_code: str) -> None:
    assert (await Organization.get(code=code)).type_code == type_code


async def test_each_residents_group_has_one_branch_and_it_has_the_checklist() -> None:
    branches = await Organization.filter(sector=Sector.RESIDENT_GROUP).select_related("parent")
    assert len({b.parent_id for b in branches}) == len(branches) == 16
    assert all(b.parent and b.name == f"{b.parent.name}党支部" for b in branches)
    assert {c.branch_id for c in await Checklist.all()} == {b.id for b in branches}


async def test_five_themes_with_their_measures_in_order() -> None:
    template = facts.read().checklist_template
    themes = await Theme.all().order_by("position")
    assert [(t.grasp, t.lift) for t in themes] == [(t["grasp"], t["lift"]) for t in template["themes"]]
    measures = await Measure.all().order_by("number")
    assert [m.number for m in measures] == list(range(1, 20))
    assert {m.origin for m in measures} == {Origin.SYNTHETIC}
    assert {t.origin for t in themes} == {Origin.SEED}


async def test_the_cycle_is_that_of_this_quarter() -> None:
    cycle = await Cycle.get()
    assert cycle.starts_on <= today() <= cycle.ends_on
    assert (cycle.starts_on.day, cycle.starts_on.month % 3) == (1, 1)
    assert cycle.code == f"{today().year}-Q{(today().month + 2) // 3}"


async def test_about_nine_hundred_members_each_with_one_home() -> None:
    homes = await Membership.filter(kind=MembershipKind.HOME, member__stage__in=["FULL", "PROBATIONARY"])
    assert 850 <= len(homes) <= 950
    assert len({h.member_id for h in homes}) == len(homes)
    assert await Member.all().count() == await Membership.filter(kind=MembershipKind.HOME).count()
    assert await Member.exclude(origin=Origin.SYNTHETIC).count() == 0


async def test_temporary_branches_hold_temporary_memberships_only() -> None:
    for membership in await Membership.all().select_related("branch"):
        temporary = membership.branch.branch_type in TEMPORARY
        assert (membership.kind is MembershipKind.TEMPORARY) == temporary


async def test_the_tree_and_its_placements_agree() -> None:
    for placement in await Placement.filter(valid_to__isnull=True).select_related("organization"):
        organization = placement.organization
        assert (placement.path, placement.parent_id, placement.name, placement.party_name) == (
            organization.path,
            organization.parent_id,
            organization.name,
            organization.party_name,
        )


async def test_one_login_a_role(logins: dict[str, Login]) -> None:
    assert list(logins) == [role.value for role in PEOPLE] == [role.value for role in Role]
    for login in logins.values():
        assert re.fullmatch(r"qj_[0-9a-f]{12}_[0-9a-f]{72}", login.token)
        account = await Account.get(login=login.login)
        assert account.is_demonstration
        assert (account.password_hash is None) == (login.password == "-")


async def test_loading_again_changes_nothing(tmp_path: Path) -> None:
    before = await Organization.all().count(), await Member.all().count(), await Cycle.all().count()
    await load(tmp_path / "var")
    assert (await Organization.all().count(), await Member.all().count(), await Cycle.all().count()) == before
    assert not os.path.exists(tmp_path / "var")
