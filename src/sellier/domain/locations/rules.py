"""Pure decisions about locations."""

from dataclasses import dataclass
from datetime import time
from functools import partial

from sellier.kernel import parsing
from sellier.kernel.parsing import Cells

DAILY_CAPACITY_MAX = 1_000_000


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
    )


def _kind(text: str) -> str:
    return parsing.one_of(text, {"boutique": "boutique", "warehouse": "warehouse"})
