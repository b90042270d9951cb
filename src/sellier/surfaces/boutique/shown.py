"""What the boutique's pages show: frozen values, read by the queries, used by templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sellier.domain.catalog.queries import Picture
from sellier.domain.orders.queries import ParcelRead
from sellier.domain.orders.states import Cause, ParcelState, Work
from sellier.domain.promising.states import Way
from sellier.kernel.ids import (
    FulfillmentId,
    LocationId,
    MarketId,
    OrderId,
    Sku,
    public_id,
)
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
class Task:
    """Work that waits here, as a card to press."""

    id: FulfillmentId
    number: str
    name: str
    city: str
    country: str
    way: Way
    state: Work
    units: int
    picked: int
    shelf: str | None
    deadline: datetime | None
    is_late: bool
    is_held: bool  # the order desk keeps it from leaving
    is_shared: bool  # other boutiques see it too: whoever takes it first has it
    label: ParcelState | None
    tracking_number: str | None
    pictures: Sequence[Picture | None]

    @property
    def url(self) -> str:
        return f"/boutique/work/{public_id('work', self.id)}"


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
    picked: int
    on_hand: int
    picture: Picture | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The work of this boutique for one order: what to pick, and where it goes."""

    id: FulfillmentId
    order_id: OrderId
    number: str
    placed_at: datetime
    language: str
    way: Way
    state: Work
    cause: Cause | None
    deadline: datetime | None
    is_late: bool
    is_held: bool  # the order desk keeps it from leaving
    is_mine: bool  # offered here first, or taken here
    is_shared: bool
    shelf: str | None
    banner: str
    address: Sequence[str]
    country: str
    phone: str | None
    units_elsewhere: int
    lines: Sequence[ToPick]
    parcel: ParcelRead | None

    @property
    def url(self) -> str:
        return f"/boutique/work/{public_id('work', self.id)}"

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def picked(self) -> int:
        return sum(line.picked for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A parcel on the manifest of a day."""

    number: str
    name: str
    city: str
    country: str
    units: int
    tracking_number: str | None
    at: datetime
