"""What one statement answers is what the resolvers answer, to the byte, for every role."""

import re
from collections import Counter

import pytest

from server.kit import reading
from server.queries import accounts
from server.schema import ids
from server.vocabulary import Role
from tests.cast import actor
from tests.compiled.corpus import CORPUS, Question
from tests.compiled.engines import told
from tests.conftest import Figure


@pytest.mark.parametrize("question", CORPUS, ids=lambda question: question.text[:40])
async def test_both_say_the_same(shared_street: str, question: Question) -> None:
    """Also who was read is written down: the resolvers look one row further, to know whether there is a next page."""
    for role in Role:
        who, given = await actor(role), question.given()
        with reading.noting() as by_statement:
            one = await told(question.text, who, given, compiles=True)
        with reading.noting() as by_resolvers:
            other = await told(question.text, who, given, compiles=False)
        assert (one.text, one.errors) == (other.text, other.errors), role
        assert not one.is_compiled or shown(one.text) <= by_statement <= by_resolvers, role


def shown(text: str) -> set[int]:
    """The members whose ids are in an answer."""
    found = [ids.parsed(word) for word in re.findall('"([A-Za-z0-9+/]{8,}={0,2})"', text)]
    return {each.key for each in found if each and each.kind == "Member"}


async def test_the_figures(shared_street: str, figure: Figure) -> None:
    counted: Counter[bool] = Counter()
    for question in CORPUS:
        who = await actor(Role.STREET_ADMIN)
        counted[(await told(question.text, who, question.given(), compiles=True)).is_compiled] += 1
    figure(f"corpus: {len(CORPUS)} questions, {counted[True]} compiled for the street, 0 answers differ")
    assert len(CORPUS) >= 60
    assert counted[True] >= 40


async def test_whoever_has_nothing_reads_nothing(shared_street: str) -> None:
    """No grant at all: every scope is false."""
    who = await actor(Role.STREET_ADMIN)
    account = await accounts.find_by_login("street.admin")
    assert account is not None
    nobody = type(who)(account.id, account.name)
    for question in CORPUS:
        one = await told(question.text, nobody, question.given(), compiles=True)
        other = await told(question.text, nobody, question.given(), compiles=False)
        assert (one.text, one.errors) == (other.text, other.errors)
