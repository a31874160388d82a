"""A template is drafted, written, published and retired; a published version never changes, whoever asks."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.access.actor import Actor
from server.kit.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal
from server.models.organizations import Organization
from server.models.templates import (
    Differences,
    EvidenceRule,
    MeasureWords,
    Template,
    TemplateVersion,
    ThemeWords,
    Wording,
    burden,
    differences,
    overlaps,
)
from server.models.templates.burden import rounded
from server.models.trail import TrailEntry
from server.operations import cycles, organizations
from server.operations import templates as operations
from server.operations.cycles import OpenCycle
from server.operations.organizations import Budget
from server.operations.templates import NewTemplate, Publish, Retire, Whole, Write
from server.queries import templates as queries
from server.vocabulary import Frequency, Origin, RecordKind, VersionState
from tests import branches
from tests.branches import BOSS
from tests.cast import deeds

NEW = {"organization": "ST", "code": "DUTY", "title": "Duties"}
MEASURE = {"number": 1, "text": "每月组织一次集中学习", "frequency": "MONTHLY", "estimated_minutes": 60}
RULE = {"kind": "STUDY", "topic": "", "at_least": 1, "required": False}
THEME = {"code": "ONE", "grasp": "抓思想建设", "lift": "提升引领力", "measures": [MEASURE | {"evidence_rule": RULE}]}
OTHER = {"number": 2, "text": "每季度归档一次台账", "frequency": "QUARTERLY"}


@pytest.fixture
async def place(database: str) -> Organization:
    """A subdistrict with two branches of residents' groups."""
    street = await branches.place("ST", "STREET", None)
    _ = await branches.place("ST-1", "COMMUNITY", "ST")
    for group in ("ST-1-A", "ST-1-B"):
        _ = await branches.place(group, "RESIDENT_GROUP", "ST-1")
        _ = await branches.place(f"{group}-ZB", "BRANCH", group, branch_type="BRANCH", sector="RESIDENT_GROUP")
    return street


async def drafted(**changes: str) -> TemplateVersion:
    return await operations.draft(BOSS, NewTemplate.parse(NEW | changes))


async def written(version: TemplateVersion, *themes: dict[str, Any]) -> TemplateVersion:
    draft = Write.parse({"themes": list(themes or (THEME,)), "expected_version": version.version})
    return await operations.write(BOSS, version.id, draft)


async def published(version: TemplateVersion, reason: str = "") -> TemplateVersion:
    return await operations.publish(BOSS, version.id, Publish(reason=reason, expected_version=version.version))


# --- the way of a version


async def test_a_version_is_drafted_written_published_revised_and_retired(place: Organization) -> None:
    first = await published(await written(await drafted()))
    assert (first.number, first.state, first.reason) == (1, VersionState.PUBLISHED, "")
    assert first.published_at is not None
    second = await operations.revise(BOSS, first.template_id)
    assert (second.number, second.state) == (2, VersionState.DRAFT)
    assert await queries.wording(second) == await queries.wording(first)
    with pytest.raises(Invalid) as twice:
        _ = await operations.revise(BOSS, first.template_id)
    assert "template" in twice.value.fields
    second = await published(await written(second, THEME | {"measures": [MEASURE, OTHER]}))
    assert [v.number for v in await queries.versions_of(BOSS, second.template)] == [2, 1]
    gone = await operations.retire(BOSS, first.id, Retire(reason="有了新版"))
    assert (gone.state, gone.retired_because) == (VersionState.RETIRED, "有了新版")
    assert await told() == ["drafted", "written", "published", "drafted", "written", "published", "retired"]


async def told() -> list[str]:
    entries = await TrailEntry.filter(deed__startswith="template.").order_by("id")
    return [entry.deed.removeprefix("template.") for entry in entries]


async def test_what_is_published_refuses_every_act(place: Organization) -> None:
    version = await published(await written(await drafted()))
    words, before = await queries.wording(version), await deeds()
    write = Write.parse({"themes": [], "expected_version": version.version})
    with pytest.raises(Invalid, match="never changes"):
        _ = await operations.write(BOSS, version.id, write)
    with pytest.raises(Invalid, match="Only a draft"):
        _ = await published(version)
    draft = await operations.revise(BOSS, version.template_id)
    with pytest.raises(Invalid, match="Only a published version"):
        _ = await operations.retire(BOSS, draft.id, Retire(reason="不要了"))
    assert (await queries.wording(version), await deeds()) == (words, before + 1)


