"""What the order desk does with work by hand: another location, on hold, off hold.

Whoever asks says in which state they saw the work: a page that is older than the work changes
nothing.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders import queries
from sellier.domain.orders.errors import FulfillmentNotFound, MoveRefused, OrderMoved
from sellier.domain.orders.events import UnitsUnsourced
from sellier.domain.orders.models import Fulfillment, FulfillmentHold
from sellier.domain.orders.rules import openings
from sellier.domain.orders.service.withdraw import withdraw_units
from sellier.domain.orders.service.work import (
    WorkRead,
    locked,
    one_locked,
    opening,
    take_out,
    units_at,
)
from sellier.domain.orders.states import HOLDABLE, KEEPS, MOVABLE, Cause, Work, WorkEvent
from sellier.domain.promising import queries as promising
from sellier.domain.promising.states import Way
from sellier.domain.stock import service as stock
from sellier.domain.stock.errors import OutOfStock
from sellier.domain.stock.service import commit
from sellier.infra import outbox
from sellier.infra.batch import later
from sellier.kernel.ids import FulfillmentId, LocationId, OrderId, OrderLineId, Sku


async def take_away(
    db: AsyncSession,
    *,
    fulfillment_id: FulfillmentId,
    by: str,
    now: datetime,
    note: str | None = None,
    seen: Work | None = None,
) -> None:
    """Take work away from its location and have another one found, not this one for a day.

    Raises `FulfillmentNotFound`, `MoveRefused`, `OrderMoved`.
    """
    work = await one_locked(db, fulfillment_id)
    _check_seen(work, seen)
    if work.location_id is None:
        raise MoveRefused("This waits for a location already.")
    _check_movable(work)
    await withdraw_units(db, work, _units(work), cause=Cause.MOVED, by=by, now=now, note=note)


async def move_to(
    db: AsyncSession,
    *,
    fulfillment_id: FulfillmentId,
    to: LocationId,
    by: str,
    now: datetime,
    note: str | None = None,
    seen: Work | None = None,
) -> None:
    """Offer work to a chosen location instead, in one piece or not at all.

    Raises `FulfillmentNotFound`, `MoveRefused`, `OrderMoved`, `OutOfStock`.
    """
    work = await _among_its_order(db, fulfillment_id)
    _check_seen(work, seen)
    _check_movable(work)
    if work.location_id == to:
        raise MoveRefused("It is prepared there already.")
    wanted: dict[Sku, int] = {}
    for part in work.parts:
        wanted[part.sku] = wanted.get(part.sku, 0) + part.quantity
    # Both places at once: taking from one after giving back to the other would be two orders.
    await stock.lock(db, skus=sorted(wanted))
    await _check_place(db, order_id=work.order_id, place=to, wanted=wanted, now=now)
    await commit(db, order_id=work.order_id, units=units_at(to, work.parts), now=now)
    await take_out(
        db,
        work,
        units=_units(work),
        event=WorkEvent.WITHDRAW,
        cause=Cause.MOVED,
        by=by,
        now=now,
        note=note,
    )
    if work.state in KEEPS:
        await stock.give_up(db, units=work.allocated, now=now)
    kept = (await queries.bound(db, order_id=work.order_id)).kept
    ways = dict.fromkeys(_units(work), work.way)
    there = openings(((line, to, n) for line, n in _units(work).items()), ways=ways, kept=kept)
    later(db, *opening(order_id=work.order_id, opened=there, by=by, now=now, instead_of=work.id))


async def hold(
    db: AsyncSession,
    *,
    fulfillment_id: FulfillmentId,
    reason: str,
    by: str,
    now: datetime,
    seen: Work | None = None,
) -> None:
    """Keep work from leaving until somebody releases it.

    Raises `FulfillmentNotFound`, `MoveRefused`, `OrderMoved`.
    """
    work = await one_locked(db, fulfillment_id)
    _check_seen(work, seen)
    if work.state not in HOLDABLE:
        raise MoveRefused("This has left, or has ended. There is nothing to hold back.")
    if await _hold_of(db, work.id) is not None:
        raise OrderMoved("This is on hold already. Look at the order anew.")
    db.add(FulfillmentHold(fulfillment_id=work.id, reason=reason, at=now, by=by))
    await db.flush()


async def release(
    db: AsyncSession,
    *,
    fulfillment_id: FulfillmentId,
    by: str,
    now: datetime,
    note: str | None = None,
) -> None:
    """Let work leave again; what waits for a location is found one.

    Raises `FulfillmentNotFound`, `OrderMoved`.
    """
    work = await one_locked(db, fulfillment_id)
    held = await _hold_of(db, work.id)
    if held is None:
        raise OrderMoved("This is not on hold any more. Look at the order anew.")
    await db.execute(
        update(FulfillmentHold)
        .where(FulfillmentHold.id == held)
        .values(released_at=now, released_by=by, released_why=note)
        .execution_options(synchronize_session=False)
    )
    if work.state is Work.UNSOURCED:
        outbox.publish(db, UnitsUnsourced(happened_at=now, order_id=work.order_id))


def _units(work: WorkRead) -> Mapping[OrderLineId, int]:
    return {part.line_id: part.quantity for part in work.parts}


def _check_seen(work: WorkRead, seen: Work | None) -> None:
    if seen not in (None, work.state):
        raise OrderMoved("The work went on meanwhile. Look at the order anew, then decide.")


def _check_movable(work: WorkRead) -> None:
    if work.way is not Way.SHIP:
        raise MoveRefused(
            "The customer chose this boutique. Cancel, and have it ordered for another."
        )
    if work.state not in MOVABLE:
        raise MoveRefused("This has left, or has ended. It cannot be sent from elsewhere.")


async def _check_place(
    db: AsyncSession,
    *,
    order_id: OrderId,
    place: LocationId,
    wanted: Mapping[Sku, int],
    now: datetime,
) -> None:
    """Refuse a place that does not send for the order's channel, or has not all of it to give."""
    channel_id = (await queries.bound(db, order_id=order_id)).channel_id
    found = await promising.sources(db, channel_id=channel_id, skus=sorted(wanted), now=now)
    source = next((one for one in found.sources if one.location_id == place), None)
    if source is None or Way.SHIP not in source.ways:
        raise MoveRefused("This place has none of it to send. Choose another.")
    for sku, units in wanted.items():
        if source.available.get(sku, 0) < units:
            raise OutOfStock(sku=sku, location_id=place, quantity=units)


async def _among_its_order(db: AsyncSession, fulfillment_id: FulfillmentId) -> WorkRead:
    """Lock all work of an order: nobody else changes its allocations while positions are locked."""
    order_id = select(Fulfillment.order_id).where(Fulfillment.id == fulfillment_id)
    ids = await db.scalars(
        select(Fulfillment.id).where(Fulfillment.order_id == order_id.scalar_subquery())
    )
    works = await locked(db, ids.all())
    found = next((work for work in works if work.id == fulfillment_id), None)
    if found is None:
        raise FulfillmentNotFound("There is no such work to do. Look at the list again.")
    return found


async def _hold_of(db: AsyncSession, fulfillment_id: FulfillmentId) -> int | None:
    return await db.scalar(
        select(FulfillmentHold.id).where(
            FulfillmentHold.fulfillment_id == fulfillment_id,
            FulfillmentHold.released_at.is_(None),
        )
    )
