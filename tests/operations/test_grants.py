"""Who may be trusted with what: duties, delegations, the last keeper of accounts."""

import asyncio
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tortoise.transactions import in_transaction

from server.access.actor import Actor
from server.access.permits import KEEPERS
from server.kit import transactions
from server.kit.clock import now, today
from server.kit.refusals import Forbidden, Invalid, NotFound, Refusal
from server.models.accounts import Account
from server.models.checklists import ChecklistItem
from server.models.grants import Grant
from server.operations import accounts as people
from server.operations import checklists
from server.operations import grants as operations
from server.operations import organizations as tree
from server.operations.accounts import Disable, Provide
from server.operations.checklists import Fill, Review
from server.operations.grants import Delegate, End, Give
from server.operations.organizations import Establish, Move
from server.queries import grants
from server.vocabulary import DUTIES, Role
from tests.acts.checklists import ANSWER, APPROVE
from tests.cast import actor, by_login, deeds
from tests.conftest import Figure

SECURITY, ADMIN, SECRETARY = Role.SECURITY_ADMIN, Role.STREET_ADMIN, Role.BRANCH_SECRETARY
DAY = timedelta(days=1)


def role(who: str, what: str, where: str, **more: Any) -> Give:
    return Give.parse({"account": who, "role": what, "organization": where} | more)


async def delegable(login: str, until: date | None = None) -> Grant:
    """The first role of somebody, made one that can be passed on."""
    grant = await Grant.filter(account__login=login).order_by("id").first().select_related("organization")
    assert grant is not None
    await Grant.filter(id=grant.id).update(delegable=True, valid_to=until and until + DAY)
    return grant


async def second_keeper(login: str = "other.security") -> Account:
    draft = {"login": login, "name": "另一位", "role": "SECURITY_ADMIN", "organization": "HG"}
    return await people.provide(await actor(SECURITY), Provide.parse(draft | {"password": "a-long-password"}))


async def test_a_role_is_given_for_a_span_of_days(street: str) -> None:
    since, until = today() + DAY, today() + 3 * DAY
    _ = await operations.give(
        await actor(ADMIN), role("branch.editor", "BRANCH_EDITOR", "HG-LY-02-ZB", since=since, until=until)
    )
    reached = []
    for days in range(5):
        with time_machine.travel(now() + days * DAY):
            reached.append(len((await by_login("branch.editor")).grants))
    assert reached == [1, 2, 2, 2, 1]


async def test_what_was_ended_ends_at_once_or_later(street: str) -> None:
    grant = await Grant.get(account__login="branch.editor")
    _ = await operations.end(await actor(ADMIN), grant.id, End(until=today() + DAY))
    assert len((await by_login("branch.editor")).grants) == 1
    _ = await operations.end(await actor(ADMIN), grant.id, End())
    assert (await by_login("branch.editor")).grants == ()
    with pytest.raises(Invalid, match="as it is"):
        _ = await operations.end(await actor(ADMIN), grant.id, End())


REFUSED = [
    (ADMIN, role("branch.editor", "AUDITOR", "HG"), Forbidden, ""),
    (ADMIN, role("branch.editor", "STREET_ADMIN", "HG"), Forbidden, ""),
    (ADMIN, role("branch.editor", "SECURITY_ADMIN", "HG"), Forbidden, ""),
    (ADMIN, role("district.system", "SYSTEM", "HG-LY"), Forbidden, ""),
    (ADMIN, role("street.admin", "STREET_REVIEWER", "HG"), Invalid, "account"),
    (SECURITY, role("security.admin", "SECURITY_ADMIN", "HG"), Invalid, "account"),
    (SECURITY, role("branch.editor", "SYSTEM", "HG"), Invalid, "account"),
    (SECURITY, role("branch.editor", "AUDITOR", "HG"), Invalid, "role"),
    (SECURITY, role("auditor", "BRANCH_EDITOR", "HG-JG"), Invalid, "role"),
    (SECURITY, role("branch.editor", "BRANCH_EDITOR", "HG-LY-01-ZB", since="2026-01-01"), Invalid, "account"),
    (SECURITY, role("branch.editor", "BRANCH_EDITOR", "HG-LY"), Invalid, "organization"),
    (SECURITY, role("branch.editor", "COMMUNITY_REVIEWER", "HG-LY-02-ZB"), Invalid, "organization"),
    (SECURITY, role("auditor", "AUDITOR", "HG-LY", delegable=True), Invalid, "delegable"),
    (SECURITY, role("branch.editor", "BRANCH_EDITOR", "HG-JG", since="1990-01-01"), Invalid, "since"),
    (
        SECURITY,
        role("branch.editor", "BRANCH_EDITOR", "HG-JG", since="2999-01-02", until="2999-01-01"),
        Invalid,
        "until",
    ),
    (
        SECURITY,
        role("branch.editor", "BRANCH_EDITOR", "HG-JG", since="2026-01-01", until="2026-01-02"),
        Invalid,
        "until",
    ),
    (SECRETARY, role("branch.editor", "BRANCH_EDITOR", "HG-LY-01-ZB"), Forbidden, ""),
]


