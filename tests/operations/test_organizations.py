"""The tree changes today; what it was before stays."""

from datetime import date, timedelta
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from server.kit.clock import today
from server.kit.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal
from server.models.base import holding_on
from server.models.members import Membership
from server.models.organizations import Organization, Placement
from server.models.trail import TrailEntry
from server.operations import organizations as operations
from server.operations.organizations import Dissolve, Establish, Move, Rename
from server.queries import members, organizations
from server.vocabulary import OrganizationKind, PlacementCause, Role
from tests.cast import actor, deeds

YESTERDAY = timedelta(days=1)

GROUP = {"code": "HG-LY-99", "kind": "RESIDENT_GROUP", "name": "测试居民小组", "parent": "HG-LY"}
BRANCH = {
    "code": "HG-LY-98",
    "kind": "BRANCH",
    "name": "测试党支部",
    "parent": "HG-LY-01",
    "branch_type": "BRANCH",
    "sector": "RESIDENT_GROUP",
}


async def snapshot() -> list[tuple[Any, ...]]:
    """Everything that the tree says of every day."""
    placements = (
        await Placement.all()
        .order_by("id")
        .values_list("id", "organization_id", "parent_id", "name", "party_name", "path", "valid_from", "valid_to")
    )
    rows = await Organization.all().order_by("id").values_list("id", "name", "path", "version", "dissolved_on")
    return [*placements, *rows]


async def tree_on(day: date) -> list[tuple[str, str, str, int]]:
    """How the street's administrator saw the tree on `day`: code, name, path and members at home."""
    admin = await actor(Role.STREET_ADMIN)
    placements = await (await organizations.standing(admin, day))
    counts = await members.counts(placements, day)
    return [(p.organization.code, p.name, p.path, counts[p.id]) for p in placements]


async def version(code: str) -> int:
    return (await Organization.get(code=code)).version


