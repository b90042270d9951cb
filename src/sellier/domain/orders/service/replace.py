"""Units that go out for others that come back: set aside at once, let out when those are here.

They are lines of the same order. Whoever sets aside and lets out has its money and lines locked.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders import queries
from sellier.domain.orders.models import Fulfillment, FulfillmentLine, OrderLine
from sellier.domain.orders.rules import openings
from sellier.domain.orders.service import lines
from sellier.domain.orders.service.cancel import free, lines_of, works_of
from sellier.domain.orders.service.fulfill import collect
from sellier.domain.orders.service.place import RESERVATION_LASTS
from sellier.domain.orders.service.work import ACCEPT_WITHIN, advance, opening
from sellier.domain.orders.states import START, Cause, LineEvent, Work, WorkEvent
from sellier.domain.promising import service as promising
from sellier.domain.promising.states import Way
from sellier.domain.stock import service as stock
from sellier.infra.batch import later, send
from sellier.kernel.ids import LocationId, OrderId, OrderLineId, Sku, StyleColorId

EXCHANGED: Final = "exchanged"
BY: Final = "sourcing"
WAITING: Final = frozenset({Work.SET_ASIDE, Work.UNSOURCED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """Units of a piece that go out for as many of another line, at what was paid for those."""

    line_id: OrderLineId
    replaces_id: OrderLineId
    sku: Sku
    style_color_id: StyleColorId
    title: str
    color: str | None
    size: str | None
    quantity: int
    way: Way
    location_id: LocationId | None


async def set_aside(
    db: AsyncSession,
    *,
    order_id: OrderId,
    wanted: Sequence[Replacement],
    by: str,
    now: datetime,
) -> None:
    """Add lines for what the customer wants instead, and keep their units: all or nothing.

    Raises `OutOfStock`.
    """
    await _write(db, order_id, wanted)
    bound = await queries.bound(db, order_id=order_id)
    needs = bound.needs({one.line_id: one.quantity for one in wanted})
    await promising.hold(
        db,
        order_id=order_id,
        channel_id=bound.channel_id,
        needs=needs,
        lasts=RESERVATION_LASTS,
        now=now,
        why=EXCHANGED,
    )
    taken = await stock.allocate(db, order_id=order_id, now=now)
    (found,) = await send(db, lines.OF_ORDER(order_id=order_id))
    ids = {one.line_id for one in wanted}
    added = [line for line in found if line.id in ids]
    later(db, *lines.advanced(added, event=LineEvent.SET_ASIDE, by=by, now=now))
    opened = openings(
        ((one.line_id, one.location_id, one.quantity) for one in taken),
        ways={one.line_id: one.way for one in wanted},
        kept=ids,
    )
    later(db, *opening(order_id=order_id, opened=opened, by=by, now=now))


async def let_out(
    db: AsyncSession,
    *,
    order_id: OrderId,
    units: Mapping[OrderLineId, int],
    skus: Collection[Sku],
    by: str,
    now: datetime,
) -> Mapping[OrderLineId, int]:
    """Have so many units of lines that were set aside prepared, and free the others for anybody.

    Return how many go out: fewer where some were canceled meanwhile. `skus` are those whose
    positions the caller is about to change: they are locked together with those freed here.
    """
    (found,) = await send(db, lines.OF_ORDER(order_id=order_id))
    left = {line.id: line.quantity - line.canceled_units for line in found}
    go = {line_id: min(n, left[line_id]) for line_id, n in units.items()}
    works = [
        work
        for work in await works_of(db, order_id, WAITING)
        if any(part.line_id in units for part in work.parts)
    ]
    freed = {line_id: left[line_id] - n for line_id, n in go.items() if left[line_id] > n}
    gone = {part.sku for work in works for part in work.parts if part.line_id in freed}
    if gone:
        await stock.lock(db, skus=sorted({*gone, *skus}))
        await free(db, order_id=order_id, units=freed, cause=Cause.NOT_RETURNED, by=by, now=now)
    released = [line for line in found if go.get(line.id)]
    later(db, *lines.advanced(released, event=LineEvent.CONFIRM, by=by, now=now))
    for work in await works_of(db, order_id, frozenset({Work.SET_ASIDE})):
        if all(go.get(part.line_id) for part in work.parts):
            until = now + ACCEPT_WITHIN
            await advance(db, work, WorkEvent.OFFER, by=by, now=now, accept_by=until)
    return go


async def carry_out(
    db: AsyncSession,
    *,
    order_id: OrderId,
    line_ids: Collection[OrderLineId],
    by: str,
    now: datetime,
) -> None:
    """Hand over what was let out of the boutique where its customer stands."""
    offered = await db.scalars(
        select(Fulfillment.id)
        .join(FulfillmentLine, FulfillmentLine.fulfillment_id == Fulfillment.id)
        .where(
            Fulfillment.order_id == order_id,
            Fulfillment.way == Way.CARRY,
            Fulfillment.state == Work.OFFERED,
            FulfillmentLine.line_id.in_(line_ids),
        )
        .order_by(Fulfillment.id)
    )
    for fulfillment_id in offered.all():
        await collect(db, fulfillment_id=fulfillment_id, code="", by=by, now=now)


async def fall_back(db: AsyncSession, *, order_id: OrderId, now: datetime) -> int:
    """Give up what was to replace a piece and is nowhere any more: it is paid back instead.

    Return how many units that is.
    """
    await lines_of(db, order_id)
    await works_of(db, order_id, frozenset({Work.UNSOURCED}))
    units = await queries.hopeless_units(db, order_id=order_id)
    if units:
        await free(db, order_id=order_id, units=units, cause=Cause.SOLD_OUT, by=BY, now=now)
    return sum(units.values())


async def _write(db: AsyncSession, order_id: OrderId, wanted: Sequence[Replacement]) -> None:
    ids = [one.replaces_id for one in wanted]
    rows = await db.scalars(select(OrderLine).where(OrderLine.id.in_(ids)))
    replaced = {row.id: row for row in rows}
    last = await db.scalar(
        select(func.max(OrderLine.position)).where(OrderLine.order_id == order_id)
    )
    assert last is not None, "an order has lines"
    db.add_all(
        OrderLine(
            id=one.line_id,
            order_id=order_id,
            position=position,
            sku=one.sku,
            style_color_id=one.style_color_id,
            brand=replaced[one.replaces_id].brand,
            title=one.title,
            color=one.color,
            size=one.size,
            quantity=one.quantity,
            unit_minor=replaced[one.replaces_id].unit_minor,
            state=START,
            way=one.way,
            location_id=one.location_id,
            replaces_id=one.replaces_id,
        )
        for position, one in enumerate(wanted, start=last + 1)
    )
    await db.flush()
