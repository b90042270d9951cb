from dataclasses import dataclass
from typing import ClassVar

from sellier.infra.outbox import Event
from sellier.kernel.ids import LocationId, PurchaseOrderId, Sku, StockCountId, TransferId


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionsChanged(Event):
    """Units of these SKUs (500 at most) came, went, were reserved or given back somewhere."""

    name: ClassVar[str] = "stock.positions_changed"

    skus: tuple[Sku, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRequested(Event):
    """A location is asked to send units to another."""

    name: ClassVar[str] = "stock.transfer_requested"

    transfer_id: TransferId


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferSent(Event):
    """The units of a transfer left; they are in transit."""

    name: ClassVar[str] = "stock.transfer_sent"

    transfer_id: TransferId


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferPartlyReceived(Event):
    """Some units of a transfer arrived."""

    name: ClassVar[str] = "stock.transfer_partly_received"

    transfer_id: TransferId


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferReceived(Event):
    """A transfer is over: its units arrived, or are lost."""

    name: ClassVar[str] = "stock.transfer_received"

    transfer_id: TransferId


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferCanceled(Event):
    """A transfer does not leave."""

    name: ClassVar[str] = "stock.transfer_canceled"

    transfer_id: TransferId


@dataclass(frozen=True, slots=True, kw_only=True)
class StockShort(Event):
    """A count found fewer units than are promised to orders here: `quantity` of them are missing.

    They are promised to nobody else. Whoever gives one of those orders up, or has it served
    elsewhere, ends the matter: the worker takes them off the books.
    """

    name: ClassVar[str] = "stock.short"

    sku: Sku
    location_id: LocationId
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountWaiting(Event):
    """A count differs from the books: somebody has to look at it."""

    name: ClassVar[str] = "stock.count_waiting"

    count_id: StockCountId
    location_id: LocationId


@dataclass(frozen=True, slots=True, kw_only=True)
class CountApplied(Event):
    """What a count found is on the books."""

    name: ClassVar[str] = "stock.count_applied"

    count_id: StockCountId
    location_id: LocationId


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRejected(Event):
    """What a count found is not believed; the books stand."""

    name: ClassVar[str] = "stock.count_rejected"

    count_id: StockCountId
    location_id: LocationId


@dataclass(frozen=True, slots=True, kw_only=True)
class CountCanceled(Event):
    """A count was given up."""

    name: ClassVar[str] = "stock.count_canceled"

    count_id: StockCountId
    location_id: LocationId


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderExpected(Event):
    """A supplier will bring units, or brings them at another time or in another number."""

    name: ClassVar[str] = "stock.purchase_order_expected"

    purchase_order_id: PurchaseOrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderPartlyReceived(Event):
    """A supplier brought some of what was ordered."""

    name: ClassVar[str] = "stock.purchase_order_partly_received"

    purchase_order_id: PurchaseOrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderReceived(Event):
    """A supplier brought all that was ordered."""

    name: ClassVar[str] = "stock.purchase_order_received"

    purchase_order_id: PurchaseOrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderClosed(Event):
    """The rest of what a supplier should bring does not come."""

    name: ClassVar[str] = "stock.purchase_order_closed"

    purchase_order_id: PurchaseOrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderCanceled(Event):
    """A supplier brings nothing of what was ordered."""

    name: ClassVar[str] = "stock.purchase_order_canceled"

    purchase_order_id: PurchaseOrderId
