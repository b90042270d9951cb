"""Say that what a whole location has can be had, or cannot, though no unit moved."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.stock.events import PositionsChanged
from sellier.domain.stock.models import StockPosition
from sellier.infra import outbox
from sellier.kernel.ids import LocationId

AT_ONCE: Final = 500


async def announce(
    db: AsyncSession, *, location_ids: Collection[LocationId], now: datetime
) -> None:
    """Tell whoever shows availability that it changed at these locations."""
    found = await db.scalars(
        select(StockPosition.sku)
        .where(StockPosition.location_id.in_(location_ids), StockPosition.available > 0)
        .distinct()
        .order_by(StockPosition.sku)
    )
    skus = found.all()
    for first in range(0, len(skus), AT_ONCE):
        some = tuple(skus[first : first + AT_ONCE])
        outbox.publish(db, PositionsChanged(happened_at=now, skus=some))
