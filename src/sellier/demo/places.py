"""Where the group keeps its pieces: 30 boutiques, 2 warehouses; who runs each of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sellier.demo.words import place_lines


class Tier(StrEnum):
    WAREHOUSE = "warehouse"
    FLAGSHIP = "flagship"
    BOUTIQUE = "boutique"
    CORNER = "corner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    code: str
    name: str
    city: str
    country: str
    latitude: float
    longitude: float
    time_zone: str
    tier: Tier
    banner: str | None  # who runs it: a banner or a maison, never both
    maison: str | None
    opens: str  # local time
    closes: str
    daily_capacity: int  # orders prepared a day
    ships: bool = True
    without: frozenset[str] = frozenset()  # categories it has no room for

    @property
    def kind(self) -> str:
        return "warehouse" if self.tier is Tier.WAREHOUSE else "boutique"

    @property
    def pickup(self) -> bool:
        return self.tier is not Tier.WAREHOUSE


_RUNS_BANNER = {"PD": "place-dauphine", "FP": "fleur-de-peau", "GL": "grand-large"}
_RUNS_MAISON = {
    "AU": "aubrecourt",
    "RA": "ravanelle",
    "TO": "torrefina",
    "CE": "celandre",
    "OR": "orbevaux",
    "AR": "ardkellan",
    "PE": "pellingrove",
}
_CAPACITY = {Tier.WAREHOUSE: 2_400, Tier.FLAGSHIP: 80, Tier.BOUTIQUE: 35, Tier.CORNER: 15}
# A small shop of several brands has no tailor and no fitting room.
_NO_ROOM = frozenset({"coats", "evening_gowns", "throws", "trousers"})


def _places() -> Iterator[Location]:
    """Read who runs a place from the first letters of its code, and its means from its tier."""
    for line in place_lines():
        runner = line.code[:2]
        tier = Tier(line.tier)
        yield Location(
            code=line.code,
            name=line.name,
            city=line.city,
            country=line.country,
            latitude=line.latitude,
            longitude=line.longitude,
            time_zone=line.time_zone,
            tier=tier,
            banner=_RUNS_BANNER.get(runner),
            maison=_RUNS_MAISON.get(runner),
            opens=line.opens,
            closes=line.closes,
            daily_capacity=_CAPACITY[tier],
            ships=tier is not Tier.CORNER,
            without=_NO_ROOM if tier is Tier.CORNER else frozenset(),
        )


LOCATIONS: tuple[Location, ...] = tuple(_places())
