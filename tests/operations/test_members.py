"""People belong to one home branch, and to temporary ones beside it."""

from datetime import date, timedelta
from typing import Any

import pytest
from tortoise.exceptions import IntegrityError

from server.kit.clock import today
from server.kit.refusals import Forbidden, Invalid, NotFound, Refusal
from server.models.members import Member, Membership
from server.operations import members as operations
from server.operations import organizations as tree
from server.operations.members import Attach, Enrol
from server.operations.organizations import Move
from server.queries import members, organizations
from server.vocabulary import MembershipKind, MemberStage, Role
from tests.cast import actor, deeds

PERSON = {"branch": "HG-LY-01-ZB", "name": "曾测试", "stage": "FULL", "joined_on": "2020-07-01"}


async def people() -> tuple[int, int, int]:
    return await Member.all().count(), await Membership.all().count(), await deeds()


async def count(code: str) -> int:
    admin = await actor(Role.STREET_ADMIN)
    placement = await organizations.find(admin, code)
    return (await members.counts([placement]))[placement.id]


async def test_enrol_gives_a_person_a_home(street: str) -> None:
    secretary = await actor(Role.BRANCH_SECRETARY)
    before = await count("HG"), await count("HG-LY-01-ZB")
    membership = await operations.enrol(secretary, Enrol.parse(PERSON))
    assert (await count("HG"), await count("HG-LY-01-ZB")) == (before[0] + 1, before[1] + 1)
    found = await members.find(secretary, membership.id)
    assert (found.member.name, found.member.pinyin, found.member.initials) == ("曾测试", "zengceshi", "zcs")
    assert (found.kind, found.valid_from, found.member.joined_on) == (MembershipKind.HOME, today(), date(2020, 7, 1))


async def test_an_applicant_is_on_the_roster_but_not_counted(street: str) -> None:
    secretary = await actor(Role.BRANCH_SECRETARY)
    before = await count("HG-LY-01-ZB")
    draft = Enrol.parse(PERSON | {"stage": MemberStage.APPLICANT, "joined_on": None})
    membership = await operations.enrol(secretary, draft)
    branch = await organizations.find(secretary, "HG-LY-01-ZB")
    assert membership.id in [m.id for m in await (await members.roster(secretary, branch))]
    assert await count("HG-LY-01-ZB") == before


@pytest.mark.parametrize(
    ("role", "changes", "refusal", "field"),
    [
        (Role.BRANCH_SECRETARY, {"name": ""}, Invalid, "name"),
        (Role.BRANCH_SECRETARY, {"name": "字" * 61}, Invalid, "name"),
        (Role.BRANCH_SECRETARY, {"stage": "SAINT"}, Invalid, "stage"),
        (Role.BRANCH_SECRETARY, {"joined_on": None}, Invalid, "joined_on"),
        (Role.BRANCH_SECRETARY, {"joined_on": "2999-01-01"}, Invalid, "joined_on"),
        (Role.BRANCH_SECRETARY, {"since": "2999-01-01"}, Invalid, "since"),
        (Role.BRANCH_SECRETARY, {"since": "2018-01-01"}, Invalid, "since"),
        (Role.BRANCH_SECRETARY, {"branch": "HG-LY-02-ZB"}, NotFound, "branch"),
        (Role.STREET_ADMIN, {"branch": "HG-TD"}, Invalid, "branch"),
        (Role.STREET_ADMIN, {"branch": "HG-LY"}, Invalid, "branch"),
        (Role.BRANCH_EDITOR, {}, Forbidden, ""),
        (Role.COMMUNITY_REVIEWER, {}, Forbidden, ""),
        (Role.AUDITOR, {}, Forbidden, ""),
        (Role.SYSTEM, {}, Forbidden, ""),
    ],
)
async def test_enrolments_that_are_refused_change_nothing(
    street: str, role: Role, changes: dict[str, Any], refusal: type[Refusal], field: str
) -> None:
    before = await people()
    with pytest.raises(refusal) as raised:
        _ = await operations.enrol(await actor(role), Enrol.parse(PERSON | changes))
    assert not field or field in raised.value.fields
    assert await people() == before


async def test_a_temporary_branch_borrows_a_member_and_totals_stay(street: str) -> None:
    admin = await actor(Role.STREET_ADMIN)
    home = await Membership.filter(branch__code="HG-LY-01-ZB", kind=MembershipKind.HOME).first()
    assert home is not None
    before = await count("HG")
    membership = await operations.attach(admin, Attach(branch="HG-TD", member=home.member_id))
    assert membership.kind is MembershipKind.TEMPORARY
    assert await count("HG") == before
    assert await count("HG-TD") == 0
    assert (await members.find_home(admin, home.member_id)).branch_id == home.branch_id


