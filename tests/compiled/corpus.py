"""The questions of corpus.graphql, each with its variables."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from server.kit.clock import today


class Question(NamedTuple):
    text: str
    variables: str = "{}"

    def given(self) -> dict[str, Any]:
        """On the day of the test."""
        day = today()
        words = {"QUARTER": f"{day.year}-Q{(day.month + 2) // 3}", "TODAY": day, "TOMORROW": day + timedelta(days=1)}
        text = self.variables
        for word, value in words.items():
            text = text.replace(word, str(value))
        found: dict[str, Any] = json.loads(text)
        return found


def read() -> list[Question]:
    blocks = (Path(__file__).parent / "corpus.graphql").read_text(encoding="utf-8").strip().split("\n\n")
    found = []
    for block in blocks[1:]:
        *notes, text = block.splitlines()
        found.append(Question(text, *[note.removeprefix("# ") for note in notes]))
    return found


CORPUS = read()
