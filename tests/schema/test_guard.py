"""The guard: what is too large is refused before it is validated, and weighing it takes linear work."""

import sys
from itertools import pairwise
from types import FrameType
from typing import Any

import pytest
from graphql import get_introspection_query, parse

from server.schema.guard import TooLarge, check
from tests.conftest import Figure
from tests.schema.conftest import Door, statements


def doubling(levels: int) -> str:
    """Each fragment spreads the next one twice: 2^levels fields for who walks them all."""
    spreads = [f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(levels)]
    return f"{{ ...f0 }} {' '.join(spreads)} fragment f{levels} on Query {{ __typename }}"


def nested(levels: int) -> str:
    """Fields, one inside the other."""
    return "{ a " * levels + "}" * levels


def looped(levels: int) -> str:
    spreads = [f"fragment f{n} on Query {{ ...f{(n + 1) % levels} }}" for n in range(levels)]
    return f"{{ ...f0 }} {' '.join(spreads)}"


TOO_LARGE = {
    "doubling fragments": doubling(80),
    "a fragment that spreads itself": "{ ...f } fragment f on Query { ...f }",
    "a ring of fragments": looped(50),
    "depth": nested(13),
    "great depth": nested(150),
    "absurd depth": nested(900),
    "deep values": "{ organization(code: " + "[" * 900 + "]" * 900 + ") { id } }",
    "aliases": "{ " + " ".join(f"a{n}: __typename" for n in range(16)) + " }",
    "fields": "{ " + "__typename " * 501 + "}",
    "directives": "{ " + "__typename @skip(if: false) " * 21 + "}",
    "operations": "query a { __typename } query b { __typename }",
    "tokens": "{ " + "__typename " * 1999 + "}",
}


@pytest.mark.parametrize("query", TOO_LARGE.values(), ids=TOO_LARGE)
async def test_too_large_is_refused_before_anything_is_asked(reader: Door, query: str) -> None:
    _ = await reader.data("{ __typename }")  # its use is noted, which the next minute need not do again
    with statements() as sent:
        answer = await reader.send(query)
    [error] = answer.json()["errors"]
    assert answer.status_code == 400
    assert error["extensions"]["code"] == "COST_EXCEEDED"
    assert len(sent) == 2  # who asks


@pytest.mark.parametrize(
    "query",
    [
        doubling(6),
        "{ " + " ".join(f"a{n}: __typename" for n in range(15)) + " }",
        "{ " + "__typename " * 500 + "}",
        "{ " + "__typename @skip(if: false) " * 20 + "}",
        get_introspection_query(),
    ],
)
async def test_what_is_large_enough_passes(reader: Door, query: str) -> None:
    assert "errors" not in (await reader.send(query)).json()


def work(query: str) -> int:
    """How many functions are called to weigh it."""
    document, calls = parse(query), 0

    def count(_frame: FrameType, event: str, _: Any) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        check(document)
    except TooLarge:
        pass
    finally:
        sys.setprofile(None)
    return calls


def test_the_work_grows_with_the_text_and_not_with_what_it_stands_for(figure: Figure) -> None:
    counts = [work(doubling(levels)) for levels in (10, 20, 40, 80)]
    figure(f"calls for 10, 20, 40, 80 doubling fragments: {counts}")
    for smaller, larger in pairwise(counts):
        assert larger < 2.2 * smaller
