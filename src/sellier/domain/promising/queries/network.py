"""The whole network, as rule sets are checked against and simulated over."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.locations.models import Location, LocationKind
from sellier.domain.organization.models import Banner, BannerLocation, Maison, Market
from sellier.domain.promising.rules import Source
from sellier.domain.promising.rules.network import Network
from sellier.domain.promising.states import Way

NAMES_MAX = 5_000


async def network(db: AsyncSession) -> Network:
    """Return every location without its stock, and the names that rules may use."""
    rows = await db.execute(
        select(Location, Banner.code.label("banner"))
        .outerjoin(BannerLocation, BannerLocation.location_id == Location.id)
        .outerjoin(Banner, Banner.id == BannerLocation.banner_id)
        .limit(NAMES_MAX)
    )
    sources = [
        Source(
            location_id=row.Location.id,
            code=row.Location.code,
            is_warehouse=row.Location.kind == LocationKind.WAREHOUSE,
            country=row.Location.country,
            available={},
            ways=frozenset({Way.SHIP} if row.Location.ships else ()),
            latitude=row.Location.latitude,
            longitude=row.Location.longitude,
            banner=row.banner,
            capacity=row.Location.daily_capacity,
        )
        for row in rows
    ]
    return Network(
        sources=sources,
        countries=set(await db.scalars(select(Market.country).limit(NAMES_MAX))),
        banners=set(await db.scalars(select(Banner.code).limit(NAMES_MAX))),
        maisons=set(await db.scalars(select(Maison.code).limit(NAMES_MAX))),
    )
