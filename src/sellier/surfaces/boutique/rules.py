"""Small decisions of the boutique app."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import zip_longest
from math import asin, cos, radians, sin, sqrt
from typing import Final
from zoneinfo import ZoneInfo

from sellier.domain.orders.states import Work
from sellier.kernel.ids import Sku
from sellier.surfaces.boutique.shown import Here, Size, Task

GTIN_LENGTHS: Final = (8, 12, 13, 14)
EARTH_KM: Final = 6371


# What is to be done, in the order in which a boutique does it.
GROUPS: Final[Mapping[str, frozenset[Work]]] = {
    "accept": frozenset({Work.OFFERED}),
    "pick": frozenset({Work.ACCEPTED}),
    "pack": frozenset({Work.PICKED}),
    "hand_over": frozenset({Work.PACKED}),
    "collect": frozenset({Work.READY}),
    "keep": frozenset({Work.SET_ASIDE}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Tasks of which the same is to be done."""

    name: str
    tasks: Sequence[Task]


def grouped(tasks: Iterable[Task]) -> Sequence[Group]:
    """Group tasks by what is to be done; the late ones first, then as they come."""
    ordered = sorted(tasks, key=lambda task: task.deadline or datetime.max.replace(tzinfo=UTC))
    groups = (
        Group(name=name, tasks=[task for task in ordered if task.state in states])
        for name, states in GROUPS.items()
    )
    return [group for group in groups if group.tasks]


def day_in(zone: str, day: date) -> tuple[datetime, datetime]:
    """Return when a day begins and ends by the clocks of a place."""
    begins = datetime.combine(day, time(), ZoneInfo(zone))
    return begins, datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))


def gtins(text: str) -> Sequence[str]:
    """Return the ways in which a scanned number may be kept: scanners add and drop zeros."""
    digits = text.lstrip("0")
    if not (text.isascii() and text.isdigit() and digits) or len(digits) > max(GTIN_LENGTHS):
        return ()
    return [digits.zfill(length) for length in GTIN_LENGTHS if length >= len(digits)]


def interleave(lists: Iterable[Sequence[str]], *, limit: int) -> Sequence[str]:
    """Merge ranked lists: the first of each, then the second of each, each value once."""
    rounds = zip_longest(*lists)
    merged = dict.fromkeys(value for row in rounds for value in row if value is not None)
    return list(merged)[:limit]


def distance_km(here: Here, latitude: float, longitude: float) -> int | None:
    """Return how far a place is as the crow flies; None for who stands nowhere."""
    if here.location_id is None:
        return None
    a, b = radians(here.latitude), radians(latitude)
    east = radians(longitude - here.longitude)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(east / 2) ** 2
    return round(2 * EARTH_KM * asin(min(1, sqrt(half))))


def chosen_size(sizes: Sequence[Size], *, wanted: Sku) -> Size | None:
    """Return the size that was asked for, else the first that is here, or anywhere, or at all."""
    preferences = (
        (size for size in sizes if size.sku == wanted),
        (size for size in sizes if size.here),
        (size for size in sizes if size.elsewhere),
        iter(sizes),
    )
    return next((size for preferred in preferences for size in preferred), None)
