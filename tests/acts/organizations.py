"""Acts on organizations, for both doors."""

from server.vocabulary import Role
from tests.acts.verbs import Case, Verb

ADMIN, SECRETARY, EDITOR = Role.STREET_ADMIN, Role.BRANCH_SECRETARY, Role.BRANCH_EDITOR
REVIEWER, AUDITOR = Role.COMMUNITY_REVIEWER, Role.AUDITOR

GROUP = {"code": "HG-LY-99", "kind": "RESIDENT_GROUP", "name": "测试居民小组", "parent": "HG-LY"}
NAME = {"name": "深坑新居民小组", "party_name": "", "expected_version": 1}
MOVE = {"parent": "HG-C7", "expected_version": 1}
BUDGET = {"minutes_a_month": 480, "expected_version": 1}
END = {"reason": "任务完成", "expected_version": 1}

TRIED = {
    "organizations.establish": Verb("establishOrganization", "/organizations/new"),
    "organizations.rename": Verb("renameOrganization", "/organizations/{target}/rename", "code"),
    "organizations.move": Verb("moveOrganization", "/organizations/{target}/move", "code"),
    "organizations.budget": Verb("setBudget", "/organizations/{target}/budget", "code"),
    "organizations.dissolve": Verb("dissolveOrganization", "/organizations/{target}/dissolve", "code"),
}

CASES: list[Case] = [
    ("organizations.establish", ADMIN, "", GROUP, "OK", set()),
    ("organizations.establish", ADMIN, "", GROUP | {"code": "HG-LY"}, "INVALID", {"code"}),
    ("organizations.establish", ADMIN, "", GROUP | {"code": "小组"}, "INVALID", {"code"}),
    ("organizations.establish", ADMIN, "", GROUP | {"name": "字" * 61}, "INVALID", {"name"}),
    ("organizations.establish", ADMIN, "", GROUP | {"name": "字\x00"}, "INVALID", {"name"}),
    ("organizations.establish", ADMIN, "", GROUP | {"parent": "HG-LY-01"}, "INVALID", {"parent"}),
    ("organizations.establish", ADMIN, "", GROUP | {"parent": "NOWHERE"}, "INVALID", set()),
    ("organizations.establish", SECRETARY, "", GROUP, "INVALID", set()),
    ("organizations.establish", AUDITOR, "", GROUP, "FORBIDDEN", set()),
    ("organizations.establish", None, "", GROUP, "UNAUTHENTICATED", set()),
    ("organizations.rename", ADMIN, "HG-LY-01", NAME, "OK", set()),
    ("organizations.rename", ADMIN, "HG-LY-01", NAME | {"name": "深坑居民小组"}, "INVALID", {"name"}),
    ("organizations.rename", ADMIN, "HG-LY-01", NAME | {"expected_version": 9}, "CONFLICT", {"name"}),
    ("organizations.rename", ADMIN, "NOWHERE", NAME, "NOT_FOUND", set()),
    ("organizations.rename", SECRETARY, "HG-LY-01", NAME, "NOT_FOUND", set()),
    ("organizations.rename", REVIEWER, "HG-LY-01", NAME, "FORBIDDEN", set()),
    ("organizations.rename", None, "HG-LY-01", NAME, "UNAUTHENTICATED", set()),
    ("organizations.move", ADMIN, "HG-LY-01", MOVE, "OK", set()),
    ("organizations.move", ADMIN, "HG-LY-01", MOVE | {"parent": "HG"}, "INVALID", {"parent"}),
    ("organizations.move", ADMIN, "HG-LY", MOVE | {"parent": "HG-LY-01"}, "INVALID", {"parent"}),
    ("organizations.move", ADMIN, "HG-LY-01", MOVE | {"expected_version": 9}, "CONFLICT", set()),
    ("organizations.move", REVIEWER, "HG-LY-01", MOVE, "FORBIDDEN", set()),
    ("organizations.move", SECRETARY, "HG-LY-02", MOVE, "NOT_FOUND", set()),
    ("organizations.budget", ADMIN, "HG-LY", BUDGET, "OK", set()),
    ("organizations.budget", ADMIN, "HG-LY", BUDGET | {"minutes_a_month": 60_001}, "INVALID", {"minutes_a_month"}),
    ("organizations.budget", ADMIN, "HG-TD", BUDGET, "INVALID", {"minutes_a_month"}),
    ("organizations.budget", ADMIN, "HG-LY", BUDGET | {"expected_version": 9}, "CONFLICT", {"minutes_a_month"}),
    ("organizations.dissolve", ADMIN, "HG-TD", END, "OK", set()),
    ("organizations.dissolve", ADMIN, "HG-TD", END | {"reason": ""}, "INVALID", {"reason"}),
    ("organizations.dissolve", ADMIN, "HG-LY", END, "INVALID", set()),
    ("organizations.dissolve", AUDITOR, "HG-TD", END, "FORBIDDEN", set()),
    ("organizations.dissolve", SECRETARY, "HG-TD", END, "NOT_FOUND", set()),
]
