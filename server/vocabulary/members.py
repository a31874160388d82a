"""Members 党员: stages, standing, memberships."""

from server.kit.terms import Term


class MemberStage(Term):
    APPLICANT = "APPLICANT", "入党申请人", "Applicant"
    ACTIVIST = "ACTIVIST", "入党积极分子", "Activist"
    CANDIDATE = "CANDIDATE", "发展对象", "Candidate for development"
    PROBATIONARY = "PROBATIONARY", "预备党员", "Probationary member"
    FULL = "FULL", "正式党员", "Full member"


MEMBERS = frozenset({MemberStage.PROBATIONARY, MemberStage.FULL})
"""Stages at which a person is a Party member and is counted as one."""


class Standing(Term):
    ACTIVE = "ACTIVE", "在册", "Active"
    TRANSFERRED = "TRANSFERRED", "已转出", "Transferred"
    EXITED = "EXITED", "已出党", "Exited"
    DECEASED = "DECEASED", "已去世", "Deceased"


class MembershipKind(Term):
    HOME = "HOME", "组织关系", "Home"
    TEMPORARY = "TEMPORARY", "临时编入", "Temporary"
