"""Reads for promising: who could serve what."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ARRAY, String, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.locations.models import Location, LocationKind
from sellier.domain.promising.rules import Source
from sellier.domain.stock.models import StockPosition
from sellier.infra.batch import Statement, send
from sellier.kernel.ids import Sku

SOURCES_MAX: Final = 5_000

_SOURCES: Final = Statement(
    select(
        Location.id,
        Location.code,
        Location.kind,
        Location.country,
        StockPosition.sku,
        StockPosition.available,
    )
    .join(StockPosition, StockPosition.location_id == Location.id)
    .where(
        StockPosition.sku == any_(bindparam("skus", type_=ARRAY(String))),
        StockPosition.available > 0,
        Location.ships,
    )
    .limit(bindparam("most"))
)


async def sources(db: AsyncSession, *, skus: Sequence[Sku]) -> Sequence[Source]:
    """List the locations that ship and have any of these SKUs available, in one round trip."""
    most = SOURCES_MAX * max(1, len(skus))
    found: dict[str, Source] = {}
    units: dict[str, dict[Sku, int]] = {}
    (rows,) = await send(db, _SOURCES(skus=list(skus), most=most))
    for row in rows:
        available = units.setdefault(row.code, {})
        available[row.sku] = row.available
        found[row.code] = Source(
            location_id=row.id,
            code=row.code,
            is_warehouse=row.kind == LocationKind.WAREHOUSE,
            country=row.country,
            available=available,
        )
    return list(found.values())
