"""Cycles and who is asking."""

import pytest

from server.vocabulary import Role
from tests.schema.conftest import Door, rows


@pytest.mark.parametrize("role", list(Role))
async def test_everyone_sees_the_cycle_of_a_branch_in_reach(reader: Door, role: Role) -> None:
    [row] = await rows("SELECT code, starts_on, due_on FROM cycle")
    query = "query($code: String!) { cycle(code: $code) { code startsOn dueOn } cycles(first: 5) { totalCount } }"
    data = await reader.data(query, role, code=row["code"])
    assert data["cycle"] == {
        "code": row["code"],
        "startsOn": row["starts_on"].isoformat(),
        "dueOn": row["due_on"].isoformat(),
    }
    assert data["cycles"]["totalCount"] == 1


@pytest.mark.parametrize("code", ["1999-Q1", "", "\x00", "\ud800", "😀"])
async def test_an_unknown_cycle_is_named(reader: Door, code: str) -> None:
    error = await reader.refusal("query($code: String!) { cycle(code: $code) { id } }", code=code)
    assert (error["extensions"]["code"], list(error["extensions"]["fields"])) == ("NOT_FOUND", ["cycle"])
