"""Prices for tests."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.pricing.models import Price
from sellier.kernel.ids import MarketId, Sku

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def price(
    db: AsyncSession,
    *,
    market_id: MarketId,
    sku: str = "ECLUSE-RED-U",
    minor: int = 185_000,
    currency: str = "EUR",
) -> None:
    row = Price(
        sku=Sku(sku),
        market_id=market_id,
        valid_from=LONG_AGO,
        price_minor=minor,
        currency=currency,
    )
    db.add(row)
    await db.flush()
