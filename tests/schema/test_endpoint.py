"""GraphQL over HTTP: methods, media types, statuses, and GraphQL's own shape for whatever goes wrong."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import Response

from server.vocabulary import Role
from tests.schema.conftest import GRAPHQL_RESPONSE, Door, everything

JSON = "application/json"
MUTATION = 'mutation { renameOrganization(input: {code: "HG", name: "新名", expectedVersion: 1}) { id } }'


def headers(door: Door, accept: str = GRAPHQL_RESPONSE, **others: str) -> dict[str, str]:
    return {
        "accept": accept,
        "accept-language": "en",
        "authorization": f"Bearer {door.logins[Role.STREET_ADMIN].token}",
        **others,
    }


async def post(door: Door, content: str | bytes, accept: str = GRAPHQL_RESPONSE, kind: str = JSON) -> Response:
    return await door.client.post(
        "/graphql", content=content, headers=headers(door, accept) | ({"content-type": kind} if kind else {})
    )


def refused(answer: Response, status: int) -> dict[str, Any]:
    """The only error of an answer that has no data."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert "data" not in body
    [error] = body["errors"]
    assert error["message"]
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"]
    found: dict[str, Any] = error
    return found


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE}; charset=utf-8, {JSON};q=0.9", GRAPHQL_RESPONSE),
        (JSON, JSON),
        ("*/*", JSON),
        ("", JSON),
    ],
)
async def test_the_media_type_is_the_one_that_was_asked_for(reader: Door, accept: str, media: str) -> None:
    answer = await post(reader, json.dumps({"query": "{ viewer { name } }"}), accept)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{media}; charset=utf-8"
    assert "街道管理员" in answer.text


@pytest.mark.parametrize("query", ["{", "{ nothing }", "query($n: Int!) { cycles(first: $n) { totalCount } }"])
async def test_what_fails_before_execution_has_no_data(reader: Door, query: str) -> None:
    """A status of its own is only for clients that know GraphQL's media type."""
    content = json.dumps({"query": query})
    assert refused(await post(reader, content), 400)["extensions"]["code"] == "INVALID"
    assert refused(await post(reader, content, JSON), 200)["extensions"]["code"] == "INVALID"


async def test_what_fails_in_execution_is_an_answer(reader: Door) -> None:
    answer = await post(reader, json.dumps({"query": '{ street(code: "X") { id } }'}))
    assert answer.status_code == 200
    assert answer.json()["data"] == {"street": None}


UNREADABLE = {
    "nothing": b"",
    "no JSON": b"{",
    "no UTF-8": b'{"query": "\xff"}',
    "NaN digits": b'{"query": "{ __typename }", "variables": ' + b"9" * 5000 + b"}",
    "nested": b"[" * 100_000,
    "a text": b'"{ __typename }"',
    "a number": b"5",
    "null": b"null",
    "a batch": b'[{"query": "{ __typename }"}]',
    "no query": b"{}",
    "null query": b'{"query": null}',
    "empty query": b'{"query": ""}',
    "number for a query": b'{"query": 5}',
    "list of variables": b'{"query": "{ __typename }", "variables": []}',
    "text for variables": b'{"query": "{ __typename }", "variables": "x"}',
    "object for a name": b'{"query": "{ __typename }", "operationName": {}}',
    "text for extensions": b'{"query": "{ __typename }", "extensions": "x"}',
    "unknown operation": b'{"query": "query a { __typename }", "operationName": "b"}',
    "only a fragment": b'{"query": "fragment f on Query { __typename }"}',
}


@pytest.mark.parametrize("accept", [GRAPHQL_RESPONSE, JSON])
@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
async def test_what_is_no_request_is_a_400(reader: Door, content: bytes, accept: str) -> None:
    assert refused(await post(reader, content, accept), 400)["extensions"]["code"] == "INVALID"


@pytest.mark.parametrize("kind", ["text/plain", "application/graphql", "application/xml"])
async def test_only_json_is_taken(reader: Door, kind: str) -> None:
    assert refused(await post(reader, '{"query": "{ __typename }"}', kind=kind), 415)


async def test_forms_are_refused_at_the_entrance(reader: Door) -> None:
    """Multipart could come from a page of somebody else's; with a token it is still not JSON."""
    answer = await reader.client.post(
        "/graphql", data={"operations": '{"query": "{ __typename }"}'}, files={"0": b"x"}, headers=headers(reader)
    )
    _ = refused(answer, 415)


async def test_a_body_has_at_most_256_kib(reader: Door) -> None:
    long = json.dumps({"query": "{ __typename }", "variables": {"x": "x" * 300_000}}).encode()
    assert (await post(reader, long)).status_code == 413

    async def in_pieces() -> AsyncIterator[bytes]:
        yield long

    answer = await reader.client.post(
        "/graphql", content=in_pieces(), headers=headers(reader, **{"content-type": JSON})
    )
    assert refused(answer, 413)["extensions"]["code"] == "INVALID"


async def test_a_get_may_only_query(reader: Door) -> None:
    parameters = {"query": "query($c: String!) { organization(code: $c) { code } }", "variables": '{"c": "HG"}'}
    answer = await reader.client.get("/graphql", params=parameters, headers=headers(reader))
    assert answer.json() == {"data": {"organization": {"code": "HG"}}}
    before = await everything()
    answer = await reader.client.get("/graphql", params={"query": MUTATION}, headers=headers(reader))
    assert refused(answer, 405)["message"] == "A GET can only query; send a mutation by POST."
    assert answer.headers["allow"] == "GET, POST"
    assert await everything() == before


@pytest.mark.parametrize("parameters", [{}, {"query": ""}, {"query": "{ __typename }", "variables": "{"}])
async def test_an_unreadable_get_is_a_400(reader: Door, parameters: dict[str, str]) -> None:
    """Also for a browser, which gets no GraphiQL."""
    for accept in (GRAPHQL_RESPONSE, "text/html"):
        _ = refused(await reader.client.get("/graphql", params=parameters, headers=headers(reader, accept)), 400)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_other_methods_are_refused(reader: Door, method: str) -> None:
    answer = await reader.client.request(method, "/graphql", headers=headers(reader))
    _ = refused(answer, 405)
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize("token", ["x", "qj_000000000000_" + "0" * 72, ""])
async def test_an_unknown_token_is_a_401_in_graphqls_shape(reader: Door, token: str) -> None:
    answer = await reader.client.post(
        "/graphql",
        json={"query": "{ __typename }"},
        headers={"authorization": f"Bearer {token}", "accept": GRAPHQL_RESPONSE},
    )
    assert refused(answer, 401)["extensions"]["code"] == "UNAUTHENTICATED"
    assert answer.headers["content-type"].startswith(GRAPHQL_RESPONSE)


async def test_half_a_pair_in_an_answer_is_still_json(door: Door) -> None:
    answer = await door.send("query($c: String!) { organization(code: $c) { id } }", c="\ud83d")
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_one_refusal_leaves_the_other_answers(reader: Door) -> None:
    query = '{ viewer { locale } a: organization(code: "NOWHERE") { id } b: organization(code: "HG") { code } }'
    answer = (await reader.send(query)).json()
    assert answer["data"] == {"viewer": {"locale": "en"}, "a": None, "b": {"code": "HG"}}
    assert [error["path"] for error in answer["errors"]] == [["a"]]
