"""One statement whatever is asked, the scope on every row, plans that are kept and let go."""

from dataclasses import replace

import pytest

from server.queries.compiled import SHAPES, Asked, Plan, Uncompilable
from server.queries.shapes.rendering import statement
from server.schema import compiled
from server.vocabulary import Role
from tests.cast import actor
from tests.compiled.corpus import CORPUS
from tests.compiled.engines import told
from tests.conftest import Figure
from tests.schema.conftest import statements


async def test_it_is_one_statement_whatever_is_asked(shared_street: str, figure: Figure) -> None:
    who, compiled_ones = await actor(Role.STREET_ADMIN), 0
    for question in CORPUS:
        with statements() as sent:
            one = await told(question.text, who, question.given(), compiles=True)
        assert not one.is_compiled or len(sent) == 1, question
        compiled_ones += one.is_compiled
    figure(f"compiled: {compiled_ones} questions, each in 1 statement")


async def test_a_shape_without_a_scope_does_not_compile(shared_street: str) -> None:
    """A place that nobody's reach is asked of, and rows that have no place."""
    who = await actor(Role.AUDITOR)
    plan = Plan((Asked("street", "street", of={"Street": (Asked("name", "name"),)}),))
    street = SHAPES["Street"]
    for broken in (replace(street, model=None), replace(street, places=())):
        with pytest.raises(Uncompilable):
            _ = statement({**SHAPES, "Street": broken}, plan, who)
    kept = statement(SHAPES, plan, who)
    assert "path >=" in kept.sql


async def test_every_shape_names_the_places_that_decide(shared_street: str) -> None:
    for name, shape in SHAPES.items():
        assert (shape.model is None) == (not shape.places), name
        assert all("{t}" in place.path for place in shape.places), name


async def test_plans_are_kept_and_no_more_than_so_many(shared_street: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same text is planned once for everybody with the same roles; the oldest plan goes first."""
    monkeypatch.setattr(compiled, "MOST_PLANS", 3)
    plans = compiled.Plans()
    monkeypatch.setattr(compiled, "PLANS", plans)
    who = await actor(Role.AUDITOR)
    for _ in range(2):
        for code in ("HG", "HG-LY"):
            query = "query($code: String!) { organization(code: $code) { name } }"
            assert (await told(query, who, {"code": code}, compiles=True)).is_compiled
    assert len(plans.known) == 1
    for number in range(5):
        text = f'{{ a{number}: organization(code: "HG") {{ name }} }}'
        assert (await told(text, who, {}, compiles=True)).is_compiled
    assert len(plans.known) == 3
