"""The tree on any day, and who sees it: a move today leaves yesterday as it was, for every reader."""

from datetime import date, timedelta

import pytest
import time_machine

from server.demo.tree import SINCE
from server.kit.clock import today
from server.kit.refusals import NotFound
from server.models.organizations import Lineage, Organization, Placement
from server.operations import organizations as operations
from server.operations.organizations import Move
from server.queries import members, organizations
from server.queries.organizations import OrganizationFilter
from server.vocabulary import OrganizationKind, PlacementCause, Role
from tests.cast import actor, by_login
from tests.conftest import Figure

Tree = dict[str, tuple[str, int]]


async def tree(login: str, day: date) -> Tree:
    """Code → path and members at home, as `login` sees `day`."""
    placements = await (await organizations.standing(await by_login(login), day))
    counts = await members.counts(placements, day)
    return {p.organization.code: (p.path, counts[p.id]) for p in placements}


async def test_a_move_today_leaves_yesterday_and_totals_follow_on_both_days(street: str, figure: Figure) -> None:
    yesterday = today() - timedelta(days=1)
    readers = ["street.admin", "auditor", "community.reviewer", "reviewer.hg-c7", "branch.secretary"]
    before = {reader: await tree(reader, yesterday) for reader in readers}
    _ = await operations.move(await actor(Role.STREET_ADMIN), "HG-LY-01", Move(parent="HG-C7", expected_version=1))
    assert await tree("street.admin", yesterday) == before["street.admin"]
    assert await tree("auditor", yesterday) == before["auditor"]
    assert await tree("community.reviewer", yesterday) == before["community.reviewer"]
    assert await tree("reviewer.hg-c7", yesterday) == before["reviewer.hg-c7"]
    assert await tree("branch.secretary", yesterday) == before["branch.secretary"]
    then, now = before["street.admin"], await tree("street.admin", today())
    moved = then["HG-LY-01"][1]
    figures = {code: (then[code][1], now[code][1]) for code in ("HG", "HG-LY", "HG-C7", "HG-LY-01")}
    figure(f"members yesterday and today: {figures}")
    assert figures == {
        "HG": (then["HG"][1], then["HG"][1]),
        "HG-LY": (then["HG-LY"][1], then["HG-LY"][1] - moved),
        "HG-C7": (then["HG-C7"][1], then["HG-C7"][1] + moved),
        "HG-LY-01": (moved, moved),
    }
    assert "HG-LY-01" not in await tree("community.reviewer", today())
    assert "HG-LY-01" in await tree("reviewer.hg-c7", today())


async def test_tomorrow_the_move_is_history(street: str) -> None:
    _ = await operations.move(await actor(Role.STREET_ADMIN), "HG-LY-01", Move(parent="HG-C7", expected_version=1))
    moved_on, now = today(), await tree("street.admin", today())
    with time_machine.travel(today() + timedelta(days=30)):
        assert await tree("street.admin", moved_on) == now == await tree("street.admin", today())
        placement = await organizations.find(await actor(Role.AUDITOR), "HG-LY-01", moved_on - timedelta(days=1))
        above = await organizations.addresses([placement], moved_on - timedelta(days=1))
        assert [name.code for name in above[placement.id]] == ["HG", "HG-LY"]


async def test_before_it_was_founded_there_is_no_tree(street: str) -> None:
    assert await tree("street.admin", SINCE - timedelta(days=1)) == {}
    assert len(await tree("street.admin", SINCE)) == len(await tree("street.admin", today()))


async def test_a_successor_looks_back_on_its_predecessors(street: str) -> None:
    """The reorganisation to come will write such rows; the reach of a grant follows them already."""
    old, new = await Organization.get(code="HG-LY-02"), await Organization.get(code="HG-LY-01-ZB")
    _ = await Lineage.create(predecessor=old, successor=new, cause=PlacementCause.MERGE, effective_on=today())
    yesterday = today() - timedelta(days=1)
    assert set(await tree("branch.secretary", yesterday)) == {"HG-LY-01-ZB", "HG-LY-02", "HG-LY-02-ZB"}
    assert set(await tree("branch.secretary", today())) == {"HG-LY-01-ZB"}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("hm", {"HG-HM", "HG-HM-ZB"}),
        ("红棉", {"HG-HM", "HG-HM-ZB"}),
        ("hongmian", {"HG-HM", "HG-HM-ZB"}),
        ("Hong Mian", {"HG-HM", "HG-HM-ZB"}),
        ("六约社区党委", {"HG-LY"}),
        ("hg-td", {"HG-TD"}),
        ("%", set()),
        ("没有这样的", set()),
    ],
)
async def test_search_by_chinese_pinyin_and_initials(shared_street: str, text: str, codes: set[str]) -> None:
    found = await (await organizations.matching(await actor(Role.AUDITOR), OrganizationFilter(search=text)))
    assert {p.organization.code for p in found} == codes


async def test_the_tree_by_level(shared_street: str) -> None:
    auditor = await actor(Role.AUDITOR)
    [street] = await organizations.roots(auditor)
    assert (street.organization.code, street.organization.kind) == ("HG", OrganizationKind.STREET)
    below = (await organizations.children(auditor, [street.organization_id]))[street.organization_id]
    assert [p.organization.code for p in below] == sorted(p.organization.code for p in below)
    assert sum(p.organization.kind is OrganizationKind.COMMUNITY for p in below) == 9
    assert len(await (await organizations.subtree(auditor, street))) == await Placement.all().count()


async def test_a_secretary_sees_the_branch_and_the_names_above_it(shared_street: str) -> None:
    secretary = await actor(Role.BRANCH_SECRETARY)
    [branch] = await organizations.roots(secretary)
    assert branch.organization.code == "HG-LY-01-ZB"
    assert await organizations.ancestors(secretary, branch) == []
    address = (await organizations.addresses([branch]))[branch.id]
    assert [(place.code, place.name) for place in address] == [
        ("HG", "横岗街道"),
        ("HG-LY", "六约社区"),
        ("HG-LY-01", "深坑居民小组"),
    ]
    for code in ("HG", "HG-LY", "HG-LY-02-ZB", "NOWHERE"):
        with pytest.raises(NotFound):
            _ = await organizations.find(secretary, code)
