"""Hold what an order needs: choose the locations, then take the units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.promising import queries
from sellier.domain.promising.rules import Take, choose_sources
from sellier.domain.stock import service as stock
from sellier.domain.stock.errors import OutOfStock
from sellier.domain.stock.service import Units
from sellier.kernel.ids import OrderId, OrderLineId, Sku

# Others may take what was chosen before we do. Each try that fails means that they sold, so this
# ends by itself when nothing is left; the number only bounds how long one buyer insists.
TRIES: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Units of one SKU that an order line asks for. A SKU stands on one line only."""

    line_id: OrderLineId
    sku: Sku
    quantity: int


async def hold(
    db: AsyncSession,
    *,
    order_id: OrderId,
    needs: Sequence[Need],
    country: str,
    lasts: timedelta,
    now: datetime,
) -> Sequence[Take]:
    """Reserve all that an order needs, all or nothing, and return from where.

    Raises `OutOfStock` naming a SKU of which the group has too few.
    """
    wanted = {need.sku: need.quantity for need in needs}
    assert len(wanted) == len(needs), "lines of one SKU are added up before they come here"
    lines = {need.sku: need.line_id for need in needs}
    for attempt in range(TRIES):
        takes = await _choose(db, wanted=wanted, country=country, now=now)
        units = [
            Units(
                line_id=lines[take.sku],
                sku=take.sku,
                location_id=take.location_id,
                quantity=take.quantity,
            )
            for take in takes
        ]
        try:
            await stock.reserve(db, order_id=order_id, units=units, lasts=lasts, now=now)
        except OutOfStock:
            if attempt == TRIES - 1:
                raise
        else:
            return takes
    raise AssertionError("the last try returns or raises")


async def _choose(
    db: AsyncSession, *, wanted: Mapping[Sku, int], country: str, now: datetime
) -> Sequence[Take]:
    for is_swept in (False, True):
        found = await queries.sources(db, skus=list(wanted))
        takes = choose_sources(found, wanted=wanted, country=country)
        if takes is not None:
            return takes
        # Units may wait in reservations that have ended: free them before saying no.
        if is_swept or not await stock.expire(db, now=now, skus=list(wanted)):
            break
    left = {sku: sum(source.available.get(sku, 0) for source in found) for sku in wanted}
    short = next((sku for sku, units in wanted.items() if left[sku] < units), next(iter(wanted)))
    raise OutOfStock(sku=short, quantity=wanted[short])
