"""What people type stays what it is: in a page, a query, a file, an address."""

import html
from typing import Any

import pytest

from server.models.organizations import Organization
from server.operations.organizations import acts
from server.operations.organizations.drafts import Rename
from server.vocabulary import Role
from tests.cast import actor, deeds
from tests.clients import HTMX, anyone, signed_in

EVIL = "<img src=x onerror=alert(1)>'\"&{{7*7}}"
FORMULAS = ["=1+1", "+1", "-1", "@x", "\t=1"]


@pytest.fixture
async def named(street: str) -> str:
    """The street has a place with a hostile name."""
    admin = await actor(Role.STREET_ADMIN)
    place = await Organization.get(code="HG-LY-01-ZB")
    _ = await acts.rename(admin, place.code, Rename(name=EVIL, expected_version=place.version))
    return EVIL


@pytest.mark.parametrize(
    "path", ["/organizations/HG-LY-01-ZB", "/organizations", "/matrix", "/organizations/HG-LY/below"]
)
async def test_a_name_is_shown_as_text(named: str, path: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        for headers in ({}, HTMX):
            text = (await browser.get(path, headers=headers)).text
            assert "<img src=x" not in text
            assert "49" not in text.partition(html.escape("<img src=x"))[2][:60]
        page = (await browser.get("/organizations/HG-LY-01-ZB")).text
        assert html.escape(named, quote=True).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in page


@pytest.mark.parametrize(
    "address", ["/matrix?within={}", "/organizations/{}", "/organizations?search={}", "/login?next={}"]
)
async def test_what_an_address_says_is_shown_as_text(shared_street: str, address: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser, anyone() as visitor:
        for client in (browser, visitor):
            answer = await client.get(address.format("%3Cscript%3Ecanary%3C/script%3E%22onload=%22x"))
            assert answer.status_code < 500
            assert "<script>canary" not in answer.text
            assert '"onload=' not in answer.text


SQL = [
    "' OR 1=1 --",
    "'; DROP TABLE trail; --",
    "%' UNION SELECT password_hash FROM account --",
    "\\",
    "%",
    "_",
    "$1",
    "{}",
]


@pytest.mark.parametrize("typed", SQL)
async def test_a_search_finds_only_what_is_named(shared_street: str, typed: str) -> None:
    roster = "/organizations/HG-LY-01-ZB/members"
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        before = await deeds()
        answer = await browser.get(roster, params={"search": typed}, headers=HTMX)
        absent = await browser.get(roster, params={"search": "不存在的人"}, headers=HTMX)
        assert answer.status_code in (200, 422)
        assert answer.text.count("<tr") <= max(1, absent.text.count("<tr"))
        assert "argon2" not in answer.text
        found = await browser.post(
            "/graphql",
            json={
                "query": "query($code: String!) { organization(code: $code) { id } }",
                "variables": {"code": typed},
            },
        )
        assert found.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"
        assert await deeds() == before


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_table_program_computes_nothing(formula: str) -> None:
    from server.kit.sheets import Sheet, as_csv

    line = as_csv(Sheet("t", ["a"], [[formula]])).decode("utf-8-sig").splitlines()[-1].strip('"')
    assert line.startswith("'")


EXTRA: dict[str, Any] = {
    "id": 1,
    "path": "/",
    "version": 99,
    "kind": "STREET",
    "is_demonstration": True,
    "dissolved_on": "2020-01-01",
}


async def test_a_form_changes_only_the_fields_it_is_for(street: str) -> None:
    before = await Organization.get(code="HG-LY-01-ZB").values()
    typed = {"name": "深坑新居民小组党支部", "expected_version": str(before["version"])}
    async with signed_in(Role.STREET_ADMIN) as browser:
        answer = await browser.post(
            "/organizations/HG-LY-01-ZB/rename", data=typed | {k: str(v) for k, v in EXTRA.items()}
        )
        assert answer.status_code == 303
    after = await Organization.get(code="HG-LY-01-ZB").values()
    assert {name for name in after if after[name] != before[name]} <= {
        "name",
        "party_name",
        "version",
        "pinyin",
        "search",
    }
    assert after["version"] == before["version"] + 1


async def test_an_input_has_no_other_fields(shared_street: str) -> None:
    query = "mutation($i: RenameOrganizationInput!) { renameOrganization(input: $i) { id } }"
    given = {"code": "HG", "name": "新", "expectedVersion": 1, "path": "/"}
    async with signed_in(Role.STREET_ADMIN) as browser:
        answer = await browser.post("/graphql", json={"query": query, "variables": {"i": given}})
    assert answer.json()["errors"][0]["extensions"]["code"] == "INVALID"


async def test_an_account_tells_only_its_name(shared_street: str) -> None:
    """No type of the schema has a field that holds a secret."""
    from server.schema import schema

    text = schema.as_str().lower()
    assert not [
        word
        for word in ("passwordhash", "secrethash", "keyhash", "totp:", "idnumberindex", "phoneindex")
        if word in text
    ]