CHANGES = {
    "theme": [
        "UPDATE theme SET lift = '别的' WHERE version_id = $1",
        "DELETE FROM theme WHERE version_id = $1",
        "INSERT INTO theme (version_id, position, code, grasp, lift, origin) VALUES ($1, 9, 'X', '', '', 'RECORDED')",
        "UPDATE theme SET version_id = $1 WHERE version_id <> $1",
        "UPDATE theme SET version_id = (SELECT id FROM template_version WHERE state = 'DRAFT') WHERE version_id = $1",
    ],
    "measure": [
        "UPDATE measure SET text = '别的' FROM theme WHERE theme.id = theme_id AND version_id = $1",
        "DELETE FROM measure USING theme WHERE theme.id = theme_id AND version_id = $1",
        "INSERT INTO measure (theme_id, number, text, guidance, frequency, evidence_rule, origin) "
        "SELECT id, 99, '', '', 'MONTHLY', '{}', 'RECORDED' FROM theme WHERE version_id = $1",
        "UPDATE measure SET theme_id = (SELECT id FROM theme WHERE version_id = $1), number = 77 "
        "WHERE theme_id = (SELECT id FROM theme WHERE version_id <> $1)",
        "UPDATE measure SET theme_id = (SELECT id FROM theme WHERE version_id <> $1), number = 77 "
        "WHERE theme_id = (SELECT id FROM theme WHERE version_id = $1)",
    ],
    "template_version": [
        "UPDATE template_version SET state = 'DRAFT', published_at = NULL WHERE id = $1",
        "UPDATE template_version SET reason = '别的' WHERE id = $1",
        "UPDATE template_version SET number = 9 WHERE id = $1",
        "UPDATE template_version SET state = 'RETIRED', retired_at = now(), number = 9 WHERE id = $1",
        "DELETE FROM template_version WHERE id = $1",
    ],
}


async def test_the_database_refuses_every_change_as_well(place: Organization, database_url: str) -> None:
    version = await published(await written(await drafted()))
    _ = await operations.revise(BOSS, version.template_id)
    connection = await asyncpg.connect(database_url)
    try:
        for statement in [statement for table in CHANGES.values() for statement in table]:
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="published version never changes"):
                await connection.execute(statement, version.id)
    finally:
        await connection.close()
    assert await queries.wording(version) == Write.parse({"themes": [THEME], "expected_version": 1}).wording


# --- drafting, writing


async def test_a_template_copies_one_of_its_place_or_above_and_no_other(place: Organization) -> None:
    whole = Whole.parse(NEW | {"themes": [THEME | {"measures": [MEASURE | {"origin": "SYNTHETIC"}]}]})
    model = await operations.publish_whole(BOSS, whole)
    copy = await drafted(organization="ST-1", code="OWN", copy_of="DUTY")
    assert await queries.wording(copy) == await queries.wording(model)
    rewritten = await written(copy, THEME | {"measures": [MEASURE, OTHER]})
    origins = [m.origin for theme in await rewritten.themes.all().prefetch_related("measures") for m in theme.measures]
    assert sorted(origins) == [Origin.RECORDED, Origin.SYNTHETIC]
    before = await deeds(), await Template.all().count()
    for changes, field in [
        ({"copy_of": "OWN"}, "copy_of"),  # below, and a draft
        ({"code": "DUTY"}, "code"),
        ({"organization": "NOWHERE"}, "organization"),
    ]:
        with pytest.raises(Refusal) as refusal:
            _ = await drafted(**({"code": "THIRD"} | changes))
        assert field in refusal.value.fields
    assert (await deeds(), await Template.all().count()) == before


@pytest.mark.parametrize(
    ("themes", "field"),
    [
        ([THEME | {"measures": [MEASURE, MEASURE]}], "themes.0.measures.1.number"),
        ([THEME, THEME], "themes.1.code"),
        ([THEME | {"measures": [MEASURE | {"text": "字" * 201}]}], "themes.0.measures.0.text"),
        ([THEME | {"measures": [MEASURE | {"estimated_minutes": 0}]}], "themes.0.measures.0.estimated_minutes"),
        (
            [THEME | {"measures": [MEASURE | {"evidence_rule": {"kind": "X"}}]}],
            "themes.0.measures.0.evidence_rule.kind",
        ),
    ],
)
async def test_what_cannot_be_kept_is_told_where_it_stands(
    place: Organization, themes: list[dict[str, Any]], field: str
) -> None:
    version = await written(await drafted())
    words, before = await queries.wording(version), await deeds()
    with pytest.raises(Invalid) as refusal:
        _ = await written(version, *themes)
    assert field in refusal.value.fields
    assert (await queries.wording(version), await deeds()) == (words, before)


async def test_a_stale_wording_is_a_conflict(place: Organization) -> None:
    version = await drafted()
    _ = await written(version)
    with pytest.raises(Conflict) as refusal:
        _ = await written(version, THEME | {"lift": "别的"})
    assert refusal.value.version == 2
    [theme] = await queries.wording(version)
    assert theme.lift == "提升引领力"


