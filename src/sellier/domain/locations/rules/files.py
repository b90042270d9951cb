"""What the rows of files about locations say."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import partial
from typing import Final

from sellier.kernel import parsing
from sellier.kernel.parsing import Cells

DAILY_CAPACITY_MAX: Final = 1_000_000
PREPARATION_MINUTES_MAX: Final = 60 * 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationFeed:
    """What a row of a locations file says."""

    code: str
    kind: str
    name: str
    city: str
    country: str
    latitude: float
    longitude: float
    time_zone: str
    ships: bool
    pickup: bool
    opens: time
    closes: time
    daily_capacity: int
    banner: str | None
    preparation_minutes: int | None
    cut_off: time | None
    prepares_on: Sequence[int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursFeed:
    """What a row of an hours file says: the same hours on some days of the week."""

    location: str
    days: Collection[int]
    opens: time
    closes: time


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDayFeed:
    """What a row of a special days file says. No hours: closed."""

    location: str | None
    country: str | None
    day: date
    opens: time | None
    closes: time | None
    name: str | None


def location_feed(cells: Cells) -> LocationFeed:
    """Read a row of a locations file."""
    capacity = partial(parsing.whole, low=0, high=DAILY_CAPACITY_MAX)
    opens = cells.required("opens", parsing.clock, otherwise=time.min)
    closes = cells.required("closes", parsing.clock, otherwise=time.max)
    if opens >= closes:
        cells.refuse("closes", cells.text("closes"), "not after the opening time")
    return LocationFeed(
        code=cells.required("code", parsing.code, otherwise=""),
        kind=cells.required("kind", _kind, otherwise=""),
        name=cells.required("name", partial(parsing.line, longest=200), otherwise=""),
        city=cells.required("city", partial(parsing.line, longest=100), otherwise=""),
        country=cells.required("country", parsing.country, otherwise=""),
        latitude=cells.required("latitude", partial(parsing.coordinate, limit=90), otherwise=0.0),
        longitude=cells.required(
            "longitude", partial(parsing.coordinate, limit=180), otherwise=0.0
        ),
        time_zone=cells.required("time_zone", parsing.time_zone, otherwise=""),
        ships=cells.required("ships", parsing.yes_no, otherwise=False),
        pickup=cells.required("pickup", parsing.yes_no, otherwise=False),
        opens=opens,
        closes=closes,
        daily_capacity=cells.required("daily_capacity", capacity, otherwise=0),
        banner=cells.optional("banner", parsing.code),
        preparation_minutes=cells.optional(
            "preparation_minutes", partial(parsing.whole, low=0, high=PREPARATION_MINUTES_MAX)
        ),
        cut_off=cells.optional("cut_off", parsing.clock),
        prepares_on=cells.optional("prepares_on", parsing.weekdays),
    )


def hours_feed(cells: Cells) -> HoursFeed:
    """Read a row of an hours file."""
    return HoursFeed(
        location=cells.required("location", parsing.code, otherwise=""),
        days=cells.required("days", parsing.weekdays, otherwise=()),
        opens=cells.required("opens", parsing.clock, otherwise=time.min),
        closes=cells.required("closes", parsing.clock, otherwise=time.min),
    )


def special_day_feed(cells: Cells) -> SpecialDayFeed:
    """Read a row of a special days file."""
    read = SpecialDayFeed(
        location=cells.optional("location", parsing.code),
        country=cells.optional("country", parsing.country),
        day=cells.required("day", parsing.day, otherwise=date.min),
        opens=cells.optional("opens", parsing.clock),
        closes=cells.optional("closes", parsing.clock),
        name=cells.optional("name", partial(parsing.line, longest=100)),
    )
    if bool(cells.text("location")) == bool(cells.text("country")):
        cells.refuse("location", cells.text("location"), "name a location or a country, not both")
    if bool(cells.text("opens")) != bool(cells.text("closes")):
        cells.refuse("closes", cells.text("closes"), "write both hours, or none when it is closed")
    return read


def _kind(text: str) -> str:
    return parsing.one_of(text, {"boutique": "boutique", "warehouse": "warehouse"})
