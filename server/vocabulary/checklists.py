"""Checklists 五抓五提: states and verbs, what the clock says, verdicts, what counts as evidence."""

from server.kit.terms import Term


class VersionState(Term):
    DRAFT = "DRAFT", "草稿", "Draft"
    PUBLISHED = "PUBLISHED", "已发布", "Published"
    RETIRED = "RETIRED", "已停用", "Retired"


class ChangeKind(Term):
    """What became of a theme or a measure from one version to another."""

    ADDED = "ADDED", "新增", "Added"
    REMOVED = "REMOVED", "删除", "Removed"
    MOVED = "MOVED", "移动", "Moved"
    CHANGED = "CHANGED", "修改", "Changed"


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


class ItemVerb(Term):
    """What moved an item from one state to another."""

    SAVE = "SAVE", "填写", "Filled in"
    SUBMIT = "SUBMIT", "提交", "Submitted"
    DECLARE = "DECLARE", "申报不适用", "Declared not applicable"
    WITHDRAW = "WITHDRAW", "撤回", "Withdrawn"
    APPROVE = "APPROVE", "通过", "Approved"
    RETURN = "RETURN", "退回", "Returned"
    REOPEN = "REOPEN", "重新打开", "Reopened"


class ChecklistState(Term):
    """How far a whole checklist is; only acceptance and the lock are stored."""

    OPEN = "OPEN", "进行中", "Open"
    READY = "READY", "待验收", "Ready"
    ACCEPTED = "ACCEPTED", "已验收", "Accepted"
    LOCKED = "LOCKED", "已锁定", "Locked"


class Exclusion(Term):
    """Why an item is left out of a ratio."""

    NOT_APPLICABLE = "NOT_APPLICABLE", "不适用（已核准）", "Not applicable (approved)"
    BRANCH_DISSOLVED = "BRANCH_DISSOLVED", "支部已撤销", "Branch dissolved"


class Timeliness(Term):
    """What the clock says of an item that is not done; never stored."""

    ON_TIME = "ON_TIME", "按期", "On time"
    DUE_SOON = "DUE_SOON", "即将到期", "Due soon"
    LATE = "LATE", "逾期", "Late"
    MISSED = "MISSED", "未完成", "Missed"


class Verdict(Term):
    APPROVE = "APPROVE", "通过", "Approve"
    RETURN = "RETURN", "退回", "Return"


class EvidenceKind(Term):
    FILE = "FILE", "文件", "File"
    LINK = "LINK", "链接", "Link"
    RECORD = "RECORD", "工作记录", "Record"


class RecordKind(Term):
    """What a branch records once, and uses as evidence wherever it fits."""

    BRANCH_ASSEMBLY = "BRANCH_ASSEMBLY", "支部党员大会", "Assembly of the branch"
    BRANCH_COMMITTEE = "BRANCH_COMMITTEE", "支委会", "Branch committee"
    GROUP_MEETING = "GROUP_MEETING", "党小组会", "Meeting of a Party group"
    PARTY_LECTURE = "PARTY_LECTURE", "党课", "Party lecture"
    THEMED_DAY = "THEMED_DAY", "主题党日", "Themed Party day"
    LIFE_MEETING = "LIFE_MEETING", "组织生活会", "Organizational life meeting"
    APPRAISAL = "APPRAISAL", "民主评议党员", "Appraisal of members"
    STUDY = "STUDY", "集中学习", "Study session"
    TRAINING = "TRAINING", "培训", "Training"
    VISIT = "VISIT", "走访联系", "Visit"
    VOLUNTEER_SERVICE = "VOLUNTEER_SERVICE", "志愿服务", "Volunteer service"
    SOLVED_PROBLEM = "SOLVED_PROBLEM", "解决问题", "Solved problem"
    OTHER = "OTHER", "其他工作", "Other work"
