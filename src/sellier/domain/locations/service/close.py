"""Close locations until further notice, and open them again."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.locations.models import Location
from sellier.kernel.ids import LocationId


async def close(db: AsyncSession, *, location_ids: Collection[LocationId], now: datetime) -> None:
    """Have locations take no work from now on. Those that are closed stay so since then."""
    await db.execute(
        update(Location)
        .where(Location.id.in_(location_ids), Location.closed_at.is_(None))
        .values(closed_at=now)
    )


async def reopen(db: AsyncSession, *, location_ids: Collection[LocationId]) -> None:
    """Have locations take work again."""
    await db.execute(update(Location).where(Location.id.in_(location_ids)).values(closed_at=None))
