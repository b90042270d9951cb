"""Stock for tests."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.stock.events import PositionsChanged
from sellier.domain.stock.models import StockMovement, StockPosition
from sellier.domain.stock.rules import Move
from sellier.domain.stock.service import move
from sellier.domain.stock.states import Cause
from sellier.infra import outbox
from sellier.kernel.ids import LocationId, Sku, new_id

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
        outbox.publish(db, PositionsChanged(happened_at=LONG_AGO, skus=(Sku(sku),)))
    await db.flush()
    return position


async def more(
    db: AsyncSession,
    *,
    location_id: LocationId,
    units: int,
    now: datetime,
    sku: str = "ECLUSE-RED-U",
) -> None:
    """Receive units at a place that keeps the SKU already."""
    moves = [Move(sku=Sku(sku), location_id=location_id, quantity=units)]
    await move(db, moves=moves, cause=Cause.RECEIPT, source=f"test:{new_id()}", by="test", now=now)
