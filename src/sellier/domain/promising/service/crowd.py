"""Keep units of a hot SKU for everyone who asks at the same moment."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.promising import queries
from sellier.domain.promising.rules import Destination, Sale, Shared, Want, share_out
from sellier.domain.promising.states import Way
from sellier.domain.stock import service as stock
from sellier.domain.stock.service import CartUnits
from sellier.kernel.ids import CartId, ChannelId, Sku


async def keep_for_carts(
    db: AsyncSession,
    *,
    channel_id: ChannelId,
    country: str,
    sku: Sku,
    wants: Sequence[Want],
    lasts: timedelta,
    now: datetime,
) -> Sequence[CartId]:
    """Keep units for carts, each all that it wants or none; return for whom.

    Nobody waits for a lock only to be refused: who comes too late is told so by a plain read. The
    positions are locked once there is something to take, and then looked at again.
    """

    async def look() -> Shared:
        found = await queries.sources(db, channel_id=channel_id, skus=[sku], now=now)
        sale = Sale(
            sku=sku,
            to=Destination(way=Way.SHIP, country=country),
            rule_set=found.rule_set,
            maisons=found.maisons,
        )
        return share_out(wants, sale, found.sources)

    shared = await look()
    if shared.refused:
        # Units may wait in reservations that have ended, or others may just have freed them.
        await stock.expire(db, now=now, skus=[sku])
        shared = await look()
    if shared.given:
        await stock.lock(db, skus=[sku])
        shared = await look()
        units = [
            CartUnits(cart_id=one.cart_id, location_id=one.location_id, quantity=one.quantity)
            for one in shared.given
        ]
        await stock.keep_for_carts(db, sku=sku, units=units, lasts=lasts, now=now)
    return list(dict.fromkeys(one.cart_id for one in shared.given))