async def test_others_see_no_template_of_a_place_above_and_do_not_write(place: Organization) -> None:
    version = await drafted()
    [grant, *_] = BOSS.grants
    community = await Organization.get(code="ST-1")
    below = Actor(None, "community", (replace(grant, path=community.path),))
    draft = Write.parse({"themes": [], "expected_version": 1})
    with pytest.raises(NotFound):
        _ = await operations.write(below, version.id, draft)
    auditor = Actor(None, "security", (replace(BOSS.grants[1], path=place.path),))
    with pytest.raises(Forbidden):
        _ = await operations.write(auditor, version.id, draft)
    assert await queries.wording(version) == ()


# --- publishing


@pytest.mark.parametrize(
    ("themes", "field"),
    [
        ([], "themes"),
        ([THEME | {"measures": []}], "themes.0.grasp"),
        ([THEME | {"lift": ""}], "themes.0.lift"),
        ([THEME | {"measures": [MEASURE | {"text": ""}]}], "themes.0.measures.0.text"),
        ([THEME, THEME | {"code": "TWO"}], "themes.1.measures.0.number"),
    ],
)
async def test_what_is_incomplete_is_not_published(
    place: Organization, themes: list[dict[str, Any]], field: str
) -> None:
    draft = Write.parse({"themes": themes, "expected_version": 1})
    version = await operations.write(BOSS, (await drafted()).id, draft)
    before = await deeds()
    with pytest.raises(Invalid) as refusal:
        _ = await published(version)
    assert field in refusal.value.fields
    assert (await queries.find_version(BOSS, version.id)).state is VersionState.DRAFT
    assert await deeds() == before


async def test_above_the_nearest_budget_a_reason_is_needed_and_kept(place: Organization) -> None:
    for code, minutes in (("ST", 60), ("ST-1", 20)):
        _ = await organizations.budget(BOSS, code, Budget(minutes_a_month=minutes, expected_version=1))
    kept = await published(await written(await drafted()), reason="没有必要")
    assert kept.reason == ""  # sixty minutes of sixty
    version = await written(await drafted(organization="ST-1"))
    before = await deeds()
    with pytest.raises(Invalid) as refusal:
        _ = await published(version)
    assert "60 minutes a month, more than the budget of 20" in str(refusal.value.fields["reason"])
    assert await deeds() == before
    assert (await published(version, reason="上级要求")).reason == "上级要求"
    community = await Organization.get(code="ST-1")
    _ = await organizations.budget(BOSS, "ST-1", Budget(minutes_a_month=None, expected_version=community.version))
    assert await queries.budget_of(community) == 60


# --- burden and overlap


def words(number: int, text: str, frequency: Frequency = Frequency.MONTHLY, **more: Any) -> MeasureWords:
    return MeasureWords(number, text, frequency, **more)


def of(*measures: MeasureWords) -> Wording:
    return (ThemeWords("ONE", "抓", "提", measures),)


def test_the_burden_is_exact_and_shown_to_a_tenth() -> None:
    found = burden(
        [
            words(1, "", Frequency.MONTHLY, estimated_minutes=60),
            words(2, "", Frequency.QUARTERLY, estimated_minutes=50),
            words(3, "", Frequency.YEARLY, estimated_minutes=7),
            words(4, ""),
        ],
        branches=16,
        budget=77,
    )
    assert found.minutes == Fraction(60) + Fraction(50, 3) + Fraction(7, 12) == Fraction(309, 4)
    assert (found.not_estimated, found.is_over) == ((4,), True)
    assert found.in_all == Fraction(1236)
    assert [str(n) for n in (found.shown, found.shown_over, found.hours_in_all)] == ["77.3", "0.3", "20.6"]
    assert not replace(found, minutes=Fraction(77)).is_over
    assert [str(rounded(Fraction(n))) for n in ("0", "1/100", "5", "5/3", "1/20")] == ["0", "0.1", "5", "1.7", "0.1"]


def test_an_overlap_names_the_other_and_why() -> None:
    study = EvidenceRule(RecordKind.STUDY)
    found = overlaps(
        of(
            words(1, "每月组织一次集中学习", rule=study),
            words(2, "每月组织一次集体学习"),
            words(3, "学习上级文件", rule=study),
            words(4, "每月召开一次支委会"),
            words(5, "每季度召开一次支部党员大会", rule=EvidenceRule(RecordKind.BRANCH_ASSEMBLY)),
            words(6, "学习上级文件", rule=replace(study, topic="安全")),
        ),
    )
    assert [(overlap.number, overlap.place, str(overlap.message).split(":")[0]) for overlap in found] == [
        (2, "themes.0.measures.1", "It says nearly the same as measure 1"),
        (3, "themes.0.measures.2", "Measure 1 asks for the same records (Study session)."),
        (4, "themes.0.measures.3", "Records of this kind are entered already"),
        (6, "themes.0.measures.5", "It says nearly the same as measure 3"),
    ]


