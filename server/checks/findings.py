"""What a check has found: what is wrong, and what to do."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """`name` says what it is about; a finding that `refuses` keeps production from being served."""

    name: str
    wrong: str
    remedy: str
    refuses: bool = True

    def __str__(self) -> str:
        return f"{'REFUSED' if self.refuses else 'WARNING'}  {self.name}: {self.wrong}. Remedy: {self.remedy}."


def warning(name: str, wrong: str, remedy: str) -> Finding:
    return Finding(name, wrong, remedy, refuses=False)
