"""The status: nothing is lost between what is counted and what is left out, on any day, at any level, by any door."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tortoise.transactions import in_transaction

from server.access.actor import Actor, Grant
from server.kit.clock import today
from server.models.organizations import Organization
from server.queries import checklists, organizations
from server.queries.checklists import Status, Tally
from server.queries.checklists.cells import cells_now, cells_then
from server.vocabulary import Role
from tests.conftest import Figure
from tests.queries.histories import DAYS, START, History, make

HISTORIES = 25
SEEN: Counter[str] = Counter()


class Undone(Exception):
    pass


@settings(max_examples=HISTORIES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
async def test_what_is_counted_and_what_is_left_out_are_everything(database: str, figure: Figure, seed: int) -> None:
    with pytest.raises(Undone):
        await make_and_undo(Random(seed))  # noqa: S311 - repeatable, not secret
    SEEN["histories"] += 1
    if SEEN["histories"] == HISTORIES:
        figure(
            f"status: {HISTORIES} histories, numerator + open + excluded = all at {SEEN['places']} places "
            f"({SEEN['left out']} items left out); today from rows = today from transitions"
        )


async def make_and_undo(dice: Random) -> None:
    async with in_transaction():
        await check(await make(dice), dice)
        raise Undone


async def check(history: History, dice: Random) -> None:
    places = [history.street, *history.communities]
    for day in {today(), *(START + timedelta(days=dice.randint(0, DAYS)) for _ in range(2))}:
        for top in {history.street, dice.choice(places)}:
            reader = Actor(1, "auditor", (Grant(Role.AUDITOR, history.street.id, history.street.path),))
            within = await organizations.find(reader, top.code, day)
            found = await checklists.status(reader, within, history.cycle, day)
            assert {c.item_id: (c.state, c.exclusion) for c in found.cells} == history.expected(top, day)
            await adds_up(found)
            SEEN["left out"] += found.total.excluded
    await both_statements_agree(history)


async def both_statements_agree(history: History) -> None:
    """Today's rows say what the moves, extensions and placements until now say; also to whoever sees a part."""
    for top in [history.street, *history.communities]:
        reader = Actor(1, "reviewer", (Grant(Role.COMMUNITY_REVIEWER, top.id, top.path),))
        within = await organizations.find(reader, top.code)
        rows = await cells_now(reader, within, history.cycle, today())
        moves = await cells_then(reader, within, history.cycle, today())
        assert sorted(rows, key=lambda c: c.item_id) == sorted(moves, key=lambda c: c.item_id)


async def adds_up(status: Status) -> None:
    branches: list[Organization] = [*status.branches, *status.left_out]
    levels = [
        [status.of_theme(theme) for theme in status.themes],
        [status.of_measure(measure) for measure in status.measures],
        [status.of_branch(branch) for branch in branches],
        [status.of_community(community) for community in status.parts],
        [status.of_both(community, theme) for community in status.parts for theme in status.themes],
    ]
    for level in levels:
        assert summed(level) == status.total
    for community in status.parts:
        assert summed(status.of_both(community, theme) for theme in status.themes) == status.of_community(community)
    for theme in status.themes:
        assert summed(status.of_both(community, theme) for community in status.parts) == status.of_theme(theme)
    for counted in [status.total, *(counted for level in levels for counted in level)]:
        assert counted.approved + counted.open + counted.excluded == counted.every
        assert counted.due == counted.approved + counted.open
        SEEN["places"] += 1
    opened = await checklists.rows_of(status)
    assert len(opened) == status.total.every
    assert sum(row.cell.is_open for row in opened) == status.total.open == len(await checklists.missing(status))
    assert all(row.words for row in opened if row.cell.not_applicable)
    assert len(await checklists.left_out(status)) == status.total.excluded


def summed(parts: Iterable[Tally]) -> Tally:
    states, clocks, exclusions = Counter(), Counter(), Counter()  # type: ignore[var-annotated]
    for part in parts:
        states.update(part.states)
        clocks.update(part.clocks)
        exclusions.update(part.exclusions)
    return Tally(states, clocks, exclusions)
