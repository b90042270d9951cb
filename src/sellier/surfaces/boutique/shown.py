"""What the boutique's pages show: frozen values, read by the queries, used by templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sellier.domain.catalog.queries import Picture
from sellier.kernel.ids import FulfillmentId, LocationId, MarketId, Sku
from sellier.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """Where the associate stands. An administrator stands nowhere: `location_id` is None."""

    location_id: LocationId | None
    name: str
    city: str
    time_zone: str
    latitude: float
    longitude: float
    banner: str | None
    market_id: MarketId | None
    market: str
    orders: int  # to prepare here
    units: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A piece in the list of results."""

    code: str
    brand: str
    title: str
    color: str | None
    family: str | None
    picture: Picture | None
    lowest: Money | None
    highest: Money | None
    here: int
    elsewhere: int
    sizes: Sequence[str]  # available here


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """One size of a piece: what is available here and elsewhere, and what it costs here."""

    sku: Sku
    name: str | None
    system: str | None
    gtin: str | None
    price: Money | None
    here: int
    elsewhere: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The units of one size at one location."""

    name: str
    city: str
    is_here: bool
    is_boutique: bool
    distance_km: int | None
    on_hand: int
    aside: int  # of those on hand: on display, damaged or held back
    reserved: int
    available: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherColor:
    code: str
    name: str | None
    family: str | None
    media: Picture | None
    current: bool

    @property
    def url(self) -> str:
        return f"/boutique/pieces/{self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A style-color whole."""

    code: str
    brand: str
    title: str
    description: str
    color: str | None
    material: str | None
    pictures: Sequence[Picture]
    colors: Sequence[OtherColor]
    sizes: Sequence[Size]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An order that waits to be prepared here."""

    number: str
    placed_at: datetime
    name: str
    city: str
    country: str
    units: int
    pictures: Sequence[Picture | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPick:
    """A line to pick. `on_hand` is what should be in the stockroom."""

    sku: Sku
    gtin: str | None
    code: str
    brand: str
    title: str
    color: str | None
    size: str | None
    quantity: int
    on_hand: int
    picture: Picture | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What to pick here for one order, and where it goes."""

    id: FulfillmentId
    number: str
    placed_at: datetime
    language: str
    address: Sequence[str]
    country: str
    phone: str | None
    units: int
    units_elsewhere: int
    lines: Sequence[ToPick]
