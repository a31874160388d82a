"""The part of the machine in which branches fill, reviewers judge, and the street gives time and accepts."""

from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from server.kit.clock import today
from server.kit.refusals import Conflict, Forbidden, Invalid
from server.operations import checklists
from server.operations.checklists import Accept, Declare, Extend, Fill, Reopen, Review, Together, Withdraw
from server.vocabulary import Verdict
from tests.machine.base import branches, deciders, items, reviewers, versions, workers
from tests.machine.model import FIRST, Expected
from tests.machine.proofs import Proofs

days = st.none() | st.integers(-30, 3).map(lambda number: FIRST + timedelta(days=number))
texts = st.sampled_from(["", "学习一次", "走访三户", "上党课"])


class Work(Proofs):
    # --- the branch

    @rule(number=items, who=workers, behind=versions, done_on=days, summary=texts, hand_in=st.booleans())
    def fill(self, number: int, who: str, behind: int, done_on: date | None, summary: str, hand_in: bool) -> None:
        key, item = self.pick(number)
        verb = "submit" if hand_in else "save"
        draft = Fill(done_on=done_on, summary=summary, expected_version=max(1, item.version + behind))
        expected = self.world.admits(verb, who, item.branch) or self.world.workable(item.branch)
        expected = expected or (Conflict if draft.expected_version != item.version else None)
        wrong = not item.owed or not self.world.fits(done_on)
        wrong |= hand_in and not (done_on and summary and not self.world.lacks(key))
        expected = expected or (Invalid if wrong else None)
        operation = checklists.submit if hand_in else checklists.save
        if self.expect(verb, expected, operation(self.actor(who), key, draft)):
            item.done_on, item.summary, item.applies = done_on, summary, True
            item.prepared.add(who)
            self.world.put(item, "SUBMITTED" if hand_in else "IN_PROGRESS")

    @rule(number=items, who=workers, behind=versions)
    def declare(self, number: int, who: str, behind: int) -> None:
        key, item = self.pick(number)
        draft = Declare(reason="没有这项工作", expected_version=max(1, item.version + behind))
        expected = self.world.admits("declare", who, item.branch) or self.world.workable(item.branch)
        expected = expected or (Conflict if draft.expected_version != item.version else None)
        expected = expected or (None if item.owed else Invalid)
        if self.expect("declare", expected, checklists.declare(self.actor(who), key, draft)):
            item.applies = False
            item.prepared.add(who)
            self.world.put(item, "SUBMITTED")

    @rule(number=items, who=workers, behind=versions)
    def withdraw(self, number: int, who: str, behind: int) -> None:
        key, item = self.pick(number)
        draft = Withdraw(expected_version=max(1, item.version + behind))
        expected = self.world.admits("withdraw", who, item.branch) or self.world.workable(item.branch)
        expected = expected or (Conflict if draft.expected_version != item.version else None)
        expected = expected or (None if item.state == "SUBMITTED" else Invalid)
        if self.expect("withdraw", expected, checklists.withdraw(self.actor(who), key, draft)):
            item.applies = True
            self.world.put(item, "IN_PROGRESS")

    @rule(number=items)
    def go_on(self, number: int) -> None:
        """The next step of an item by whoever should take it: most work is done as it is meant to be."""
        key, item = self.pick(number)
        if item.owed:
            who = {"HG-A-1": "secretary", "HG-B-1": "other secretary"}.get(item.branch, "both")
            if self.world.lacks(key):
                self.link(number=number, who=who, day=FIRST, address="https://example.org/1")
            self.fill(number=number, who=who, behind=0, done_on=FIRST, summary="学习一次", hand_in=True)
        elif item.state == "SUBMITTED" or self.world.is_stale(key):
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
        expected = self.world.admits("review", who, item.branch)
        expected = expected or self.world.unfit(key, who, draft.expected_version, approve=approve)
        if self.expect("review", expected, checklists.review(self.actor(who), key, draft)):
            self.world.judged(key, who, "APPROVED" if approve else "RETURNED")

    @rule(numbers=st.sets(items, min_size=1, max_size=3), who=reviewers, behind=versions)
    def together(self, numbers: set[int], who: str, behind: int) -> None:
        """All of them or none; the first that is unfit says why."""
        chosen = dict(sorted(self.pick(number) for number in numbers))
        seen = {key: max(1, item.version + behind) for key, item in chosen.items()}
        expected: Expected = None
        for key, item in chosen.items():
            admitted = self.world.admits("review", who, item.branch)
            unfit = not self.world.is_clean(key) or self.world.unfit(key, who, seen[key])
            expected = expected or admitted or (Invalid if unfit else None)
        draft = Together(items=frozenset(seen.items()))
        if self.expect("together", expected, checklists.approve_together(self.actor(who), draft)):
            for key in chosen:
                self.world.judged(key, who, "APPROVED")

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
            branch.accepted, item.applies = False, True
            self.world.put(item, "IN_PROGRESS")

    @rule(name=branches, who=deciders, due=st.integers(0, 25), more=st.integers(0, 6), behind=versions)
    def extend(self, name: str, who: str, due: int, more: int, behind: int) -> None:
        branch = self.world.branches[name]
        due_on = FIRST + timedelta(days=due)
        closes_on = max(due_on, branch.closes) + timedelta(days=more)
        version = max(1, branch.version + behind)
        draft = Extend(due_on=due_on, closes_on=closes_on, reason="台风", expected_version=version)
        expected = self.world.admits("extend", who, name) or (Invalid if branch.gone else None)
        expected = expected or (Conflict if version != branch.version else None)
        useless = (due_on, closes_on) == (branch.due, branch.closes)
        expected = expected or (Invalid if useless or due_on < max(branch.due, today()) else None)
        if self.expect("extend", expected, checklists.extend(self.actor(who), self.list_of(name), draft)):
            branch.due, branch.closes = due_on, closes_on
            branch.version += 1

    @rule(name=branches, who=deciders, behind=versions)
    def accept(self, name: str, who: str, behind: int) -> None:
        branch = self.world.branches[name]
        mine = {key: item for key, item in self.world.items.items() if item.branch == name}
        draft = Accept(expected_version=max(1, branch.version + behind))
        expected = self.world.admits("accept", who, name) or (Invalid if branch.gone else None)
        expected = expected or (Conflict if draft.expected_version != branch.version else None)
        ready = all(item.state == "APPROVED" for item in mine.values()) and not branch.accepted
        expected = expected or (None if ready else Invalid)
        worked = any(who in item.prepared | item.reviewed for item in mine.values())
        expected = expected or (Forbidden if worked else None)
        expected = expected or (Invalid if any(map(self.world.is_stale, mine)) else None)
        if self.expect("accept", expected, checklists.accept(self.actor(who), self.list_of(name), draft)):
            branch.accepted = True
            branch.version += 1
