"""A calm map: places on a graticule, without a coastline."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sellier.surfaces.studio.shown import Spot

WIDTH: Final = 960
HEIGHTS: Final = (420, 620)
MARGIN: Final = 56
DEGREES_LEAST: Final = 1.5  # of a map: one boutique is not its own country
AREAS: Final = ("europe", "americas", "asia")
AMERICAS_END: Final = -25
EUROPE_END: Final = (45, 34)  # east of it, and south of it, is elsewhere
STEPS: Final = (0.25, 0.5, 1, 2, 5, 10, 20, 30)
LINES_MAX: Final = 8
DOT: Final = (6.0, 16.0)  # radius of a place without and with all the work that it can do
LETTER: Final = 6.2  # width of one, roughly
LABEL_HEIGHT: Final = 14
COUNTRY_WIDTH: Final = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A place where it is drawn; `label` is its city where there is room to write it."""

    spot: Spot
    x: float
    y: float
    radius: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A parallel or meridian, and where it is drawn."""

    at: float
    degrees: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    x: float
    y: float
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    width: int
    height: int
    dots: Sequence[Dot]
    meridians: Sequence[Line]
    parallels: Sequence[Line]
    countries: Sequence[Label]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """How degrees become points: an equirectangular projection, true at its middle latitude."""

    west: float
    north: float
    stretch: float  # of longitudes
    scale: float
    height: int

    def x(self, longitude: float) -> float:
        return round((longitude - self.west) * self.stretch * self.scale, 1)

    def y(self, latitude: float) -> float:
        return round((self.north - latitude) * self.scale, 1)


def area_of(spot: Spot) -> str:
    """Return the part of the world that a place is in, as maps of houses are cut."""
    if spot.longitude < AMERICAS_END:
        return "americas"
    return "europe" if spot.longitude < EUROPE_END[0] and spot.latitude > EUROPE_END[1] else "asia"


def draw(spots: Sequence[Spot], *, is_near: bool) -> Map | None:
    """Draw places; `is_near` writes their cities, else only their countries. None: nothing."""
    if not spots:
        return None
    frame = _frame(spots)
    return Map(
        width=WIDTH,
        height=frame.height,
        dots=_dots(spots, frame, is_near=is_near),
        meridians=[
            Line(at=frame.x(degrees), degrees=degrees)
            for degrees in _ticks(frame.west, frame.scale * frame.stretch, WIDTH)
        ],
        parallels=[
            Line(at=frame.y(-degrees), degrees=-degrees)
            for degrees in _ticks(-frame.north, frame.scale, frame.height)
        ],
        countries=[] if is_near else _countries(spots, frame),
    )


def radius(spot: Spot) -> float:
    """Return how large a place is drawn: by how much of its day is taken up."""
    least, most = DOT
    share = min(1.0, spot.orders / spot.capacity) if spot.capacity else float(spot.orders > 0)
    return round(least + (most - least) * math.sqrt(share), 1)


def _frame(spots: Sequence[Spot]) -> Frame:
    latitudes = [spot.latitude for spot in spots]
    longitudes = [spot.longitude for spot in spots]
    middle = (min(latitudes) + max(latitudes)) / 2
    stretch = math.cos(math.radians(middle))
    wide = max((max(longitudes) - min(longitudes)) * stretch, DEGREES_LEAST)
    tall = max(max(latitudes) - min(latitudes), DEGREES_LEAST / 2)
    room = WIDTH - 2 * MARGIN
    scale = min(room / wide, (HEIGHTS[1] - 2 * MARGIN) / tall)
    height = round(min(max(tall * scale + 2 * MARGIN, HEIGHTS[0]), HEIGHTS[1]))
    center = (min(longitudes) + max(longitudes)) / 2
    return Frame(
        west=center - WIDTH / 2 / scale / stretch,
        north=middle + height / 2 / scale,
        stretch=stretch,
        scale=scale,
        height=height,
    )


def _ticks(first: float, scale: float, length: float) -> Sequence[float]:
    """Return round degrees across the map, few enough to stay calm."""
    last = first + length / scale
    step = next((each for each in STEPS if (last - first) / each <= LINES_MAX), STEPS[-1])
    count = math.floor(last / step) - math.ceil(first / step) + 1
    return [(math.ceil(first / step) + index) * step for index in range(count)]


def _dots(spots: Sequence[Spot], frame: Frame, *, is_near: bool) -> Sequence[Dot]:
    """Place the dots, the largest beneath; write a city where nothing is written yet."""
    taken: list[tuple[float, float, float, float]] = []
    named: set[str] = set()
    dots = []
    for spot in sorted(spots, key=lambda one: (-one.orders, one.code)):
        x, y, size = frame.x(spot.longitude), frame.y(spot.latitude), radius(spot)
        room = (x + size, y - LABEL_HEIGHT / 2, x + size + 6 + LETTER * len(spot.city), y + 7)
        is_free = is_near and spot.city not in named and room[2] < WIDTH
        if is_free and not any(_overlap(room, other) for other in taken):
            taken.append(room)
            named.add(spot.city)
            dots.append(Dot(spot=spot, x=x, y=y, radius=size, label=spot.city))
        else:
            dots.append(Dot(spot=spot, x=x, y=y, radius=size, label=""))
    return dots


def _overlap(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _countries(spots: Sequence[Spot], frame: Frame) -> Sequence[Label]:
    """Write each country above its places, those with most first, where there is room."""
    found: dict[str, list[Spot]] = {}
    for spot in spots:
        found.setdefault(spot.country, []).append(spot)
    taken: list[tuple[float, float, float, float]] = []
    labels = []
    for country, mine in sorted(found.items(), key=lambda each: (-len(each[1]), each[0])):
        x = round(sum(frame.x(one.longitude) for one in mine) / len(mine), 1)
        y = round(min(frame.y(one.latitude) for one in mine) - 24, 1)
        room = (x - COUNTRY_WIDTH / 2, y - LABEL_HEIGHT, x + COUNTRY_WIDTH / 2, y)
        if not any(_overlap(room, other) for other in taken):
            taken.append(room)
            labels.append(Label(x=x, y=y, country=country))
    return labels
