"""The pages on accounts, grants and tokens: who sees them, what they show once, what they offer."""

import re
from datetime import timedelta

import pytest
from httpx import AsyncClient

from server.kit.clock import today
from server.kit.secrets import digest
from server.models.accounts import Account, AccountLink
from server.models.grants import Grant
from server.models.tokens import ApiToken
from server.vocabulary import Role
from tests.clients import HTMX, signed_in

ADMINISTRATION = ["/accounts", "/grants", "/tokens"]
FORMS = ["/accounts/invite", "/grants/give", "/tokens/issue"]
KEEPERS = (Role.SECURITY_ADMIN, Role.STREET_ADMIN)


@pytest.mark.parametrize("role", list(Role)[:-1])
async def test_the_pages_are_for_those_who_look_after_accounts(shared_street: str, role: Role) -> None:
    async with signed_in(role) as browser:
        found = [(await browser.get(path)).status_code for path in ADMINISTRATION + FORMS]
        home = await browser.get("/")
    assert ('href="/accounts"' in home.text) == (role in KEEPERS)
    gives = 200 if role in KEEPERS else 403
    invites = 200 if role is Role.SECURITY_ADMIN else 403
    assert found == [gives, gives, gives, invites, gives, invites]


async def shown(browser: AsyncClient, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status_code == 200, path
    return answer.text


async def test_accounts_are_found_by_name_login_and_state(shared_street: str) -> None:
    async with signed_in(Role.SECURITY_ADMIN) as browser:
        whole = await shown(browser, "/accounts")
        assert "Accounts: 31" in whole
        assert "深坑支部书记（示例）" in whole
        found = await shown(browser, "/accounts?search=深坑")
        assert ("Accounts: 2" in found, "六约社区审核员" in found) == (True, False)
        assert "Accounts: 24" in await shown(browser, "/accounts?state=PENDING")
        assert "No account fits" in await shown(browser, "/accounts?search=nobody&state=DISABLED")
        wrong = await browser.get("/accounts?search=%00")
        assert (wrong.status_code, "U+0000" in wrong.text) == (422, True)
        assert (await browser.get("/accounts?after=x")).status_code == 422
        block = (await browser.get("/accounts?search=深坑", headers=HTMX)).text
        assert block.strip().startswith('<div class="card" id="list">')
        own = re.search(r"安全管理员（示例）</a>.*?<time", whole, re.DOTALL)
        assert own, "who has just signed in is shown with the moment"


async def test_an_account_shows_what_it_holds(shared_street: str) -> None:
    account = await Account.get(login="branch.editor")
    async with signed_in(Role.SECURITY_ADMIN) as browser:
        page = await shown(browser, f"/accounts/{account.id}")
        own = await Account.get(login="security.admin")
        itself = await shown(browser, f"/accounts/{own.id}")
        assert (await browser.get("/accounts/99999999")).status_code == 404
    for part in ("branch.editor", "Branch editor", "API", "/grants/", f"/accounts/{account.id}/disable"):
        assert part in page
    assert f"/accounts/{own.id}/disable" not in itself
    async with signed_in(Role.STREET_ADMIN) as browser:
        page = await shown(browser, f"/accounts/{account.id}")
        assert ("/disable" in page, "/revoke" in page, "/end" in page) == (False, False, True)
        assert (await browser.get(f"/accounts/{account.id}/disable")).status_code == 403


async def test_a_link_is_shown_once(street: str) -> None:
    person = {"login": "new.person", "name": "新来的人", "role": "AUDITOR", "organization": "HG"}
    async with signed_in(Role.SECURITY_ADMIN) as browser:
        answer = await browser.post("/accounts/invite", data=person)
        [key] = re.findall(r"http://qiangji.test/join/([0-9a-f]{64})", answer.text)
        made = await Account.get(login="new.person")
        assert [link.key_hash for link in await AccountLink.filter(account_id=made.id)] == [digest(key)]
        page = await shown(browser, f"/accounts/{made.id}")
        assert ("Invitation" in page, key in page) == (True, False)
        block = await browser.post(f"/accounts/{made.id}/reset", data={"expected_version": "1"}, headers=HTMX)
        assert block.text.strip().startswith('<div class="card form-card" id="form">')
        assert "/join/" in block.text
        answer = await browser.post("/accounts/invite", data=person | {"login": "feed", "role": "SYSTEM"})
        assert ("/join/" in answer.text, "never signs in" in answer.text) == (False, True)


async def test_what_was_typed_is_kept_when_it_is_refused(shared_street: str) -> None:
    typed = {"account": "branch.editor", "role": "AUDITOR", "organization": "HG", "until": "2999-12-31"}
    async with signed_in(Role.SECURITY_ADMIN) as browser:
        answer = await browser.post("/grants/give", data=typed)
        assert answer.status_code == 422
        for part in ('value="branch.editor" selected', 'value="AUDITOR" selected', 'value="2999-12-31"'):
            assert part in answer.text
        typed = {"account": "district.system", "organization": "HG", "name": "数据", "expires_on": "2999-01-01"}
        answer = await browser.post("/tokens/issue", data=typed | {"scopes": ["organizations:read", "members:read"]})
        assert answer.status_code == 422
        for part in ('value="members:read" checked', 'value="organizations:read" checked', 'id="expires_on-complaint"'):
            assert part in answer.text
        assert 'value="trail:read" checked' not in answer.text


async def test_a_form_offers_only_what_may_be_given(shared_street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        page = await shown(browser, "/grants/give")
    offered = set(re.findall(r'<option value="([A-Z_]+)"', page)) & {role.value for role in Role}
    assert offered == {"STREET_REVIEWER", "COMMUNITY_REVIEWER", "BRANCH_SECRETARY", "BRANCH_EDITOR"}
    assert 'value="street.admin"' not in page


async def test_grants_are_found_by_place_role_and_day(street: str) -> None:
    await Grant.filter(account__login="branch.editor").update(valid_to=today())
    async with signed_in(Role.SECURITY_ADMIN) as browser:
        assert "Grants: 30" in await shown(browser, "/grants")
        assert "Grants: 31" in await shown(browser, "/grants?when=all")
        found = await shown(browser, "/grants?within=HG-LY&role=BRANCH_SECRETARY")
        assert ("Grants: 6" in found, "auditor" in found) == (True, False)
        assert "Nobody holds such a role there" in await shown(browser, "/grants?within=HG-LY&role=AUDITOR")
        hidden = await browser.get("/grants?within=NOWHERE")
        assert (hidden.status_code, 'id="within-complaint"' in hidden.text) == (404, True)


async def test_a_role_is_passed_on_and_taken_back_on_the_own_page(street: str) -> None:
    grant = await Grant.get(account__login="branch.secretary")
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        assert f"/grants/{grant.id}/delegate" not in await shown(browser, "/grants/mine")
        await Grant.filter(id=grant.id).update(delegable=True)
        assert f"/grants/{grant.id}/delegate" in await shown(browser, "/grants/mine")
        form = await shown(browser, f"/grants/{grant.id}/delegate")
        assert ('value="branch.editor"' in form, "secretary.hg-ly-02-zb" in form) == (True, False)
        leave = {"account": "branch.editor", "until": str(today() + timedelta(days=5))}
        answer = await browser.post(f"/grants/{grant.id}/delegate", data=leave)
        assert answer.headers["location"] == "/grants/mine?done=delegated"
        passed_on = await Grant.get(source_id=grant.id)
        page = await shown(browser, "/grants/mine?done=delegated")
        assert ("深坑支部填报员（示例）" in page, f"/grants/{passed_on.id}/end" in page) == (True, True)
        assert "passed on" in page
        answer = await browser.post(f"/grants/{passed_on.id}/end", data={"until": ""})
        assert answer.headers["location"] == "/grants/mine?done=ended"
        assert (await Grant.get(id=passed_on.id)).valid_to == today()


async def test_a_token_is_shown_once_and_revoked(street: str) -> None:
    feed = {"account": "district.system", "organization": "HG-LY", "name": "六约数据"}
    feed |= {"expires_on": str(today() + timedelta(days=30))}
    async with signed_in(Role.SECURITY_ADMIN) as browser:
        answer = await browser.post("/tokens/issue", data=feed | {"scopes": ["organizations:read", "checklists:read"]})
        [text] = re.findall(r"qj_[0-9a-f]{12}_[0-9a-f]{72}", answer.text)
        row = await ApiToken.get(name="六约数据")
        assert sorted(row.scopes) == ["checklists:read", "organizations:read"]
        page = await shown(browser, "/tokens?within=HG-LY&state=ACTIVE")
        assert (row.id in page, text in page, "Never" in page) == (True, False, True)
        answer = await browser.post(f"/tokens/{row.id}/revoke", data={"reason": "停止对接"})
        assert answer.headers["location"] == "/tokens?done=revoked"
        assert row.id not in await shown(browser, "/tokens?state=ACTIVE")
        assert row.id in await shown(browser, "/tokens?state=REVOKED")
        assert (await browser.get("/tokens/%00/revoke")).status_code == 404
