"""Cycles and who is asking."""

import pytest
from strawberry.utils.str_converters import to_camel_case

from server.schema.ids import global_id
from server.vocabulary import Role
from tests.acts.cycles import OPEN
from tests.schema.conftest import Door, rows

OPENED = {to_camel_case(name): value for name, value in OPEN.items()}


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


async def test_a_cycle_names_who_published_what_it_asks(door: Door) -> None:
    asked = "query($code: String!) { cycle(code: $code) { templateVersion { number publishedBy } } }"
    [template] = await rows("SELECT id FROM template")
    revise = "mutation($id: ID!) { reviseTemplate(input: {id: $id}) { id version } }"
    made = (await door.data(revise, id=global_id("Template", template["id"])))["reviseTemplate"]
    publish = "mutation($input: PublishTemplateInput!) { publishTemplate(input: $input) { number } }"
    _ = await door.data(publish, input={"id": made["id"], "expectedVersion": made["version"]})
    opened = "mutation($input: OpenCycleInput!) { openCycle(input: $input) { code } }"
    _ = await door.data(opened, input=OPENED)
    [person] = await rows("SELECT name FROM account WHERE login = $1", door.logins[Role.STREET_ADMIN].login)
    found = (await door.data(asked, code="NEXT"))["cycle"]["templateVersion"]
    assert found == {"number": 2, "publishedBy": person["name"]}


@pytest.mark.parametrize("code", ["1999-Q1", "", "\x00", "\ud800", "😀"])
async def test_an_unknown_cycle_is_named(reader: Door, code: str) -> None:
    error = await reader.refusal("query($code: String!) { cycle(code: $code) { id } }", code=code)
    assert (error["extensions"]["code"], list(error["extensions"]["fields"])) == ("NOT_FOUND", ["cycle"])
