"""Change what was ordered, as long as nobody has begun on it: a size, the address, a letter."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders import queries
from sellier.domain.orders.errors import AmendmentRefused, OrderMoved, TooLateToAmend
from sellier.domain.orders.events import LetterWanted, UnitsUnsourced
from sellier.domain.orders.models import Fulfillment, OrderAddress, OrderChange, OrderLine
from sellier.domain.orders.rules import Address, Opening, Part, changed_fields
from sellier.domain.orders.service import lines
from sellier.domain.orders.service.work import WorkRead, locked, opening, take_out, units_at
from sellier.domain.orders.states import (
    KEEPS,
    MOVABLE,
    NOT_PICKED,
    Cause,
    Change,
    LineState,
    Work,
    WorkEvent,
)
from sellier.domain.promising import queries as promising
from sellier.domain.promising.states import Way
from sellier.domain.stock import service as stock
from sellier.domain.stock.errors import OutOfStock
from sellier.infra import outbox
from sellier.infra.batch import later, send
from sellier.kernel.ids import FulfillmentId, LocationId, OrderId, OrderLineId, Sku

LEFT: Final = frozenset({Work.HANDED_OVER, Work.DELIVERED, Work.LOST})


async def amend_line(
    db: AsyncSession,
    *,
    order_id: OrderId,
    line_id: OrderLineId,
    to: Sku,
    seen: Sku,
    by: str,
    now: datetime,
    note: str | None = None,
) -> None:
    """Have another size of the same piece at the same price; a location is found for it anew.

    Raises `AmendmentRefused`, `OrderMoved`, `OutOfStock`, `TooLateToAmend`.
    """
    (found,) = await send(db, lines.OF_ORDER(order_id=order_id))
    line = next((one for one in found if one.id == line_id), None)
    if line is None or line.sku != seen:
        raise OrderMoved("This line was changed meanwhile. Look at the order anew.")
    works = [work for work in await _works(db, order_id) if work.state in NOT_PICKED]
    units = sum(part.quantity for part in _parts(works, line_id))
    if line.state != LineState.CONFIRMED or units < line.quantity - line.canceled_units:
        raise TooLateToAmend("This piece is being packed, or has left. Have it exchanged instead.")
    sizes = await queries.other_sizes(db, order_id=order_id, now=now)
    size = next((one for one in sizes.get(line_id, ()) if one.sku == to), None)
    if size is None:
        raise AmendmentRefused("Choose another size of this piece that costs the same.")
    await stock.lock(db, skus=sorted([seen, to]))
    await _check_free(db, order_id, line, to=to, units=units, now=now)
    for work in works:
        await _reopen(db, work, line_id, by=by, now=now)
    await db.execute(
        update(OrderLine)
        .where(OrderLine.id == line_id)
        .values(sku=to, size=size.size)
        .execution_options(synchronize_session=False)
    )
    db.add(
        OrderChange(
            order_id=order_id,
            line_id=line_id,
            what=Change.SIZE,
            detail=f"{seen} → {to}",
            note=note,
            at=now,
            by=by,
        )
    )
    outbox.publish(db, UnitsUnsourced(happened_at=now, order_id=order_id))


async def amend_address(
    db: AsyncSession,
    *,
    order_id: OrderId,
    to: Address,
    seen: Address,
    by: str,
    now: datetime,
    note: str | None = None,
) -> None:
    """Send an order elsewhere in the same country, before any of it has left.

    Raises `AmendmentRefused`, `OrderMoved`, `TooLateToAmend`.
    """
    await send(db, lines.OF_ORDER(order_id=order_id))
    works = [work for work in await _works(db, order_id) if work.way is Way.SHIP]
    row = await db.get_one(OrderAddress, order_id, with_for_update=True, populate_existing=True)
    if changed_fields(queries.address_of(row), seen):
        raise OrderMoved("The address was changed meanwhile. Look at the order anew.")
    if to.country != seen.country:
        raise AmendmentRefused("Taxes and delivery were counted for this country. Order anew.")
    changed = changed_fields(seen, to)
    if not changed:
        raise AmendmentRefused("This is the address that it goes to already.")
    if any(work.state in LEFT for work in works):
        raise TooLateToAmend("A parcel has left for this address. Ask the carrier instead.")
    if any(work.state is Work.PACKED for work in works):
        raise TooLateToAmend(
            "A parcel is labeled for this address. Take its work away from the place first."
        )
    if not any(work.state in MOVABLE for work in works):
        raise TooLateToAmend("Nothing of this order is still to be sent.")
    for part in changed:
        setattr(row, part, getattr(to, part))
    db.add(
        OrderChange(
            order_id=order_id,
            what=Change.ADDRESS,
            detail=", ".join(changed),
            note=note,
            at=now,
            by=by,
        )
    )
    await db.flush()


async def want_letter(
    db: AsyncSession,
    *,
    order_id: OrderId,
    letter: str,
    fulfillment_id: FulfillmentId | None = None,
    by: str,
    now: datetime,
) -> None:
    """Have a letter leave once more: of the order, or of some of its work."""
    db.add(OrderChange(order_id=order_id, what=Change.LETTER, detail=letter, at=now, by=by))
    wanted = LetterWanted(
        happened_at=now, order_id=order_id, letter=letter, fulfillment_id=fulfillment_id
    )
    outbox.publish(db, wanted)


async def _works(db: AsyncSession, order_id: OrderId) -> Sequence[WorkRead]:
    ids = await db.scalars(select(Fulfillment.id).where(Fulfillment.order_id == order_id))
    return await locked(db, ids.all())


def _parts(works: Sequence[WorkRead], line_id: OrderLineId) -> Sequence[Part]:
    return [part for work in works for part in work.parts if part.line_id == line_id]


async def _check_free(
    db: AsyncSession, order_id: OrderId, line: Any, *, to: Sku, units: int, now: datetime
) -> None:
    """Refuse a size of which there is too little where this line may come from."""
    channel_id = (await queries.bound(db, order_id=order_id)).channel_id
    found = await promising.sources(db, channel_id=channel_id, skus=[to], now=now)
    place: LocationId | None = line.location_id
    free = sum(
        source.available.get(to, 0)
        for source in found.sources
        if line.way in source.ways and place in (None, source.location_id)
    )
    if free < units:
        raise OutOfStock(sku=to, quantity=units)


async def _reopen(
    db: AsyncSession, work: WorkRead, line_id: OrderLineId, *, by: str, now: datetime
) -> None:
    units = {part.line_id: part.quantity for part in work.parts if part.line_id == line_id}
    if not units:
        return
    parts = await take_out(
        db, work, units=units, event=WorkEvent.WITHDRAW, cause=Cause.AMENDED, by=by, now=now
    )
    if work.state in KEEPS:
        await stock.give_up(db, units=units_at(work.location_id, parts), now=now)
    waits = Opening(location_id=None, way=work.way, units=units)
    later(
        db,
        *opening(order_id=work.order_id, opened=[waits], by=by, now=now, instead_of=work.id),
    )
