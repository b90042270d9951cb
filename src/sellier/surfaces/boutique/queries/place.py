from sqlalchemy import Subquery, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.locations.models import Location
from sellier.domain.orders.models import Fulfillment, FulfillmentLine
from sellier.domain.orders.states import TO_DO
from sellier.domain.organization.models import (
    Banner,
    BannerLocation,
    Channel,
    ChannelMarket,
    Market,
)
from sellier.kernel.ids import LocationId
from sellier.surfaces.boutique.shown import Here


async def here(db: AsyncSession, *, location_id: LocationId | None) -> Here:
    """Return the boutique, the market whose prices count there, and what waits to be prepared.

    The market is the one of the boutique's country, else the first of its banner's.
    """
    waiting, market = _waiting(location_id), _market(location_id)
    statement = (
        select(
            Location,
            Banner.name.label("banner"),
            market.c.id.label("market_id"),
            market.c.code.label("market"),
            waiting,
        )
        .select_from(waiting)
        .outerjoin(market, true())
        .outerjoin(Location, Location.id == location_id)
        .outerjoin(BannerLocation, BannerLocation.location_id == Location.id)
        .outerjoin(Banner, Banner.id == BannerLocation.banner_id)
    )
    row = (await db.execute(statement)).one()
    place: Location | None = row.Location
    return Here(
        location_id=place.id if place else None,
        name=place.name if place else "",
        city=place.city if place else "",
        time_zone=place.time_zone if place else "UTC",
        latitude=place.latitude if place else 0,
        longitude=place.longitude if place else 0,
        banner=row.banner,
        market_id=row.market_id,
        market=row.market or "",
        orders=row.orders,
        units=row.units,
        oldest_at=row.oldest_at,
    )


def _waiting(location_id: LocationId | None) -> Subquery:
    return (
        select(
            func.count(Fulfillment.id.distinct()).label("orders"),
            func.coalesce(func.sum(FulfillmentLine.quantity), 0).label("units"),
            func.min(Fulfillment.created_at).label("oldest_at"),
        )
        .join(FulfillmentLine, FulfillmentLine.fulfillment_id == Fulfillment.id)
        .where(Fulfillment.location_id == location_id, Fulfillment.state.in_(TO_DO))
        .subquery("waiting")
    )


def _market(location_id: LocationId | None) -> Subquery:
    return (
        select(Market.id, Market.code, Location.id.label("location_id"))
        .select_from(Market)
        .outerjoin(Location, Location.id == location_id)
        .outerjoin(BannerLocation, BannerLocation.location_id == Location.id)
        .outerjoin(Channel, Channel.banner_id == BannerLocation.banner_id)
        .outerjoin(
            ChannelMarket,
            (ChannelMarket.channel_id == Channel.id) & (ChannelMarket.market_id == Market.id),
        )
        .order_by(
            (Market.country == Location.country).desc().nulls_last(),
            ChannelMarket.position.nulls_last(),
            Market.code,
        )
        .limit(1)
        .subquery("market")
    )
