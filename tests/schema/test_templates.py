"""Templates through GraphQL: found by code, written whole, compared, reckoned."""

from tests.schema.conftest import Door

FOUND = """
    { template(code: "WUZHUAWUTI", organization: "HG") {
        id organization { code }
        versions { id number state burden(sector: RESIDENT_GROUP) { minutes branches budget isOver notEstimated } }
    } }
"""
REVISE = "mutation($id: ID!) { reviseTemplate(input: {id: $id}) { id number version } }"
WRITE = """
    mutation($input: WriteTemplateInput!) { writeTemplate(input: $input) {
        themes { code measures { number text evidenceRule { kind topic atLeast required } estimatedMinutes } }
    } }
"""
DIFF = """
    query($id: ID!, $against: ID!) { node(id: $id) { ... on TemplateVersion {
        diff(against: $against) { themes { kind code } measures { kind number isIn fields { field old new } } }
        before: diff { measures { kind } }
        template { code }
    } } }
"""


async def test_a_version_is_written_and_compared(door: Door) -> None:
    found = (await door.data(FOUND))["template"]
    assert found["organization"] == {"code": "HG"}
    [first] = found["versions"]
    assert first["burden"] == {"minutes": 370, "branches": 16, "budget": 600, "isOver": False, "notEstimated": []}
    second = (await door.data(REVISE, id=found["id"]))["reviseTemplate"]
    study = {"number": 1, "text": "每月组织一次集中学习", "frequency": "MONTHLY", "estimatedMinutes": 90}
    rule = {"kind": "STUDY", "topic": "", "atLeast": 2, "required": False}
    theme = {
        "code": "IDEOLOGY",
        "grasp": "抓思想建设",
        "lift": "提升引领力",
        "measures": [study | {"evidenceRule": rule}],
    }
    wanted = {"id": second["id"], "themes": [theme], "expectedVersion": second["version"]}
    [kept] = (await door.data(WRITE, input=wanted))["writeTemplate"]["themes"]
    assert kept["measures"] == [{"number": 1, "text": study["text"], "evidenceRule": rule, "estimatedMinutes": 90}]
    shown = (await door.data(DIFF, id=second["id"], against=first["id"]))["node"]
    assert [theme["kind"] for theme in shown["diff"]["themes"]] == ["REMOVED"] * 4
    *gone, changed = sorted(shown["diff"]["measures"], key=lambda change: change["kind"], reverse=True)
    assert [change["kind"] for change in gone] == ["REMOVED"] * 18
    assert changed == {
        "kind": "CHANGED",
        "number": 1,
        "isIn": "IDEOLOGY",
        "fields": [
            {"field": "at_least", "old": "1", "new": "2"},
            {"field": "estimated_minutes", "old": "60", "new": "90"},
        ],
    }
    assert len(shown["before"]["measures"]) == 19
    faulty = wanted | {"themes": [theme | {"measures": [study | {"number": 0}]}], "expectedVersion": 2}
    refusal = await door.refusal(WRITE, input=faulty)
    assert list(refusal["extensions"]["fields"]) == ["themes.0.measures.0.number"]
