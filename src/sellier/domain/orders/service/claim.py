"""Offers shown to several boutiques: the first that claims the work has it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders import queries
from sellier.domain.orders.errors import FulfillmentNotFound, NotHereAnyMore, OfferTaken
from sellier.domain.orders.models import Fulfillment, FulfillmentOffer
from sellier.domain.orders.rules import rivals
from sellier.domain.orders.service.work import WorkRead, advance, locked, one_locked, units_at
from sellier.domain.orders.states import Work, WorkEvent
from sellier.domain.promising.queries.sources import sources
from sellier.domain.stock import service as stock
from sellier.domain.stock.errors import OutOfStock
from sellier.domain.stock.service import commit
from sellier.kernel.ids import FulfillmentId, LocationId, Sku


async def claim(
    db: AsyncSession, *, fulfillment_id: FulfillmentId, at: LocationId, by: str, now: datetime
) -> None:
    """Take work on that is offered to several boutiques, with its units, away from the first one.

    Raises `FulfillmentNotFound`, `OfferTaken`, `NotHereAnyMore`.
    """
    mine = FulfillmentOffer.fulfillment_id == fulfillment_id, FulfillmentOffer.location_id == at
    work = await one_locked(db, fulfillment_id)
    if at != work.location_id and not await db.scalar(select(FulfillmentOffer).where(*mine)):
        raise FulfillmentNotFound("There is no such work to do here. Look at the list again.")
    if work.state is not Work.OFFERED:
        raise OfferTaken("Another boutique was quicker. There is nothing to do.")
    if at != work.location_id:
        await _move_units(db, work, to=at, now=now)
    await advance(db, work, WorkEvent.ACCEPT, by=by, now=now, accept_by=None, location_id=at)


async def _move_units(db: AsyncSession, work: WorkRead, *, to: LocationId, now: datetime) -> None:
    """Commit the units where they are claimed, and set free those of the first location."""
    await stock.lock(db, skus=sorted({part.sku for part in work.parts}))
    try:
        # No buffer: whoever claims gives of their own.
        await commit(db, order_id=work.order_id, units=units_at(to, work.parts), now=now)
    except OutOfStock as error:
        raise NotHereAnyMore("Not all of it is here any more. Leave it to the others.") from error
    await stock.give_up(db, units=work.allocated, now=now)


async def widen_offers(db: AsyncSession, *, now: datetime) -> int:
    """Show offers that were left lying to other boutiques that could do it; return how many."""
    lying = await queries.lying(db, now=now)
    widened = 0
    for work in await locked(db, list(lying)):
        if work.state is not Work.OFFERED:
            continue
        found = await _rivals(db, work, country=lying[work.id], now=now)
        rows = [{"fulfillment_id": work.id, "location_id": each} for each in found]
        if rows:
            await db.execute(insert(FulfillmentOffer), [{**row, "offered_at": now} for row in rows])
            widened += 1
        await db.execute(
            update(Fulfillment)
            .where(Fulfillment.id == work.id)
            .values(widened_at=now)
            .execution_options(synchronize_session=False)
        )
    return widened


async def _rivals(
    db: AsyncSession, work: WorkRead, *, country: str, now: datetime
) -> Sequence[LocationId]:
    units: Counter[Sku] = Counter()
    for part in work.parts:
        units[part.sku] += part.quantity
    bound = await queries.bound(db, order_id=work.order_id)
    found = await sources(db, channel_id=bound.channel_id, skus=sorted(units), now=now)
    passed = await queries.passed_over(db, order_id=work.order_id, now=now)
    others = [one for one in found.sources if one.location_id != work.location_id]
    return rivals(others, units=units, country=country, passed=passed)
