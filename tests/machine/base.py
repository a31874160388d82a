"""What every part of the machine stands on: the clock, the people, a transaction thrown away, the comparison."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from datetime import date, datetime, time
from typing import Any

import time_machine
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize
from tortoise.transactions import in_transaction

from server.access.actor import Actor, Grant
from server.kit import transactions
from server.kit.clock import HOME, today
from server.kit.refusals import Refusal
from server.models.checklists import Checklist, ChecklistItem, Transition
from server.models.cycles import Cycle
from server.models.evidence import Evidence
from server.models.organizations import Organization
from server.models.records import Record
from server.queries import checklists as queries
from server.queries import evidence
from server.queries import organizations as places
from server.queries.checklists.items import ITEM_ROWS
from tests.machine.model import BRANCHES, FIRST, MEASURES, WHO, BranchModel, Expected, ItemModel, World

COUNTED: Counter[str] = Counter()

items, people = st.integers(0, len(BRANCHES) * MEASURES - 1), st.sampled_from(sorted(WHO))
branches = st.sampled_from(BRANCHES)
versions = st.sampled_from([0, 0, 0, 0, 0, -1])
"""How far the version that was seen lies behind."""
workers = st.sampled_from(["secretary", "secretary", "both", "both", "editor", "other secretary"]) | people
reviewers = st.sampled_from(["reviewer of A", "reviewer of A", "reviewer of B", "both", "everywhere"]) | people
deciders = st.sampled_from(["street", "street", "admin", "everywhere"]) | people


class Undone(Exception):
    pass


class Base(RuleBasedStateMachine):
    runner: asyncio.Runner

    @initialize()
    def begin(self) -> None:
        self.traveller = time_machine.travel(at(FIRST, 9), tick=False)
        self.clock = self.traveller.start()
        self.world = World({name: BranchModel(name.split("-")[1]) for name in BRANCHES})
        self.past: dict[date, dict[int, tuple[Any, ...]]] = {}
        self.runner.run(self.enter())

    async def enter(self) -> None:
        self.transaction = in_transaction()
        await self.transaction.__aenter__()
        self.joined = transactions.inside.set(True)
        self.cycle = await Cycle.get().select_related("organization")
        rows = await ChecklistItem.all().select_related("checklist__branch", "measure").order_by("id")
        self.world.items = {row.id: ItemModel(row.checklist.branch.code, row.measure.number == 2) for row in rows}
        self.lists = {row.branch_id: row.id for row in await Checklist.all()}
        await self.learn_paths()

    async def learn_paths(self) -> None:
        self.places = {row.code: row for row in await Organization.all()}

    def actor(self, who: str) -> Actor:
        grants = [Grant(role, self.places[code].id, self.places[code].path) for role, code in WHO[who]]
        return Actor(sorted(WHO).index(who) + 1, who, tuple(grants))

    def pick(self, number: int) -> tuple[int, ItemModel]:
        key = sorted(self.world.items)[number]
        return key, self.world.items[key]

    def expect(self, verb: str, expected: Expected, act: Awaitable[object]) -> Any:
        """Do it; what came of it, or nothing. The model and the program have to agree."""
        found = self.runner.run(outcome(act))
        refused = type(found) if isinstance(found, Refusal) else None
        assert refused is expected, (verb, "expected", expected, "found", found)
        COUNTED[f"{verb} {'refused' if expected else 'done'}"] += 1
        return None if expected else found

    def list_of(self, name: str) -> int:
        return self.lists[self.places[name].id]

    # --- what has to agree

    def teardown(self) -> None:
        if not hasattr(self, "transaction"):
            return
        try:
            self.runner.run(self.compare())
        finally:
            self.runner.run(self.leave())
            self.traveller.stop()

    async def compare(self) -> None:
        rows = await ChecklistItem.all().select_related(*ITEM_ROWS)
        for row in rows:
            model = self.world.items[row.id]
            found = row.state.value, row.version, row.done_on, row.summary, row.not_applicable
            assert found == (model.state, model.version, model.done_on, model.summary, not model.applies)
        for name, branch in self.world.branches.items():
            checklist = next(row.checklist for row in rows if row.checklist_id == self.list_of(name))
            days = checklist.due_on, checklist.closes_on, checklist.accepted_at is not None
            assert days == (branch.due, branch.closes, branch.accepted)
        assert await Transition.all().count() == self.world.moves
        await self.compare_evidence(rows)
        for day, expected in (self.past | {today(): self.world.snapshot(today())}).items():
            await self.look_back(day, expected)

    async def compare_evidence(self, rows: list[ChecklistItem]) -> None:
        pieces = {row.id: (row.item_id, row.effective_on, row.removed_at is not None) for row in await Evidence.all()}
        assert pieces == {key: (piece.item, piece.day, piece.removed) for key, piece in self.world.pieces.items()}
        records = {
            row.id: (row.held_on, row.title, row.version, row.withdrawn_at is not None) for row in await Record.all()
        }
        expected = self.world.records.items()
        assert records == {key: (each.held_on, each.title, each.version, each.withdrawn) for key, each in expected}
        auditor = self.actor("auditor")
        assert set(await queries.overtaken(auditor, rows)) == set(filter(self.world.is_stale, self.world.items))
        clean = await evidence.clean_among(auditor, rows)
        assert {item.id for item in clean} == set(filter(self.world.is_clean, self.world.items))

    async def look_back(self, day: date, expected: dict[int, tuple[Any, ...]]) -> None:
        auditor = self.actor("auditor")
        status = await queries.status(auditor, await places.find(auditor, "HG", day), self.cycle, day)
        communities = {branch: place.code.split("-")[1] for branch, place in status.community_of.items()}
        found = {
            cell.item_id: (
                cell.state.value,
                not cell.not_applicable,
                cell.clock.value,
                cell.exclusion.value if cell.exclusion else None,
                communities[cell.branch_id],
            )
            for cell in status.cells
        }
        assert found == expected, day
        total = status.total
        assert total.approved + total.open + total.excluded == total.every == len(expected)
        COUNTED["days looked back on"] += 1

    async def leave(self) -> None:
        transactions.inside.reset(self.joined)
        await self.transaction.__aexit__(Undone, Undone(), None)


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, second), HOME)


async def outcome(act: Awaitable[object]) -> object:
    """What came of it, or the refusal."""
    try:
        async with in_transaction():
            return await act
    except Refusal as refusal:
        return refusal
