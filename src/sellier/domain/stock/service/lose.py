"""Units that are not where they should be."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.stock.models import StockPosition
from sellier.domain.stock.rules import Move
from sellier.domain.stock.service.move import move
from sellier.domain.stock.states import Cause
from sellier.kernel.ids import LocationId, Sku


async def lose_all(
    db: AsyncSession, *, sku: Sku, location_id: LocationId, source: str, by: str, now: datetime
) -> int:
    """Count every sellable unit as gone that is not kept for somebody; return how many."""
    row = await db.scalar(
        select(StockPosition)
        .where(StockPosition.sku == sku, StockPosition.location_id == location_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    free = 0 if row is None else row.on_hand - row.aside - row.reserved
    if free:
        gone = [Move(sku=sku, location_id=location_id, quantity=-free)]
        await move(db, moves=gone, cause=Cause.COUNT, source=source, by=by, now=now)
    return free
