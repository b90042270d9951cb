"""How far it is on the ground."""

from math import asin, cos, radians, sin, sqrt
from typing import Final

_EARTH_KM: Final = 6_371.0


def km_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the great-circle distance between two (latitude, longitude), by the haversine."""
    here, there = radians(a[0]), radians(b[0])
    across = sin(radians(b[1] - a[1]) / 2)
    along = sin((there - here) / 2)
    chord = along * along + cos(here) * cos(there) * across * across
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(chord)))
