"""The sizes that a line could be changed to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog.models import Variant
from sellier.domain.orders.models import Order, OrderLine
from sellier.domain.pricing import queries as pricing
from sellier.domain.pricing.models import Price
from sellier.domain.stock.models import StockPosition
from sellier.kernel.ids import OrderId, OrderLineId, Sku

SIZES_MAX = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeRead:
    """Another size of what was ordered, at the price that was agreed."""

    sku: Sku
    size: str | None
    available: int  # anywhere


async def other_sizes(
    db: AsyncSession, *, order_id: OrderId, now: datetime
) -> Mapping[OrderLineId, Sequence[SizeRead]]:
    """List for each line the other sizes of its style-color that cost the same now."""
    available = (
        select(func.coalesce(func.sum(StockPosition.available), 0))
        .where(StockPosition.sku == Variant.sku, StockPosition.available > 0)
        .correlate(Variant)
        .scalar_subquery()
    )
    statement = (
        select(OrderLine.id, Variant.sku, Variant.size, available.label("available"))
        .join(Order, Order.id == OrderLine.order_id)
        .join(Variant, Variant.style_color_id == OrderLine.style_color_id)
        .join(Price, Price.sku == Variant.sku)
        .where(
            OrderLine.order_id == order_id,
            Variant.sku != OrderLine.sku,
            pricing.is_current(Order.market_id, now),
            Price.currency == Order.currency,
            Price.price_minor == OrderLine.unit_minor,
        )
        .order_by(OrderLine.position, Variant.sku)
        .limit(SIZES_MAX)
    )
    found: dict[OrderLineId, list[SizeRead]] = {}
    for row in await db.execute(statement):
        size = SizeRead(sku=row.sku, size=row.size, available=row.available)
        found.setdefault(row.id, []).append(size)
    return found
