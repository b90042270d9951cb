"""Small decisions of the studio."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from sellier.domain.stock.rules import Move, inspection
from sellier.domain.stock.states import Cause, Condition
from sellier.kernel.ids import LocationId, Sku

# The worker writes a sign of life every ten seconds.
WORKER_SILENT_AFTER: Final = timedelta(minutes=1)
EVENTS_LATE_AFTER: Final = timedelta(minutes=1)


class Happening(StrEnum):
    """What people see happen to units, in the words of the shop floor."""

    RECEIVED = "received"
    FOUND = "found"
    LOST = "lost"
    TO_DISPLAY = "to_display"
    TO_DAMAGED = "to_damaged"
    TO_QUALITY_HOLD = "to_quality_hold"
    FROM_DISPLAY = "from_display"
    FROM_DAMAGED = "from_damaged"
    FROM_QUALITY_HOLD = "from_quality_hold"


_COMES_OR_GOES: Final = {
    Happening.RECEIVED: (Cause.RECEIPT, 1),
    Happening.FOUND: (Cause.ADJUSTMENT, 1),
    Happening.LOST: (Cause.ADJUSTMENT, -1),
}
_ASIDE: Final = {
    Happening.TO_DISPLAY: Condition.DISPLAY,
    Happening.TO_DAMAGED: Condition.DAMAGED,
    Happening.TO_QUALITY_HOLD: Condition.QUALITY_HOLD,
}
_BACK: Final = {
    Happening.FROM_DISPLAY: Condition.DISPLAY,
    Happening.FROM_DAMAGED: Condition.DAMAGED,
    Happening.FROM_QUALITY_HOLD: Condition.QUALITY_HOLD,
}


def told(
    what: Happening, *, sku: Sku, location_id: LocationId, units: int
) -> tuple[Cause, Sequence[Move]]:
    """Return the movements that something seen amounts to, and their cause."""
    sellable = Condition.SELLABLE
    if what in _COMES_OR_GOES:
        cause, sign = _COMES_OR_GOES[what]
        return cause, [Move(sku=sku, location_id=location_id, quantity=sign * units)]
    before, after = (sellable, _ASIDE[what]) if what in _ASIDE else (_BACK[what], sellable)
    return Cause.INSPECTION, inspection(
        sku=sku, location_id=location_id, quantity=units, before=before, after=after
    )


def day_start(now: datetime, zone: str) -> datetime:
    """Return the midnight with which the day of `now` began at a place."""
    return now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def is_silent(seen_at: datetime | None, now: datetime) -> bool:
    """Tell whether the worker seems to have stopped."""
    return seen_at is None or now - seen_at > WORKER_SILENT_AFTER


def is_late(oldest_at: datetime | None, now: datetime) -> bool:
    """Tell whether an event waits longer than a working system lets it."""
    return oldest_at is not None and now - oldest_at > EVENTS_LATE_AFTER