@pytest.mark.parametrize(("who", "draft", "refusal", "field"), REFUSED)
async def test_what_nobody_may_give_is_not_given(
    shared_street: str, who: Role, draft: Give, refusal: type[Refusal], field: str
) -> None:
    before = await Grant.all().count(), await deeds()
    with pytest.raises(refusal) as raised:
        _ = await operations.give(await actor(who), draft)
    assert not field or field in raised.value.fields
    assert (await Grant.all().count(), await deeds()) == before


async def test_a_system_is_no_account_that_can_still_choose_a_password(street: str) -> None:
    draft = {"login": "invited.one", "name": "受邀人", "role": "BRANCH_EDITOR", "organization": "HG-JG"}
    invited = await people.invite(await actor(SECURITY), people.Invite.parse(draft))
    held = await Grant.get(account_id=invited.account.id)
    _ = await operations.end(await actor(SECURITY), held.id, End())
    with pytest.raises(Invalid, match="can sign in"):
        _ = await operations.give(await actor(SECURITY), role("invited.one", "SYSTEM", "HG"))


async def test_moving_an_organization_moves_what_a_grant_reaches(street: str) -> None:
    before = await by_login("branch.secretary")
    group = (
        await Grant.get(account__login="branch.secretary").select_related("organization__parent")
    ).organization.parent
    assert group is not None
    reviewer = await by_login("reviewer.hg-c7")
    _ = await tree.move(await actor(ADMIN), "HG-LY-01", Move(parent="HG-C7", expected_version=group.version))
    after = await by_login("branch.secretary")
    assert after.grants[0].organization_id == before.grants[0].organization_id
    assert after.grants[0].path.startswith(reviewer.grants[0].path)
    community = await actor(Role.COMMUNITY_REVIEWER)
    assert not after.grants[0].path.startswith(community.grants[0].path)


# --- passing on


async def test_a_role_is_passed_on_and_ends_with_its_source(street: str) -> None:
    source = await delegable("branch.secretary", today() + 9 * DAY)
    holder = await actor(SECRETARY)
    draft = Delegate(account="branch.editor", until=today() + 5 * DAY)
    passed_on = await operations.delegate(holder, source.id, draft)
    assert {grant.role for grant in (await by_login("branch.editor")).grants} == {Role.BRANCH_EDITOR, SECRETARY}
    with pytest.raises(NotFound):
        _ = await operations.delegate(holder, passed_on.id, draft)
    with pytest.raises(Invalid, match="to you alone"):
        _ = await operations.delegate(await by_login("branch.editor"), passed_on.id, draft)
    _ = await operations.end(await actor(SECURITY), source.id, End(until=today() + DAY))
    assert (await Grant.get(id=passed_on.id)).last_day == today() + DAY
    _ = await operations.end(await actor(SECURITY), source.id, End())
    assert {grant.role for grant in (await by_login("branch.editor")).grants} == {Role.BRANCH_EDITOR}


async def test_who_passed_a_role_on_takes_it_back(street: str) -> None:
    source = await delegable("branch.secretary")
    draft = Delegate(account="branch.editor", until=today() + 5 * DAY)
    passed_on = await operations.delegate(await actor(SECRETARY), source.id, draft)
    with pytest.raises(NotFound):
        _ = await operations.end(await by_login("branch.editor"), passed_on.id, End())
    _ = await operations.end(await actor(SECRETARY), passed_on.id, End())
    assert len((await by_login("branch.editor")).grants) == 1
    assert len((await actor(SECRETARY)).grants) == 1


