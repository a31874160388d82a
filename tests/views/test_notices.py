"""The daily notice on one's own account: asked for, moved, turned off; never of somebody else."""

import pytest

from server.models.accounts import Account
from tests.clients import HTMX, signed_in
from tests.mailboxes import name_mail_server
from tests.views.checklists.acts import SECRETARY

PAGE = "/account/notices"


async def addresses() -> dict[str, str | None]:
    return {account.login: account.email for account in await Account.filter(email__isnull=False)}


async def test_an_address_is_set_changed_and_removed(street: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with signed_in(SECRETARY) as browser:
        assert PAGE not in (await browser.get("/account")).text
        assert "This installation sends no mail" in (await browser.get(PAGE)).text
        assert (await browser.post(PAGE, data={"email": "a@example.org"})).status_code == 422
        assert await addresses() == {}
        name_mail_server(monkeypatch, 25)
        assert PAGE in (await browser.get("/account")).text
        for headers in ({}, HTMX):
            refused = await browser.post(PAGE, data={"email": "nobody"}, headers=headers)
            assert refused.status_code == 422
            assert 'id="email-complaint"' in refused.text
            assert 'value="nobody"' in refused.text
            assert ("<html" in refused.text) == (not headers)
        for email in ("a@example.org", "b@example.org"):
            done = await browser.post(PAGE, data={"email": email, "login": "auditor"})
            assert (done.status_code, done.headers["location"]) == (303, "/account?done=subscribed")
            assert await addresses() == {"branch.secretary": email}
        assert "b@example.org" in (await browser.get("/account?done=subscribed")).text
        assert (await browser.post(f"{PAGE}/unsubscribe")).status_code == 303
        assert await addresses() == {}
