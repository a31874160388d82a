"""Acts on members, for both doors."""

from server.models.members import Membership
from server.vocabulary import MembershipKind, Role
from tests.acts.verbs import Case, Verb

ADMIN, SECRETARY, EDITOR = Role.STREET_ADMIN, Role.BRANCH_SECRETARY, Role.BRANCH_EDITOR
REVIEWER, AUDITOR = Role.COMMUNITY_REVIEWER, Role.AUDITOR

WHY = {"reason": "核对名册"}
PHONE = {"phone": "000-10000001"}
RIGHT = {"name": "曾更正", "joined_on": "2020-07-01", "expected_version": 1} | WHY | PHONE
GONE = {"confirmation": "无此人", "expected_version": 1} | WHY
PERSON = {"name": "曾测试", "stage": "FULL", "joined_on": "2020-07-01"}

TRIED = {
    "members.enrol": Verb("enrolMember", "/organizations/{target}/members/enrol", "branch"),
    "members.attach": Verb("attachMember", "/organizations/{target}/members/attach", "branch"),
    "members.reveal": Verb("revealMember", "/members/{target}/reveal", "id", "Member"),
    "members.correct": Verb("correctMember", "/members/{target}/correct", "id", "Member"),
    "members.export": Verb("exportMember", "/members/{target}/export", "id", "Member"),
    "members.erase": Verb("eraseMember", "/members/{target}/erase", "id", "Member"),
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
    ("members.enrol", SECRETARY, "HG-LY-01-ZB", PERSON | PHONE, "OK", set()),
    ("members.enrol", SECRETARY, "HG-LY-01-ZB", PERSON | {"phone": "10012345678"}, "INVALID", {"phone"}),
    ("members.enrol", SECRETARY, "HG-LY-01-ZB", PERSON | {"id_number": "0"}, "INVALID", {"id_number"}),
    ("members.reveal", SECRETARY, "somebody", WHY, "OK", set()),
    ("members.reveal", ADMIN, "somebody", WHY, "OK", set()),
    ("members.reveal", SECRETARY, "somebody", {"reason": " "}, "INVALID", {"reason"}),
    ("members.reveal", EDITOR, "somebody", WHY, "FORBIDDEN", set()),
    ("members.reveal", REVIEWER, "somebody", WHY, "FORBIDDEN", set()),
    ("members.reveal", AUDITOR, "somebody", WHY, "NOT_FOUND", set()),
    ("members.reveal", Role.SECURITY_ADMIN, "somebody", WHY, "NOT_FOUND", set()),
    ("members.reveal", SECRETARY, "somebody else", WHY, "NOT_FOUND", set()),
    ("members.reveal", None, "somebody", WHY, "UNAUTHENTICATED", set()),
    ("members.correct", SECRETARY, "somebody", RIGHT, "OK", set()),
    ("members.correct", SECRETARY, "somebody", RIGHT | {"expected_version": 7}, "CONFLICT", {"name", "phone"}),
    ("members.correct", SECRETARY, "somebody", RIGHT | {"phone": "138"}, "INVALID", {"phone"}),
    ("members.correct", SECRETARY, "somebody", RIGHT | {"drop_phone": True}, "INVALID", {"phone"}),
    ("members.correct", EDITOR, "somebody", RIGHT, "FORBIDDEN", set()),
    ("members.correct", SECRETARY, "somebody else", RIGHT, "NOT_FOUND", set()),
    ("members.export", SECRETARY, "somebody", WHY, "OK", set()),
    ("members.export", SECRETARY, "somebody", {"reason": ""}, "INVALID", {"reason"}),
    ("members.export", REVIEWER, "somebody", WHY, "FORBIDDEN", set()),
    ("members.export", SECRETARY, "somebody else", WHY, "NOT_FOUND", set()),
    ("members.erase", ADMIN, "somebody", GONE, "INVALID", {"confirmation"}),
    ("members.erase", SECRETARY, "somebody", GONE, "FORBIDDEN", set()),
    ("members.erase", ADMIN, "99999999", GONE, "NOT_FOUND", set()),
]


async def somebody() -> str:
    return await at_home("HG-LY-01-ZB")


async def somebody_else() -> str:
    """Whom the secretary of 深坑 does not reach."""
    return await at_home("HG-LY-02-ZB")


async def at_home(code: str) -> str:
    first = Membership.filter(branch__code=code, kind=MembershipKind.HOME, member__stage="FULL").order_by("id").first()
    home = await first
    assert home is not None
    return str(home.member_id)


TARGETS = {"somebody": somebody, "somebody else": somebody_else}
