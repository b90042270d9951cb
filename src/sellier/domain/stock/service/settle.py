"""What is really there: positions follow what a count found, as far as promises let them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.stock.events import PositionsChanged, StockShort
from sellier.domain.stock.models import StockMovement, StockPosition
from sellier.domain.stock.rules import EVENT_SKUS
from sellier.domain.stock.rules.counts import settled
from sellier.domain.stock.service.move import opened, write
from sellier.domain.stock.states import Cause, Condition
from sellier.infra import outbox
from sellier.kernel.ids import LocationId, Sku, new_id

SETTLED_AT_ONCE: Final = 500
BY: Final = "stock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a settling comes from, and who answers for it."""

    name: str
    by: str
    note: str | None = None


async def settle(
    db: AsyncSession,
    *,
    location_id: LocationId,
    variances: Mapping[Sku, int],
    source: Source,
    now: datetime,
) -> Mapping[Sku, int]:
    """Bring positions of a location to what was found; return the SKUs that are short now.

    What is promised to orders and not there stays on the books as `short`, nobody else can have it,
    and `stock.short` says so: orders look for it elsewhere. Whoever calls does it once a source.
    """
    if not variances:
        return {}
    keys = [(sku, location_id) for sku in sorted(variances)]
    short: dict[Sku, int] = {}
    for (sku, _), before in (await opened(db, keys)).items():
        after = settled(before, variance=variances[sku])
        if moved := after.units[Condition.SELLABLE] - before.units[Condition.SELLABLE]:
            db.add(
                StockMovement(
                    sku=sku,
                    location_id=location_id,
                    quantity=moved,
                    cause=Cause.COUNT,
                    source=source.name,
                    note=source.note,
                    by=source.by,
                    at=now,
                )
            )
        await write(db, sku, location_id, after=after)
        if after.short:
            short[sku] = after.short
        if after.short > before.short:
            outbox.publish(
                db,
                StockShort(happened_at=now, sku=sku, location_id=location_id, quantity=after.short),
            )
    skus = sorted(variances)
    for start in range(0, len(skus), EVENT_SKUS):
        batch = tuple(skus[start : start + EVENT_SKUS])
        outbox.publish(db, PositionsChanged(happened_at=now, skus=batch))
    return short


async def settle_shorts(db: AsyncSession, *, now: datetime) -> int:
    """Take off the books what is not there and promised to nobody any more; return how many."""
    free = StockPosition.on_hand - StockPosition.aside > StockPosition.reserved
    rows = await db.execute(
        select(StockPosition.sku, StockPosition.location_id)
        .where(StockPosition.short > 0, free)
        .order_by(StockPosition.sku, StockPosition.location_id)
        .limit(SETTLED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = rows.all()
    for row in found:
        source = Source(name=f"short:{new_id()}", by=BY, note="counted as missing before")
        await settle(
            db, location_id=row.location_id, variances={row.sku: 0}, source=source, now=now
        )
    return len(found)