async def test_what_is_passed_on_holds_only_while_its_source_does(street: str) -> None:
    source = await delegable("branch.secretary")
    draft = Delegate(account="branch.editor", until=today() + 5 * DAY)
    _ = await operations.delegate(await actor(SECRETARY), source.id, draft)
    who = await Account.get(login="branch.secretary")
    reason = {"reason": "休假", "expected_version": who.version}
    _ = await people.disable(await actor(SECURITY), who.id, Disable.parse(reason))
    assert len((await by_login("branch.editor")).grants) == 1


async def test_what_moves_away_from_its_source_is_passed_on_no_more(street: str) -> None:
    """A Party group is handed over within the branch; then the group is hung under another branch."""
    boss = await actor(ADMIN)
    for code, kind, parent in (
        ("HG-DQ", "GENERAL_BRANCH", "HG"),
        ("HG-DQ-01", "BRANCH", "HG-DQ"),
        ("HG-DR", "GENERAL_BRANCH", "HG"),
    ):
        draft = {"code": code, "kind": "BRANCH", "branch_type": kind, "name": f"支部{code}", "parent": parent}
        _ = await tree.establish(boss, Establish.parse(draft | {"sector": "TWO_NEW"}))
    given = role("branch.secretary", "BRANCH_SECRETARY", "HG-DQ", delegable=True)
    source = await operations.give(await actor(SECURITY), given)
    draft_ = Delegate(account="branch.editor", organization="HG-DQ-01", until=today() + 5 * DAY)
    with pytest.raises(NotFound):  # somebody at home elsewhere
        _ = await operations.delegate(await actor(SECRETARY), source.id, draft_)
    await Account.filter(login="branch.editor").update(home_id=source.organization_id)
    _ = await operations.delegate(await actor(SECRETARY), source.id, draft_)
    assert len((await by_login("branch.editor")).grants) == 2
    _ = await tree.move(boss, "HG-DQ-01", Move(parent="HG-DR", expected_version=1))
    assert len((await by_login("branch.editor")).grants) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"account": "branch.secretary"}, "account"),
        ({"account": "auditor"}, "role"),
        ({"account": "security.admin"}, "role"),
        ({"account": "district.system"}, "role"),
        ({"organization": "HG-LY-02-ZB"}, "organization"),
        ({"until": today() + 10 * DAY}, "until"),
        ({"until": today() - DAY}, "until"),
        ({"since": today() - DAY}, "since"),
        ({"since": today() + 3 * DAY, "until": today() + 2 * DAY}, "until"),
    ],
)
async def test_what_cannot_be_passed_on_is_not(street: str, changes: dict[str, Any], field: str) -> None:
    source = await delegable("branch.secretary", today() + 9 * DAY)
    _ = await operations.give(await actor(SECURITY), role("branch.secretary", "BRANCH_EDITOR", "HG-LY-02-ZB"))
    before = await Grant.all().count(), await deeds()
    draft = Delegate.parse({"account": "branch.editor", "until": today() + DAY} | changes)
    with pytest.raises(Invalid) as raised:
        _ = await operations.delegate(await actor(SECRETARY), source.id, draft)
    assert field in raised.value.fields
    assert (await Grant.all().count(), await deeds()) == before


async def test_one_person_with_two_roles_prepares_or_reviews_but_never_both(street: str) -> None:
    """The secretary also reviews for the community: still one account. A delegate is another one, and may review."""
    await Account.filter(login="branch.secretary").update(
        home_id=(await Account.get(login="community.reviewer")).home_id
    )
    _ = await operations.give(await actor(SECURITY), role("branch.secretary", "COMMUNITY_REVIEWER", "HG-LY"))
    item = await ChecklistItem.get(checklist__branch__code="HG-LY-01-ZB", measure__number=1)
    _ = await checklists.submit(await actor(SECRETARY), item.id, Fill.parse(ANSWER))
    before = await deeds()
    with pytest.raises(Refusal):
        _ = await checklists.review(await actor(SECRETARY), item.id, Review.parse(APPROVE))
    assert (await ChecklistItem.get(id=item.id)).state == "SUBMITTED"
    assert await deeds() == before
    source = await delegable("community.reviewer")
    passed_on = Delegate(account="branch.editor", until=today() + DAY)
    _ = await operations.delegate(await actor(Role.COMMUNITY_REVIEWER), source.id, passed_on)
    done = await checklists.review(await by_login("branch.editor"), item.id, Review.parse(APPROVE))
    assert (done.state, done.reviewed_by_id == done.submitted_by_id) == ("APPROVED", False)


