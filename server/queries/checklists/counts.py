"""What is counted: items by state, those left out and why, what is owed and what the clock says of it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from server.models.checklists import OWED
from server.vocabulary import Exclusion, ItemState, Timeliness

K = TypeVar("K", bound=Hashable)

OVERDUE = (Timeliness.LATE, Timeliness.MISSED)


@dataclass(frozen=True)
class Cell:
    """One item on one day: what it was, what the clock said of it, and why it is left out of ratios, if it is."""

    item_id: int
    branch_id: int
    measure_id: int
    state: ItemState
    checklist_id: int
    path: str
    not_applicable: bool = False
    clock: Timeliness = Timeliness.ON_TIME
    exclusion: Exclusion | None = None
    gone_on: date | None = None
    """The day on which its branch was dissolved, if it was by then."""
    since: date | None = None
    """Since when somebody has had to act on it; None for what is approved, or was not asked for."""

    @property
    def mark(self) -> ItemState | Exclusion:
        """What a table shows of it: why it is left out, else its state."""
        return self.exclusion or self.state

    @property
    def is_open(self) -> bool:
        """Counted, and not approved."""
        return self.exclusion is None and self.state is not ItemState.APPROVED

    @property
    def is_owed(self) -> bool:
        return self.exclusion is None and self.state in OWED


@dataclass(frozen=True)
class Tally:
    """Items counted. `every` = `due` + `excluded`, `due` = `approved` + `open`; `states` are of those that are due."""

    states: Counter[ItemState]
    clocks: Counter[Timeliness] = field(default_factory=Counter)
    """What the clock says of those that are owed."""
    exclusions: Counter[Exclusion] = field(default_factory=Counter)

    @property
    def by_state(self) -> list[tuple[ItemState, int]]:
        return [(state, self.states[state]) for state in ItemState]

    @property
    def by_exclusion(self) -> list[tuple[Exclusion, int]]:
        return [(why, self.exclusions[why]) for why in Exclusion]

    @property
    def every(self) -> int:
        return self.due + self.excluded

    @property
    def excluded(self) -> int:
        return sum(self.exclusions.values())

    @property
    def due(self) -> int:
        """The denominator."""
        return sum(self.states.values())

    @property
    def owed(self) -> int:
        """The branch has to act next."""
        return sum(self.states[state] for state in OWED)

    @property
    def done(self) -> int:
        """Handed in, reviewed or not."""
        return self.due - self.owed

    @property
    def approved(self) -> int:
        """The numerator."""
        return self.states[ItemState.APPROVED]

    @property
    def open(self) -> int:
        return self.due - self.approved

    @property
    def late(self) -> int:
        return self.clocks[Timeliness.LATE]

    @property
    def missed(self) -> int:
        return self.clocks[Timeliness.MISSED]

    @property
    def worst(self) -> Timeliness:
        """The worst that the clock says of anything owed."""
        order = (Timeliness.MISSED, Timeliness.LATE, Timeliness.DUE_SOON)
        return next((clock for clock in order if self.clocks[clock]), Timeliness.ON_TIME)

    @property
    def ratio(self) -> float | None:
        """Approved of due; None where nothing is due."""
        return self.approved / self.due if self.due else None

    @property
    def rounded(self) -> float | None:
        """The ratio as programs are told it."""
        return None if self.ratio is None else round(self.ratio, 4)


def tally(cells: Iterable[Cell]) -> Tally:
    states: Counter[ItemState] = Counter()
    clocks: Counter[Timeliness] = Counter()
    exclusions: Counter[Exclusion] = Counter()
    for cell in cells:
        if cell.exclusion:
            exclusions[cell.exclusion] += 1
            continue
        states[cell.state] += 1
        if cell.is_owed:
            clocks[cell.clock] += 1
    return Tally(states, clocks, exclusions)


def tallies(cells: Iterable[Cell], by: Callable[[Cell], K]) -> dict[K, Tally]:
    """Counted apart for each key that `by` finds."""
    groups: dict[K, list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[by(cell)].append(cell)
    return {key: tally(group) for key, group in groups.items()}


NOTHING = tally(())
"""What is counted where there is nothing."""
