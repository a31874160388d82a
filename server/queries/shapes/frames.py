"""Where a row is looked at, and what the names in the SQL of its shape stand for there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from server.queries.shapes.parameters import Parameter, Today

if TYPE_CHECKING:
    from server.queries.shapes.rendering import Writer


@dataclass(frozen=True)
class Frame:
    """Where a row is looked at: its alias, and the day, of a call."""

    alias: str = ""
    day: Parameter = field(default_factory=Today)
    call: int = -1
    is_today: bool = True


@dataclass
class Beside:
    """The tables of what is always there beside a row."""

    joins: list[str] = field(default_factory=list)


class Names(dict[str, str]):
    """What the names in the SQL of a shape stand for; parameters are bound as they are met."""

    def __init__(
        self,
        writer: "Writer",
        frame: Frame,
        around: Frame | None,
        parameters: Mapping[str, Parameter],
        call: int,
        others: Mapping[str, str],
    ) -> None:
        super().__init__(t=frame.alias, p=around.alias if around else "", **others)
        self.writer, self.frame, self.parameters, self.call = writer, frame, parameters, call

    def __missing__(self, name: str) -> str:
        if name == "day":
            return self.writer.bind(self.frame.day, self.frame.call)
        return self.writer.bind(Today()) if name == "today" else self.writer.bind(self.parameters[name], self.call)
