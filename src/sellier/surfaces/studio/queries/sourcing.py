from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.identity.models import Staff
from sellier.domain.locations.models import Location

PEOPLE_MAX: Final = 1_000
PLACES_MAX: Final = 5_000


async def people(db: AsyncSession, *, by: Iterable[str | None]) -> Mapping[str, str]:
    """Return the names of staff under what history calls them."""
    key = func.concat("staff:", Staff.id)
    asked = {each for each in by if each}
    rows = await db.execute(
        select(key.label("key"), Staff.name).where(key.in_(asked)).limit(PEOPLE_MAX)
    )
    return {row.key: row.name for row in rows}


async def place_names(db: AsyncSession) -> Mapping[str, str]:
    """Return the name and city of every location under its code."""
    rows = await db.execute(select(Location.code, Location.name, Location.city).limit(PLACES_MAX))
    return {
        row.code: row.name if row.city in row.name else f"{row.name}, {row.city}" for row in rows
    }