# --- the last keeper of accounts


async def test_the_last_keeper_stays(street: str) -> None:
    own = await Grant.get(account__login="security.admin")
    for draft in (End(), End(until=today() + 30 * DAY)):
        with pytest.raises(Invalid, match="no security administrator"):
            _ = await operations.end(await actor(SECURITY), own.id, draft)
    other = await second_keeper()
    _ = await operations.end(await actor(SECURITY), own.id, End(until=today() + 30 * DAY))
    with pytest.raises(Invalid, match="no security administrator"):
        await disable(await actor(SECURITY), other)
    assert (await Account.get(id=other.id)).active


async def test_who_has_never_come_in_keeps_nothing(street: str) -> None:
    draft = {"login": "invited.one", "name": "受邀人", "role": "SECURITY_ADMIN", "organization": "HG"}
    _ = await people.invite(await actor(SECURITY), people.Invite.parse(draft))
    own = await Grant.get(account__login="security.admin")
    with pytest.raises(Invalid, match="no security administrator"):
        _ = await operations.end(await actor(SECURITY), own.id, End())


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Of two acts at once, each has found that it may before either writes; answers who has looked, in order."""
    both, looked = asyncio.Barrier(2), list[str]()
    check = operations.check_kept

    async def check_and_wait(leaving: list[Grant], day: date) -> None:
        await check(leaving, day)
        looked.append("free to go")
        if len(looked) <= 2:
            _ = await both.wait()

    for module in (operations, people):
        monkeypatch.setattr(module, "check_kept", check_and_wait)
    return looked


@pytest.mark.parametrize("ways", ["end, end", "disable, disable", "end, disable"])
async def test_two_who_shut_each_other_out_at_once_do_not_both_succeed(
    street: str, together: list[str], ways: str, figure: Figure
) -> None:
    """Whatever the order in which PostgreSQL takes them: one is refused, and one keeper stays."""
    first, second = await Account.get(login="security.admin"), await second_keeper()
    one, other = await by_login(first.login), await by_login(second.login)
    ours, theirs = ({"end": end_of, "disable": disable}[way] for way in ways.split(", "))
    results = await asyncio.gather(ours(one, second), theirs(other, first), return_exceptions=True)
    assert sorted(isinstance(result, Invalid) for result in results) == [False, True], results
    assert together == ["free to go", "free to go"]
    left = await grants.keepers(one.grants[0].path, today())
    assert len(left) == 1
    figure(f"last keeper, two at once ({ways}): both found that they may, 1 refused, {len(left)} keeper left")


async def end_of(who: Actor, whom: Account) -> None:
    grant = await Grant.get(account_id=whom.id)
    _ = await operations.end(who, grant.id, End())


async def disable(who: Actor, whom: Account) -> None:
    _ = await people.disable(who, whom.id, Disable(reason="核查中", expected_version=whom.version))


# --- whatever is tried, in whatever order

CAST = ["security.admin", "other.security", "street.admin", "branch.secretary", "community.reviewer", "branch.editor"]
CAST += ["auditor"]
ROLES = [("SECURITY_ADMIN", "HG"), ("STREET_ADMIN", "HG"), ("AUDITOR", "HG"), ("COMMUNITY_REVIEWER", "HG-LY")]
ROLES += [("BRANCH_SECRETARY", "HG-LY-01-ZB"), ("BRANCH_EDITOR", "HG-LY-02-ZB"), ("BRANCH_EDITOR", "HG-LY")]
EXAMPLES = 25
KEEPING = (5, 6)
"""Which of the grants of the cast, by id, are those of the two keepers."""
TRIED: Counter[str] = Counter()

anybody, keeper = st.sampled_from(CAST), st.sampled_from(CAST[:3])
days = st.integers(0, 9).map(lambda number: today() + number * DAY)
soon, late = (st.integers(*bounds).map(lambda number: today() + number * DAY) for bounds in ((-1, 4), (3, 9)))
gives = st.tuples(st.just("give"), keeper, anybody, st.sampled_from(ROLES), soon, st.none() | late, st.booleans())
fits = st.tuples(
    st.just("give"), st.just(CAST[0]), st.sampled_from(CAST[2:]), st.sampled_from(ROLES[1:]), soon, late, st.just(True)
)
ends = st.tuples(st.just("end"), keeper, st.integers(0, 20), st.none() | days)
leaves = st.tuples(st.just("end"), st.sampled_from(CAST[:2]), st.sampled_from(KEEPING), st.none() | days)
delegates = st.tuples(st.just("delegate"), st.sampled_from(CAST[3:5]), st.integers(0, 3), anybody, days)
switches = st.tuples(st.sampled_from(["disable", "enable"]), keeper, anybody)


async def attempt(act: tuple[Any, ...]) -> None:
    """One act of the sequence. Raises the refusal."""
    who = await by_login(act[1]) if await Account.exists(login=act[1], active=True) else Actor.anonymous()
    match act:
        case ("give", _, whom, (what, where), since, until, may_pass_on):
            draft = {"since": since, "until": until, "delegable": may_pass_on}
            _ = await operations.give(who, role(whom, what, where, **draft))
        case ("end", _, number, until):
            rows = await Grant.filter(account__login__in=CAST).order_by("id")
            _ = await operations.end(who, rows[number % len(rows)].id, End(until=until))
        case ("delegate", _, number, whom, until):
            rows = await Grant.filter(account_id=who.account_id or 0, delegable=True).order_by("id")
            passed_on = Delegate(account=whom, until=until)
            _ = await operations.delegate(who, rows[number % len(rows)].id if rows else 0, passed_on)
        case (verb, _, whom):
            account = await Account.get(login=whom)
            changed = {"reason": "核查中", "expected_version": account.version}
            _ = await getattr(people, verb)(who, account.id, Disable.parse(changed))


def meet(one: Grant, other: Grant) -> bool:
    """Whether both hold on some day."""
    last = min(g.valid_to or date.max for g in (one, other))
    return max(one.valid_from, other.valid_from) < last


async def check() -> None:
    rows = await Grant.filter(account__login__in=CAST).select_related("account", "source", "organization")
    for one in rows:
        for other in rows:
            if one.account_id == other.account_id and meet(one, other):
                assert DUTIES[one.role] is DUTIES[other.role], (one.account.login, one.role, other.role)
        if one.source:
            assert one.valid_to is not None
            assert one.source.valid_from <= one.valid_from
            assert one.valid_to <= max(one.source.valid_to or date.max, one.valid_from)
            assert not one.delegable
    keeping = [g for g in rows if g.role in KEEPERS and g.organization.code == "HG" and g.account.state == "ACTIVE"]
    for number in range(15):
        day = today() + number * DAY
        assert any(g.valid_from <= day < (g.valid_to or date.max) for g in keeping), day


class Undone(Exception):
    pass


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts=st.lists(gives | fits | ends | leaves | delegates | switches, min_size=6, max_size=12))
async def test_no_sequence_of_acts_breaks_the_rules(street: str, figure: Figure, acts: list[tuple[Any, ...]]) -> None:
    """Each example starts from the same street: what it did is undone."""
    with pytest.raises(Undone):
        await do_and_undo(acts)
    TRIED["sequences"] += 1
    if TRIED["sequences"] == EXAMPLES:
        figure(f"acts on grants in any order, rules checked after each: {dict(sorted(TRIED.items()))}")


async def do_and_undo(acts: list[tuple[Any, ...]]) -> None:
    async with in_transaction():
        joined = transactions.inside.set(True)
        try:
            _ = await second_keeper()
            await Grant.filter(account__login__in=CAST[3:5]).update(delegable=True)
            for act in acts:
                await step(act)
        finally:
            transactions.inside.reset(joined)
        raise Undone


async def step(act: tuple[Any, ...]) -> None:
    try:
        async with in_transaction():
            await attempt(act)
        TRIED[f"{act[0]} done"] += 1
    except Refusal:
        TRIED[f"{act[0]} refused"] += 1
    await check()
