"""No form of somebody else's is done: every form of ours carries a token that only its own browser knows."""

import re

import pytest
from httpx import AsyncClient
from starlette.routing import Route

from server import views
from server.models.checklists import ChecklistItem
from server.views import csrf
from server.views.pages import TEMPLATES
from server.vocabulary import Role
from tests.cast import deeds
from tests.clients import HTMX, anyone, credentials, signed_in, token_in
from tests.conftest import Figure, Login

POSTED = sorted(
    {route.path for route in views.routes if isinstance(route, Route) and not (route.methods or set()) <= csrf.READING}
)
NONE = {"x-csrf-token": ""}
STALE = "This page is no longer current"


def filled(path: str) -> str:
    return re.sub(r"{\w+}", "1", path)


def test_every_view_that_takes_a_form_is_guarded() -> None:
    takers = [route for route in views.routes if isinstance(route, Route) and route.path in POSTED]
    unguarded = [r.path for r in takers if "POST" in (r.methods or ()) and not hasattr(r.endpoint, "__wrapped__")]
    assert unguarded == []
    assert not {method for route in takers for method in route.methods or ()} - {"GET", "HEAD", "POST"}


def test_every_form_of_every_template_is_one_that_gets_the_token() -> None:
    for file in TEMPLATES.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert len(re.findall(r"method\s*=\s*[\"']?post", text, re.IGNORECASE)) == len(csrf.FORM.findall(text)), file
        for attribute in re.findall(r"data-hx-(?:post|put|patch|delete)", text):
            assert attribute == "data-hx-post"
            assert text.index("<form") < text.index(attribute), file


async def test_without_the_token_nothing_is_done(shared_street: str, figure: Figure) -> None:
    async with signed_in(Role.STREET_ADMIN) as mine, signed_in(Role.AUDITOR) as other:
        before, foreign = await deeds(), await other.token()
        for path in POSTED:
            for wrong in ("", "x", "é", foreign, "0" * 64):
                headers = {b"x-csrf-token": wrong.encode("latin-1")}
                answer = await mine.post(filled(path), data={"csrf": wrong, "locale": "zh"}, headers=headers)
                assert answer.status_code == 403, path
                assert STALE in answer.text
        assert await deeds() == before
    figure(f"{len(POSTED)} addresses take a form; each refuses it without the token of its page")


@pytest.mark.parametrize("kind", ["data", "files"])
async def test_the_field_of_the_form_is_enough(street: str, kind: str) -> None:
    async with anyone() as browser:
        typed = credentials(Role.AUDITOR) | {"csrf": token_in(await browser.get("/login"))}
        sent = {kind: typed if kind == "data" else {name: (None, value) for name, value in typed.items()}}
        answer = await browser.request("POST", "/login", headers=NONE, **sent)  # type: ignore[arg-type]
        assert answer.status_code == 303


async def test_a_visitor_needs_the_cookie_that_the_token_was_made_from(street: str) -> None:
    async with anyone() as browser, anyone() as other:
        typed = credentials(Role.AUDITOR) | {"csrf": token_in(await other.get("/login"))}
        assert (await browser.post("/login", data=typed, headers=NONE)).status_code == 403
        other.cookies.clear()
        assert (await other.post("/login", data=typed, headers=NONE)).status_code == 403


async def test_the_token_changes_when_somebody_comes_in_and_differs_between_sessions(street: str) -> None:
    async with anyone() as browser:
        visitors = await browser.token()
        _ = await browser.post("/login", data=credentials(Role.AUDITOR))
        assert (await browser.post("/logout", headers={"x-csrf-token": visitors})).status_code == 403
        first = await browser.token()
    async with signed_in(Role.AUDITOR) as again:
        assert len({visitors, first, await again.token()}) == 3


async def every_form_has_it(browser: AsyncClient, address: str) -> int:
    text = (await browser.get(address, follow_redirects=True)).text
    forms = re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL)
    assert all(form.count('name="csrf"') == 1 for form in forms)
    return len(forms)


async def test_the_forms_of_the_pages_carry_it(shared_street: str) -> None:
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        for address in ("/", "/organizations/HG-LY-01-ZB/members/enrol", "/nowhere"):
            assert await every_form_has_it(browser, address) >= 2
        block = await browser.get("/organizations/HG-LY-01-ZB/members/enrol", headers=HTMX)
        assert block.text.count('name="csrf"') == 1
        item = await ChecklistItem.get(checklist__branch__code="HG-LY-01-ZB", measure__number=1)
        assert await every_form_has_it(browser, f"/checklists/{item.checklist_id}") >= 3


async def test_a_refused_form_tells_how_to_go_on(shared_street: str) -> None:
    path = "/organizations/HG-LY-01-ZB/members/enrol"
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        page = await browser.post(path, data={"name": "曾试验"}, headers=NONE)
        assert page.status_code == 403
        assert "What you typed still stands in the form" in page.text
        assert f'<a class="btn btn-primary" href="{path}">' in page.text
        block = await browser.post(path, data={"name": "曾试验"}, headers=HTMX | NONE)
        assert (block.status_code, block.headers["hx-retarget"]) == (403, "#notice")
        assert "<html" not in block.text
    async with signed_in(Role.BRANCH_SECRETARY, "zh") as browser:
        assert "请重新打开" in (await browser.post(path, data={}, headers=NONE)).text


async def test_a_bearer_token_needs_no_other(street: str, logins: dict[str, Login]) -> None:
    bearer = {"authorization": f"Bearer {logins[Role.BRANCH_SECRETARY].token}", "x-csrf-token": ""}
    async with anyone() as client:
        answer = await client.post("/organizations/HG-LY-01-ZB/members/enrol", data={"name": ""}, headers=bearer)
    assert answer.status_code == 422


MUTATION = {"query": "mutation { __typename }"}


@pytest.mark.parametrize("elsewhere", [{"origin": "https://evil.test"}, {"sec-fetch-site": "cross-site"}])
async def test_graphql_by_cookie_is_for_our_own_pages(shared_street: str, elsewhere: dict[str, str]) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        assert (await browser.post("/graphql", json={"query": "{ viewer { name } }"})).json()["data"]["viewer"]
        assert (await browser.post("/graphql", json=MUTATION, headers=elsewhere)).status_code == 403


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_graphql_takes_nothing_that_a_form_can_send(shared_street: str, kind: str) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        answer = await browser.post("/graphql", content='{"query": "{ __typename }"}', headers={"content-type": kind})
    assert answer.status_code == 415


async def test_nothing_is_changed_by_asking_for_a_page(shared_street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        before = await deeds()
        query = {"query": 'mutation { renameOrganization(input: {code: "HG", name: "x", expectedVersion: 1}) { id } }'}
        assert (await browser.get("/graphql", params=query)).status_code == 405
        for path in POSTED:
            answer = await browser.get(filled(path), params={"name": "新的名称", "expected_version": "1"})
            assert answer.status_code in (200, 303, 403, 404, 405), path
        assert await deeds() == before
