"""What reads of prices are made of, for whoever joins them."""

from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, SQLColumnExpression, and_, func, select
from sqlalchemy.sql.selectable import LateralFromClause

from sellier.domain.catalog.models import StyleColor, Variant
from sellier.domain.catalog.queries import MARKET_ID, NOW
from sellier.domain.pricing.models import Price
from sellier.infra.db import covers
from sellier.kernel.ids import MarketId


def is_current(
    market_id: SQLColumnExpression[MarketId] | MarketId | None = MARKET_ID,
    now: BindParameter[datetime] | datetime = NOW,
) -> ColumnElement[bool]:
    """Tell whether a price is the one that counts."""
    return and_(Price.market_id == market_id, covers(Price.valid_from, Price.valid_until, now))


def price_range(
    market_id: MarketId | BindParameter[MarketId] | None = MARKET_ID,
    now: BindParameter[datetime] | datetime = NOW,
) -> LateralFromClause:
    """Select the lowest and highest price of a style-color, and their currency."""
    return (
        select(
            func.min(Price.price_minor).label("lowest"),
            func.max(Price.price_minor).label("highest"),
            func.min(Price.currency).label("currency"),
        )
        .join(Variant, Variant.sku == Price.sku)
        .where(Variant.style_color_id == StyleColor.id, is_current(market_id, now))
        .lateral("prices")
    )
