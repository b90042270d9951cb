"""Where the places of the group are, how busy, and whether they are open."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.locations import queries as locations
from sellier.domain.locations.models import Location, LocationKind
from sellier.domain.locations.rules.hours import next_open
from sellier.surfaces.studio import shown
from sellier.surfaces.studio.queries import tower

SPOTS_MAX = 5_000


async def spots(db: AsyncSession, *, now: datetime) -> Sequence[shown.Spot]:
    """List every place with its work in hand."""
    load = tower.load(now)
    statement = (
        select(
            Location,
            func.coalesce(load.c.orders, 0).label("orders"),
            func.coalesce(load.c.late, 0).label("late"),
        )
        .outerjoin(load, load.c.location_id == Location.id)
        .order_by(Location.code)
        .limit(SPOTS_MAX)
    )
    hours = await locations.calendars(db, now=now)
    open_now = {
        place
        for place, calendar in hours.items()
        if (span := next_open(calendar, now)) is not None and span.start <= now
    }
    return [
        shown.Spot(
            code=row.code,
            name=row.name,
            city=row.city,
            country=row.country,
            is_warehouse=row.kind == LocationKind.WAREHOUSE,
            latitude=row.latitude,
            longitude=row.longitude,
            capacity=row.daily_capacity,
            orders=orders,
            late=late,
            is_open=row.id in open_now and row.closed_at is None,
            is_shut=row.closed_at is not None,
        )
        for row, orders, late in await db.execute(statement)
    ]
