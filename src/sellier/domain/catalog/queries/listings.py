"""Whether a piece is published."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.catalog.models import Listing, Variant
from sellier.infra.db import covers
from sellier.kernel.ids import ChannelId, MarketId, Sku


async def is_listed(
    db: AsyncSession, *, sku: Sku, channel_id: ChannelId, market_id: MarketId, now: datetime
) -> bool:
    """Tell whether a SKU's style-color is published in a channel and market now."""
    listed = exists().where(
        Variant.sku == sku,
        Listing.style_color_id == Variant.style_color_id,
        Listing.channel_id == channel_id,
        Listing.market_id == market_id,
        covers(Listing.listed_from, Listing.listed_until, now),
    )
    return bool(await db.scalar(select(listed)))
