"""Checklists 五抓五提: states of versions and items, what the clock says, verdicts."""

from server.kit.terms import Term


class VersionState(Term):
    DRAFT = "DRAFT", "草稿", "Draft"
    PUBLISHED = "PUBLISHED", "已发布", "Published"
    RETIRED = "RETIRED", "已停用", "Retired"


class Frequency(Term):
    MONTHLY = "MONTHLY", "每月", "Monthly"
    QUARTERLY = "QUARTERLY", "每季度", "Quarterly"
    YEARLY = "YEARLY", "每年", "Yearly"


class ItemState(Term):
    TODO = "TODO", "未开始", "To do"
    IN_PROGRESS = "IN_PROGRESS", "填写中", "In progress"
    SUBMITTED = "SUBMITTED", "待审核", "Submitted"
    APPROVED = "APPROVED", "已通过", "Approved"
    RETURNED = "RETURNED", "已退回", "Returned"


class Timeliness(Term):
    """What the clock says of an item that is not done; never stored."""

    ON_TIME = "ON_TIME", "按期", "On time"
    DUE_SOON = "DUE_SOON", "即将到期", "Due soon"
    LATE = "LATE", "逾期", "Late"
    MISSED = "MISSED", "未完成", "Missed"


class Verdict(Term):
    APPROVE = "APPROVE", "通过", "Approve"
    RETURN = "RETURN", "退回", "Return"