@pytest.mark.parametrize(
    ("role", "branch", "refusal"),
    [
        (Role.STREET_ADMIN, "HG-LY-02-ZB", Invalid),
        (Role.STREET_ADMIN, "NOWHERE", NotFound),
        (Role.BRANCH_SECRETARY, "HG-TD", NotFound),
        (Role.COMMUNITY_REVIEWER, "HG-TD", NotFound),
    ],
)
async def test_attachments_that_are_refused_change_nothing(
    street: str, role: Role, branch: str, refusal: type[Refusal]
) -> None:
    home = await Membership.filter(branch__code="HG-LY-01-ZB", kind=MembershipKind.HOME).first()
    assert home is not None
    before = await people()
    with pytest.raises(refusal):
        _ = await operations.attach(await actor(role), Attach(branch=branch, member=home.member_id))
    assert await people() == before


async def test_nobody_is_attached_twice_at_a_time(street: str) -> None:
    admin = await actor(Role.STREET_ADMIN)
    lent = await Membership.filter(branch__code="HG-TD").first()
    assert lent is not None
    before = await people()
    with pytest.raises(Invalid) as raised:
        _ = await operations.attach(admin, Attach(branch="HG-TD", member=lent.member_id))
    assert list(raised.value.fields) == ["member"]
    assert await people() == before


async def test_the_database_itself_refuses_two_homes(street: str) -> None:
    home = await Membership.filter(kind=MembershipKind.HOME).first()
    assert home is not None
    twin = Membership(member_id=home.member_id, branch_id=home.branch_id + 1, kind=home.kind, valid_from=today())
    with pytest.raises(IntegrityError, match="membership_one_home"):
        await twin.save()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SECURITY_ADMIN])
async def test_whoever_may_not_read_members_sees_numbers_only(street: str, role: Role) -> None:
    stranger = await actor(role)
    placement = await organizations.find(stranger, "HG-LY-01-ZB")
    assert await (await members.roster(stranger, placement)) == []
    assert (await members.counts([placement]))[placement.id] > 30


async def test_the_roster_follows_the_tree_of_the_day(street: str) -> None:
    reviewer = await actor(Role.COMMUNITY_REVIEWER)
    community = await organizations.find(reviewer, "HG-LY", today() - timedelta(days=1))
    roster = await (await members.roster(reviewer, community, today() - timedelta(days=1), search="w"))
    assert roster
    assert all(m.member.initials.startswith("w") or m.member.pinyin.startswith("w") for m in roster)
    assert {m.branch.code[:5] for m in roster} == {"HG-LY"}


async def test_nobody_is_lent_before_being_here(street: str) -> None:
    admin = await actor(Role.STREET_ADMIN)
    home = await operations.enrol(admin, Enrol.parse(PERSON))
    before = await people()
    early = {"branch": "HG-TD", "member": home.member_id, "since": "2020-01-01"}
    with pytest.raises(Invalid) as raised:
        _ = await operations.attach(admin, Attach.parse(early))
    assert list(raised.value.fields) == ["since"]
    assert await people() == before


async def test_whoever_has_lost_a_branch_reads_nothing_of_its_people(street: str) -> None:
    """The tree of yesterday is unchanged, and so are its numbers; the names went with the branch."""
    yesterday = today() - timedelta(days=1)
    reviewer, admin = await actor(Role.COMMUNITY_REVIEWER), await actor(Role.STREET_ADMIN)
    community = await organizations.find(reviewer, "HG-LY", yesterday)
    count = (await members.counts([community], yesterday))[community.id]
    _ = await tree.move(admin, "HG-LY-01", Move(parent="HG-C7", expected_version=1))
    community = await organizations.find(reviewer, "HG-LY", yesterday)
    assert (await members.counts([community], yesterday))[community.id] == count
    names = await (await members.roster(reviewer, community, yesterday))
    paged = await members.rosters(reviewer, [community], yesterday, 100)
    assert {m.branch.code for m in names} == {m.branch.code for m in paged[community.id].rows} | {"HG-LY-06-ZB"}
    assert "HG-LY-01-ZB" not in {m.branch.code for m in names}
    assert "HG-LY-01-ZB" in {m.branch.code for m in await (await members.roster(admin, community, yesterday))}
