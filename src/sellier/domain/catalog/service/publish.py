"""Publish style-colors in a channel."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ARRAY, Uuid, bindparam, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog.events import ListingsChanged
from sellier.domain.catalog.models import Category, Listing, Product, StyleColor
from sellier.infra import outbox
from sellier.kernel.ids import BrandId, ChannelId, MarketId

EVENT_IDS: Final = 500


async def publish(
    db: AsyncSession,
    *,
    channel_id: ChannelId,
    market_ids: Sequence[MarketId],
    brand_ids: Sequence[BrandId],
    shelves: Sequence[str],
    now: datetime,
) -> int:
    """List every style-color of these brands on these top shelves; return how many are new.

    `shelves` are first parts of category paths. What is listed already stays as it is.
    """
    on_shelf = or_(*(Category.path.op("~")(f"^{shelf}(/|$)") for shelf in shelves))
    chosen = (
        select(StyleColor.id)
        .join(Product, Product.id == StyleColor.product_id)
        .join(Category, Category.id == Product.category_id)
        .where(Product.brand_id.in_(brand_ids), on_shelf)
        .cte("chosen")
    )
    each_market = func.unnest(bindparam("market_ids", list(market_ids), ARRAY(Uuid)))
    rows = select(chosen.c.id, literal(channel_id, Uuid), each_market, literal(now))
    columns = ["style_color_id", "channel_id", "market_id", "listed_from"]
    statement = insert(Listing).from_select(columns, rows).on_conflict_do_nothing()
    found = await db.scalars(statement.returning(Listing.style_color_id))
    listed = sorted(set(found.all()))
    for start in range(0, len(listed), EVENT_IDS):
        batch = tuple(listed[start : start + EVENT_IDS])
        outbox.publish(db, ListingsChanged(happened_at=now, style_color_ids=batch))
    return len(listed)
