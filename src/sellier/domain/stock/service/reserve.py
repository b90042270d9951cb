"""Reservations: taken by one statement, then committed, released or expired, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    DateTime,
    Executable,
    Integer,
    Interval,
    Uuid,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.stock.errors import OutOfStock
from sellier.domain.stock.events import PositionsChanged
from sellier.domain.stock.models import Allocation, Reservation, StockPosition
from sellier.domain.stock.queries.terms import is_open_at
from sellier.domain.stock.states import ReservationState
from sellier.infra import outbox
from sellier.infra.batch import Statement, Step, later, send
from sellier.kernel.ids import LocationId, OrderId, OrderLineId, Sku, new_id

EXPIRE_MAX: Final = 1_000

Kept = tuple[Sku, LocationId, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Units of one SKU at one location, for one order line.

    `buffer` units more must be available: the location keeps them back from the channel.
    """

    line_id: OrderLineId
    sku: Sku
    location_id: LocationId
    quantity: int
    buffer: int = 0


def in_turn(units: Units) -> tuple[Sku, LocationId]:
    """Return what units are sorted by: everyone locks positions in this order."""
    return units.sku, units.location_id


async def reserve(
    db: AsyncSession,
    *,
    order_id: OrderId,
    units: Sequence[Units],
    lasts: timedelta,
    now: datetime,
) -> None:
    """Keep units for an order for as long as `lasts`, by the database's clock: all or none.

    Raises `OutOfStock` naming the first units that cannot be had; nothing was done then, and the
    transaction may go on.
    """
    ordered = sorted(units, key=in_turn)
    takes = (_take(one, order_id=order_id, lasts=lasts) for one in ordered)
    _, *kept = later(db, _BEFORE(), *takes)
    skus = tuple(dict.fromkeys(one.sku for one in ordered))
    outbox.publish(db, PositionsChanged(happened_at=now, skus=skus))
    await send(db)
    missed = next((one for one, it in zip(ordered, kept, strict=True) if not it.rows), None)
    if missed is not None:
        # Even one that took nothing leaves something to undo: the lock on the counter that it
        # waited for in vain, with which two losers of two places would wait for each other.
        await send(db, _UNDO(), _FORGET())
        raise OutOfStock(sku=missed.sku, location_id=missed.location_id, quantity=missed.quantity)


def _take(units: Units, *, order_id: OrderId, lasts: timedelta) -> Step:
    assert units.quantity > 0
    assert units.buffer >= 0
    return _TAKE(
        id=new_id(),
        order_id=order_id,
        order_line_id=units.line_id,
        sku=units.sku,
        location_id=units.location_id,
        quantity=units.quantity,
        buffer=units.buffer,
        lasts=lasts,
    )


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
    (rows,) = await send(db, _ALLOCATE(order_id=order_id, now=now))
    return [
        Allocated(line_id=row.order_line_id, location_id=row.location_id, quantity=row.quantity)
        for row in rows
    ]


async def lock(
    db: AsyncSession, *, skus: Sequence[Sku], location_ids: Sequence[LocationId] = ()
) -> None:
    """Lock the positions of some SKUs, everywhere or at some locations, as everyone does: in order.

    For whoever gives units back and takes others in one transaction: done one after the other,
    that is two orders, and two such buyers could wait for each other.
    """
    which: ColumnElement[bool] = StockPosition.sku.in_(skus)
    if location_ids:
        which = and_(which, StockPosition.location_id.in_(location_ids))
    await _lock(db, which)


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
    await give_back(db, [(row.sku, row.location_id, row.quantity) for row in rows], now=now)


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
    await give_back(db, [(row.sku, row.location_id, row.quantity) for row in rows], now=now)
    return len(due)


async def _lock(db: AsyncSession, which: ColumnElement[bool]) -> None:
    await db.execute(
        select(StockPosition.sku)
        .where(which)
        .order_by(StockPosition.sku, StockPosition.location_id)
        .with_for_update()
    )


async def give_back(db: AsyncSession, units: Sequence[Kept], *, now: datetime) -> None:
    """Count units as no longer kept for anybody, at the positions that keep them.

    Where units are lent, they are lent again.
    """
    await _less(db, units, given_back=1)
    if units:
        skus = tuple(sorted({sku for sku, _, _ in units}))
        outbox.publish(db, PositionsChanged(happened_at=now, skus=skus))


async def hand_out(db: AsyncSession, units: Sequence[Kept]) -> None:
    """Count units as no longer kept, because they leave right after: nobody can have them."""
    await _less(db, units, given_back=0)


async def _less(db: AsyncSession, units: Sequence[Kept], *, given_back: int) -> None:
    for sku, location_id, quantity in sorted(units):
        await db.execute(
            update(StockPosition)
            .where(StockPosition.sku == sku, StockPosition.location_id == location_id)
            .values(
                reserved=StockPosition.reserved - quantity,
                lent=StockPosition.lent + given_back * quantity,
            )
            .execution_options(synchronize_session=False)
        )


def taken() -> CTE:
    """Check and take units of a position, for a statement that records for whom."""
    quantity = bindparam("quantity", type_=Integer())
    return (
        update(StockPosition)
        .where(
            StockPosition.sku == bindparam("sku"),
            StockPosition.location_id == bindparam("location_id"),
            StockPosition.available >= quantity + bindparam("buffer", type_=Integer()),
            # Whoever chose it may have done so a moment before it closed.
            is_open_at(bindparam("location_id")),
        )
        # What is not lent stays so: NULL less something is NULL.
        .values(reserved=StockPosition.reserved + quantity, lent=StockPosition.lent - quantity)
        .returning(StockPosition.sku, StockPosition.location_id)
        .cte("taken")
    )


def _taking() -> Executable:
    """Check, take and record in one statement: two buyers of the last unit cannot both win."""
    took = taken()
    record = {
        "id": bindparam("id", type_=Uuid()),
        "order_id": bindparam("order_id", type_=Uuid()),
        "order_line_id": bindparam("order_line_id", type_=Uuid()),
        "sku": took.c.sku,
        "location_id": took.c.location_id,
        "quantity": bindparam("quantity", type_=Integer()),
        "state": literal(ReservationState.OPEN.value),
        "expires_at": func.now() + bindparam("lasts", type_=Interval()),
    }
    return (
        insert(Reservation)
        .from_select(list(record), select(*record.values()))
        .returning(Reservation.id)
    )


def _allocating() -> Executable:
    kept = ("order_line_id", "location_id", "order_id", "sku", "quantity")
    committed = (
        update(Reservation)
        .where(
            Reservation.order_id == bindparam("order_id"),
            Reservation.state == ReservationState.OPEN,
        )
        .values(state=ReservationState.COMMITTED)
        .returning(*(getattr(Reservation, name) for name in kept))
        .cte("committed")
    )
    record = select(*committed.c, bindparam("now", type_=DateTime(timezone=True)))
    return (
        insert(Allocation)
        .from_select([*kept, "at"], record)
        .returning(Allocation.order_line_id, Allocation.location_id, Allocation.quantity)
    )


_BEFORE: Final = Statement(text("SAVEPOINT before_units"))
_UNDO: Final = Statement(text("ROLLBACK TO SAVEPOINT before_units"))
_FORGET: Final = Statement(text("RELEASE SAVEPOINT before_units"))
_TAKE: Final = Statement(_taking())
_ALLOCATE: Final = Statement(_allocating())
