"""Small decisions of the studio."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from sellier.domain.orders.queries import FulfillmentRead
from sellier.domain.orders.states import Work
from sellier.domain.promising.rules import Source
from sellier.domain.promising.states import Way
from sellier.domain.stock.rules import Move, inspection
from sellier.domain.stock.states import Cause, Condition
from sellier.kernel.ids import LocationId, OrderLineId, Sku

# The worker writes a sign of life every ten seconds.
WORKER_SILENT_AFTER: Final = timedelta(minutes=1)
EVENTS_LATE_AFTER: Final = timedelta(minutes=1)


SkuOf = Mapping[OrderLineId, Sku]


class Lane(StrEnum):
    """Where work waits for somebody to go on, as the control tower sorts it."""

    UNSOURCED = "unsourced"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    PREPARED = "prepared"
    SENT = "sent"
    READY = "ready"


LANES: Final[Mapping[Lane, tuple[Work, ...]]] = {
    Lane.UNSOURCED: (Work.UNSOURCED,),
    Lane.OFFERED: (Work.OFFERED,),
    Lane.ACCEPTED: (Work.ACCEPTED,),
    Lane.PREPARED: (Work.PICKED, Work.PACKED),
    Lane.SENT: (Work.HANDED_OVER,),
    Lane.READY: (Work.READY,),
}


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


# Letters that the order desk may have sent again: of an order, and of work for it.
ORDER_LETTERS: Final = ("order_confirmation", "order_canceled")
WORK_LETTERS: Final = ("ready_to_collect", "parcel_sent")


def mark(value: object) -> str:
    """Return a short mark of a value, to know by it whether it is still the same."""
    return hashlib.blake2s(repr(value).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A place that could do some work, and how many times over."""

    code: str
    spare: int


def choices(work: FulfillmentRead, sources: Sequence[Source], skus: SkuOf) -> Sequence[Choice]:
    """List the places that could send all of some work, those that have most first."""
    wanted: dict[Sku, int] = {}
    for line_id, units in work.parts.items():
        wanted[skus[line_id]] = wanted.get(skus[line_id], 0) + units
    found = [
        Choice(
            code=source.code,
            spare=min(source.available.get(sku, 0) // units for sku, units in wanted.items()),
        )
        for source in sources
        if Way.SHIP in source.ways and source.location_id != work.location_id
    ]
    can = (choice for choice in found if choice.spare > 0)
    return sorted(can, key=lambda choice: (-choice.spare, choice.code))


def day_start(now: datetime, zone: str) -> datetime:
    """Return the midnight with which the day of `now` began at a place."""
    return now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def is_silent(seen_at: datetime | None, now: datetime) -> bool:
    """Tell whether the worker seems to have stopped."""
    return seen_at is None or now - seen_at > WORKER_SILENT_AFTER


def is_late(oldest_at: datetime | None, now: datetime) -> bool:
    """Tell whether an event waits longer than a working system lets it."""
    return oldest_at is not None and now - oldest_at > EVENTS_LATE_AFTER
