"""What comes before both doors: odd headers are refused in words, and never break anything."""

import pytest

from tests.clients import anyone

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("origin", ["http://[", "null", "https://elsewhere.example", "http://qiangji.test.evil", "é"])
@pytest.mark.parametrize("path", ["/login", "/graphql"])
async def test_a_form_from_elsewhere_is_refused(shared_street: str, path: str, origin: str) -> None:
    headers = {b"origin": origin.encode("latin-1"), b"content-type": FORM.encode()}
    async with anyone() as client:
        answer = await client.post(path, content="login=auditor&password=x", headers=headers)
    assert answer.status_code == 403
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("length", ["9" * 5000, "9" * 30, "300000"])
async def test_a_body_that_says_it_is_too_large_is_refused(shared_street: str, length: str) -> None:
    async with anyone() as client:
        answer = await client.post("/login", content=b"x", headers={"content-length": length, "content-type": FORM})
    assert answer.status_code == 413


@pytest.mark.parametrize("authorization", ["Bearer", "Bearer x", "Basic YTpi", "Bearer qj_0_0", "\x80"])
async def test_an_unknown_credential_is_refused_at_both_doors(shared_street: str, authorization: str) -> None:
    headers = {b"authorization": authorization.encode("latin-1")}
    async with anyone() as client:
        api = await client.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
        page = await client.get("/organizations", headers=headers)
    assert (api.status_code, api.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    assert (page.status_code, page.headers["location"]) == (303, "/login?next=/organizations")


async def test_health_is_open_to_all(shared_street: str) -> None:
    async with anyone() as client:
        assert (await client.get("/healthz")).text == "alive\n"
        assert (await client.get("/readyz")).text == "ready\n"
