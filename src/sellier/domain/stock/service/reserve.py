"""Reservations: taken by one statement, then committed, released or expired, once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, literal, select, update
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


async def allocate(db: AsyncSession, *, order_id: OrderId, now: datetime) -> int:
    """Turn an order's open reservations into allocations; return how many units.

    The units stay counted as reserved: only who they are kept for changes. Reservations that
    ended meanwhile are left out, so the caller compares the count with what it needs.
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
    rows = await db.scalars(
        insert(Allocation).from_select(columns, record).returning(Allocation.quantity)
    )
    return sum(rows)


async def release(db: AsyncSession, *, order_id: OrderId, now: datetime) -> None:
    """Give back whatever an order still keeps reserved; nothing is left to do the second time."""
    ended = (
        update(Reservation)
        .where(Reservation.order_id == order_id, Reservation.state == ReservationState.OPEN)
        .values(state=ReservationState.RELEASED)
        .returning(Reservation.sku, Reservation.location_id, Reservation.quantity)
    )
    ended_rows = [(row.sku, row.location_id, row.quantity) for row in await db.execute(ended)]
    await _give_back(db, ended_rows, now=now)


async def give_up_allocations(db: AsyncSession, *, order_id: OrderId, now: datetime) -> None:
    """Give back units that were committed to an order which will not be delivered."""
    ended = (
        delete(Allocation)
        .where(Allocation.order_id == order_id)
        .returning(Allocation.sku, Allocation.location_id, Allocation.quantity)
    )
    rows = [(row.sku, row.location_id, row.quantity) for row in await db.execute(ended)]
    await _give_back(db, rows, now=now)


async def expire(db: AsyncSession, *, now: datetime, skus: Sequence[Sku] = ()) -> int:
    """End the reservations whose time has passed; return how many ended.

    The database's clock decides, as it did when they began. Run by a job, and by the next buyer who
    meets an empty counter, so that no sale waits for the job.
    """
    due = select(Reservation.id).where(
        Reservation.state == ReservationState.OPEN, Reservation.expires_at <= func.now()
    )
    if skus:
        due = due.where(Reservation.sku.in_(skus))
    ended = (
        update(Reservation)
        .where(Reservation.id.in_(due.limit(1000).with_for_update(skip_locked=True)))
        .values(state=ReservationState.EXPIRED)
        .returning(Reservation.sku, Reservation.location_id, Reservation.quantity)
        .execution_options(synchronize_session=False)
    )
    rows = [(row.sku, row.location_id, row.quantity) for row in await db.execute(ended)]
    await _give_back(db, rows, now=now)
    return len(rows)


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