async def test_establish_hangs_an_organization_below_its_parent(street: str) -> None:
    admin = await actor(Role.STREET_ADMIN)
    placement = await operations.establish(admin, Establish.parse(GROUP))
    parent = await Organization.get(code="HG-LY")
    assert placement.path == f"{parent.path}{placement.organization_id}/"
    assert (placement.cause, placement.valid_from, placement.valid_to) == (PlacementCause.ESTABLISH, today(), None)
    found = await organizations.find(admin, "HG-LY-99")
    assert (found.name, found.pinyin, found.initials) == ("测试居民小组", "ceshijuminxiaozu", "csjmxz")
    with pytest.raises(NotFound):
        _ = await organizations.find(admin, "HG-LY-99", today() - YESTERDAY)
    entry = await TrailEntry.all().order_by("-id").first()
    assert entry is not None
    assert (entry.deed, entry.subject_id, entry.path, entry.account_id) == (
        "organization.established",
        str(placement.organization_id),
        placement.path,
        admin.account_id,
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "hg-ly-99"}, "code"),
        ({"code": "HG-LY"}, "code"),
        ({"code": "HG-\u6d4b"}, "code"),
        ({"code": "HG-😀"}, "code"),
        ({"name": ""}, "name"),
        ({"name": "测" * 61}, "name"),
        ({"name": "测\x00试"}, "name"),
        ({"name": "测\ud800试"}, "name"),
        ({"kind": "VILLAGE"}, "kind"),
        ({"kind": "STREET"}, "parent"),
        ({"kind": "BRANCH"}, "branch_type"),
        ({"sector": "PROJECT"}, "sector"),
        ({"community_type": "URBAN"}, "community_type"),
        ({"parent": None}, "parent"),
        ({"parent": "HG-LY-01"}, "parent"),
        ({"established_on": "2026-02-30"}, "established_on"),
        ({"established_on": "2999-01-01"}, "established_on"),
        ({"established_on": "2018-12-31"}, "established_on"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_what_cannot_be_established_is_named_and_nothing_changes(
    street: str, changes: dict[str, Any], field: str
) -> None:
    admin = await actor(Role.STREET_ADMIN)
    before, acts = await snapshot(), await deeds()
    with pytest.raises((Invalid, Forbidden)) as refusal:
        _ = await operations.establish(admin, Establish.parse(GROUP | changes))
    assert field in refusal.value.fields or (changes == {"parent": None} and refusal.type is Forbidden)
    assert await snapshot() == before
    assert await deeds() == acts


@pytest.mark.parametrize(
    ("parent", "changes", "allowed"),
    [
        ("HG-LY-01", {}, True),
        ("HG-LY-01", {"branch_type": "PARTY_GROUP"}, False),
        ("HG-LY-01-ZB", {"branch_type": "PARTY_GROUP"}, True),
        ("HG-LY-01-ZB", {"branch_type": "BRANCH"}, False),
        ("HG-LX", {"branch_type": "PARTY_GROUP"}, True),
        ("HG-TD", {"branch_type": "PARTY_GROUP"}, False),
        ("HG", {"branch_type": "GENERAL_BRANCH"}, True),
    ],
)
async def test_what_may_lie_below_what(street: str, parent: str, changes: dict[str, str], *, allowed: bool) -> None:
    admin = await actor(Role.STREET_ADMIN)
    draft = Establish.parse(BRANCH | changes | {"parent": parent})
    if allowed:
        assert (await operations.establish(admin, draft)).parent_id == (await Organization.get(code=parent)).id
        return
    before = await snapshot()
    with pytest.raises(Invalid) as refusal:
        _ = await operations.establish(admin, draft)
    assert list(refusal.value.fields) == ["parent"]
    assert await snapshot() == before


async def test_rename_leaves_the_old_name_to_the_days_before(street: str) -> None:
    admin = await actor(Role.STREET_ADMIN)
    before = await tree_on(today() - YESTERDAY)
    draft = Rename(name="深坑新居民小组", expected_version=await version("HG-LY-01"))
    placement = await operations.rename(admin, "HG-LY-01", draft)
    assert (placement.name, placement.initials) == ("深坑新居民小组", "skxjmxz")
    assert await tree_on(today() - YESTERDAY) == before
    assert (await organizations.find(admin, "HG-LY-01")).name == "深坑新居民小组"
    assert (await organizations.find(admin, "HG-LY-01", today() - YESTERDAY)).name == "深坑居民小组"


async def test_rename_keeps_the_party_name_that_is_not_given(street: str) -> None:
    admin = await actor(Role.STREET_ADMIN)
    assert (await operations.rename(admin, "HG-LY", Rename(name="六约新社区", expected_version=1))).party_name
    cleared = Rename(name="六约新社区", party_name="", expected_version=2)
    assert (await operations.rename(admin, "HG-LY", cleared)).party_name == ""


async def test_several_acts_on_one_day_leave_one_placement_that_holds(street: str) -> None:
    admin = await actor(Role.STREET_ADMIN)
    for number, name in enumerate(["甲居民小组", "乙居民小组", "丙居民小组"], start=1):
        _ = await operations.rename(admin, "HG-LY-01", Rename(name=name, expected_version=number))
    _ = await operations.move(admin, "HG-LY-01", Move(parent="HG-C7", expected_version=4))
    organization = await Organization.get(code="HG-LY-01")
    placements = await Placement.filter(organization_id=organization.id)
    assert len(placements) == 5
    now = await Placement.filter(holding_on(today()), organization_id=organization.id)
    assert [p.name for p in now] == ["丙居民小组"]
    was = await Placement.filter(holding_on(today() - YESTERDAY), organization_id=organization.id)
    assert [p.name for p in was] == ["深坑居民小组"]


async def test_move_takes_the_subtree_along_and_keeps_yesterday(street: str) -> None:
    admin = await actor(Role.STREET_ADMIN)
    yesterday, was = await tree_on(today() - YESTERDAY), await tree_on(today())
    _ = await operations.move(admin, "HG-LY-01", Move(parent="HG-C7", expected_version=1))
    assert await tree_on(today() - YESTERDAY) == yesterday
    now = {code: (path, count) for code, _, path, count in await tree_on(today())}
    before = {code: (path, count) for code, _, path, count in was}
    moved = before["HG-LY-01"][1]
    assert moved > 0
    assert now["HG-LY"][1] == before["HG-LY"][1] - moved
    assert now["HG-C7"][1] == before["HG-C7"][1] + moved
    assert now["HG"][1] == before["HG"][1]
    assert now["HG-LY-01-ZB"][0].startswith(now["HG-C7"][0])
    current = await Placement.filter(valid_to__isnull=True).select_related("organization")
    assert {(p.path, p.parent_id, p.name) for p in current} == {
        (p.organization.path, p.organization.parent_id, p.organization.name) for p in current
    }


@pytest.mark.parametrize(
    ("code", "parent", "expected", "refusal", "field"),
    [
        ("HG-LY", "HG-LY-01", 1, Invalid, "parent"),
        ("HG-LY-01", "HG-LY-01", 1, Invalid, "parent"),
        ("HG-LY-01", "HG", 1, Invalid, "parent"),
        ("HG-LY-01", "HG-LY", 1, Invalid, "parent"),
        ("HG-LY-01", "HG-LY-02", 1, Invalid, "parent"),
        ("HG-LY-01", "NOWHERE", 1, Invalid, "parent"),
        ("NOWHERE", "HG-C7", 1, NotFound, "code"),
        ("HG-LY-01", "HG-C7", 2, Conflict, "name"),
    ],
)
async def test_moves_that_are_refused_change_nothing(
    street: str, code: str, parent: str, expected: int, refusal: type[Refusal], field: str
) -> None:
    admin = await actor(Role.STREET_ADMIN)
    before, acts = await snapshot(), await deeds()
    with pytest.raises(refusal) as raised:
        _ = await operations.move(admin, code, Move(parent=parent, expected_version=expected))
    assert field in raised.value.fields
    assert (await snapshot(), await deeds()) == (before, acts)


async def test_nothing_moves_below_what_is_dissolved(street: str) -> None:
    admin = await actor(Role.STREET_ADMIN)
    empty = Establish.parse(GROUP | {"code": "HG-C99", "kind": "COMMUNITY", "parent": "HG"})
    _ = await operations.establish(admin, empty)
    _ = await operations.dissolve(admin, "HG-C99", Dissolve(reason="并入六约社区", expected_version=1))
    before = await snapshot()
    with pytest.raises(Invalid) as raised:
        _ = await operations.move(admin, "HG-LY-01", Move(parent="HG-C99", expected_version=1))
    assert list(raised.value.fields) == ["parent"]
    assert await snapshot() == before


async def test_dissolve_ends_today_and_keeps_the_past(street: str) -> None:
    admin = await actor(Role.STREET_ADMIN)
    organization = await operations.dissolve(admin, "HG-TD", Dissolve(reason="任务完成", expected_version=1))
    assert organization.dissolved_on == today()
    with pytest.raises(NotFound):
        _ = await organizations.find(admin, "HG-TD")
    placement = await organizations.find(admin, "HG-TD", today() - YESTERDAY)
    lent = await (await members.roster(admin, placement, today() - YESTERDAY))
    assert len(lent) == 12
    for membership in lent:
        assert (await members.find_home(admin, membership.member_id)).branch_id != organization.id
    with pytest.raises(Invalid):
        _ = await operations.rename(admin, "HG-TD", Rename(name="新名称", expected_version=2))


@pytest.mark.parametrize("code", ["HG-LY", "HG-LY-01", "HG-LY-01-ZB"])
async def test_what_is_not_empty_cannot_be_dissolved(street: str, code: str) -> None:
    admin = await actor(Role.STREET_ADMIN)
    before, acts = await snapshot(), await deeds()
    with pytest.raises(Invalid) as raised:
        _ = await operations.dissolve(admin, code, Dissolve(reason="测试", expected_version=1))
    assert list(raised.value.fields) == ["code"]
    assert (await snapshot(), await deeds()) == (before, acts)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.STREET_ADMIN])
