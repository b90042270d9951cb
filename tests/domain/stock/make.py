"""Stock for tests."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.stock.models import StockMovement, StockPosition
from sellier.domain.stock.states import Cause
from sellier.kernel.ids import LocationId, Sku

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def stock_position(
    db: AsyncSession, *, location_id: LocationId, sku: str = "ECLUSE-RED-U", on_hand: int = 1
) -> StockPosition:
    """Put units somewhere, through the ledger as everything that is on hand."""
    position = StockPosition(sku=Sku(sku), location_id=location_id, on_hand=on_hand)
    db.add(position)
    if on_hand:
        movement = StockMovement(
            sku=Sku(sku),
            location_id=location_id,
            quantity=on_hand,
            cause=Cause.RECEIPT,
            source="test",
            by="test",
            at=LONG_AGO,
        )
        db.add(movement)
    await db.flush()
    return position
