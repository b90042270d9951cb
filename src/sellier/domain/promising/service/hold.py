"""Hold what an order needs: choose the locations, then take the units."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.promising import queries
from sellier.domain.promising.rules import (
    Need,
    Take,
    choose_sources,
    coverable,
    first_short,
    without,
)
from sellier.domain.stock import service as stock
from sellier.domain.stock.errors import OutOfStock
from sellier.domain.stock.service import Units, commit
from sellier.kernel.ids import ChannelId, LocationId, OrderId, Sku

# Others may take what was chosen before we do. Each try that fails means that they sold, so this
# ends by itself when nothing is left; the number only bounds how long one buyer insists.
TRIES: Final = 50


async def hold(
    db: AsyncSession,
    *,
    order_id: OrderId,
    channel_id: ChannelId,
    needs: Sequence[Need],
    lasts: timedelta,
    now: datetime,
) -> Sequence[Take]:
    """Reserve all that an order needs, all or nothing, and return from where.

    Raises `OutOfStock` naming a SKU of which there are too few for it.
    """
    for attempt in range(TRIES):
        takes = await _choose(db, channel_id=channel_id, needs=needs, now=now)
        try:
            await stock.reserve(db, order_id=order_id, units=_units(takes), lasts=lasts, now=now)
        except OutOfStock:
            if attempt == TRIES - 1:
                raise
        else:
            return takes
    raise AssertionError("the last try returns or raises")


async def resource(
    db: AsyncSession,
    *,
    order_id: OrderId,
    channel_id: ChannelId,
    needs: Sequence[Need],
    excluded: Mapping[Sku, Collection[LocationId]],
    why: str,
    now: datetime,
) -> Sequence[Take]:
    """Commit what can be had of a paid order's needs, and return from where; the rest waits.

    `excluded` are the locations that a SKU is not taken from any more, `why` says what happened
    to whoever was to serve it.
    """
    del why  # decisions are not recorded yet
    skus = list(dict.fromkeys(need.sku for need in needs))
    for attempt in range(TRIES):
        found = await queries.sources(db, channel_id=channel_id, skus=skus)
        able = without(found, excluded)
        takes = choose_sources(able, needs=coverable(able, needs=needs)) or ()
        if not takes:
            return ()
        try:
            await commit(db, order_id=order_id, units=_units(takes), now=now)
        except OutOfStock:
            if attempt == TRIES - 1:
                raise
        else:
            return takes
    raise AssertionError("the last try returns or raises")


def _units(takes: Sequence[Take]) -> Sequence[Units]:
    return [
        Units(
            line_id=take.line_id,
            sku=take.sku,
            location_id=take.location_id,
            quantity=take.quantity,
        )
        for take in takes
    ]


async def _choose(
    db: AsyncSession, *, channel_id: ChannelId, needs: Sequence[Need], now: datetime
) -> Sequence[Take]:
    skus = list(dict.fromkeys(need.sku for need in needs))
    for is_swept in (False, True):
        found = await queries.sources(db, channel_id=channel_id, skus=skus)
        takes = choose_sources(found, needs=needs)
        if takes is not None:
            return takes
        # Units may wait in reservations that have ended: free them before saying no.
        if is_swept or not await stock.expire(db, now=now, skus=skus):
            break
    short = first_short(found, needs=needs)
    raise OutOfStock(sku=short.sku, quantity=short.quantity)
