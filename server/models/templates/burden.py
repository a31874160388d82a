"""How long a checklist keeps a branch busy: estimated minutes times how often, a month."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from server.models.templates.wording import MeasureWords
from server.vocabulary import Frequency

TIMES_A_MONTH = {Frequency.MONTHLY: Fraction(1), Frequency.QUARTERLY: Fraction(1, 3), Frequency.YEARLY: Fraction(1, 12)}


@dataclass(frozen=True)
class Burden:
    """`minutes`: of one branch in one month, exactly; `budget`: how many it may be; `branches`: how many carry it."""

    minutes: Fraction
    not_estimated: tuple[int, ...] = ()
    """Numbers of measures that count nothing, because nobody has said how long they take."""
    branches: int = 0
    budget: int | None = None

    @property
    def in_all(self) -> Fraction:
        """Of all the branches in one month."""
        return self.minutes * self.branches

    @property
    def is_over(self) -> bool:
        return self.budget is not None and self.minutes > self.budget

    @property
    def shown(self) -> Decimal:
        return rounded(self.minutes)

    @property
    def shown_in_all(self) -> Decimal:
        return rounded(self.in_all)

    @property
    def hours_in_all(self) -> Decimal:
        return rounded(self.in_all / 60)

    @property
    def shown_over(self) -> Decimal:
        """By how much it is above the budget; nothing if it is not."""
        return rounded(self.minutes - self.budget) if self.budget is not None and self.is_over else Decimal(0)


def burden(measures: Iterable[MeasureWords], branches: int = 0, budget: int | None = None) -> Burden:
    measures = list(measures)
    minutes = sum((a_month(measure) for measure in measures), Fraction(0))
    unknown = tuple(measure.number for measure in measures if measure.estimated_minutes is None)
    return Burden(minutes, unknown, branches, budget)


def a_month(measure: MeasureWords) -> Fraction:
    """The minutes that a measure takes in a month, on average."""
    return (measure.estimated_minutes or 0) * TIMES_A_MONTH[measure.frequency]


def rounded(minutes: Fraction) -> Decimal:
    """To a tenth, half up; a whole number without its nought. What is there at all is never shown as nothing."""
    exact = Decimal(minutes.numerator) / Decimal(minutes.denominator)
    tenth = exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
    if not tenth and minutes:
        return Decimal("0.1")
    return tenth.quantize(Decimal(1)) if tenth == tenth.to_integral_value() else tenth
