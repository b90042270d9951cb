"""Allocations: committed without end, given up, or gone with the units."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import (
    DateTime,
    Executable,
    Integer,
    Uuid,
    and_,
    bindparam,
    delete,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.stock.errors import NotAllocated, OutOfStock
from sellier.domain.stock.events import PositionsChanged
from sellier.domain.stock.models import Allocation
from sellier.domain.stock.rules import Move
from sellier.domain.stock.service.move import move
from sellier.domain.stock.service.reserve import Units, give_back, hand_out, in_turn, taken
from sellier.domain.stock.states import Cause
from sellier.infra import outbox
from sellier.infra.batch import Statement, Step, later, send
from sellier.kernel.ids import LocationId, OrderId, Sku


async def commit(
    db: AsyncSession, *, order_id: OrderId, units: Sequence[Units], now: datetime
) -> None:
    """Allocate units that nothing was reserved of, for a line that is paid: all or none.

    Raises `OutOfStock` naming the first units that cannot be had; nothing was done then, and the
    transaction may go on.
    """
    ordered = sorted(units, key=in_turn)
    # Allocations before positions, as whoever gives units up has them.
    keys = sorted((one.line_id, one.location_id) for one in ordered)
    later(db, *(_LOCK(order_line_id=line, location_id=place) for line, place in keys))
    async with db.begin_nested():
        steps = [_commit(one, order_id=order_id, now=now) for one in ordered]
        kept = await send(db, *steps)
        missed = next((one for one, rows in zip(ordered, kept, strict=True) if not rows), None)
        if missed is not None:
            raise OutOfStock(
                sku=missed.sku, location_id=missed.location_id, quantity=missed.quantity
            )
    skus = tuple(dict.fromkeys(one.sku for one in ordered))
    outbox.publish(db, PositionsChanged(happened_at=now, skus=skus))


async def give_up(
    db: AsyncSession, *, units: Sequence[Units], now: datetime, is_unfit: bool = False
) -> None:
    """Take units back from the lines they are allocated to; they can be sold again.

    Unless they are unfit: then the caller says in the same transaction what became of them, and
    nobody is lent them meanwhile. Raises `NotAllocated`.
    """
    await _end(db, units)
    kept = [(one.sku, one.location_id, one.quantity) for one in units]
    if is_unfit:
        await hand_out(db, kept)
    else:
        await give_back(db, kept, now=now)


async def ship(
    db: AsyncSession, *, units: Sequence[Units], source: str, by: str, now: datetime
) -> None:
    """Let allocated units leave the house: they are no longer kept for anybody, but gone.

    `source` names what took them, once. Raises `NotAllocated`.
    """
    await _end(db, units)
    await hand_out(db, [(one.sku, one.location_id, one.quantity) for one in units])
    gone: Counter[tuple[Sku, LocationId]] = Counter()
    for one in units:
        gone[one.sku, one.location_id] += one.quantity
    moves = [Move(sku=sku, location_id=place, quantity=-n) for (sku, place), n in gone.items()]
    written = await move(db, moves=moves, cause=Cause.SALE, source=source, by=by, now=now)
    assert written, "whoever ships does it once: the state of their work says so"


async def _end(db: AsyncSession, units: Sequence[Units]) -> None:
    ordered = sorted(units, key=in_turn)
    ended = await send(db, *(_end_one(one) for one in ordered))
    missed = next((one for one, rows in zip(ordered, ended, strict=True) if not rows), None)
    if missed is not None:
        raise NotAllocated(sku=missed.sku, quantity=missed.quantity)


def _end_one(units: Units) -> Step:
    return _END(order_line_id=units.line_id, location_id=units.location_id, quantity=units.quantity)


def _commit(units: Units, *, order_id: OrderId, now: datetime) -> Step:
    assert units.quantity > 0
    return _COMMIT(
        order_id=order_id,
        order_line_id=units.line_id,
        sku=units.sku,
        location_id=units.location_id,
        quantity=units.quantity,
        buffer=units.buffer,
        at=now,
    )


def _committing() -> Executable:
    """Check, take and record in one statement, as a reservation is taken."""
    took = taken()
    record = {
        "order_id": bindparam("order_id", type_=Uuid()),
        "order_line_id": bindparam("order_line_id", type_=Uuid()),
        "sku": took.c.sku,
        "location_id": took.c.location_id,
        "quantity": bindparam("quantity", type_=Integer()),
        "at": bindparam("at", type_=DateTime(timezone=True)),
    }
    statement = insert(Allocation).from_select(list(record), select(*record.values()))
    more = Allocation.quantity + statement.excluded.quantity
    return statement.on_conflict_do_update(
        index_elements=[Allocation.order_line_id, Allocation.location_id],
        set_={"quantity": more},
    ).returning(Allocation.order_line_id)


def _ending() -> Executable:
    """Take units off an allocation; what has none left is no allocation any more."""
    quantity = bindparam("quantity", type_=Integer())
    which = and_(
        Allocation.order_line_id == bindparam("order_line_id"),
        Allocation.location_id == bindparam("location_id"),
    )
    all_of_it = (
        delete(Allocation)
        .where(which, Allocation.quantity == quantity)
        .returning(Allocation.order_line_id)
        .cte("all_of_it")
    )
    some_of_it = (
        update(Allocation)
        .where(which, Allocation.quantity > quantity)
        .values(quantity=Allocation.quantity - quantity)
        .returning(Allocation.order_line_id)
        .cte("some_of_it")
    )
    return union_all(select(all_of_it), select(some_of_it))


_LOCK: Final = Statement(
    select(Allocation.order_line_id)
    .where(
        Allocation.order_line_id == bindparam("order_line_id"),
        Allocation.location_id == bindparam("location_id"),
    )
    .with_for_update()
)
_COMMIT: Final = Statement(_committing())
_END: Final = Statement(_ending())
