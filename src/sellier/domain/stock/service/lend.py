"""Lending: a location that may be cut off says how many units the others may still take.

From then on the web takes no more than was lent, and the location gives away none of it, so each
side is right without asking the other.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Integer, String, cast, column, insert, select, update, values
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.stock.errors import SourceReused
from sellier.domain.stock.events import PositionsChanged
from sellier.domain.stock.models import Loan, StockPosition
from sellier.domain.stock.rules import EVENT_SKUS, check_loan
from sellier.infra import outbox
from sellier.kernel.ids import LocationId, Sku

_LENT: Final = values(column("sku", String), column("units", Integer), name="quota")


async def lend(
    db: AsyncSession,
    *,
    location_id: LocationId,
    units: Mapping[Sku, int],
    source: str,
    by: str,
    now: datetime,
) -> bool:
    """Let others take so many units of each SKU from here and no more, whatever comes or goes.

    What is not named stays as it is. Units given back by an order are lent again. The same source
    again changes nothing, and the answer is False; with other units it raises `SourceReused`.
    Raises `LoanAbsurd`, and `NotThere` when fewer units are free; nothing was done then.
    """
    free = await _locked(db, location_id, skus=list(units))
    written = await _written(db, location_id, source=source)
    if written:
        if written != dict(units):
            raise SourceReused("This source stands for another loan. Name a new one.")
        return False
    check_loan(units, free=free)
    await _write(db, location_id, units=units, source=source, by=by, now=now)
    return True


async def share(
    db: AsyncSession, *, location_id: LocationId, source: str, by: str, now: datetime
) -> int:
    """Share again all that a location lent, as it is in contact; return how many positions.

    The same source again changes nothing.
    """
    lent = select(StockPosition.sku).where(
        StockPosition.location_id == location_id, StockPosition.lent.is_not(None)
    )
    skus = (await db.scalars(lent.order_by(StockPosition.sku).with_for_update())).all()
    if skus and not await _written(db, location_id, source=source):
        units = dict.fromkeys(skus)
        await _write(db, location_id, units=units, source=source, by=by, now=now)
        return len(skus)
    return 0


async def _locked(
    db: AsyncSession, location_id: LocationId, *, skus: Sequence[Sku]
) -> Mapping[Sku, int]:
    """Lock positions in the order in which everyone takes them; return what is free in each."""
    free = (
        StockPosition.on_hand - StockPosition.aside - StockPosition.reserved - StockPosition.short
    )
    rows = await db.execute(
        select(StockPosition.sku, free.label("free"))
        .where(StockPosition.location_id == location_id, StockPosition.sku.in_(skus))
        .order_by(StockPosition.sku)
        .with_for_update()
    )
    return {row.sku: row.free for row in rows}


async def _written(
    db: AsyncSession, location_id: LocationId, *, source: str
) -> Mapping[Sku, int | None]:
    found = select(Loan.sku, Loan.units).where(
        Loan.location_id == location_id, Loan.source == source
    )
    return {row.sku: row.units for row in await db.execute(found)}


async def _write(
    db: AsyncSession,
    location_id: LocationId,
    *,
    units: Mapping[Sku, Any],
    source: str,
    by: str,
    now: datetime,
) -> None:
    skus = sorted(units)
    quota = _LENT.data([(sku, units[sku]) for sku in skus])
    await db.execute(
        update(StockPosition)
        .where(StockPosition.location_id == location_id, StockPosition.sku == quota.c.sku)
        .values(lent=cast(quota.c.units, Integer))  # all may be NULL
        .execution_options(synchronize_session=False)
    )
    told = {"location_id": location_id, "source": source, "by": by, "at": now}
    await db.execute(insert(Loan), [{"sku": sku, "units": units[sku], **told} for sku in skus])
    for start in range(0, len(skus), EVENT_SKUS):
        batch = tuple(skus[start : start + EVENT_SKUS])
        outbox.publish(db, PositionsChanged(happened_at=now, skus=batch))
