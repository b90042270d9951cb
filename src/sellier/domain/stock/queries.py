"""Reads of stock that other modules ask for."""

from sqlalchemy import func, select
from sqlalchemy.sql.selectable import LateralFromClause

from sellier.domain.catalog.models import Variant
from sellier.domain.locations.models import Location
from sellier.domain.stock.models import StockPosition


def sendable() -> LateralFromClause:
    """Count the units of a variant that a customer can have sent, as column `units`.

    A lateral on `Variant`: `.join(stock.sendable(), true())`.
    """
    return (
        select(func.coalesce(func.sum(StockPosition.available), 0).label("units"))
        .join(Location, Location.id == StockPosition.location_id)
        .where(StockPosition.sku == Variant.sku, StockPosition.available > 0, Location.ships)
        .lateral("sendable")
    )
