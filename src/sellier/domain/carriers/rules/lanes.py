"""What a lane says, and the days on which a parcel arrives that was ready at a moment."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from sellier.kernel import parsing
from sellier.kernel.money import Money
from sellier.kernel.parsing import Cells, Unreadable

DAYS_MAX: Final = 60
# A carrier that comes on no day within so many never comes.
_DAYS_AHEAD: Final = 370
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneTerms:
    """What a carrier takes from one country to another, how soon and for how much."""

    carrier: str
    service: str
    from_country: str
    to_country: str
    days_min: int
    days_max: int
    cut_off: time
    pickup_days: Collection[int]
    delivery_days: Collection[int]
    prices: Mapping[str, int]  # minor units, by currency
    cost: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """When a parcel is picked up, and the first and last day on which it may arrive."""

    picked_up: date
    earliest: date
    latest: date


def arrival(
    lane: LaneTerms,
    *,
    ready: datetime,
    time_zone: str,
    closed_from: Collection[date] = (),
    closed_to: Collection[date] = (),
) -> Arrival | None:
    """Return when a parcel arrives that is ready at a moment, or None when nobody picks it up.

    The dates closed are the holidays of the countries that it leaves and reaches.
    """
    local = ready.astimezone(ZoneInfo(time_zone))
    first = local.date() if local.time() <= lane.cut_off else local.date() + _DAY
    picked_up = _on_or_after(first, lane.pickup_days, closed_from)
    if picked_up is None:
        return None
    earliest, latest = (
        _after(picked_up, days, weekdays=lane.delivery_days, closed=closed_to)
        for days in (lane.days_min, lane.days_max)
    )
    if earliest is None or latest is None:
        return None
    return Arrival(picked_up=picked_up, earliest=earliest, latest=latest)


def _after(
    start: date, days: int, *, weekdays: Collection[int], closed: Collection[date]
) -> date | None:
    day: date | None = start
    for _ in range(days):
        day = day and _on_or_after(day + _DAY, weekdays, closed)
    return day and _on_or_after(day, weekdays, closed)


def _on_or_after(day: date, weekdays: Collection[int], closed: Collection[date]) -> date | None:
    for _ in range(_DAYS_AHEAD):
        if day.isoweekday() in weekdays and day not in closed:
            return day
        day += _DAY
    return None


def lane_feed(cells: Cells) -> LaneTerms:
    """Read a row of a lanes file."""
    days = partial(parsing.whole, low=0, high=DAYS_MAX)
    days_min = cells.required("days_min", days, otherwise=0)
    days_max = cells.required("days_max", days, otherwise=DAYS_MAX)
    if days_max < days_min:
        cells.refuse("days_max", cells.text("days_max"), "less than days_min")
    return LaneTerms(
        carrier=cells.required("carrier", parsing.code, otherwise=""),
        service=cells.required("service", parsing.code, otherwise=""),
        from_country=cells.required("from_country", parsing.country, otherwise=""),
        to_country=cells.required("to_country", parsing.country, otherwise=""),
        days_min=days_min,
        days_max=days_max,
        cut_off=cells.required("cut_off", parsing.clock, otherwise=time.min),
        pickup_days=cells.required("pickup_days", parsing.weekdays, otherwise=()),
        delivery_days=cells.required("delivery_days", parsing.weekdays, otherwise=()),
        prices=cells.required("prices", _prices, otherwise={}),
        cost=cells.optional("cost", parsing.price),
    )


def _prices(text: str) -> Mapping[str, int]:
    amounts = [parsing.price(part.strip()) for part in text.split(",")]
    prices = {amount.currency: amount.minor for amount in amounts}
    if len(prices) < len(amounts):
        raise Unreadable("two prices in one currency")
    return prices
