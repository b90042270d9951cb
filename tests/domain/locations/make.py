from datetime import time
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.locations.models import Location, LocationKind
from sellier.kernel.ids import LocationId, new_id


async def location(db: AsyncSession, **changes: Any) -> LocationId:
    """A boutique in Lyon that ships and hands over, unless told otherwise."""
    row_id = LocationId(new_id())
    values: dict[str, Any] = {
        "code": f"place-{row_id.hex[-8:]}",
        "kind": LocationKind.BOUTIQUE,
        "name": "Rue Mercière",
        "city": "Lyon",
        "country": "FR",
        "latitude": 45.76,
        "longitude": 4.83,
        "time_zone": "Europe/Paris",
        "ships": True,
        "pickup": True,
        "opens": time(10),
        "closes": time(19),
        "daily_capacity": 40,
    }
    db.add(Location(id=row_id, **(values | changes)))
    await db.flush()
    return row_id
