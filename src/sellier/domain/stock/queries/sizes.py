"""How many units of a piece, in each of its sizes, a customer of a channel can have sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.selectable import LateralFromClause, ScalarSelect

from sellier.domain.catalog.models import StyleColor, Variant
from sellier.domain.catalog.queries import CHANNEL_ID
from sellier.domain.locations.models import Location
from sellier.domain.pricing import queries as pricing
from sellier.domain.pricing.models import Price
from sellier.domain.stock.models import LocationTerms, StockPosition
from sellier.domain.stock.queries.terms import buffer, ships, terms_with
from sellier.infra.db import as_json
from sellier.kernel.ids import ChannelId, Sku
from sellier.kernel.money import Money

SIZES_MAX: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A variant as one of the sizes of its piece. `available` counts what can be sold and sent."""

    sku: Sku
    name: str
    system: str | None
    gtin: str | None
    mpn: str | None
    price: Money | None
    available: int


def sendable(channel_id: SQLColumnExpression[ChannelId] = CHANNEL_ID) -> LateralFromClause:
    """Count the units of a variant that a customer of a channel can have sent, as column `units`.

    A lateral on `Variant`: `.join(stock.sendable(), true())`.
    """
    return (
        select(_units().label("units"))
        .join(Location, Location.id == StockPosition.location_id)
        .outerjoin(LocationTerms, terms_with(channel_id))
        .where(StockPosition.sku == Variant.sku, StockPosition.available > 0, ships())
        .lateral("sendable")
    )


def units_left() -> LateralFromClause:
    """Select what can be sent of a style-color: units, the sizes left, how many sizes it has."""
    is_sendable = and_(
        StockPosition.sku == Variant.sku,
        StockPosition.available > 0,
        StockPosition.location_id.in_(
            select(Location.id).outerjoin(LocationTerms, terms_with(CHANNEL_ID)).where(ships())
        ),
    )
    # All sizes at once, where `sendable` for each would look through the locations each time.
    each = (
        select(
            func.coalesce(Variant.size, "").label("name"),
            Variant.position,
            _units().label("units"),
        )
        .outerjoin(StockPosition, is_sendable)
        .outerjoin(LocationTerms, terms_with(CHANNEL_ID, location_id=StockPosition.location_id))
        .where(Variant.style_color_id == StyleColor.id)
        .group_by(Variant.sku)
        .correlate(StyleColor)
        .subquery("each")
    )
    return select(
        func.coalesce(func.sum(each.c.units), 0).label("units"),
        func.array_agg(aggregate_order_by(each.c.name, each.c.position))
        .filter(each.c.units > 0)
        .label("sizes"),
        func.count().label("sizes_made"),
    ).lateral("stock")


def sizes() -> ScalarSelect[Any]:
    """Read the sizes of a style-color in one column, which `sizes_of` reads back."""
    each = sendable()
    rows = (
        select(
            Variant.sku,
            func.coalesce(Variant.size, "").label("name"),
            Variant.size_system.label("system"),
            Variant.gtin,
            Variant.mpn,
            Variant.position,
            Price.price_minor,
            Price.currency,
            each.c.units,
        )
        .outerjoin(Price, and_(Price.sku == Variant.sku, pricing.is_current()))
        .join(each, true())
        .where(Variant.style_color_id == StyleColor.id)
        .order_by(Variant.position, Variant.sku)
        .limit(SIZES_MAX)
        .correlate(StyleColor)
        .subquery("rows")
    )
    return as_json(rows, rows.c.position, rows.c.sku)


def sizes_of(told: Iterable[Mapping[str, Any]] | None) -> tuple[Size, ...]:
    """Read back what `sizes` read."""
    return tuple(map(_size, told or ()))


def _size(told: Mapping[str, Any]) -> Size:
    currency = told["currency"]
    return Size(
        sku=told["sku"],
        name=told["name"],
        system=told["system"],
        gtin=told["gtin"],
        mpn=told["mpn"],
        price=Money(told["price_minor"], currency) if currency else None,
        available=int(told["units"]) if currency else 0,
    )


def _units() -> ColumnElement[int]:
    """Add up what each location can give beyond what it keeps back."""
    return func.coalesce(func.sum(func.greatest(StockPosition.available - buffer(), 0)), 0)
