"""Acts on members, for both doors."""

from server.vocabulary import Role
from tests.acts.verbs import Case, Verb

ADMIN, SECRETARY, EDITOR = Role.STREET_ADMIN, Role.BRANCH_SECRETARY, Role.BRANCH_EDITOR
REVIEWER, AUDITOR = Role.COMMUNITY_REVIEWER, Role.AUDITOR

PERSON = {"name": "曾测试", "stage": "FULL", "joined_on": "2020-07-01"}

TRIED = {
    "members.enrol": Verb("enrolMember", "/organizations/{target}/members/enrol", "branch"),
    "members.attach": Verb("attachMember", "/organizations/{target}/members/attach", "branch"),
}

CASES: list[Case] = [
    ("members.enrol", SECRETARY, "HG-LY-01-ZB", PERSON, "OK", set()),
    ("members.enrol", SECRETARY, "HG-LY-01-ZB", PERSON | {"name": ""}, "INVALID", {"name"}),
    ("members.enrol", SECRETARY, "HG-LY-01-ZB", PERSON | {"joined_on": "2999-01-01"}, "INVALID", {"joined_on"}),
    ("members.enrol", ADMIN, "HG-TD", PERSON, "INVALID", set()),
    ("members.enrol", EDITOR, "HG-LY-01-ZB", PERSON, "FORBIDDEN", set()),
    ("members.enrol", SECRETARY, "HG-LY-02-ZB", PERSON, "NOT_FOUND", set()),
    ("members.attach", ADMIN, "HG-TD", {"member": "home"}, "OK", set()),
    ("members.attach", ADMIN, "HG-LY-02-ZB", {"member": "home"}, "INVALID", set()),
    ("members.attach", AUDITOR, "HG-TD", {"member": "home"}, "FORBIDDEN", set()),
    ("members.attach", SECRETARY, "HG-TD", {"member": "home"}, "NOT_FOUND", set()),
]
