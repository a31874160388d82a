"""The part of the machine that has to do with evidence: links, records, what is corrected and what is taken off."""

from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from server.kit.clock import today
from server.kit.refusals import Conflict, Invalid, NotFound
from server.operations import evidence, records
from server.operations.evidence import Cite, Link, Remove
from server.operations.records import Correct, Enter, Withdraw
from server.vocabulary import RecordKind
from tests.machine.base import Base, branches, items, versions, workers
from tests.machine.model import FIRST, Expected, ItemModel, PieceModel, RecordModel

addresses = st.sampled_from(["https://example.org/1", "https://example.org/2"])
titles = st.sampled_from(["党员大会", "支委会", "党课"])
days = st.sampled_from([-1, -2, -5, 0, 0]).map(lambda number: FIRST + timedelta(days=number)) | st.integers(-70, 3).map(
    lambda number: FIRST + timedelta(days=number)
)
nth = st.integers(0, 99)


class Proofs(Base):
    @rule(number=items, who=workers, day=days, address=addresses)
    def link(self, number: int, who: str, day: date, address: str) -> None:
        key, item = self.pick(number)
        expected = self.addable(item, who) or (None if self.world.fits(day) else Invalid)
        known = any(piece.of == address for piece in self.world.standing(key))
        expected = expected or (Invalid if known else None)
        draft = Link(address=address, title="通知", effective_on=day)
        if piece := self.expect("add evidence", expected, evidence.link(self.actor(who), key, draft)):
            self.world.pieces[piece.id] = PieceModel(key, address, day, "通知")
            self.taken_up(item, who)

    @precondition(lambda self: self.world.records)
    @rule(number=items, who=workers, chosen=st.sets(nth, min_size=1, max_size=2))
    def cite(self, number: int, who: str, chosen: set[int]) -> None:
        key, item = self.pick(number)
        used = sorted({self.nth_record(each)[0] for each in chosen})
        rows = [self.world.records[each] for each in used]
        expected: Expected = None if all(self.world.reaches(who, row.branch) for row in rows) else NotFound
        if expected is None:
            expected = Invalid if (refused := self.addable(item, who)) is NotFound else refused
        wrong = any(row.withdrawn or row.branch != item.branch or not self.world.fits(row.held_on) for row in rows)
        known = any(piece.of in used for piece in self.world.standing(key))
        expected = expected or (Invalid if wrong or known else None)
        draft = Cite(records=frozenset(used), items=frozenset([key]))
        if pieces := self.expect("add evidence", expected, evidence.cite(self.actor(who), draft)):
            for piece, each, row in zip(pieces, used, rows, strict=True):
                self.world.pieces[piece.id] = PieceModel(key, each, row.held_on, row.title)
            drawn = not item.summary and not item.done_on
            if drawn:
                item.done_on = max(row.held_on for row in rows)
                item.summary = "\n".join(f"{row.held_on} {row.title}" for row in rows)
            began = self.taken_up(item, who)
            item.version += drawn and not began

    @precondition(lambda self: self.world.pieces)
    @rule(number=nth, who=workers)
    def remove(self, number: int, who: str) -> None:
        key, piece = sorted(self.world.pieces.items())[number % len(self.world.pieces)]
        item = self.world.items[piece.item]
        expected = self.world.admits("remove evidence", who, item.branch) or self.world.workable(item.branch)
        expected = expected or (Invalid if item.state == "SUBMITTED" or piece.removed else None)
        if self.expect("remove evidence", expected, evidence.remove(self.actor(who), key, Remove(reason="重复"))):
            piece.removed = True
            item.prepared.add(who)
            item.version += item.state == "APPROVED"

    @rule(name=branches, who=workers, held_on=days, title=titles)
    def enter_record(self, name: str, who: str, held_on: date, title: str) -> None:
        expected = self.world.admits("enter record", who, name)
        wrong = self.world.branches[name].gone or held_on > today()
        expected = expected or (Invalid if wrong else None)
        draft = Enter(branch=name, kind=RecordKind.BRANCH_ASSEMBLY, held_on=held_on, title=title)
        if record := self.expect("enter record", expected, records.enter(self.actor(who), draft)):
            self.world.records[record.id] = RecordModel(name, held_on, title)

    @precondition(lambda self: self.world.records)
    @rule(number=nth, who=workers, held_on=st.none() | days, title=titles, behind=versions)
    def correct_record(self, number: int, who: str, held_on: date | None, title: str, behind: int) -> None:
        key, record = self.nth_record(number)
        version = max(1, record.version + behind)
        said = held_on or record.held_on, title
        expected = self.standing("correct record", who, record, version)
        useless = said == (record.held_on, record.title) or said[0] > today()
        expected = expected or (Invalid if useless else None)
        draft = Correct(held_on=held_on, title=title, reason="写错了", expected_version=version)
        if self.expect("correct record", expected, records.correct(self.actor(who), key, draft)):
            record.held_on, record.title = said
            self.overtake(key, record)

    @precondition(lambda self: self.world.records)
    @rule(number=nth, who=workers, behind=versions, sure=st.sampled_from([True, False, False]))
    def withdraw_record(self, number: int, who: str, behind: int, sure: bool) -> None:
        key, record = self.nth_record(number)
        version = max(1, record.version + behind)
        if not sure:
            return
        expected = self.standing("withdraw record", who, record, version)
        draft = Withdraw(reason="没有开成", expected_version=version)
        if self.expect("withdraw record", expected, records.withdraw(self.actor(who), key, draft)):
            record.withdrawn = True
            self.overtake(key, record)

    # --- by the model

    def nth_record(self, number: int) -> tuple[int, RecordModel]:
        return sorted(self.world.records.items())[number % len(self.world.records)]

    def addable(self, item: ItemModel, who: str) -> Expected:
        expected = self.world.admits("add evidence", who, item.branch) or self.world.workable(item.branch)
        return expected or (None if item.owed else Invalid)

    def standing(self, verb: str, who: str, record: RecordModel, version: int) -> Expected:
        expected = self.world.admits(verb, who, record.branch)
        wrong = self.world.branches[record.branch].gone or record.withdrawn
        return expected or (Invalid if wrong else Conflict if version != record.version else None)

    def taken_up(self, item: ItemModel, who: str) -> bool:
        """Whether a first piece of evidence began the work."""
        item.prepared.add(who)
        if began := item.state == "TODO":
            self.world.put(item, "IN_PROGRESS")
        return began

    def overtake(self, key: int, record: RecordModel) -> None:
        record.version += 1
        for item in self.world.resting_on(key):
            self.world.items[item].version += 1
