"""Units leave a location undelivered: refused, late, closed, moved. They wait for another one.

Whoever is without a location is found one by `source`, in a transaction of its own: nobody holds
the stock of one place while asking for that of another.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders.errors import TransitionRefused, UnitsRefused
from sellier.domain.orders.events import UnitsUnsourced
from sellier.domain.orders.models import Fulfillment, FulfillmentLine, OrderLine
from sellier.domain.orders.rules import EFFECTS, Effect, Opening, Part
from sellier.domain.orders.service.work import (
    WorkRead,
    locked,
    one_locked,
    opening,
    take_out,
    units_at,
)
from sellier.domain.orders.states import KEEPS, REJECTIONS, Cause, Work, WorkEvent
from sellier.domain.stock import service as stock
from sellier.domain.stock.rules import Move, inspection
from sellier.domain.stock.states import Cause as Movement
from sellier.domain.stock.states import Condition
from sellier.infra import outbox
from sellier.infra.batch import later
from sellier.kernel.ids import FulfillmentId, LocationId, OrderLineId, Sku

TIME_OUT_MAX: Final = 200

Out = tuple[WorkRead, Sequence[Part]]  # work, and what leaves it
UNPICKED: Final = (Work.SET_ASIDE, Work.OFFERED, Work.ACCEPTED)


async def reject(
    db: AsyncSession,
    *,
    fulfillment_id: FulfillmentId,
    cause: Cause,
    at: LocationId | None = None,
    by: str,
    now: datetime,
    note: str | None = None,
) -> None:
    """Refuse work, for a reason that says what is true of the stock.

    Raises `FulfillmentNotFound`, `TransitionRefused`, `UnitsRefused`.
    """
    if cause not in REJECTIONS:
        raise UnitsRefused("Choose one of the reasons.")
    works = await _with_companions(db, fulfillment_id, at=at, effect=EFFECTS[cause])
    mine = next(work for work in works if work.id == fulfillment_id)
    if mine.location_id is None:
        raise TransitionRefused("No place has this to do, so none can refuse it. Look again.")
    skus = {part.sku for part in mine.parts}
    out: list[Out] = [
        (work, work.parts if work is mine else [part for part in work.parts if part.sku in skus])
        for work in works
    ]
    await _withdraw(db, out, cause=cause, by=by, now=now, note=note)
    await _tell_stock(db, mine, mine.parts, cause=cause, by=by, now=now)


async def withdraw_units(
    db: AsyncSession,
    work: WorkRead,
    units: Mapping[OrderLineId, int],
    *,
    cause: Cause,
    by: str,
    now: datetime,
    note: str | None = None,
) -> None:
    """Take some units out of locked work that goes on with the others.

    Raises `TransitionRefused`, and `UnitsRefused` when the work has not so many.
    """
    has = {part.line_id: part for part in work.parts}
    if not all(line in has and 0 < n <= has[line].quantity for line, n in units.items()):
        raise UnitsRefused("Name units of this order, and no more than it has here.")
    parts = [has[line].only(n) for line, n in units.items()]
    await _withdraw(db, [(work, parts)], cause=cause, by=by, now=now, note=note)
    await _tell_stock(db, work, parts, cause=cause, by=by, now=now)


async def withdraw(
    db: AsyncSession,
    *,
    fulfillment_ids: Sequence[FulfillmentId],
    cause: Cause,
    by: str,
    now: datetime,
    note: str | None = None,
) -> int:
    """Take work away from its locations, as far as it still is there; return how much was."""
    works = [work for work in await locked(db, fulfillment_ids) if work.state in KEEPS]
    out = [(work, work.parts) for work in works]
    await _withdraw(db, out, cause=cause, by=by, now=now, note=note)
    return len(works)


async def relieve(
    db: AsyncSession, *, sku: Sku, location_id: LocationId, short: int, now: datetime
) -> int:
    """Take units that a count did not find away from the orders that wait for them there.

    The latest orders lose theirs, of what nobody has picked yet; return how many units that were.
    """
    waiting = await db.scalars(
        select(Fulfillment.id)
        .join(FulfillmentLine, FulfillmentLine.fulfillment_id == Fulfillment.id)
        .join(OrderLine, OrderLine.id == FulfillmentLine.line_id)
        .where(
            Fulfillment.location_id == location_id,
            Fulfillment.state.in_(UNPICKED),
            OrderLine.sku == sku,
        )
    )
    left = short
    out: list[Out] = []
    for work in reversed(await locked(db, sorted(waiting.all()))):
        if work.state not in UNPICKED:
            continue
        parts = []
        for part in (one for one in work.parts if one.sku == sku):
            if units := min(left, part.quantity):
                left -= units
                parts.append(part.only(units))
        if parts:
            out.append((work, parts))
    # The count has said what is true of the units.
    await _withdraw(
        db, out, cause=Cause.MISMATCH, by="count", now=now, note=None, says_of_units=False
    )
    return short - left


async def time_out_offers(db: AsyncSession, *, now: datetime) -> int:
    """Withdraw the offers that nobody took in time; return how many."""
    late = await db.scalars(
        select(Fulfillment.id)
        .where(Fulfillment.state == Work.OFFERED, Fulfillment.accept_by <= now)
        .order_by(Fulfillment.id)
        .limit(TIME_OUT_MAX)
        .with_for_update(skip_locked=True)
    )
    return await withdraw(
        db, fulfillment_ids=late.all(), cause=Cause.TIMED_OUT, by="time-out", now=now
    )


async def _with_companions(
    db: AsyncSession, fulfillment_id: FulfillmentId, *, at: LocationId | None, effect: Effect
) -> Sequence[WorkRead]:
    """Lock work and, where nothing is left for anybody, all that waits for the same there."""
    if not effect.is_all:
        return [await one_locked(db, fulfillment_id, at=at)]
    mine = (
        select(Fulfillment.location_id, OrderLine.sku)
        .join(FulfillmentLine, FulfillmentLine.fulfillment_id == Fulfillment.id)
        .join(OrderLine, OrderLine.id == FulfillmentLine.line_id)
        .where(Fulfillment.id == fulfillment_id)
        .subquery("mine")
    )
    same = (
        select(Fulfillment.id)
        .join(FulfillmentLine, FulfillmentLine.fulfillment_id == Fulfillment.id)
        .join(OrderLine, OrderLine.id == FulfillmentLine.line_id)
        .join(mine, (mine.c.location_id == Fulfillment.location_id) & (mine.c.sku == OrderLine.sku))
        # What was picked was found, whatever this location says of the rest.
        .where(Fulfillment.state.in_(UNPICKED))
    )
    ids = {fulfillment_id, *await db.scalars(same)}
    works = await locked(db, sorted(ids))
    await one_locked(db, fulfillment_id, at=at)
    return [work for work in works if work.id == fulfillment_id or work.state in UNPICKED]


async def _withdraw(
    db: AsyncSession,
    out: Sequence[Out],
    *,
    cause: Cause,
    by: str,
    now: datetime,
    note: str | None,
    says_of_units: bool = True,
) -> None:
    """Take units out of work. Stock has them back at once, so in the order of its positions."""
    for work, parts in out:
        units = {part.line_id: part.quantity for part in parts}
        await take_out(
            db, work, units=units, event=WorkEvent.WITHDRAW, cause=cause, by=by, now=now, note=note
        )
    await stock.give_up(
        db,
        units=[one for work, parts in out for one in units_at(work.location_id, parts)],
        now=now,
        is_unfit=says_of_units and EFFECTS[cause].is_unfit,
    )
    for work, parts in out:
        units = {part.line_id: part.quantity for part in parts}
        waits = Opening(location_id=None, way=work.way, units=units)
        later(
            db,
            *opening(order_id=work.order_id, opened=[waits], by=by, now=now, instead_of=work.id),
        )
        outbox.publish(db, UnitsUnsourced(happened_at=now, order_id=work.order_id))


async def _tell_stock(
    db: AsyncSession,
    work: WorkRead,
    parts: Iterable[Part],
    *,
    cause: Cause,
    by: str,
    now: datetime,
) -> None:
    """Write into the ledger what a refusal says of the units."""
    effect, place = EFFECTS[cause], work.location_id
    assert place is not None, "only work at a place is refused"
    units: dict[Sku, int] = {}
    for part in parts:
        units[part.sku] = units.get(part.sku, 0) + part.quantity
    source = f"fulfillment:{work.id}:{cause}"
    for sku, quantity in sorted(units.items()):
        if effect.is_all:
            await stock.lose_all(db, sku=sku, location_id=place, source=source, by=by, now=now)
            continue
        moves = _moves(sku, place, quantity, effect=effect)
        if moves:
            why = Movement.COUNT if effect.is_missing else Movement.INSPECTION
            await stock.move(db, moves=moves, cause=why, source=source, by=by, now=now)


def _moves(sku: Sku, place: LocationId, quantity: int, *, effect: Effect) -> Sequence[Move]:
    if effect.is_missing:
        return [Move(sku=sku, location_id=place, quantity=-quantity)]
    if effect.condition is None:
        return []
    return inspection(
        sku=sku,
        location_id=place,
        quantity=quantity,
        before=Condition.SELLABLE,
        after=effect.condition,
    )
