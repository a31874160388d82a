"""What was expected and what was found, cell by cell."""

from dataclasses import dataclass, field

from tests.matrix.places import relation
from tests.matrix.readers import Reader
from tests.matrix.world import Target


@dataclass
class Ledger:
    """`leaks` are the cells in which the program did something else than the oracle says."""

    cells: int = 0
    leaks: list[str] = field(default_factory=list)
    relations: set[str] = field(default_factory=set)

    def cell(self, reader: Reader, thing: str, target: Target | None, expected: object, found: object) -> None:
        """One expectation, of one reader, about one thing in one relation and state."""
        self.cells += 1
        if target and reader.place:
            self.relations.add(relation(reader.place, target.place))
        if expected != found:
            self.leaks.append(f"{reader.name}: {thing}{told(reader, target)}: expected {expected}, found {found}")


def told(reader: Reader, target: Target | None) -> str:
    if target is None:
        return ""
    related = f"{relation(reader.place, target.place)} " if reader.place else ""
    return f" of {related}{target.kind} {target.key} at {target.place} ({target.state})"
