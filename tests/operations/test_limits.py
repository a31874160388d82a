"""One count for everything that checks a secret: nobody guesses, and nobody is locked out by others."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from graphql import GraphQLInputObjectType, get_named_type
from httpx import AsyncClient, Response

from server.access.actor import Actor, Client
from server.kit.clock import now
from server.kit.refusals import Invalid, NotFound, Refusal, TooMany, Unauthenticated
from server.models.sessions import Attempts, Session
from server.operations import limits
from server.operations import sessions as operations
from server.operations.sessions import ChangePassword, EnrolSecondFactor, GiveCode, ShowPassword, SignIn
from server.schema import schema
from server.vocabulary import Role
from tests.cast import deeds
from tests.clients import anyone, credentials, signed_in
from tests.conftest import Figure, Login
from tests.factors import at_browser, enrolled, link_for

HERE = Actor.anonymous(client=Client("203.0.113.7"))
WRONG = "wrong-password-of-somebody"
SECRETARY = "branch.secretary"


def elsewhere(number: int, device: str = "") -> Actor:
    return Actor.anonymous(client=Client(f"198.51.{number // 250}.{number % 250 + 1}", device=device))


def from_home(number: int) -> Actor:
    """Of one IPv6 network a customer has 2^64 addresses."""
    return Actor.anonymous(client=Client(f"2001:db8:1:1::{number:x}"))


async def outcome(work: Awaitable[object]) -> type[Refusal] | None:
    try:
        _ = await work
    except Refusal as refusal:
        return type(refusal)
    return None


async def outcomes(tries: Iterable[Awaitable[object]]) -> Counter[type[Refusal] | None]:
    return Counter(await asyncio.gather(*map(outcome, tries)))


def guess(who: Actor, login: str, password: str = WRONG) -> Awaitable[object]:
    return operations.sign_in(who, SignIn(login=login, password=password))


async def test_one_password_over_many_names_is_limited(street: str) -> None:
    found = await outcomes(guess(HERE, f"name.{number}") for number in range(130))
    assert found == {Unauthenticated: 100, TooMany: 30}


async def test_addresses_of_one_home_network_are_one(street: str) -> None:
    found = await outcomes(guess(from_home(number), f"name.{number % 20}") for number in range(130))
    assert found == {Unauthenticated: 100, TooMany: 30}


async def test_two_hundred_tries_at_once_let_no_more_than_the_limit_through(street: str, figure: Figure) -> None:
    before = await deeds()
    found = await outcomes(guess(HERE, SECRETARY) for _ in range(200))
    assert found == {Unauthenticated: limits.AT_NAME, TooMany: 200 - limits.AT_NAME}
    assert (await Session.all().count(), await deeds()) == (0, before)
    figure(f"limiter: 200 tries at one moment, {found[Unauthenticated]} checked")


async def test_many_addresses_cannot_lock_a_person_out(street: str) -> None:
    """Each has its ten tries; whoever knows the password comes in from any other, at any moment."""
    tries = [guess(elsewhere(number), SECRETARY) for number in range(12) for _ in range(12)]
    assert await outcomes(tries) == {Unauthenticated: 120, TooMany: 24}
    right = credentials(Role.BRANCH_SECRETARY)["password"]
    assert await outcome(guess(elsewhere(99), SECRETARY, right)) is None


async def test_the_window_ends_and_successes_are_given_back(street: str) -> None:
    right = credentials(Role.BRANCH_SECRETARY)["password"]
    for _ in range(limits.AT_NAME + 2):
        assert await outcome(guess(HERE, SECRETARY, right)) is None
    assert await outcomes(guess(HERE, SECRETARY) for _ in range(12)) == {Unauthenticated: 10, TooMany: 2}
    with time_machine.travel(now() + limits.WINDOW - timedelta(seconds=5)), pytest.raises(TooMany) as refusal:
        _ = await guess(HERE, SECRETARY, right)
    assert 1 <= refusal.value.seconds <= 6
    with time_machine.travel(now() + limits.WINDOW + timedelta(seconds=1)):
        assert await outcome(guess(HERE, SECRETARY, right)) is None


async def test_what_is_over_is_swept_and_nothing_names_anybody(street: str) -> None:
    _ = await outcomes(guess(elsewhere(number), SECRETARY) for number in range(8))
    rows = await Attempts.all()
    assert {len(row.key) for row in rows} == {64}
    assert SECRETARY not in repr([row.key for row in rows])
    with time_machine.travel(now() + limits.WINDOW * 2):
        _ = await outcome(guess(HERE, "somebody.else"))
        assert await Attempts.all().count() == 2


async def test_codes_of_one_account_are_limited_over_all_addresses(street: str) -> None:
    factor = await enrolled(SECRETARY)
    right = credentials(Role.BRANCH_SECRETARY)["password"]
    keys = [(await operations.sign_in(elsewhere(n), SignIn(login=SECRETARY, password=right))).key for n in range(30)]
    codes = ["000000", "not-a-code-of-ours"]
    tries = [operations.give_code(elsewhere(n), key, GiveCode(code=codes[n % 2])) for n, key in enumerate(keys)]
    assert await outcomes(tries) == {Invalid: limits.AT_FACTOR, TooMany: 20}
    assert await outcome(operations.give_code(elsewhere(9), keys[0], GiveCode(code=factor.code()))) is TooMany


async def test_a_known_device_gets_in_while_others_spray(street: str) -> None:
    factor = await enrolled(SECRETARY)
    login = SignIn(login=SECRETARY, password=credentials(Role.BRANCH_SECRETARY)["password"])
    waiting = await operations.sign_in(HERE, login)
    assert not waiting.device
    opened = await operations.give_code(HERE, waiting.key, GiveCode(code=factor.codes[0]))
    known = replace(HERE, client=replace(HERE.client, device=opened.device))
    thief = await operations.sign_in(elsewhere(1), login)
    _ = await outcomes(guess(HERE, SECRETARY) for _ in range(20))
    _ = await outcomes(guess(HERE, f"name.{number}") for number in range(130))
    guesses = (operations.give_code(elsewhere(1), thief.key, GiveCode(code="000000")) for _ in range(20))
    assert await outcomes(guesses) == {Invalid: limits.AT_FACTOR, TooMany: 10}
    assert await outcome(operations.sign_in(HERE, login)) is TooMany
    again = await operations.sign_in(known, login)
    assert (await operations.give_code(known, again.key, GiveCode(code=factor.codes[1]))).device == opened.device


async def test_a_known_device_has_a_count_of_its_own_and_for_its_account_alone(street: str) -> None:
    right = SignIn(login=SECRETARY, password=credentials(Role.BRANCH_SECRETARY)["password"])
    device = (await operations.sign_in(HERE, right)).device
    thieves = [elsewhere(number, device) for number in range(14)]
    assert await outcomes(guess(who, SECRETARY) for who in thieves) == {Unauthenticated: 10, TooMany: 4}
    assert await outcome(operations.sign_in(HERE, right)) is None
    found = await outcomes(guess(elsewhere(1, device), "auditor") for _ in range(12))
    assert found == {Unauthenticated: 10, TooMany: 2}


async def test_every_way_to_try_a_secret_of_ones_own_is_counted(street: str) -> None:
    """A stolen session tries out no password, no more than somebody at the door."""
    _ = await enrolled(SECRETARY)
    me = replace(await at_browser(SECRETARY), client=HERE.client)
    shown = ShowPassword(current=WRONG)
    ways: list[Callable[[], Awaitable[object]]] = [
        lambda: operations.change_password(me, ChangePassword(current=WRONG, password="some other long words")),
        lambda: operations.renew_recovery_codes(me, shown),
        lambda: operations.remove_second_factor(me, shown),
        lambda: guess(HERE, SECRETARY),
    ]
    found = await outcomes(way() for _ in range(5) for way in ways)
    assert found[TooMany] == 10
    assert found[Invalid] + found[Unauthenticated] == limits.AT_NAME
    another = replace(await at_browser("auditor"), client=HERE.client)
    await operations.prepare_second_factor(another)
    code = EnrolSecondFactor(code="000000")
    assert await outcomes(operations.enrol_second_factor(another, code) for _ in range(12)) == {Invalid: 10, TooMany: 2}


async def test_links_are_not_guessed(street: str) -> None:
    assert await outcomes(operations.look_at(HERE, f"{n:064x}") for n in range(110)) == {NotFound: 100, TooMany: 10}
    right = await link_for(SECRETARY)
    assert await outcome(operations.look_at(HERE, right)) is TooMany
    assert await outcome(operations.look_at(elsewhere(1), right)) is None


AT_ONCE = 8
"""Of each path; all of them together would leave it to chance which paths come first."""


async def test_four_paths_share_one_count(street: str, figure: Figure) -> None:
    """And the right password comes in from a known browser at the same address, and a right token from anywhere."""
    _ = await enrolled(SECRETARY)
    async with anyone() as door, anyone() as halfway, signed_in(Role.AUDITOR) as known:
        assert (await known.post("/logout")).status_code == 303
        assert (
            "/login/code" in (await halfway.post("/login", data=credentials(Role.BRANCH_SECRETARY))).headers["location"]
        )
        tries = [
            [
                door.post("/login", data={"login": f"name.{number}", "password": WRONG}),
                halfway.post("/login/code", data={"code": f"{number:06}"}),
                door.get(f"/join/{number:064x}"),
                graphql(door, f"qj_{number:012x}_{'0' * 72}"),
            ]
            for number in range(160)
        ]
        answers = []
        for n in range(0, len(tries), AT_ONCE):
            answers += await asyncio.gather(*(one for four in tries[n : n + AT_ONCE] for one in four))
        checked = [answer for answer in answers if answer.status_code != 429]
        assert len(checked) == limits.FROM_ADDRESS
        assert {answer.status_code for answer in checked} == {401, 422, 404}
        refused = [answer for answer in answers if answer.status_code == 429]
        assert all(1 <= int(answer.headers["retry-after"]) <= 301 for answer in refused)
        assert (await door.post("/login", data=credentials(Role.AUDITOR))).status_code == 429
        assert (await known.post("/login", data=credentials(Role.AUDITOR))).status_code == 303
    figure(f"limiter: {len(answers)} guesses at 4 paths, {len(checked)} checked; the known device got in")


def graphql(client: AsyncClient, token: str, query: str = "{ __typename }") -> Awaitable[Response]:
    return client.post("/graphql", json={"query": query}, headers={"authorization": f"Bearer {token}"})


async def test_a_right_token_is_heard_where_others_fail(street: str, logins: dict[str, Login]) -> None:
    token = logins["SYSTEM"].token
    async with anyone() as client:
        answers = await asyncio.gather(*(graphql(client, f"qj_{n:012x}_{'0' * 72}") for n in range(110)))
        assert Counter(answer.status_code for answer in answers) == {401: 100, 429: 10}
        [late] = {a.json()["errors"][0]["extensions"]["code"] for a in answers if a.status_code == 429}
        assert late == "TOO_MANY"
        assert (await graphql(client, token)).json() == {"data": {"__typename": "Query"}}


async def test_aliases_try_nothing(street: str) -> None:
    """What stands in a document counts no more than its one token; and no field takes a secret: a login is a name."""
    aliased = "{ " + " ".join(f"a{n}: viewer {{ name }}" for n in range(15)) + " }"
    async with anyone() as client:
        answer = await graphql(client, "qj_000000000000_" + "0" * 72, aliased)
        assert answer.status_code == 401
        [row] = await Attempts.all()
        assert row.count == 1
    taken = {f"{mutation}.{name}" for mutation in mutations() for name in given(mutation)}
    assert {"revokeSession.handle", "saveChecklistItem.summary"} <= taken
    assert "inviteAccount.login" in taken
    secret = ("password", "secret", "totp", "recovery", "bearer")
    assert [name for name in taken if any(word in name.split(".")[1].lower() for word in secret)] == []


def mutations() -> list[str]:
    return list(schema._schema.mutation_type.fields) if schema._schema.mutation_type else []


def given(mutation: str) -> list[str]:
    """Names of what it is given, arguments and fields of inputs."""
    root = schema._schema.mutation_type
    arguments = root.fields[mutation].args if root else {}
    inputs = [get_named_type(argument.type) for argument in arguments.values()]
    return [*arguments, *(name for kind in inputs if isinstance(kind, GraphQLInputObjectType) for name in kind.fields)]
