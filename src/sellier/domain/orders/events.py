from dataclasses import dataclass
from typing import ClassVar

from sellier.infra.outbox import Event
from sellier.kernel.ids import FulfillmentId, OrderId, ParcelId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(Event):
    """An order is written down, its stock reserved, its payment not yet decided."""

    name: ClassVar[str] = "order.placed"

    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid(Event):
    """The money is authorized and every unit allocated: the promise is made."""

    name: ClassVar[str] = "order.paid"

    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCanceled(Event):
    """Nothing of this order will be delivered; its stock is free again."""

    name: ClassVar[str] = "order.canceled"

    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsCanceled(Event):
    """Some units of an order that was paid for will not be delivered."""

    name: ClassVar[str] = "order.units_canceled"

    order_id: OrderId
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsUnsourced(Event):
    """Units of an order that is paid for have no location: one has to be found."""

    name: ClassVar[str] = "order.units_unsourced"

    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class PickupReminded(Event):
    """Pieces are still to be collected, and soon for the last time."""

    name: ClassVar[str] = "fulfillment.reminded"

    fulfillment_id: FulfillmentId
    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class FulfillmentAdvanced(Event):
    """The work of a location for an order is in another state."""

    name: ClassVar[str] = "fulfillment.advanced"

    fulfillment_id: FulfillmentId
    order_id: OrderId
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelPacked(Event):
    """A parcel lies there, closed: a carrier is to be asked for its label."""

    name: ClassVar[str] = "parcel.packed"

    parcel_id: ParcelId
    fulfillment_id: FulfillmentId
    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelDropped(Event):
    """A parcel will not leave: whatever a carrier was asked for is to be taken back."""

    name: ClassVar[str] = "parcel.dropped"

    parcel_id: ParcelId


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelReturned(Event):
    """The carrier brings a parcel back to where it came from."""

    name: ClassVar[str] = "parcel.returned"

    parcel_id: ParcelId
    fulfillment_id: FulfillmentId
    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWanted(Event):
    """Somebody of the house asks for a letter to leave once more."""

    name: ClassVar[str] = "order.letter_wanted"

    order_id: OrderId
    letter: str
    fulfillment_id: FulfillmentId | None  # what it tells of, if not the order as a whole
