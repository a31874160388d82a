"""The author's page, as a browser without scripts sends it: a whole version in one form."""

import re
from html import unescape

from httpx import AsyncClient, Response

from server.models.templates import Measure, TemplateVersion
from server.operations import organizations
from server.operations.organizations import Budget
from server.queries import templates as queries
from server.vocabulary import Role, VersionState
from tests.cast import actor, deeds
from tests.clients import HTMX, signed_in

FIRST = "themes.0.measures.0"
INPUT = re.compile(r'<input[^>]*? name="([^"]+)"[^>]*?>')
AREA = re.compile(r'<textarea[^>]*? name="([^"]+)"[^>]*>\n?(.*?)</textarea>', re.DOTALL)
CHOICE = re.compile(r'<select[^>]*? name="([^"]+)".*?</select>', re.DOTALL)


def filled(page: Response) -> dict[str, str]:
    """What a browser would send of the author's form."""
    form = re.search(r'<form id="writing".*?</form>', page.text, re.DOTALL)
    assert form
    found = {m[1]: unescape(said(m[0], "value")) for m in INPUT.finditer(form[0]) if sends(m[0])}
    found |= {m[1]: unescape(m[2]) for m in AREA.finditer(form[0])}
    chosen = {m[1]: re.search(r'value="([^"]*)" selected', m[0]) for m in CHOICE.finditer(form[0])}
    return found | {name: option[1] if option else "" for name, option in chosen.items()}


def said(tag: str, attribute: str) -> str:
    found = re.search(rf' {attribute}="([^"]*)"', tag)
    return found[1] if found else ""


def sends(tag: str) -> bool:
    return 'type="checkbox"' not in tag or " checked" in tag


async def press(client: AsyncClient, address: str, form: dict[str, str], act: str) -> Response:
    return await client.post(address, data=form | {"act": act})


async def test_a_version_is_written_and_published_without_a_script(street: str) -> None:
    admin = await actor(Role.STREET_ADMIN)
    _ = await organizations.budget(admin, "HG", Budget(minutes_a_month=100, expected_version=2))
    async with signed_in(Role.STREET_ADMIN) as client:
        begun = await client.post("/templates/1/revise")
        address = begun.headers["location"]
        version = await TemplateVersion.get(id=int(address.split("/")[2]))
        page = await client.get(address)
        form = filled(page)
        assert len(form) > 8 * 19
        assert "Nothing is asked for twice." in page.text
        before = await deeds()

        page = await press(client, address, form | {f"{FIRST}.text": "每月集中学习两次"}, "add-measure 0")
        form = filled(page)
        assert (form[f"{FIRST}.text"], form["themes.0.measures.4.number"]) == ("每月集中学习两次", "20")
        page = await press(client, address, form | {"themes.0.measures.4.text": "新的一项"}, "up 0 4")
        form = filled(page)
        assert (form["themes.0.measures.3.text"], form["themes.0.measures.3.number"]) == ("新的一项", "4")
        form = filled(await press(client, address, form, "remove 0 1"))
        form = filled(await press(client, address, form, "remove 4"))
        form = filled(await press(client, address, form, "add-theme"))
        form = filled(await press(client, address, form, "renumber"))
        assert [form[f"themes.4.measures.0.{name}"] for name in ("number", "text")] == ["17", ""]
        page = await press(client, address, form | {f"{FIRST}.estimated_minutes": "9000"}, "reckon")
        assert "Not estimated" in page.text  # what cannot be understood does not count
        assert await deeds() == before

        wrong = form | {f"{FIRST}.estimated_minutes": "9000", "themes.4.grasp": "抓作风"}
        refused = await press(client, address, wrong, "save")
        assert refused.status_code == 422
        assert f'id="{FIRST}.estimated_minutes-complaint"' in refused.text
        assert filled(refused) == wrong
        saved = await press(client, address, wrong | {f"{FIRST}.estimated_minutes": "90"}, "save")
        assert "The draft is saved." in saved.text
        stale = await press(client, address, wrong | {f"{FIRST}.estimated_minutes": "80"}, "save")
        assert stale.status_code == 409
        assert "what was kept meanwhile" in stale.text
        assert filled(stale)["expected_version"] == filled(saved)["expected_version"]
        wording = await queries.wording(version)
        assert [len(theme.measures) for theme in wording] == [4, 4, 4, 4, 1]
        assert (wording[0].measures[0].text, wording[0].measures[0].estimated_minutes) == ("每月集中学习两次", 90)

        form = filled(saved) | {"themes.4.lift": "提升战斗力", "themes.4.measures.0.text": "每季度查一次作风"}
        _ = await press(client, address, form, "save")
        there = f"/template-versions/{version.id}/publish"
        asked = await client.get(there)
        assert "above the budget of 100" in asked.text
        assert 'name="reason"' in asked.text
        await version.refresh_from_db()
        form = {"expected_version": str(version.version), "reason": ""}
        assert 'id="reason-complaint"' in (await client.post(there, data=form)).text
        done = await client.post(there, data=form | {"reason": "上级部署"})
        shown = await client.get(done.headers["location"])
        assert "Above the budget because: 上级部署" in shown.text
        compared = await client.get(f"/template-versions/{version.id}/diff?against=1")
        assert all(word in compared.text for word in ("Added", "Removed", "Changed", "每月组织一次集中学习"))
        listed = await client.get("/templates")
        assert f'/templates/1?version={version.number}"' in listed.text
    await version.refresh_from_db()
    assert (version.state, version.reason) == (VersionState.PUBLISHED, "上级部署")


async def test_htmx_gets_the_form_or_the_reckoning_alone(street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as client:
        address = (await client.post("/templates/1/revise")).headers["location"]
        form = filled(await client.get(address))
        panel = await client.post(address, data=form | {"act": "reckon"}, headers=HTMX)
        whole = await client.post(address, data=form | {"act": "add-theme"}, headers=HTMX)
    assert panel.text.lstrip().startswith('<section class="card section" id="reckoning"')
    assert whole.text.lstrip().startswith('<div id="form"')
    assert await Measure.all().count() == 2 * 19


ODD = (" ", "up", "up x 0", "up 0 0 0", "add-theme 0", "add-measure", "remove 0 99", "remove 99999 0", "down １")


async def test_an_odd_button_rearranges_nothing(street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as client:
        address = (await client.post("/templates/1/revise")).headers["location"]
        form = filled(await client.get(address))
        for act in (*ODD, "up " + "9" * 5000):
            answer = await press(client, address, form, act)
            assert (answer.status_code, filled(answer)) == (200, form), act
        huge = await press(client, address, form | {f"{FIRST}.number": "9" * 5000}, "add-measure 0")
        assert filled(huge)["themes.0.measures.4.number"] == "20"


async def test_only_this_form_may_have_so_many_fields(shared_street: str) -> None:
    many = {f"themes.0.measures.{n}.text": "x" for n in range(400)}
    async with signed_in(Role.STREET_ADMIN) as client:
        assert (await client.post("/templates/new", data=many)).status_code == 400
        assert (await client.post("/template-versions/99/edit", data=many)).status_code == 404
