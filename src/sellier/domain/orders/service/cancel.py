"""Units of a paid order that will not be delivered: canceled, unpaid for, or never collected."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders import queries
from sellier.domain.orders.errors import OrderMoved, TooLateToCancel, UnitsRefused
from sellier.domain.orders.events import OrderCanceled, UnitsCanceled
from sellier.domain.orders.models import Fulfillment, Order, OrderLine
from sellier.domain.orders.rules import canceled_from
from sellier.domain.orders.service import lines
from sellier.domain.orders.service.work import WorkRead, locked, take_out, units_at
from sellier.domain.orders.states import (
    KEEPS,
    NOT_PICKED,
    Cause,
    LineEvent,
    LineState,
    Work,
    WorkEvent,
)
from sellier.domain.payments import service as payments
from sellier.domain.stock import service as stock
from sellier.domain.stock.service import Units
from sellier.infra import outbox
from sellier.infra.batch import Rows, Statement, later, send
from sellier.kernel.ids import FulfillmentId, OrderId, OrderLineId
from sellier.kernel.money import Money

EXPIRE_MAX: Final = 100


async def cancel_units(
    db: AsyncSession,
    *,
    order_id: OrderId,
    units: Mapping[OrderLineId, int],
    by: str,
    now: datetime,
    note: str | None = None,
    seen: Mapping[OrderLineId, int] | None = None,
) -> None:
    """Cancel units of an order that nobody has picked yet: those that wait first.

    `seen` is how many units of a line were canceled already, as whoever asks saw it.
    Raises `OrderMoved`, `UnitsRefused`, `TooLateToCancel`.
    """
    found = await lines_of(db, order_id)
    ids = {line.id for line in found}
    canceled = {line.id: line.canceled_units for line in found}
    if any(canceled.get(line_id) != n for line_id, n in (seen or {}).items()):
        raise OrderMoved("Units of this line were canceled meanwhile. Look at the order anew.")
    if not units or not all(line_id in ids and n > 0 for line_id, n in units.items()):
        raise UnitsRefused("Name units of this order to cancel.")
    await _cancel_not_picked(
        db, order_id, found, units=units, cause=Cause.CUSTOMER, by=by, now=now, note=note
    )


async def free(
    db: AsyncSession,
    *,
    order_id: OrderId,
    units: Mapping[OrderLineId, int],
    cause: Cause,
    by: str,
    now: datetime,
) -> None:
    """Cancel units that nobody has picked, for a cause of the house's own.

    Raises `TooLateToCancel`.
    """
    found = await lines_of(db, order_id)
    await _cancel_not_picked(db, order_id, found, units=units, cause=cause, by=by, now=now)


async def _cancel_not_picked(
    db: AsyncSession,
    order_id: OrderId,
    found: Rows,
    *,
    units: Mapping[OrderLineId, int],
    cause: Cause,
    by: str,
    now: datetime,
    note: str | None = None,
) -> None:
    works = await works_of(db, order_id, NOT_PICKED)
    planned = canceled_from([(work.state, work.parts) for work in works], wanted=units)
    if planned is None:
        raise TooLateToCancel(
            "These units are being packed, or have left. Have them returned instead."
        )
    out = list(zip(works, planned, strict=True))
    await _take_out(db, out, event=WorkEvent.CANCEL, cause=cause, by=by, now=now, note=note)
    await _count(db, order_id=order_id, found=found, units=units, cause=cause, by=by, now=now)


async def cancel_order(db: AsyncSession, *, order_id: OrderId, by: str, now: datetime) -> None:
    """Cancel every unit of a paid order, none of which was picked yet. Raises `TooLateToCancel`."""
    found = await lines_of(db, order_id)
    units = {line.id: line.quantity - line.canceled_units for line in found}
    left = {line_id: n for line_id, n in units.items() if n}
    await cancel_units(db, order_id=order_id, units=left, by=by, now=now)


async def cancel_unpaid(db: AsyncSession, *, order_id: OrderId, by: str, now: datetime) -> None:
    """Cancel all that has not left of an order whose money went away."""
    found = await lines_of(db, order_id)
    await _cancel_all(
        db, order_id, found, states=KEEPS | {Work.UNSOURCED}, cause=Cause.UNPAID, by=by, now=now
    )


async def expire_pickups(db: AsyncSession, *, now: datetime) -> int:
    """Put back what nobody collected in time of one order, and cancel it; return how much it was.

    One order in a transaction: whoever locks the lines of a second holds stock of the first.
    """
    due = (
        select(Fulfillment.id, Fulfillment.order_id)
        .where(Fulfillment.state == Work.READY, Fulfillment.collect_by <= now)
        .order_by(Fulfillment.order_id, Fulfillment.id)
        .limit(EXPIRE_MAX)
    )
    rows = (await db.execute(due)).all()
    mine = [row for row in rows if row.order_id == rows[0].order_id]
    for row in mine:
        await _expire(db, row.order_id, row.id, now=now)
    return len(mine)


async def _expire(
    db: AsyncSession, order_id: OrderId, fulfillment_id: FulfillmentId, *, now: datetime
) -> None:
    found = await lines_of(db, order_id)
    (work,) = await locked(db, [fulfillment_id])
    if work.state is not Work.READY:
        return
    units = _all_of(work)
    event, cause = WorkEvent.EXPIRE, Cause.UNCOLLECTED
    await _take_out(db, [(work, units)], event=event, cause=cause, by="time-out", now=now)
    await _count(
        db,
        order_id=order_id,
        found=found,
        units=units,
        cause=Cause.UNCOLLECTED,
        by="time-out",
        now=now,
    )


async def lines_of(db: AsyncSession, order_id: OrderId) -> Rows:
    """Lock what an order is made of: its money first, as whoever acts on news of it does."""
    await payments.lock(db, order_id=order_id)
    (found,) = await send(db, lines.OF_ORDER(order_id=order_id))
    return found


async def works_of(
    db: AsyncSession, order_id: OrderId, states: frozenset[Work]
) -> Sequence[WorkRead]:
    """Lock the work of an order that is in these states.

    Units may have been found a location while we waited: then there is other work, so look again.
    """
    which = select(Fulfillment.id).where(
        Fulfillment.order_id == order_id, Fulfillment.state.in_(states)
    )
    known: set[FulfillmentId] = set()
    works: Sequence[WorkRead] = ()
    while not known >= (ids := set(await db.scalars(which))):
        known |= ids
        works = await locked(db, sorted(known))
    return [work for work in works if work.state in states]


async def _cancel_all(
    db: AsyncSession,
    order_id: OrderId,
    found: Rows,
    *,
    states: frozenset[Work],
    cause: Cause,
    by: str,
    now: datetime,
) -> None:
    units: dict[OrderLineId, int] = {}
    works = await works_of(db, order_id, states)
    for part in (one for work in works for one in work.parts):
        units[part.line_id] = units.get(part.line_id, 0) + part.quantity
    out = [(work, _all_of(work)) for work in works]
    await _take_out(db, out, event=WorkEvent.CANCEL, cause=cause, by=by, now=now)
    if units:
        await _count(db, order_id=order_id, found=found, units=units, cause=cause, by=by, now=now)


def _all_of(work: WorkRead) -> Mapping[OrderLineId, int]:
    return {part.line_id: part.quantity for part in work.parts}


async def _take_out(
    db: AsyncSession,
    out: Sequence[tuple[WorkRead, Mapping[OrderLineId, int]]],
    *,
    event: WorkEvent,
    cause: Cause,
    by: str,
    now: datetime,
    note: str | None = None,
) -> None:
    """Take units out of work. Stock has them back at once, so in the order of its positions."""
    back: list[Units] = []
    for work, units in out:
        if units:
            parts = await take_out(
                db, work, units=units, event=event, cause=cause, by=by, now=now, note=note
            )
            back += units_at(work.location_id, parts) if work.state in KEEPS else []
    if back:
        await stock.give_up(db, units=back, now=now)


async def _count(
    db: AsyncSession,
    *,
    order_id: OrderId,
    found: Rows,
    units: Mapping[OrderLineId, int],
    cause: Cause,
    by: str,
    now: datetime,
) -> None:
    """Count units as canceled, with the lines and the order that this ends."""
    later(db, *(_CANCELED(line_id=line_id, units=n) for line_id, n in sorted(units.items())))
    await _give_back(db, order_id, found, units=units, now=now)
    over = [
        line
        for line in found
        if line.state in (LineState.CONFIRMED, LineState.SET_ASIDE)
        and line.quantity == line.canceled_units + units.get(line.id, 0)
    ]
    later(db, *lines.advanced(over, event=LineEvent.CANCEL, by=by, now=now))
    outbox.publish(db, UnitsCanceled(happened_at=now, order_id=order_id, cause=cause))
    ended = {line.id for line in over} | {
        line.id for line in found if line.state == LineState.CANCELED
    }
    if ended == {line.id for line in found}:
        outbox.publish(db, OrderCanceled(happened_at=now, order_id=order_id))
        payment_id = await queries.authorized_payment(db, order_id=order_id)
        if payment_id is not None:
            await payments.void(db, payment_id=payment_id, by=by, now=now)


async def _give_back(
    db: AsyncSession,
    order_id: OrderId,
    found: Rows,
    *,
    units: Mapping[OrderLineId, int],
    now: datetime,
) -> None:
    """Give back what was paid for units that replace others, which are ours again already."""
    for line in found:
        if line.replaces_id is None or line.state != LineState.CONFIRMED or not units.get(line.id):
            continue
        count = units[line.id]
        currency = await db.scalar(select(Order.currency).where(Order.id == order_id))
        assert currency is not None, "lines are of an order"
        await payments.refund_due(
            db,
            order_id=order_id,
            amount=Money(line.unit_minor * count, currency),
            source=f"replacement:{line.id}:{line.canceled_units + count}",
            now=now,
        )


_CANCELED: Final = Statement(
    update(OrderLine)
    .where(OrderLine.id == bindparam("line_id"))
    .values(canceled_units=OrderLine.canceled_units + bindparam("units"))
)
