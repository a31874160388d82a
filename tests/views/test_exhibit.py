"""What is fact and what is example: the page shows what the file of facts says."""

from pathlib import Path

import yaml

from server.models.organizations import Organization
from server.vocabulary import Origin, Role
from tests.clients import signed_in

FACTS = yaml.safe_load((Path(__file__).parents[2] / "server/demo/henggang.yaml").read_text(encoding="utf-8"))


async def test_the_page_shows_facts_filler_and_what_is_not_said(shared_street: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        text = (await browser.get("/exhibit")).text
        article, notice, filler = (text.split(f'id="{name}-title"')[1] for name in ("article", "notice", "made"))
        for organization in await Organization.all():
            where = {Origin.SEED: article, Origin.PUBLIC: notice, Origin.SYNTHETIC: filler}[organization.origin]
            assert organization.name in where
        assert text.count("<li value=") == 19
        for said in FACTS["not_said_en"] + FACTS["checklist_template"]["claimed_outcomes"]:
            assert said in text.replace("&#39;", "'")
        assert FACTS["checklist_template"]["notice"] in text
        for said in ("¶14 ¶15", "¶18", "11 March 2022", "1 January 2019"):
            assert said in text


async def test_the_page_in_chinese_is_chinese(shared_street: str) -> None:
    assert len(FACTS["not_said"]) == len(FACTS["not_said_en"])
    async with signed_in(Role.STREET_ADMIN, locale="zh") as browser:
        text = (await browser.get("/exhibit")).text
        assert [said for said in FACTS["not_said"] if said not in text] == []
        for path in ("/exhibit", "/organizations/HG-ZK"):
            assert "原文只提到其党员" in (await browser.get(path)).text


async def test_a_reader_sees_the_facts_of_their_places_only(shared_street: str) -> None:
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        text = (await browser.get("/exhibit")).text
        assert "深坑居民小组党支部" in text
        assert "红棉社区" not in text


async def test_the_footer_leads_there_where_there_is_a_demonstration(street: str) -> None:
    async with signed_in(Role.AUDITOR, locale="zh") as browser:
        assert 'href="/exhibit">哪些是事实，哪些是示例' in (await browser.get("/organizations")).text
        await Organization.all().update(origin=Origin.RECORDED)
        answer = await browser.get("/exhibit")
        assert answer.status_code == 404
