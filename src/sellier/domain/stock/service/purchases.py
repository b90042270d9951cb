"""Purchase orders: units that a supplier brings, expected on a day, taken in as they come."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.stock import events
from sellier.domain.stock.errors import ReferenceTaken
from sellier.domain.stock.models import PurchaseOrder, PurchaseOrderLine
from sellier.domain.stock.rules.arrivals import Arrived, check_arrived, check_lines, moves_of
from sellier.domain.stock.service import papers
from sellier.domain.stock.service.move import move
from sellier.domain.stock.service.papers import Turn
from sellier.domain.stock.states import (
    PURCHASE,
    PURCHASE_START,
    Cause,
    PurchaseEvent,
    PurchaseState,
    next_state,
)
from sellier.infra import outbox
from sellier.kernel.ids import LocationId, PurchaseOrderId, Sku

_TOLD: Final = {
    PurchaseState.OPEN: events.PurchaseOrderExpected,
    PurchaseState.PARTLY_RECEIVED: events.PurchaseOrderPartlyReceived,
    PurchaseState.RECEIVED: events.PurchaseOrderReceived,
    PurchaseState.CLOSED: events.PurchaseOrderClosed,
    PurchaseState.CANCELED: events.PurchaseOrderCanceled,
}


async def expect(
    db: AsyncSession,
    *,
    purchase_order_id: PurchaseOrderId,
    reference: str,
    supplier: str,
    location_id: LocationId,
    lines: Mapping[Sku, int],
    expected_at: datetime,
    now: datetime,
) -> None:
    """Write down what a supplier will bring. The same id again changes nothing.

    Raises `LinesAbsurd`, `UnknownPlace`, and `ReferenceTaken` when another order has its reference.
    """
    check_lines(lines)
    await papers.check_known(db, skus=lines, location_ids=(location_id,))
    new = insert(PurchaseOrder).values(
        id=purchase_order_id,
        number=await papers.number(db, "P", now=now),
        version=1,
        created_at=now,
        reference=reference,
        supplier=supplier,
        location_id=location_id,
        state=PURCHASE_START,
        expected_at=expected_at,
    )
    if await db.scalar(new.on_conflict_do_nothing().returning(PurchaseOrder.id)) is None:
        if await db.get(PurchaseOrder, purchase_order_id) is None:
            raise ReferenceTaken(f"There is an order {reference} already.", reference=reference)
        return
    db.add_all(
        PurchaseOrderLine(purchase_order_id=purchase_order_id, sku=sku, quantity=quantity)
        for sku, quantity in lines.items()
    )
    outbox.publish(
        db, events.PurchaseOrderExpected(happened_at=now, purchase_order_id=purchase_order_id)
    )


async def reschedule(
    db: AsyncSession, *, turn: Turn, expected_at: datetime, by: str, now: datetime
) -> None:
    """Expect the rest at another time, as the supplier says."""
    order = await papers.begun(db, PurchaseOrder, turn)
    if order is not None:
        order.expected_at = expected_at
        _turned(db, order, turn, event=PurchaseEvent.AMEND, by=by, now=now)


async def receive(
    db: AsyncSession, *, turn: Turn, arrived: Mapping[Sku, Arrived], by: str, now: datetime
) -> None:
    """Take in what the supplier brought, more than was ordered too; repeat it as boxes come.

    Once nothing is left to come, the order is over. Raises `NotOnPaper`,
    `LinesAbsurd` and `LocationClosed`.
    """
    order = await papers.begun(db, PurchaseOrder, turn)
    if order is None:
        return
    await papers.check_open(db, location_id=order.location_id)
    found = await db.scalars(
        select(PurchaseOrderLine)
        .where(PurchaseOrderLine.purchase_order_id == order.id)
        .order_by(PurchaseOrderLine.sku)
        .execution_options(populate_existing=True)
    )
    lines = {line.sku: line for line in found}
    check_arrived(arrived, lines={sku: line.quantity for sku, line in lines.items()})
    for sku, one in arrived.items():
        lines[sku].received += one.units
        lines[sku].damaged += one.damaged
    is_all = all(line.received >= line.quantity for line in lines.values())
    event = PurchaseEvent.RECEIVE_ALL if is_all else PurchaseEvent.RECEIVE_SOME
    _turned(db, order, turn, event=event, by=by, now=now)
    await move(
        db,
        moves=moves_of(arrived, location_id=order.location_id),
        cause=Cause.RECEIPT,
        source=f"purchase_order:{order.id}:{turn.key}",
        by=by,
        now=now,
        note=order.reference,
    )


async def close(
    db: AsyncSession, *, turn: Turn, by: str, now: datetime, note: str | None = None
) -> None:
    """Expect no more of an order that came in part."""
    await _end(db, turn, event=PurchaseEvent.CLOSE, by=by, now=now, note=note)


async def cancel(
    db: AsyncSession, *, turn: Turn, by: str, now: datetime, note: str | None = None
) -> None:
    """Expect nothing of an order of which nothing came."""
    await _end(db, turn, event=PurchaseEvent.CANCEL, by=by, now=now, note=note)


async def _end(
    db: AsyncSession,
    turn: Turn,
    *,
    event: PurchaseEvent,
    by: str,
    now: datetime,
    note: str | None,
) -> None:
    order = await papers.begun(db, PurchaseOrder, turn)
    if order is not None:
        _turned(db, order, turn, event=event, by=by, now=now, note=note)


def _turned(
    db: AsyncSession,
    order: PurchaseOrder,
    turn: Turn,
    *,
    event: PurchaseEvent,
    by: str,
    now: datetime,
    note: str | None = None,
) -> None:
    before = PurchaseState(order.state)
    after = order.state = next_state(PURCHASE, before, event)
    papers.ended(db, order, turn, event=event, states=(before, after), by=by, now=now, note=note)
    outbox.publish(db, _TOLD[after](happened_at=now, purchase_order_id=order.id))
