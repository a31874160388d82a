"""The trail and the seals through GraphQL."""

from typing import Any

from server.models.tokens import ApiToken
from server.operations import seals, trail
from server.queries import trail as queries
from server.vocabulary import Role, TokenScope
from tests.acts.seals import close, quarter
from tests.cast import actor
from tests.clients import anyone, signed_in
from tests.conftest import Login
from tests.trails import exported, offline, public

TRAIL = """query($first: Int!, $after: String, $filter: TrailEntryFilter) {
  trail(first: $first, after: $after, filter: $filter) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { id deed accountName roles at path subjectKind subjectId before after place { position hash } } }
  }
}"""
CHECKPOINT = "{ trailCheckpoint { size root at keyId signature publicKey line } }"


async def asked(query: str, role: Role = Role.AUDITOR, **variables: Any) -> Any:
    async with signed_in(role) as client:
        return (await client.post("/graphql", json={"query": query, "variables": variables})).json()


async def test_the_trail_pages_and_filters(street: str) -> None:
    while await trail.sequence():
        pass
    first = (await asked(TRAIL, first=3, filter={"deed": "organization.established", "within": "HG-LY"}))["data"][
        "trail"
    ]
    nodes = [edge["node"] for edge in first["edges"]]
    assert {node["deed"] for node in nodes} == {"organization.established"}
    assert first["totalCount"] > 3
    assert all(len(node["place"]["hash"]) == 64 for node in nodes)
    cursor = first["pageInfo"]["endCursor"]
    second = await asked(TRAIL, first=3, after=cursor, filter={"deed": "organization.established", "within": "HG-LY"})
    assert not {n["id"] for n in nodes} & {e["node"]["id"] for e in second["data"]["trail"]["edges"]}
    none = await asked(TRAIL, first=3, filter={"until": "2001-01-01"})
    assert none["data"]["trail"]["totalCount"] == 0
    wrong = await asked(TRAIL, first=3, filter={"within": "NOWHERE"})
    assert wrong["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_the_checkpoint_is_the_one_that_verifies(street: str) -> None:
    assert (await asked(CHECKPOINT))["data"]["trailCheckpoint"] is None
    while await trail.sequence():
        pass
    found = (await asked(CHECKPOINT))["data"]["trailCheckpoint"]
    assert found["publicKey"] in public()
    assert found["line"] == await queries.newest_line()
    report = offline(await exported(), [found["publicKey"]], [f"{found['line']}\n".encode()])
    assert (report.root, report.entries) == (found["root"], found["size"])


async def test_only_auditors_ask(shared_street: str) -> None:
    for query, variables in ((TRAIL, {"first": 1}), (CHECKPOINT, {})):
        answer = await asked(query, Role.STREET_ADMIN, **variables)
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_token_needs_the_scope(street: str, logins: dict[str, Login]) -> None:
    bearer = {"authorization": f"Bearer {logins['SYSTEM'].token}"}
    query = {"query": "{ trail(first: 1) { totalCount } }"}
    async with anyone() as client:
        refused = (await client.post("/graphql", json=query, headers=bearer)).json()
        _ = await ApiToken.all().update(scopes=[TokenScope.TRAIL_READ])
        answer = (await client.post("/graphql", json=query, headers=bearer)).json()
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert answer["data"]["trail"]["totalCount"] > 100


async def test_seals_are_listed_with_what_has_changed(street: str) -> None:
    _ = await close()
    made = await seals.seal(await actor(Role.STREET_REVIEWER), seals.SealCycle(cycle=quarter(), organization="HG"))
    query = (
        "{ seals(first: 5) { totalCount edges { node { cycle { code } organization { code } items root changed } } } }"
    )
    found = (await asked(query))["data"]["seals"]
    assert found["totalCount"] == 1
    [edge] = found["edges"]
    assert edge["node"] == {
        "cycle": {"code": quarter()},
        "organization": {"code": "HG"},
        "items": 304,
        "root": made.root,
        "changed": [],
    }
