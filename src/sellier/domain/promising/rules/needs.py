"""What is asked for, where it goes, and what is taken for it."""

from dataclasses import dataclass

from sellier.domain.promising.states import Way
from sellier.kernel.ids import LocationId, OrderLineId, Sku


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where units of a line go. What is collected or carried out names its boutique."""

    way: Way
    country: str
    latitude: float | None = None
    longitude: float | None = None
    location_id: LocationId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Units of one SKU that an order line asks for; several needs may share a SKU."""

    line_id: OrderLineId
    sku: Sku
    quantity: int
    to: Destination


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """Units of one SKU to take from one location, for one order line."""

    line_id: OrderLineId
    sku: Sku
    location_id: LocationId
    quantity: int
