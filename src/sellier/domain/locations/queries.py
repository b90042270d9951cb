"""Reads of locations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.locations.models import Location, LocationKind
from sellier.kernel.ids import LocationId

LOCATIONS_MAX = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationRead:
    """A place that holds stock; hours are local to its time zone."""

    id: LocationId
    code: str
    kind: LocationKind
    name: str
    city: str
    country: str
    latitude: float
    longitude: float
    time_zone: str
    ships: bool
    pickup: bool
    opens: time
    closes: time


async def locations(db: AsyncSession) -> Sequence[LocationRead]:
    """List every location by code."""
    statement = select(Location).order_by(Location.code).limit(LOCATIONS_MAX)
    return [
        LocationRead(
            id=row.id,
            code=row.code,
            kind=LocationKind(row.kind),
            name=row.name,
            city=row.city,
            country=row.country,
            latitude=row.latitude,
            longitude=row.longitude,
            time_zone=row.time_zone,
            ships=row.ships,
            pickup=row.pickup,
            opens=row.opens,
            closes=row.closes,
        )
        for row in await db.scalars(statement)
    ]


async def ids_by_code(db: AsyncSession) -> Mapping[str, LocationId]:
    """Return the id of every location under its code."""
    rows = await db.execute(select(Location.code, Location.id).limit(LOCATIONS_MAX))
    return {row.code: row.id for row in rows}
