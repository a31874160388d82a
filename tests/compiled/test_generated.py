"""Both engines, over a tree with a past: the same bytes for whatever hypothesis asks, whoever asks."""

import asyncio
from collections import Counter
from datetime import timedelta

import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server import database
from server.kit.clock import now, today
from server.models.members import Membership
from server.operations import organizations
from server.operations.organizations import Dissolve, Move, Rename
from server.vocabulary import Role
from tests.cast import actor
from tests.compiled.engines import told
from tests.compiled.generated import documents
from tests.conftest import Figure

COUNTED: Counter[str] = Counter()


async def reorganise() -> None:
    """A community loses a group, another name begins, a branch ends: the past is another tree than today."""
    boss = await actor(Role.STREET_ADMIN)
    _ = await organizations.move(boss, "HG-LY-01", Move(parent="HG-C7", expected_version=1))
    _ = await organizations.rename(
        boss, "HG-C7", Rename(name="改名社区", party_name="改名社区党委", expected_version=1)
    )
    _ = await Membership.filter(branch__code="HG-C8-01-ZB").update(valid_to=today())
    _ = await organizations.dissolve(boss, "HG-C8-01-ZB", Dissolve(reason="合并", expected_version=1))


def test_whatever_is_asked_both_say_the_same(street_url: str, figure: Figure) -> None:
    COUNTED.clear()
    with asyncio.Runner() as runner:
        runner.run(database.connect(street_url))
        try:
            runner.run(reorganise())
            with time_machine.travel(now() + timedelta(days=3), tick=False):
                compare(runner)
        finally:
            runner.run(database.disconnect())
    figure(f"agreement: {COUNTED['asked']} generated queries, {COUNTED['compiled']} compiled, 0 answers differ")
    assert COUNTED["compiled"]


def compare(runner: asyncio.Runner) -> None:
    people = {role: runner.run(actor(role)) for role in Role}
    day = today()
    days = [
        None,
        day,
        day - timedelta(days=2),
        day - timedelta(days=3),
        day - timedelta(days=400),
        day + timedelta(days=1),
    ]
    cycle = f"{day.year}-Q{(day.month + 2) // 3}"

    @settings(
        settings(),
        max_examples=settings().max_examples if settings().max_examples > 100 else 80,
        suppress_health_check=list(HealthCheck),
    )
    @given(documents(days, [cycle, f"HG/{cycle}"]), st.sampled_from([*[Role.AUDITOR, Role.STREET_ADMIN] * 4, *Role]))
    def agree(query: str, role: Role) -> None:
        one = runner.run(told(query, people[role], {}, compiles=True))
        other = runner.run(told(query, people[role], {}, compiles=False))
        COUNTED["asked"] += 1
        COUNTED["compiled"] += one.is_compiled
        assert (one.text, one.errors) == (other.text, other.errors), query

    agree()
