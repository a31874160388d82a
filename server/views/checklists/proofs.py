"""What shows that an item was done, as a page shows it to one reader, with what that reader has just sent about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from server.kit.messages import Message
from server.kit.refusals import Refusal
from server.queries.checklists import Around


@dataclass(frozen=True)
class Proof:
    """`typed` and `refusal` are of the `form` that was refused; `deed` is what was done, `complaints` what was not."""

    item: int = 0
    around: Around = field(default_factory=Around)
    form: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None
    deed: str = ""
    complaints: Sequence[Message] = ()

    @property
    def prefix(self) -> str:
        """Of the ids of the fields in the form that was refused."""
        kind, _, piece = self.form.partition("-")
        return f"p{piece}-" if kind == "remove" else f"{kind[:1]}i{self.item}-"

    def refused(self, form: str) -> Refusal | None:
        return self.refusal if form == self.form else None

    def value(self, form: str, name: str, otherwise: object = "") -> object:
        return self.typed.get(name, otherwise) if form == self.form else otherwise


NOTHING = Proof()
