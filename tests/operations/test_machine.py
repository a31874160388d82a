"""Checklists against a model of their rules: whatever people do, in whatever order, at whatever minute.

Hypothesis drives the operations and a model that knows nothing of them (tests/machine). They have to agree on every
outcome, on every row, and, at the end, on the status of every day that has passed.
A longer run: make test T="tests/operations/test_machine.py --hypothesis-profile=long".
"""

import asyncio
from datetime import UTC, date, datetime, timedelta

import time_machine
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from server import database
from server.access.actor import Actor
from server.kit.clock import today
from server.models.accounts import Account
from server.operations import cycles, organizations, templates
from server.operations.cycles import OpenCycle
from server.operations.organizations import Dissolve, Establish, Move
from server.operations.templates import Whole
from tests.conftest import Figure
from tests.machine.base import COUNTED, at, branches
from tests.machine.model import BRANCHES, CLOSES, DUE, FIRST, MAY, MEASURES, QUARTER, WHO
from tests.machine.work import Work


class Machine(Work):
    """The whole of it: also the tree moves, and the clock goes on."""

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
    measures[1] |= {"evidence_rule": {"required": True}}
    theme = {"code": "ONE", "grasp": "抓思想建设", "lift": "提升引领力", "measures": measures}
    template = {"organization": "HG", "code": "FIVE", "title": "五抓五提", "themes": [theme]}
    _ = await templates.publish_whole(boss, Whole.parse(template))
    period = {"starts_on": QUARTER[0], "ends_on": QUARTER[1], "opens_on": FIRST}
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
    rare = [verb for verb in MAY if settings().max_examples > 100 and not COUNTED[f"{verb} done"]]
    figure(f"checklist machine: {done} acts done, {refused} refused, {past} days looked back on, 0 divergences")
    assert not rare
    assert done > 50
    assert refused > 50