async def test_other_templates_count_while_their_cycles_run_over_the_same_branches(place: Organization) -> None:
    _ = await operations.publish_whole(BOSS, Whole.parse(NEW | {"code": "FIRST", "title": "甲模板", "themes": [THEME]}))
    days = {"starts_on": "2026-01-01", "ends_on": "2026-12-31", "opens_on": "2026-01-01"}
    cycle = {"organization": "ST", "template": "FIRST", "sector": "RESIDENT_GROUP", "code": "2026"}
    version = await written(await drafted())
    before = await queries.reckon(BOSS, version.template, await queries.wording(version))
    assert (before.overlaps, before.burden.branches) == ([], 2)
    _ = await cycles.open_cycle(
        BOSS, OpenCycle.parse(cycle | days | {"due_on": "2999-01-01", "closes_on": "2999-01-01"})
    )
    [overlap] = (await queries.reckon(BOSS, version.template, await queries.wording(version))).overlaps
    assert str(overlap.message) == "Measure 1 of “甲模板” asks the same branches for the same records (Study session)."


# --- differences

text = st.sampled_from(["每月学习", "每月组织学习", "走访", "归档台账", "", "开会"])
measure = st.builds(
    MeasureWords,
    st.integers(1, 9),
    text,
    st.sampled_from(Frequency),
    st.sampled_from(["", "说明"]),
    st.builds(EvidenceRule, st.sampled_from([None, RecordKind.STUDY]), text, st.integers(1, 2), st.booleans()),
    st.sampled_from([None, 30, 60]),
)
measures = st.lists(measure, max_size=5, unique_by=lambda m: m.number).map(
    lambda found: tuple(sorted(found, key=lambda m: m.number))
)
theme = st.builds(ThemeWords, st.sampled_from("ABCDE"), text, text, measures)
wording = st.lists(theme, max_size=5, unique_by=lambda t: t.code).map(tuple)


@given(wording, wording)
def test_the_differences_applied_to_the_old_give_the_new(old: Wording, new: Wording) -> None:
    found = differences(old, new)
    assert applied(found, old) == new
    assert found.is_empty == (old == new)


def applied(found: Differences, old: Wording) -> Wording:
    """Knows nothing of the new wording but its differences."""
    gone = {c.old.code for c in found.themes if c.old and (c.new is None or c.is_moved)}
    became = {c.old.code: c.new for c in found.themes if c.old and c.new}
    order = [became.get(theme.code, replace(theme, measures=())) for theme in old if theme.code not in gone]
    for change in found.themes:
        if change.new and change.at is not None and (change.old is None or change.is_moved):
            order.insert(change.at, change.new)
    touched = {(c.was_in, c.old.number) for c in found.measures if c.old}
    at: dict[str, list[MeasureWords]] = {theme.code: [] for theme in order}
    for theme in old:
        for kept in theme.measures:
            if (theme.code, kept.number) not in touched:
                at[became[theme.code].code if theme.code in became else theme.code].append(kept)
    for moved in found.measures:
        if moved.new:
            at[moved.is_in].append(moved.new)
    return tuple(replace(t, measures=tuple(sorted(at[t.code], key=lambda m: m.number))) for t in order)


def test_a_measure_is_followed_where_it_goes() -> None:
    first, second, third = (words(n, text) for n, text in ((1, "走访居民"), (2, "归档台账"), (3, "每月开会")))
    old = (ThemeWords("A", "甲", "乙", (first, second)), ThemeWords("B", "丙", "丁", (third,)))
    put_first = words(1, "宣讲政策")
    new = (
        ThemeWords("B", "丙", "丁", (replace(second, number=5), third)),
        ThemeWords("A", "甲", "戊", (put_first, replace(first, number=2, estimated_minutes=30))),
    )
    found = differences(old, new)
    told = [
        (c.old and c.old.text, c.new and c.new.text, c.is_moved, [f.name for f in c.fields]) for c in found.measures
    ]
    assert told == [
        (None, "宣讲政策", False, []),
        ("走访居民", "走访居民", False, ["number", "estimated_minutes"]),
        ("归档台账", "归档台账", True, ["number"]),
    ]
    assert [(c.new and c.new.code, c.is_moved, [f.name for f in c.fields]) for c in found.themes] == [
        ("B", True, []),
        ("A", False, ["lift"]),
    ]
