"""What concerns somebody today, and what comes next: the first page and the daily mail tell the same."""

from server.queries.notices.coming import Coming, coming
from server.queries.notices.found import is_concerned, of
from server.queries.notices.notice import Notice, Subject

__all__ = ["Coming", "Notice", "Subject", "coming", "is_concerned", "of"]
