"""Acts on templates, for both doors."""

from typing import Any

from server.models.templates import Template, TemplateVersion
from server.operations import templates
from server.vocabulary import Role
from tests.acts.verbs import Case, Target, Verb
from tests.cast import actor

ADMIN, SECRETARY, AUDITOR = Role.STREET_ADMIN, Role.BRANCH_SECRETARY, Role.AUDITOR

NEW = {"organization": "HG", "code": "TRIAL", "title": "试用清单"}
RULE = {"kind": "VISIT", "topic": "春节", "at_least": 2, "required": True}
MEASURE = {
    "number": 1,
    "text": "每季度走访一次",
    "frequency": "QUARTERLY",
    "estimated_minutes": 45,
    "evidence_rule": RULE,
}
THEME = {"grasp": "抓服务", "lift": "提升温度", "measures": [MEASURE]}
WORDS = {"themes": [THEME], "expected_version": 1}


def words(**changes: Any) -> dict[str, Any]:
    """With a measure that says something else."""
    return WORDS | {"themes": [THEME | {"measures": [MEASURE | changes]}]}


async def template() -> Template:
    return await Template.get(code="WUZHUAWUTI")


async def settled() -> str:
    return str((await template()).id)


async def begun() -> str:
    """A template of which a version is being written."""
    _ = await new_version()
    return await settled()


async def published() -> str:
    return str((await TemplateVersion.get(number=1)).id)


async def draft() -> str:
    return str((await new_version()).id)


async def new_version() -> TemplateVersion:
    return await templates.revise(await actor(ADMIN), (await template()).id)


TRIED = {
    "templates.draft": Verb("draftTemplate", "/templates/new"),
    "templates.revise": Verb("reviseTemplate", "/templates/{target}/revise", "id", "Template"),
    "templates.write": Verb("writeTemplate", "/template-versions/{target}/edit", "id", "TemplateVersion"),
    "templates.publish": Verb("publishTemplate", "/template-versions/{target}/publish", "id", "TemplateVersion"),
    "templates.retire": Verb("retireTemplate", "/template-versions/{target}/retire", "id", "TemplateVersion"),
}

CASES: list[Case] = [
    ("templates.draft", ADMIN, "", NEW, "OK", set()),
    ("templates.draft", ADMIN, "", NEW | {"copy_of": "WUZHUAWUTI"}, "OK", set()),
    ("templates.draft", ADMIN, "", NEW | {"code": "WUZHUAWUTI"}, "INVALID", {"code"}),
    ("templates.draft", ADMIN, "", NEW | {"organization": "NOWHERE"}, "NOT_FOUND", {"organization"}),
    ("templates.draft", None, "", NEW, "UNAUTHENTICATED", set()),
    ("templates.revise", ADMIN, "template", {}, "OK", set()),
    ("templates.revise", ADMIN, "begun template", {}, "INVALID", set()),
    ("templates.revise", AUDITOR, "template", {}, "FORBIDDEN", set()),
    ("templates.write", ADMIN, "draft version", WORDS, "OK", set()),
    ("templates.write", ADMIN, "draft version", words(number=0), "INVALID", {"themes.0.measures.0.number"}),
    (
        "templates.write",
        ADMIN,
        "draft version",
        words(evidence_rule=RULE | {"at_least": 0}),
        "INVALID",
        {"themes.0.measures.0.evidence_rule.at_least"},
    ),
    ("templates.write", ADMIN, "draft version", WORDS | {"expected_version": 7}, "CONFLICT", set()),
    ("templates.write", ADMIN, "published version", WORDS, "INVALID", set()),
    ("templates.write", AUDITOR, "draft version", WORDS, "FORBIDDEN", set()),
    ("templates.write", SECRETARY, "draft version", WORDS, "NOT_FOUND", set()),
    ("templates.publish", ADMIN, "draft version", {"reason": "", "expected_version": 1}, "OK", set()),
    ("templates.publish", ADMIN, "draft version", {"reason": "", "expected_version": 7}, "CONFLICT", set()),
    ("templates.publish", ADMIN, "published version", {"reason": "", "expected_version": 2}, "INVALID", set()),
    ("templates.retire", ADMIN, "published version", {"reason": "有了新版"}, "OK", set()),
    ("templates.retire", ADMIN, "published version", {"reason": " "}, "INVALID", {"reason"}),
]

TARGETS: dict[str, Target] = {
    "template": settled,
    "begun template": begun,
    "published version": published,
    "draft version": draft,
}
