"""A location as sourcing sees it."""

from collections.abc import Mapping
from typing import NamedTuple

from sellier.domain.promising.states import Way
from sellier.kernel.ids import LocationId, Sku


class Source(NamedTuple):
    """A location, what it could give to a channel, and in which ways.

    A tuple, as a thousand of them are made for every question.
    """

    location_id: LocationId
    code: str
    is_warehouse: bool
    country: str
    available: Mapping[Sku, int]
    ways: frozenset[Way] = frozenset({Way.SHIP})
    latitude: float | None = None
    longitude: float | None = None
    banner: str | None = None
    capacity: int | None = None  # orders it prepares in a day; None for not asked
    in_hand: int = 0  # orders that wait there to be prepared
    is_open: bool = True
