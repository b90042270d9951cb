"""What a location gives to a channel, as pieces of SQL for joins.

select(Location.id, (StockPosition.available - stock.buffer()).label("available"))
.join(StockPosition, StockPosition.location_id == Location.id)
.outerjoin(LocationTerms, stock.terms_with(bindparam("channel_id")))
.where(stock.ships(), StockPosition.available > stock.buffer())
"""

from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, exists, func

from sellier.domain.locations.models import Location
from sellier.domain.stock.models import LocationTerms
from sellier.kernel.ids import ChannelId


def terms_with(
    channel_id: SQLColumnExpression[ChannelId],
    *,
    location_id: SQLColumnExpression[Any] = Location.id,
) -> ColumnElement[bool]:
    """Join the terms that a location has with a channel: an outer join, for most have none."""
    return and_(LocationTerms.location_id == location_id, LocationTerms.channel_id == channel_id)


def ships() -> ColumnElement[bool]:
    """Tell whether a location sends what the channel sells; without terms, whether it sends."""
    return and_(is_open(), func.coalesce(LocationTerms.ships, Location.ships))


def is_open() -> ColumnElement[bool]:
    """Tell whether a location takes work at all."""
    return Location.closed_at.is_(None)


def is_open_at(location_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Tell whether a location takes work, in a statement that does not read locations."""
    return exists().where(Location.id == location_id, is_open())


def collects() -> ColumnElement[bool]:
    """Tell whether customers of the channel collect their orders here."""
    return and_(is_open(), func.coalesce(LocationTerms.collects, Location.pickup))


def holds() -> ColumnElement[bool]:
    """Tell whether a location puts units aside for customers of the channel to try on."""
    return and_(is_open(), func.coalesce(LocationTerms.holds, Location.pickup))


def buffer() -> ColumnElement[int]:
    """Return how many units of each SKU a location keeps back from the channel."""
    return func.coalesce(LocationTerms.buffer, 0)
