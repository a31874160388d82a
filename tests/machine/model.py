"""A model of the rules of checklists that knows nothing of the program: who may, which state, version and day."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from server.kit.clock import today
from server.kit.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal
from server.vocabulary import Role

FIRST = date(2026, 3, 2)
DUE, CLOSES = FIRST + timedelta(days=10), FIRST + timedelta(days=14)
QUARTER = date(2026, 1, 1), date(2026, 3, 31)
BRANCHES = ("HG-A-1", "HG-A-2", "HG-B-1")
MEASURES = 2
"""The second one asks for evidence."""

WHO = {
    "secretary": [(Role.BRANCH_SECRETARY, "HG-A-1")],
    "editor": [(Role.BRANCH_EDITOR, "HG-A-1")],
    "other secretary": [(Role.BRANCH_SECRETARY, "HG-B-1")],
    "reviewer of A": [(Role.COMMUNITY_REVIEWER, "HG-A")],
    "reviewer of B": [(Role.COMMUNITY_REVIEWER, "HG-B")],
    "both": [(Role.BRANCH_SECRETARY, "HG-A"), (Role.COMMUNITY_REVIEWER, "HG-A")],
    "everywhere": [(Role.BRANCH_SECRETARY, "HG-B-1"), (Role.COMMUNITY_REVIEWER, "HG"), (Role.STREET_REVIEWER, "HG")],
    "street": [(Role.STREET_REVIEWER, "HG")],
    "admin": [(Role.STREET_ADMIN, "HG")],
    "auditor": [(Role.AUDITOR, "HG")],
}
WORK = {Role.BRANCH_SECRETARY, Role.BRANCH_EDITOR}
MAY = {
    "save": WORK,
    "submit": {Role.BRANCH_SECRETARY},
    "declare": {Role.BRANCH_SECRETARY},
    "withdraw": {Role.BRANCH_SECRETARY},
    "review": {Role.COMMUNITY_REVIEWER},
    "reopen": {Role.STREET_REVIEWER},
    "extend": {Role.STREET_ADMIN, Role.STREET_REVIEWER},
    "accept": {Role.STREET_REVIEWER},
    "add evidence": WORK,
    "remove evidence": WORK,
    "enter record": WORK,
    "correct record": WORK,
    "withdraw record": {Role.BRANCH_SECRETARY},
}

Expected = type[Refusal] | None


@dataclass
class ItemModel:
    branch: str
    needs: bool
    state: str = "TODO"
    version: int = 1
    done_on: date | None = None
    summary: str = ""
    applies: bool = True
    prepared: set[str] = field(default_factory=set)
    reviewed: set[str] = field(default_factory=set)
    bound: tuple[Any, ...] = ()

    @property
    def owed(self) -> bool:
        return self.state in ("TODO", "IN_PROGRESS", "RETURNED")


@dataclass
class RecordModel:
    branch: str
    held_on: date
    title: str
    version: int = 1
    withdrawn: bool = False

    @property
    def content(self) -> tuple[Any, ...]:
        return str(self.held_on), self.title, self.withdrawn


@dataclass
class PieceModel:
    """`of`: an address, or the number of a record."""

    item: int
    of: str | int
    day: date
    title: str
    removed: bool = False


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
    records: dict[int, RecordModel] = field(default_factory=dict)
    pieces: dict[int, PieceModel] = field(default_factory=dict)
    moves: int = 0

    # --- who may, and when

    def reaches(self, who: str, branch: str, roles: set[Role] | None = None) -> bool:
        """Whether somebody holds a role (one of these) at the branch, or above it."""
        above = {branch, f"HG-{self.branches[branch].community}", "HG"}
        return any(place in above and (roles is None or role in roles) for role, place in WHO[who])

    def admits(self, verb: str, who: str, branch: str) -> Expected:
        if not self.reaches(who, branch):
            return NotFound
        return None if self.reaches(who, branch, MAY[verb]) else Forbidden

    def workable(self, branch: str) -> Expected:
        found = self.branches[branch]
        return Invalid if found.gone or not FIRST <= today() <= found.closes else None

    def fits(self, day: date | None) -> bool:
        return day is None or QUARTER[0] <= day <= min(today(), QUARTER[1])

    # --- evidence

    def standing(self, key: int) -> list[PieceModel]:
        return [piece for piece in self.pieces.values() if piece.item == key and not piece.removed]

    def stands_as(self, piece: PieceModel) -> tuple[Any, ...]:
        content = self.records[piece.of].content if isinstance(piece.of, int) else (piece.of, "", False)
        return *content, str(piece.day), piece.title

    def current(self, key: int) -> tuple[Any, ...]:
        """What an approval of this moment binds."""
        item = self.items[key]
        return item.done_on, item.summary, item.applies, sorted(map(self.stands_as, self.standing(key)))

    def is_stale(self, key: int) -> bool:
        return self.items[key].state == "APPROVED" and self.items[key].bound != self.current(key)

    def counts(self, piece: PieceModel) -> bool:
        if not isinstance(piece.of, int):
            return QUARTER[0] <= piece.day <= QUARTER[1]
        record = self.records[piece.of]
        return not record.withdrawn and QUARTER[0] <= record.held_on <= QUARTER[1]

    def lacks(self, key: int) -> bool:
        return self.items[key].needs and not any(map(self.counts, self.standing(key)))

    def is_clean(self, key: int) -> bool:
        return self.items[key].state == "SUBMITTED" and self.items[key].applies and not self.lacks(key)

    def resting_on(self, record: int) -> list[int]:
        """The items that are handed in with it."""
        found = {piece.item for piece in self.pieces.values() if piece.of == record and not piece.removed}
        return [key for key in found if not self.items[key].owed]

    # --- moves

    def put(self, item: ItemModel, state: str) -> None:
        self.moves += item.state != state
        item.state = state
        item.version += 1

    def judged(self, key: int, who: str, verdict: str) -> None:
        item, branch = self.items[key], self.branches[self.items[key].branch]
        item.reviewed.add(who)
        self.moves += item.state == verdict
        self.put(item, verdict)
        item.bound = self.current(key) if verdict == "APPROVED" else ()
        if verdict == "RETURNED" and branch.accepted:
            branch.accepted, branch.version = False, branch.version + 1

    def unfit(self, key: int, who: str, version: int, *, approve: bool = True) -> Expected:
        """Why somebody who may review cannot judge an item now."""
        item, branch = self.items[key], self.branches[self.items[key].branch]
        if branch.gone:
            return Invalid
        if version != item.version:
            return Conflict
        if item.state != "SUBMITTED" and not self.is_stale(key):
            return Invalid
        if who in item.prepared:
            return Forbidden
        return Invalid if not approve and today() > branch.closes else None

    # --- what the status of a day has to say

    def snapshot(self, day: date) -> dict[int, tuple[Any, ...]]:
        """Of every item, as things are now."""
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
