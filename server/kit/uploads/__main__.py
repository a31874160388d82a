"""Judges one upload in a process of its own: two paths in, one line of JSON out."""

import json
import sys
from pathlib import Path
from typing import Any

from server.kit.messages import Message
from server.kit.refusals import Invalid
from server.kit.uploads.judging import confine, judge


def answer(source: Path, target: Path) -> dict[str, Any]:
    try:
        return {"kind": judge(source, target).name}
    except Invalid as refusal:
        return {"refused": packed(refusal.message)}


def packed(message: Message) -> dict[str, Any]:
    params = {k: packed(v) if isinstance(v, Message) else v for k, v in message.params.items()}
    return {"text": message.text, "params": params}


if __name__ == "__main__":
    confine()
    print(json.dumps(answer(*map(Path, sys.argv[1:]))))
