"""Small decisions of the boutique app."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from math import asin, cos, radians, sin, sqrt
from typing import Final

from sellier.kernel.ids import Sku
from sellier.surfaces.boutique.shown import Here, Size

GTIN_LENGTHS: Final = (8, 12, 13, 14)
EARTH_KM: Final = 6371


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
