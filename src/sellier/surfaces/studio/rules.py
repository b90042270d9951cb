"""Small decisions of the studio."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

# The worker writes a sign of life every ten seconds.
WORKER_SILENT_AFTER: Final = timedelta(minutes=1)
EVENTS_LATE_AFTER: Final = timedelta(minutes=1)


def day_start(now: datetime, zone: str) -> datetime:
    """Return the midnight with which the day of `now` began at a place."""
    return now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def is_silent(seen_at: datetime | None, now: datetime) -> bool:
    """Tell whether the worker seems to have stopped."""
    return seen_at is None or now - seen_at > WORKER_SILENT_AFTER


def is_late(oldest_at: datetime | None, now: datetime) -> bool:
    """Tell whether an event waits longer than a working system lets it."""
    return oldest_at is not None and now - oldest_at > EVENTS_LATE_AFTER