async def test_only_the_administrator_changes_the_tree(street: str, role: Role) -> None:
    stranger = await actor(role)
    before, acts = await snapshot(), await deeds()
    attempts = [
        operations.establish(stranger, Establish.parse(GROUP)),
        operations.rename(stranger, "HG-LY-01-ZB", Rename(name="新的名称", expected_version=1)),
        operations.move(stranger, "HG-LY-01-ZB", Move(parent="HG-C7-01", expected_version=1)),
        operations.dissolve(stranger, "HG-TD", Dissolve(reason="测试", expected_version=1)),
    ]
    for attempt in attempts:
        with pytest.raises((Forbidden, NotFound, Invalid)):
            _ = await attempt
    assert (await snapshot(), await deeds()) == (before, acts)


async def test_the_database_itself_refuses_two_placements_on_one_day(street: str) -> None:
    placement = await Placement.get(organization__code="HG-LY-01")
    twin = placement.clone()
    with pytest.raises(IntegrityError, match="placement_once_a_day"):
        await twin.save()


async def test_kinds_are_told_apart(street: str) -> None:
    admin = await actor(Role.STREET_ADMIN)
    assert (await organizations.street(admin, "HG")).organization.kind is OrganizationKind.STREET
    with pytest.raises(NotFound):
        _ = await organizations.street(admin, "HG-LY")


async def test_a_dissolution_says_whose_membership_it_ended(street: str) -> None:
    lent = await Membership.filter(branch__code="HG-TD").order_by("id").values_list("id", flat=True)
    _ = await operations.dissolve(
        await actor(Role.STREET_ADMIN), "HG-TD", Dissolve(reason="任务完成", expected_version=1)
    )
    entry = await TrailEntry.get(deed="organization.dissolved")
    assert entry.before == {"dissolved_on": None}
    assert entry.after == {
        "reason": "任务完成",
        "dissolved_on": today().isoformat(),
        "memberships_ended": list(lent),
    }


async def test_a_renamed_parent_still_stands_where_it_stood(street: str) -> None:
    """So what is found out late can still be dated back; a move is another matter."""
    admin, day = await actor(Role.STREET_ADMIN), (today() - timedelta(days=30)).isoformat()
    _ = await operations.rename(admin, "HG-LY-01", Rename(name="深坑新居民小组", expected_version=1))
    placement = await operations.establish(admin, Establish.parse(BRANCH | {"established_on": day}))
    assert placement.valid_from.isoformat() == day
    _ = await operations.move(admin, "HG-LY-01", Move(parent="HG-C7", expected_version=2))
    with pytest.raises(Invalid) as refusal:
        _ = await operations.establish(admin, Establish.parse(BRANCH | {"code": "HG-LY-97", "established_on": day}))
    assert list(refusal.value.fields) == ["established_on"]
