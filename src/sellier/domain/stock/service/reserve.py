"""Reservations: taken by one statement, then committed, released or expired, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, func, insert, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.stock.errors import OutOfStock
from sellier.domain.stock.events import PositionsChanged
from sellier.domain.stock.models import (
    Allocation,
    Reservation,
    ReservationState,
    StockPosition,
)
from sellier.infra import outbox
from sellier.kernel.ids import LocationId, OrderId, OrderLineId, ReservationId, Sku, new_id

EXPIRE_MAX: Final = 1_000


async def reserve(
    db: AsyncSession,
    *,
    order_id: OrderId,
    order_line_id: OrderLineId,
    sku: Sku,
    location_id: LocationId,
    quantity: int,
    lasts: timedelta,
    now: datetime,
) -> ReservationId:
    """Keep units for an order line for as long as `lasts`, by the database's clock.

    Take several lines in the order of (sku, location), or two carts may wait for each other.
    Raises `OutOfStock` when the location cannot cover the whole quantity.
    """
    assert quantity > 0

    # Check, take and record in one statement: two buyers of the last unit cannot both win.
    taken = (
        update(StockPosition)
        .where(
            StockPosition.sku == sku,
            StockPosition.location_id == location_id,
            StockPosition.available >= quantity,
        )
        .values(reserved=StockPosition.reserved + quantity)
        .returning(StockPosition.sku, StockPosition.location_id)
        .cte("taken")
    )
    record = select(
        literal(ReservationId(new_id())),
        literal(order_id),
        literal(order_line_id),
        taken.c.sku,
        taken.c.location_id,
        literal(quantity),
        literal(ReservationState.OPEN.value),
        func.now() + lasts,
    )
    columns = [
        "id",
        "order_id",
        "order_line_id",
        "sku",
        "location_id",
        "quantity",
        "state",
        "expires_at",
    ]
    reservation_id: ReservationId | None = await db.scalar(
        insert(Reservation).from_select(columns, record).returning(Reservation.id)
    )
    if reservation_id is None:
        raise OutOfStock(sku=sku, location_id=location_id, quantity=quantity)
    outbox.publish(db, PositionsChanged(happened_at=now, skus=(sku,)))
    return reservation_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocated:
    """Units of one order line that are now committed at one location."""

    line_id: OrderLineId
    location_id: LocationId
    quantity: int


async def allocate(db: AsyncSession, *, order_id: OrderId, now: datetime) -> Sequence[Allocated]:
    """Turn an order's open reservations into allocations, and say which.

    The units stay counted as reserved: only who they are kept for changes. Reservations that
    ended meanwhile are left out, so the caller compares the units with what it needs.
    """
    committed = (
        update(Reservation)
        .where(Reservation.order_id == order_id, Reservation.state == ReservationState.OPEN)
        .values(state=ReservationState.COMMITTED)
        .returning(
            Reservation.order_line_id,
            Reservation.location_id,
            Reservation.order_id,
            Reservation.sku,
            Reservation.quantity,
        )
        .cte("committed")
    )
    record = select(*committed.c, literal(now))
    columns = ["order_line_id", "location_id", "order_id", "sku", "quantity", "at"]
    made = insert(Allocation).from_select(columns, record)
    rows = await db.execute(
        made.returning(Allocation.order_line_id, Allocation.location_id, Allocation.quantity)
    )
    return [
        Allocated(line_id=line_id, location_id=location_id, quantity=quantity)
        for line_id, location_id, quantity in rows
    ]


async def lock(db: AsyncSession, *, skus: Sequence[Sku]) -> None:
    """Lock every position of some SKUs, in the order in which everyone takes them.

    For whoever gives units back and takes others in one transaction: done one after the other,
    that is two orders, and two such buyers could wait for each other.
    """
    await _lock(db, StockPosition.sku.in_(skus))


async def release(db: AsyncSession, *, order_id: OrderId, now: datetime) -> None:
    """Give back whatever is kept for an order, reserved or allocated, once."""
    ended = (
        update(Reservation)
        .where(Reservation.order_id == order_id, Reservation.state == ReservationState.OPEN)
        .values(state=ReservationState.RELEASED)
        .returning(Reservation.sku, Reservation.location_id, Reservation.quantity)
        .execution_options(synchronize_session=False)
    )
    given_up = (
        delete(Allocation)
        .where(Allocation.order_id == order_id)
        .returning(Allocation.sku, Allocation.location_id, Allocation.quantity)
        .execution_options(synchronize_session=False)
    )
    rows = [*await db.execute(ended), *await db.execute(given_up)]
    await _give_back(db, [(row.sku, row.location_id, row.quantity) for row in rows], now=now)


async def expire(db: AsyncSession, *, now: datetime, skus: Sequence[Sku] = ()) -> int:
    """End the reservations whose time has passed; return how many were found.

    The database's clock decides, as it did when they began. Run by a job, and by the next buyer who
    meets an empty counter, so that no sale waits for the job. The buyer names the SKUs, whose
    positions are then all locked: another may be ending the same reservations, and once we have
    waited for them, what they gave back is there to be counted.
    """
    ended = [Reservation.state == ReservationState.OPEN, Reservation.expires_at <= func.now()]
    if skus:
        ended.append(Reservation.sku.in_(skus))
    due = (
        await db.execute(
            select(Reservation.id, Reservation.sku, Reservation.location_id)
            .where(*ended)
            .order_by(Reservation.expires_at)
            .limit(EXPIRE_MAX)
        )
    ).all()
    if not due:
        return 0
    if skus:
        await lock(db, skus=skus)
    else:
        places = {(row.sku, row.location_id) for row in due}
        await _lock(db, tuple_(StockPosition.sku, StockPosition.location_id).in_(places))
    # One that is locked is being paid for or let go: either is for its owner to finish.
    free = select(Reservation.id).where(Reservation.id.in_([row.id for row in due]), *ended)
    rows = await db.execute(
        update(Reservation)
        .where(Reservation.id.in_(free.with_for_update(skip_locked=True)))
        .values(state=ReservationState.EXPIRED)
        .returning(Reservation.sku, Reservation.location_id, Reservation.quantity)
        .execution_options(synchronize_session=False)
    )
    await _give_back(db, [(row.sku, row.location_id, row.quantity) for row in rows], now=now)
    return len(due)


async def _lock(db: AsyncSession, which: ColumnElement[bool]) -> None:
    await db.execute(
        select(StockPosition.sku)
        .where(which)
        .order_by(StockPosition.sku, StockPosition.location_id)
        .with_for_update()
    )


async def _give_back(
    db: AsyncSession, units: Sequence[tuple[Sku, LocationId, int]], *, now: datetime
) -> None:
    for sku, location_id, quantity in sorted(units):
        await db.execute(
            update(StockPosition)
            .where(StockPosition.sku == sku, StockPosition.location_id == location_id)
            .values(reserved=StockPosition.reserved - quantity)
            .execution_options(synchronize_session=False)
        )
    if units:
        skus = tuple(sorted({sku for sku, _, _ in units}))
        outbox.publish(db, PositionsChanged(happened_at=now, skus=skus))
