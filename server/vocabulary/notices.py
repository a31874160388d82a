"""Notices 提醒: what concerns somebody today."""

from server.kit.terms import Term


class NoticeKind(Term):
    """Why somebody is told of something; the most urgent first."""

    MISSED = "MISSED", "未按期完成", "Missed"
    LATE = "LATE", "已逾期", "Late"
    RETURNED = "RETURNED", "已退回", "Returned"
    WAITING_FOR_REVIEW = "WAITING_FOR_REVIEW", "待审核", "Waiting for review"
    STALE = "STALE", "需复核", "To look at again"
    DUE_SOON = "DUE_SOON", "即将到期", "Due soon"
    READY = "READY", "待验收", "Ready"
