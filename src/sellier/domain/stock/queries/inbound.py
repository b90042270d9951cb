"""What is on its way: from suppliers, and from one location to another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Subquery, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.stock.models import PurchaseOrder, PurchaseOrderLine, Transfer, TransferLine
from sellier.domain.stock.states import PurchaseState, TransferState
from sellier.kernel.ids import LocationId, Sku

INBOUND_MAX: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """Units of one SKU that come to a location, there at `expected_at` at the latest."""

    sku: Sku
    location_id: LocationId
    quantity: int
    expected_at: datetime | None  # a transfer may not say
    number: str  # of the transfer or purchase order


async def inbound(db: AsyncSession, *, skus: Sequence[Sku]) -> Sequence[Inbound]:
    """List what is on its way of some SKUs, the soonest first; late ones are where they were."""
    coming = on_the_way()
    found = await db.execute(
        select(coming)
        .where(coming.c.sku.in_(skus))
        .order_by(coming.c.expected_at.nulls_last(), coming.c.number, coming.c.sku)
        .limit(INBOUND_MAX)
    )
    return [Inbound(**row) for row in found.mappings()]


def on_the_way() -> Subquery:
    """Select units in transit and units still to come from suppliers, for joins."""
    left = PurchaseOrderLine.quantity - PurchaseOrderLine.received
    bought = (
        select(
            PurchaseOrderLine.sku,
            PurchaseOrder.location_id,
            left.label("quantity"),
            PurchaseOrder.expected_at,
            PurchaseOrder.number,
        )
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
        .where(
            PurchaseOrder.state.in_((PurchaseState.OPEN, PurchaseState.PARTLY_RECEIVED)), left > 0
        )
    )
    sent = (
        select(
            TransferLine.sku,
            Transfer.destination_id.label("location_id"),
            TransferLine.in_transit.label("quantity"),
            Transfer.expected_at,
            Transfer.number,
        )
        .join(Transfer, Transfer.id == TransferLine.transfer_id)
        .where(
            Transfer.state.in_((TransferState.SENT, TransferState.PARTLY_RECEIVED)),
            TransferLine.in_transit > 0,
        )
    )
    return union_all(bought, sent).subquery("on_the_way")
