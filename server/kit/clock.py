"""The one place that asks what time it is."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Asia/Shanghai")
DAY = re.compile("(19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}")


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The calendar day at home, whatever the zone of the machine."""
    return now().astimezone(HOME).date()


def read_day(text: str) -> date:
    """The day that is written as 2026-11-23, of the years 1900 to 2999. Raises ValueError for every other text."""
    if not DAY.fullmatch(text.strip()):
        raise ValueError(text)
    return date.fromisoformat(text.strip())
