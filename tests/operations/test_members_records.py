"""What is held on a person: sealed in the tables, digests in the trail, in clear only where somebody gave a reason."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import time_machine
from tortoise import connections

from server import keys, logs
from server.access.actor import Actor
from server.kit.clock import now
from server.kit.identity import check_character
from server.kit.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal, TooMany
from server.kit.sealing import Unsealable
from server.models.members import ERASED, Member, Membership
from server.models.trail import TrailEntry, TrailSalt
from server.operations import members as operations
from server.operations import trail
from server.operations.members import Correct, Enrol, Erase, Export, Reveal
from server.queries import members, organizations
from server.vocabulary import MembershipKind, Role, TokenScope
from tests.cast import actor, deeds
from tests.clients import signed_in
from tests.conftest import Figure

PHONE, OTHER_PHONE = "000-10000001", "000-20000002"
ID_NUMBER = "00000019900101001" + check_character("00000019900101001")
PERSON = {"branch": "HG-LY-01-ZB", "name": "曾测试", "stage": "FULL", "joined_on": "2020-07-01"}
NUMBERS = {"phone": PHONE, "id_number": ID_NUMBER}
WHY = Reveal(reason="核对身份")
CORRECTION: dict[str, Any] = {"name": "曾测试", "joined_on": "2020-07-01", "reason": "登记有误", "expected_version": 1}


async def enrolled(**numbers: str) -> Member:
    membership = await operations.enrol(await actor(Role.BRANCH_SECRETARY), Enrol.parse(PERSON | (numbers or NUMBERS)))
    return await Member.get(id=membership.member_id)


async def lines() -> dict[str, str]:
    """Everything that the database holds, by table, as text."""
    connection = connections.get("default")
    tables = await connection.execute_query_dict(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    found = {}
    for name in (row["name"] for row in tables):
        rows = f"SELECT coalesce(string_agg(t::text, chr(10)), '') AS text FROM \"{name}\" t"
        found[name] = (await connection.execute_query_dict(rows))[0]["text"]
    return found


async def holding(*canaries: str) -> list[str]:
    """The tables in which one of these stands, however it is punctuated."""
    spellings = {canary.replace("-", "") for canary in canaries} | set(canaries)
    return [name for name, text in (await lines()).items() if any(canary in text for canary in spellings)]


async def newest(deed: str) -> TrailEntry:
    entry = await TrailEntry.filter(deed=deed).order_by("-id").first()
    assert entry is not None
    return entry


# --- at rest


async def test_no_table_holds_a_number_in_clear(street: str, figure: Figure) -> None:
    """Also after every act on it: the values are looked for in the text of every row of every table."""
    admin, member = await actor(Role.STREET_ADMIN), await enrolled()
    _ = await operations.reveal(admin, member.id, WHY)
    _ = await operations.export(admin, member.id, Export(reason="本人要求"))
    _ = await operations.correct(admin, member.id, Correct.parse(CORRECTION | {"phone": OTHER_PHONE}))
    assert await holding(PHONE, OTHER_PHONE, ID_NUMBER) == []
    assert await holding(member.name) == ["member"]
    figure(f"2 phones and 1 ID number looked for in {len(await lines())} tables: in clear in none")


async def test_a_sealed_number_opens_only_where_it_was_put(street: str) -> None:
    one, other = await enrolled(), await enrolled(phone=OTHER_PHONE)
    assert (one.opened("phone"), one.opened("id_number")) == (PHONE, ID_NUMBER)
    assert (one.phone_masked, one.id_number_masked) == ("000-****0001", f"0****************{ID_NUMBER[-1]}")
    assert (other.id_number, other.id_number_index, other.id_number_masked) == (None, None, "")
    other.phone, other.id_number = one.phone, other.phone
    for field in ("phone", "id_number"):
        with pytest.raises(Unsealable, match=f"member.{field}:{other.id}"):
            _ = other.opened(field)


async def test_a_whole_number_finds_the_person_and_part_of_one_nobody(street: str) -> None:
    secretary, member = await actor(Role.BRANCH_SECRETARY), await enrolled()
    branch = await organizations.find(secretary, "HG-LY-01-ZB")
    for text, found in (
        (PHONE, [member.id]),
        (PHONE.replace("-", " "), [member.id]),
        (ID_NUMBER.lower(), [member.id]),
        (PHONE[:-1], []),
        (PHONE[-4:], []),
        (OTHER_PHONE, []),
        (ID_NUMBER[:-1], []),
    ):
        assert [m.member_id for m in await (await members.roster(secretary, branch, search=text))] == found, text


@pytest.mark.parametrize("role", [Role.COMMUNITY_REVIEWER, Role.BRANCH_EDITOR, Role.AUDITOR])
async def test_whoever_may_not_reveal_cannot_try_numbers_out(street: str, role: Role) -> None:
    stranger, _ = await actor(role), await enrolled()
    branch = await organizations.find(stranger, "HG-LY-01-ZB")
    assert await (await members.roster(stranger, branch, search=PHONE)) == []
    assert await members.having_number(stranger, PHONE) == []


async def test_somebody_out_of_reach_is_not_found_by_number(street: str) -> None:
    admin = await actor(Role.STREET_ADMIN)
    _ = await operations.enrol(admin, Enrol.parse(PERSON | NUMBERS | {"branch": "HG-LY-02-ZB"}))
    assert await members.having_number(await actor(Role.BRANCH_SECRETARY), PHONE) == []
    assert len(await members.having_number(admin, PHONE)) == 1


# --- reveal


async def test_a_reveal_tells_the_numbers_once_and_the_trail_the_reason(street: str) -> None:
    secretary, member = await actor(Role.BRANCH_SECRETARY), await enrolled()
    found = await operations.reveal(secretary, member.id, WHY)
    assert (found.phone, found.id_number) == (PHONE, ID_NUMBER)
    assert PHONE not in repr(found)
    entry = await newest("member.revealed")
    assert (entry.subject_id, entry.account_id, entry.after) == (
        str(member.id),
        secretary.account_id,
        {"reason": WHY.reason},
    )


@pytest.mark.parametrize(
    ("role", "refusal"),
    [
        (Role.COMMUNITY_REVIEWER, Forbidden),
        (Role.BRANCH_EDITOR, Forbidden),
        (Role.STREET_REVIEWER, Forbidden),
        (Role.AUDITOR, NotFound),
        (Role.SECURITY_ADMIN, NotFound),
    ],
)
async def test_who_may_not_reveal_changes_nothing(street: str, role: Role, refusal: type[Refusal]) -> None:
    member = await enrolled()
    before = await deeds()
    with pytest.raises(refusal):
        _ = await operations.reveal(await actor(role), member.id, WHY)
    assert await deeds() == before


async def test_a_system_reveals_with_the_scope_within_its_organization(street: str) -> None:
    def system(*scopes: TokenScope) -> Actor:
        return Actor(caller.account_id, caller.name, caller.grants, "t1", scopes=frozenset(scopes))

    caller, member = await actor(Role.SYSTEM), await enrolled()
    both = system(TokenScope.MEMBERS_READ, TokenScope.MEMBERS_PERSONAL)
    assert (await operations.reveal(both, member.id, WHY)).phone == PHONE
    before = await deeds()
    for scope in (TokenScope.MEMBERS_READ, TokenScope.MEMBERS_PERSONAL):
        with pytest.raises(Forbidden):
            _ = await operations.reveal(system(scope), member.id, WHY)
    elsewhere = Actor(caller.account_id, caller.name, (await actor(Role.COMMUNITY_REVIEWER)).grants, scopes=both.scopes)
    other = await Membership.filter(branch__code="HG-C7-01-ZB").first()
    assert other is not None
    with pytest.raises(NotFound):
        _ = await operations.reveal(elsewhere, other.member_id, WHY)
    assert await deeds() == before


async def test_nobody_reveals_a_roster(street: str) -> None:
    """Thirty within an hour, taken out or revealed; the thirty-first waits until the first is an hour old."""
    secretary, admin, member = await actor(Role.BRANCH_SECRETARY), await actor(Role.STREET_ADMIN), await enrolled()
    with time_machine.travel(now(), tick=False) as clock:
        _ = await operations.export(secretary, member.id, Export(reason=WHY.reason))
        for _ in range(operations.REVEALS_AN_HOUR - 1):
            _ = await operations.reveal(secretary, member.id, WHY)
        before = await deeds()
        clock.shift(timedelta(minutes=59))
        with pytest.raises(TooMany):
            _ = await operations.reveal(secretary, member.id, WHY)
        with pytest.raises(TooMany):
            _ = await operations.export(secretary, member.id, Export(reason=WHY.reason))
        assert await deeds() == before
        assert (await operations.reveal(admin, member.id, WHY)).phone == PHONE
        clock.shift(timedelta(minutes=2))
        assert (await operations.reveal(secretary, member.id, WHY)).phone == PHONE


# --- correct


async def test_a_correction_replaces_what_was_given_and_leaves_the_rest(street: str) -> None:
    secretary, member = await actor(Role.BRANCH_SECRETARY), await enrolled()
    _ = await operations.correct(secretary, member.id, Correct.parse(CORRECTION | {"name": "单测试", "phone": ""}))
    found = await Member.get(id=member.id)
    assert (found.name, found.pinyin, found.initials, found.version) == ("单测试", "shanceshi", "scs", 2)
    assert (found.phone, found.id_number) == (member.phone, member.id_number)
    drop = {"name": "单测试", "pinyin": "dan ce shi", "expected_version": 2, "drop_phone": "true"}
    _ = await operations.correct(secretary, member.id, Correct.parse(CORRECTION | drop))
    found = await Member.get(id=member.id)
    assert (found.phone, found.phone_index, found.phone_masked) == (None, None, "")
    assert (found.opened("id_number"), found.pinyin) == (ID_NUMBER, "danceshi")


async def test_the_trail_holds_digests_of_what_was_corrected(street: str) -> None:
    """With the salt a value can be compared with its digest; the trail alone tells nothing."""
    secretary, member = await actor(Role.BRANCH_SECRETARY), await enrolled()
    change = {"name": "单测试", "joined_on": "2021-07-01", "phone": OTHER_PHONE}
    _ = await operations.correct(secretary, member.id, Correct.parse(CORRECTION | change))
    entry = await newest("member.corrected")
    assert set(entry.before) == {"name", "pinyin", "initials", "joined_on", "phone"}
    assert set(entry.after) == {*entry.before, "reason"}
    salts = {row.field: bytes.fromhex(row.salt) for row in await TrailSalt.filter(entry_id=entry.id)}
    for side, value in (("before", member.name), ("after", "单测试")):
        digest = getattr(entry, side)["name"]
        assert digest == {"sha256": sha256(salts[f"{side}.name"] + value.encode()).hexdigest()}
    text = json.dumps([entry.before, entry.after], ensure_ascii=False)
    assert not [v for v in (member.name, *change.values(), PHONE, "2020-07-01", "shanceshi") if v in text]


@pytest.mark.parametrize(
    ("change", "refusal", "field"),
    [
        ({"expected_version": 9}, Conflict, "phone"),
        ({"phone": "138"}, Invalid, "phone"),
        ({"id_number": "44"}, Invalid, "id_number"),
        ({"joined_on": ""}, Invalid, "joined_on"),
        ({"drop_id_number": True, "id_number": ID_NUMBER}, Invalid, "id_number"),
        ({"reason": " "}, Invalid, "reason"),
        ({"reason": "电话 144 0000 0001 有误"}, Invalid, "reason"),
        ({"reason": f"身份证号{ID_NUMBER}有误"}, Invalid, "reason"),
        ({"name": ""}, Invalid, "name"),
    ],
)
async def test_corrections_that_are_refused_change_nothing(
    street: str, change: dict[str, Any], refusal: type[Refusal], field: str
) -> None:
    secretary, member = await actor(Role.BRANCH_SECRETARY), await enrolled()
    before = await lines()
    with pytest.raises(refusal) as raised:
        _ = await operations.correct(secretary, member.id, Correct.parse(CORRECTION | change))
    assert field in raised.value.fields
    assert await lines() == before
    if refusal is Conflict:
        assert str(raised.value.fields["phone"]) == "Now: 000-****0001"
        assert str(raised.value.fields["id_number"]).startswith("Now: 0****")


async def test_only_the_home_branch_keeps_what_is_held(street: str) -> None:
    """A temporary branch sees whom it borrowed, and corrects nothing."""
    lent = await Membership.filter(branch__code="HG-TD", kind=MembershipKind.TEMPORARY).select_related("branch").first()
    assert lent is not None
    secretary = await actor(Role.BRANCH_SECRETARY)
    [grant] = secretary.grants
    borrowing = Actor(secretary.account_id, "", (type(grant)(grant.role, lent.branch_id, lent.branch.path),))
    before = await deeds()
    with pytest.raises(Forbidden):
        _ = await operations.correct(borrowing, lent.member_id, Correct.parse(CORRECTION))
    assert await deeds() == before
    phone = (await operations.reveal(borrowing, lent.member_id, WHY)).phone
    assert phone is not None
    assert phone.startswith("100")


# --- export


async def test_an_export_holds_everything_and_who_has_looked(street: str) -> None:
    admin, member = await actor(Role.STREET_ADMIN), await enrolled()
    _ = await operations.reveal(admin, member.id, WHY)
    await operations.record_reads(await actor(Role.BRANCH_EDITOR), [member.id, member.id - 1])
    await operations.record_reads(admin, [member.id - 1])
    found = (await operations.export(admin, member.id, Export(reason="本人要求"))).document
    assert (found["person"]["phone"], found["person"]["id_number"]) == (PHONE, ID_NUMBER)
    assert found["person"]["name"] == "曾测试"
    assert [m["branch"] for m in found["memberships"]] == ["HG-LY-01-ZB"]
    looks = [(look["deed"], look["roles"], look["reason"]) for look in found["looks"]]
    assert looks == [
        ("member.revealed", ["STREET_ADMIN"], WHY.reason),
        ("member.read", ["BRANCH_EDITOR"], ""),
        ("member.exported", ["STREET_ADMIN"], "本人要求"),
    ]


async def test_who_has_looked_is_found_by_index(street: str) -> None:
    """Among many entries: the planner is only told not to read the whole table, which is tiny here."""
    async with connections.get("default")._in_transaction() as connection:
        _ = await connection.execute_query("SET LOCAL enable_seqscan = off")
        plan = await connection.execute_query_dict(f"EXPLAIN {members.persons.LOOKS.replace('$1', '7')}")
    text = " ".join(row["QUERY PLAN"] for row in plan)
    assert "trail_member_read" in text
    assert "trail_subject" in text


# --- erase


async def test_an_erased_person_leaves_numbers_and_a_trail_that_says_nothing(street: str) -> None:
    admin, member = await actor(Role.STREET_ADMIN), await enrolled()
    _ = await operations.correct(admin, member.id, Correct.parse(CORRECTION | {"name": "单测试"}))
    entry = await newest("member.corrected")
    draft = Erase(reason="依法删除", confirmation="单测试", expected_version=2)
    _ = await operations.erase(admin, member.id, draft)
    found = await Member.get(id=member.id)
    assert (found.name, found.pinyin, found.initials, found.joined_on) == (ERASED, "", "", None)
    assert [found.phone, found.phone_index, found.id_number, found.id_number_index] == [None] * 4
    assert found.erased_on is not None
    assert found.stage is member.stage
    assert await TrailSalt.filter(member_id=member.id).count() == 0
    assert (await TrailEntry.get(id=entry.id)).before == entry.before
    assert await holding("曾测试", "单测试", "zengceshi", PHONE, ID_NUMBER) == []
    assert not await Membership.filter(member_id=member.id, valid_to__isnull=True).exists()
    again = (await newest("member.erased")).after
    assert again == {
        "erased_on": str(found.erased_on),
        "memberships_ended": again["memberships_ended"],
        "reason": "依法删除",
    }
    assert len(again["memberships_ended"]) == 1


async def test_nothing_can_be_done_with_an_erased_person(street: str) -> None:
    admin, member = await actor(Role.STREET_ADMIN), await enrolled()
    _ = await operations.erase(admin, member.id, Erase(reason="依法删除", confirmation="曾测试", expected_version=1))
    before = await lines()
    for act in (
        operations.reveal(admin, member.id, WHY),
        operations.correct(admin, member.id, Correct.parse(CORRECTION | {"expected_version": 2})),
        operations.export(admin, member.id, Export(reason="本人要求")),
        operations.erase(admin, member.id, Erase(reason="依法删除", confirmation=ERASED, expected_version=2)),
    ):
        with pytest.raises(Invalid, match="was erased"):
            _ = await act
    assert await lines() == before


@pytest.mark.parametrize(
    ("role", "change", "refusal"),
    [
        (Role.STREET_ADMIN, {"confirmation": "曾 测试"}, Invalid),
        (Role.STREET_ADMIN, {"expected_version": 9}, Conflict),
        (Role.BRANCH_SECRETARY, {}, Forbidden),
        (Role.AUDITOR, {}, NotFound),
    ],
)
async def test_erasures_that_are_refused_change_nothing(
    street: str, role: Role, change: dict[str, Any], refusal: type[Refusal]
) -> None:
    stranger, member = await actor(role), await enrolled()
    before = await lines()
    draft = Erase.parse({"reason": "依法删除", "confirmation": "曾测试", "expected_version": 1} | change)
    with pytest.raises(refusal):
        _ = await operations.erase(stranger, member.id, draft)
    assert await lines() == before


async def test_whoever_left_is_seen_by_the_last_branch_alone(street: str) -> None:
    secretary, member = await actor(Role.BRANCH_SECRETARY), await enrolled()
    membership = await Membership.get(member_id=member.id)
    membership.valid_to = membership.valid_from
    await membership.save()
    assert (await members.find_person(secretary, member.id)).id == membership.id
    admin = await actor(Role.STREET_ADMIN)
    elsewhere = await organizations.find_organization(admin, "HG-LY-02-ZB")
    _ = await Membership.create(
        member=member, branch=elsewhere, kind=MembershipKind.HOME, valid_from=membership.valid_to
    )
    with pytest.raises(NotFound):
        _ = await members.find_person(secretary, member.id)


# --- logs


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """What the program would write of itself, in its own format."""
    output, logger = io.StringIO(), logging.getLogger("qiangji")
    handler = logging.StreamHandler(output)
    configuration = logs.configuration("debug")["formatters"]["events"]
    handler.setFormatter(configuration["()"](processors=configuration["processors"]))
    logger.addHandler(handler)
    try:
        yield output
    finally:
        logger.removeHandler(handler)


async def test_a_request_that_breaks_logs_no_number(street: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the trail cannot be written")

    member = await enrolled()
    form = {name: str(value) for name, value in (CORRECTION | {"phone": OTHER_PHONE, "id_number": ID_NUMBER}).items()}
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        monkeypatch.setattr(trail, "record", broken)
        with logged() as output:
            answer = await browser.post(f"/members/{member.id}/correct", data=form)
            query = f'mutation {{ revealMember(input: {{id: "x", reason: "{PHONE}" }}) {{ phone }} }}'
            _ = await browser.post("/graphql", json={"query": query})
    text = output.getvalue()
    assert answer.status_code == 500
    assert "builtins.RuntimeError" in text
    assert "broken" in text
    assert not [v for v in (PHONE, OTHER_PHONE, ID_NUMBER, "曾测试", *keys_of()) if v in text + answer.text]
    assert (await Member.get(id=member.id)).phone == member.phone


def keys_of() -> list[str]:
    return [key.secret.hex() for key in keys.ring().sealing]
