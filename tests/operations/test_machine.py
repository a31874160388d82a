"""Checklists against a model of their rules: whatever people do, in whatever order, at whatever minute.

Hypothesis drives the operations and a model that knows nothing of them: who may, which state, which version, which
day. They have to agree on every outcome, on every row, and, at the end, on the status of every day that has passed.
A longer run: make test T="tests/operations/test_machine.py --hypothesis-profile=long".
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import time_machine
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from tortoise.transactions import in_transaction

from server import database
from server.access.actor import Actor, Grant
from server.kit import transactions
from server.kit.clock import HOME, today
from server.kit.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal
from server.models.accounts import Account
from server.models.checklists import Checklist, ChecklistItem, Transition
from server.models.cycles import Cycle
from server.models.organizations import Organization
from server.operations import checklists, cycles, organizations, templates
from server.operations.checklists import Accept, Declare, Extend, Fill, Reopen, Review, Withdraw
from server.operations.cycles import OpenCycle
from server.operations.organizations import Dissolve, Establish, Move
from server.operations.templates import Whole
from server.queries import checklists as queries
from server.queries import organizations as places
from server.vocabulary import Role, Verdict
from tests.conftest import Figure

FIRST = date(2026, 3, 2)
DUE, CLOSES = FIRST + timedelta(days=10), FIRST + timedelta(days=14)
BRANCHES = ("HG-A-1", "HG-A-2", "HG-B-1")
MEASURES = 2
COUNTED: Counter[str] = Counter()

WHO = {
    "secretary": [(Role.BRANCH_SECRETARY, "HG-A-1")],
    "editor": [(Role.BRANCH_EDITOR, "HG-A-1")],
    "other secretary": [(Role.BRANCH_SECRETARY, "HG-B-1")],
    "reviewer of A": [(Role.COMMUNITY_REVIEWER, "HG-A")],
    "reviewer of B": [(Role.COMMUNITY_REVIEWER, "HG-B")],
    "both": [(Role.BRANCH_SECRETARY, "HG-A"), (Role.COMMUNITY_REVIEWER, "HG-A")],
    "street": [(Role.STREET_REVIEWER, "HG")],
    "admin": [(Role.STREET_ADMIN, "HG")],
    "auditor": [(Role.AUDITOR, "HG")],
}
MAY = {
    "save": {Role.BRANCH_SECRETARY, Role.BRANCH_EDITOR},
    "submit": {Role.BRANCH_SECRETARY},
    "declare": {Role.BRANCH_SECRETARY},
    "withdraw": {Role.BRANCH_SECRETARY},
    "review": {Role.COMMUNITY_REVIEWER},
    "reopen": {Role.STREET_REVIEWER},
    "extend": {Role.STREET_ADMIN, Role.STREET_REVIEWER},
    "accept": {Role.STREET_REVIEWER},
}


# --- the model


@dataclass
class ItemModel:
    branch: str
    state: str = "TODO"
    version: int = 1
    done_on: date | None = None
    summary: str = ""
    applies: bool = True
    filler: str = ""
    submitter: str = ""
    reviewer: str = ""

    @property
    def owed(self) -> bool:
        return self.state in ("TODO", "IN_PROGRESS", "RETURNED")


@dataclass
class BranchModel:
    community: str
    due: date = DUE
    closes: date = CLOSES
    version: int = 1
    accepted: bool = False
    gone: bool = False


@dataclass
class World:
    branches: dict[str, BranchModel] = field(default_factory=dict)
    items: dict[int, ItemModel] = field(default_factory=dict)

    def reaches(self, who: str, branch: str, roles: set[Role] | None = None) -> bool:
        """Whether somebody holds a role (one of these) at the branch, or above it."""
        above = {branch, f"HG-{self.branches[branch].community}", "HG"}
        return any(place in above and (roles is None or role in roles) for role, place in WHO[who])

    def admits(self, verb: str, who: str, branch: str) -> type[Refusal] | None:
        if not self.reaches(who, branch):
            return NotFound
        return None if self.reaches(who, branch, MAY[verb]) else Forbidden

    def workable(self, branch: str) -> type[Refusal] | None:
        found = self.branches[branch]
        return Invalid if found.gone or not FIRST <= today() <= found.closes else None

    def fits(self, item: ItemModel, done_on: date | None) -> bool:
        return done_on is None or (date(2026, 1, 1) <= done_on <= min(today(), date(2026, 3, 31)))

    def snapshot(self, day: date) -> dict[int, tuple[Any, ...]]:
        """What the status of a day has to say of every item, as things are now."""
        return {key: self.seen(item, day) for key, item in self.items.items()}

    def seen(self, item: ItemModel, day: date) -> tuple[Any, ...]:
        branch = self.branches[item.branch]
        clock = "ON_TIME"
        if item.owed and not branch.gone:
            late = day > branch.due
            clock = "MISSED" if day > branch.closes else "LATE" if late else "ON_TIME"
            clock = "DUE_SOON" if clock == "ON_TIME" and day >= branch.due - timedelta(days=7) else clock
        left_out = "NOT_APPLICABLE" if item.state == "APPROVED" and not item.applies else None
        left_out = "BRANCH_DISSOLVED" if branch.gone else left_out
        return item.state, item.applies, clock, left_out, branch.community


# --- the machine


class Undone(Exception):
    pass


items, people = st.integers(0, len(BRANCHES) * MEASURES - 1), st.sampled_from(sorted(WHO))
branches = st.sampled_from(BRANCHES)
versions = st.sampled_from([0, 0, 0, 0, 0, -1])
"""How far the version that was seen lies behind."""
workers = st.sampled_from(["secretary", "secretary", "both", "both", "editor", "other secretary"]) | people
reviewers = st.sampled_from(["reviewer of A", "reviewer of A", "reviewer of B", "both"]) | people
deciders = st.sampled_from(["street", "street", "admin"]) | people
days = st.none() | st.integers(-30, 3).map(lambda number: FIRST + timedelta(days=number))
texts = st.sampled_from(["", "学习一次", "走访三户", "上党课"])


class Machine(RuleBasedStateMachine):
    runner: asyncio.Runner
    prepared: Callable[[], Awaitable[None]]

    @initialize()
    def begin(self) -> None:
        self.traveller = time_machine.travel(at(FIRST, 9), tick=False)
        self.clock = self.traveller.start()
        self.world = World({name: BranchModel(name.split("-")[1]) for name in BRANCHES})
        self.past: dict[date, dict[int, tuple[Any, ...]]] = {}
        self.moves = 0
        self.runner.run(self.enter())

    async def enter(self) -> None:
        self.transaction = in_transaction()
        await self.transaction.__aenter__()
        self.joined = transactions.inside.set(True)
        self.cycle = await Cycle.get().select_related("organization")
        rows = await ChecklistItem.all().select_related("checklist__branch").order_by("id")
        self.world.items = {row.id: ItemModel(row.checklist.branch.code) for row in rows}
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

    def expect(self, verb: str, expected: type[Refusal] | None, act: Awaitable[object]) -> bool:
        """Do it; whether it was done. The model and the program have to agree."""
        found = self.runner.run(outcome(act))
        assert found is expected, (verb, "expected", expected, "found", found)
        COUNTED[f"{verb} {'refused' if expected else 'done'}"] += 1
        return expected is None

    # --- the branch

    @rule(number=items, who=workers, behind=versions, done_on=days, summary=texts, hand_in=st.booleans())
    def fill(self, number: int, who: str, behind: int, done_on: date | None, summary: str, hand_in: bool) -> None:
        key, item = self.pick(number)
        verb = "submit" if hand_in else "save"
        draft = Fill(done_on=done_on, summary=summary, expected_version=max(1, item.version + behind))
        expected = self.world.admits(verb, who, item.branch) or self.world.workable(item.branch)
        expected = expected or (Conflict if draft.expected_version != item.version else None)
        wrong = not item.owed or not self.world.fits(item, done_on)
        expected = expected or (Invalid if wrong or (hand_in and not (done_on and summary)) else None)
        operation = checklists.submit if hand_in else checklists.save
        if self.expect(verb, expected, operation(self.actor(who), key, draft)):
            item.done_on, item.summary, item.applies, item.filler = done_on, summary, True, who
            self.put(item, "SUBMITTED" if hand_in else "IN_PROGRESS")
            item.submitter = who if hand_in else item.submitter

    @rule(number=items, who=workers, behind=versions)
    def declare(self, number: int, who: str, behind: int) -> None:
        key, item = self.pick(number)
        draft = Declare(reason="没有这项工作", expected_version=max(1, item.version + behind))
        expected = self.world.admits("declare", who, item.branch) or self.world.workable(item.branch)
        expected = expected or (Conflict if draft.expected_version != item.version else None)
        expected = expected or (None if item.owed else Invalid)
        if self.expect("declare", expected, checklists.declare(self.actor(who), key, draft)):
            item.applies, item.filler, item.submitter = False, who, who
            self.put(item, "SUBMITTED")

    @rule(number=items, who=workers, behind=versions)
    def withdraw(self, number: int, who: str, behind: int) -> None:
        key, item = self.pick(number)
        draft = Withdraw(expected_version=max(1, item.version + behind))
        expected = self.world.admits("withdraw", who, item.branch) or self.world.workable(item.branch)
        expected = expected or (Conflict if draft.expected_version != item.version else None)
        expected = expected or (None if item.state == "SUBMITTED" else Invalid)
        if self.expect("withdraw", expected, checklists.withdraw(self.actor(who), key, draft)):
            item.applies, item.submitter = True, ""
            self.put(item, "IN_PROGRESS")

    @rule(number=items)
    def go_on(self, number: int) -> None:
        """The next step of an item by whoever should take it: most work is done as it is meant to be."""
        _, item = self.pick(number)
        if item.owed:
            who = {"HG-A-1": "secretary", "HG-B-1": "other secretary"}.get(item.branch, "both")
            self.fill(number=number, who=who, behind=0, done_on=FIRST, summary="学习一次", hand_in=True)
        elif item.state == "SUBMITTED":
            who = f"reviewer of {self.world.branches[item.branch].community}"
            self.review(number=number, who=who, behind=0, approve=True)

    @rule(name=branches)
    def finish(self, name: str) -> None:
        """Everything of a branch, up to its acceptance."""
        for _ in range(2):
            for number, key in enumerate(sorted(self.world.items)):
                if self.world.items[key].branch == name:
                    self.go_on(number=number)
        self.accept(name=name, who="street", behind=0)

    # --- the reviewer and the street

    @rule(number=items, who=reviewers, behind=versions, approve=st.sampled_from([True, True, True, False]))
    def review(self, number: int, who: str, behind: int, approve: bool) -> None:
        key, item = self.pick(number)
        verdict = Verdict.APPROVE if approve else Verdict.RETURN
        draft = Review(verdict=verdict, remark="请补充", expected_version=max(1, item.version + behind))
        branch = self.world.branches[item.branch]
        expected = self.world.admits("review", who, item.branch) or (Invalid if branch.gone else None)
        expected = expected or (Conflict if draft.expected_version != item.version else None)
        expected = expected or (None if item.state == "SUBMITTED" else Invalid)
        expected = expected or (Forbidden if who in (item.filler, item.submitter) else None)
        expected = expected or (Invalid if not approve and today() > branch.closes else None)
        if self.expect("review", expected, checklists.review(self.actor(who), key, draft)):
            item.reviewer = who
            self.put(item, "APPROVED" if approve else "RETURNED")

    @rule(number=items, who=deciders, behind=versions)
    def reopen(self, number: int, who: str, behind: int) -> None:
        key, item = self.pick(number)
        branch = self.world.branches[item.branch]
        draft = Reopen(reason="数字有误", expected_version=max(1, item.version + behind))
        expected = self.world.admits("reopen", who, item.branch)
        expected = expected or (Conflict if draft.expected_version != item.version else None)
        late = branch.gone or today() > branch.closes
        expected = expected or (Invalid if item.state != "APPROVED" or late else None)
        if self.expect("reopen", expected, checklists.reopen(self.actor(who), key, draft)):
            branch.version += branch.accepted
            branch.accepted, item.applies, item.submitter = False, True, ""
            self.put(item, "IN_PROGRESS")

    @rule(name=branches, who=deciders, due=st.integers(0, 25), more=st.integers(0, 6), behind=versions)
    def extend(self, name: str, who: str, due: int, more: int, behind: int) -> None:
        branch = self.world.branches[name]
        due_on = FIRST + timedelta(days=due)
        closes_on = max(due_on, branch.closes) + timedelta(days=more)
        draft = Extend(
            due_on=due_on, closes_on=closes_on, reason="台风", expected_version=max(1, branch.version + behind)
        )
        expected = self.world.admits("extend", who, name) or (Invalid if branch.gone else None)
        expected = expected or (Conflict if draft.expected_version != branch.version else None)
        useless = (due_on, closes_on) == (branch.due, branch.closes)
        expected = expected or (Invalid if useless or due_on < max(branch.due, today()) else None)
        if self.expect("extend", expected, checklists.extend(self.actor(who), self.list_of(name), draft)):
            branch.due, branch.closes = due_on, closes_on
            branch.version += 1

    @rule(name=branches, who=deciders, behind=versions)
    def accept(self, name: str, who: str, behind: int) -> None:
        branch = self.world.branches[name]
        mine = [item for item in self.world.items.values() if item.branch == name]
        draft = Accept(expected_version=max(1, branch.version + behind))
        expected = self.world.admits("accept", who, name) or (Invalid if branch.gone else None)
        expected = expected or (Conflict if draft.expected_version != branch.version else None)
        ready = all(item.state == "APPROVED" for item in mine) and not branch.accepted
        expected = expected or (None if ready else Invalid)
        if self.expect("accept", expected, checklists.accept(self.actor(who), self.list_of(name), draft)):
            branch.accepted = True
            branch.version += 1

    # --- the tree and the clock

    @rule(name=branches)
    def move(self, name: str) -> None:
        """Between the two communities."""
        branch = self.world.branches[name]
        if branch.gone:
            return
        other = {"A": "B", "B": "A"}[branch.community]
        draft = Move(parent=f"HG-{other}", expected_version=self.places[name].version)
        if self.expect("move", None, organizations.move(self.actor("admin"), name, draft)):
            branch.community = other
            self.runner.run(self.learn_paths())

    @rule(sure=st.sampled_from([False, False, False, True]))
    def dissolve(self, sure: bool) -> None:
        branch = self.world.branches["HG-A-2"]
        if branch.gone or not sure:
            return
        draft = Dissolve(reason="并入其他支部", expected_version=self.places["HG-A-2"].version)
        if self.expect("dissolve", None, organizations.dissolve(self.actor("admin"), "HG-A-2", draft)):
            branch.gone = True
            self.runner.run(self.learn_paths())

    @rule(far=st.integers(0, 4), last_second=st.booleans())
    def wait(self, far: int, last_second: bool) -> None:
        """To the first instant of a later day, or to the last of it; the days between have passed as they were."""
        day, then = today(), today() + timedelta(days=far)
        for number in range(far):
            passed = day + timedelta(days=number)
            self.past[passed] = self.world.snapshot(passed)
        target = at(then, 23, 59, 59) if last_second else at(then, 0)
        self.clock.move_to(max(target, datetime.now(UTC)))

    # --- what has to agree

    def put(self, item: ItemModel, state: str) -> None:
        self.moves += item.state != state
        item.state = state
        item.version += 1

    def list_of(self, name: str) -> int:
        return self.lists[self.places[name].id]

    def teardown(self) -> None:
        if not hasattr(self, "transaction"):
            return
        try:
            self.runner.run(self.compare())
        finally:
            self.runner.run(self.leave())
            self.traveller.stop()

    async def compare(self) -> None:
        rows = await ChecklistItem.all().select_related("checklist")
        for row in rows:
            model = self.world.items[row.id]
            assert (row.state.value, row.version, row.done_on, row.summary, row.not_applicable) == (
                model.state,
                model.version,
                model.done_on,
                model.summary,
                not model.applies,
            )
        for name, branch in self.world.branches.items():
            found = next(row.checklist for row in rows if row.checklist_id == self.list_of(name))
            assert (found.due_on, found.closes_on, found.accepted_at is not None) == (
                branch.due,
                branch.closes,
                branch.accepted,
            )
        assert await Transition.all().count() == self.moves
        for day, expected in (self.past | {today(): self.world.snapshot(today())}).items():
            await self.look_back(day, expected)

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


async def outcome(act: Awaitable[object]) -> type[Refusal] | None:
    try:
        async with in_transaction():
            await act
    except Refusal as refusal:
        return type(refusal)
    return None


async def prepare(url: str) -> None:
    await database.connect(url)
    boss = Actor.installation()
    for code, kind, parent in (("HG", "STREET", None), ("HG-A", "COMMUNITY", "HG"), ("HG-B", "COMMUNITY", "HG")):
        _ = await organizations.establish(boss, establishing(code, kind, parent))
    for code in BRANCHES:
        branch = establishing(code, "BRANCH", code.rpartition("-")[0], branch_type="BRANCH", sector="RESIDENT_GROUP")
        _ = await organizations.establish(boss, branch)
    for number, name in enumerate(sorted(WHO), start=1):
        _ = await Account.create(id=number, login=f"person.{number}", name=name)
    measures = [{"number": n, "text": f"举措{n}", "frequency": "QUARTERLY"} for n in range(1, MEASURES + 1)]
    theme = {"code": "ONE", "grasp": "抓思想建设", "lift": "提升引领力", "measures": measures}
    template = {"organization": "HG", "code": "FIVE", "title": "五抓五提", "themes": [theme]}
    _ = await templates.publish_whole(boss, Whole.parse(template))
    period = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 3, 31), "opens_on": FIRST}
    cycle = {"organization": "HG", "template": "FIVE", "sector": "RESIDENT_GROUP", "code": "2026-Q1"}
    draft = OpenCycle.parse(cycle | period | {"due_on": DUE, "closes_on": CLOSES})
    _ = await cycles.open_cycle(boss, draft)


def establishing(code: str, kind: str, parent: str | None, **more: str) -> Establish:
    fields = {"code": code, "kind": kind, "name": f"{code}示例", "parent": parent, "established_on": date(2025, 1, 1)}
    return Establish.parse(fields | more)


def test_whatever_is_done_the_model_agrees(database_url: str, figure: Figure) -> None:
    COUNTED.clear()
    with asyncio.Runner() as runner:
        with time_machine.travel(at(FIRST, 8), tick=False):
            runner.run(prepare(database_url))
        try:
            machine = type("Machine", (Machine,), {"runner": runner})
            chosen = settings() if settings().max_examples > 100 else settings(max_examples=15)
            run_state_machine_as_test(machine, settings=settings(chosen, stateful_step_count=40))
        finally:
            runner.run(database.disconnect())
    done = sum(count for name, count in COUNTED.items() if name.endswith("done"))
    refused = sum(count for name, count in COUNTED.items() if name.endswith("refused"))
    past = COUNTED["days looked back on"]
    figure(f"checklist machine: {done} acts done, {refused} refused, {past} days looked back on, 0 divergences")
    assert done > 50
    assert refused > 50
