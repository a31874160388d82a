"""An auditor watches: what somebody else does appears, and an open page does not hold up the server's end."""

import os
from pathlib import Path

from playwright.async_api import Page

from server.models.organizations import Organization
from server.operations import organizations
from server.operations.organizations import Rename
from server.vocabulary import Role
from tests.cast import actor
from tests.conftest import Login
from tests.processes import end, free_port, program, wait_until_served


async def test_new_entries_appear_and_the_stream_ends_with_the_server(
    street: str, page: Page, logins: dict[str, Login], tmp_path: Path
) -> None:
    port, log = free_port(), tmp_path / "log"
    variables = {"DATABASE_URL": street, "QIANGJI_KEYS": os.environ["QIANGJI_KEYS"]}
    variables |= {"QIANGJI_DATA": str(tmp_path), "QIANGJI_UNSAFE": "1"}
    with program("serve", log, PORT=str(port), **variables) as process:
        address = f"http://127.0.0.1:{port}"
        wait_until_served(f"{address}/login", process, log)
        await sign_in(page, address, logins["AUDITOR"])
        _ = await page.goto(f"{address}/trail?deed=organization.renamed")
        before = await page.locator("#trail tbody tr").count()
        await rename()
        _ = await page.wait_for_function(
            "before => document.querySelectorAll('#trail tbody tr').length > before", arg=before, timeout=20_000
        )
        end(process, 60)
    assert process.returncode == 0
    assert "refused to gracefully stop" not in log.read_text(encoding="utf-8")


async def rename() -> None:
    place = await Organization.get(code="HG-LY-01")
    draft = Rename(name="深坑新居民小组", expected_version=place.version)
    _ = await organizations.rename(await actor(Role.STREET_ADMIN), place.code, draft)


async def sign_in(page: Page, address: str, login: Login) -> None:
    _ = await page.goto(f"{address}/login")
    await page.fill("[name=login]", login.login)
    await page.fill("[name=password]", login.password)
    await page.click("form button[type=submit]:not([name=locale])")
    await page.wait_for_url(f"{address}/")
