"""Reads of prices."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.pricing.models import Price
from sellier.infra.db import covers
from sellier.kernel.ids import MarketId, Sku
from sellier.kernel.money import Money

SKUS_MAX = 5_000


async def current(
    db: AsyncSession, *, skus: Sequence[Sku], market_id: MarketId, now: datetime
) -> Mapping[Sku, Money]:
    """Return what each SKU costs in a market now; SKUs without a price are left out."""
    statement = (
        select(Price.sku, Price.price_minor, Price.currency)
        .where(
            Price.sku.in_(skus),
            Price.market_id == market_id,
            covers(Price.valid_from, Price.valid_until, now),
        )
        .limit(SKUS_MAX)
    )
    return {row.sku: Money(row.price_minor, row.currency) for row in await db.execute(statement)}
