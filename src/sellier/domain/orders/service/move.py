"""Units that go on from a location that has them to another, or to another way."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders.errors import TransitionRefused
from sellier.domain.orders.events import UnitsUnsourced
from sellier.domain.orders.models import Fulfillment, OrderLine
from sellier.domain.orders.rules import Opening, openings
from sellier.domain.orders.service import lines
from sellier.domain.orders.service.cancel import cancel_units
from sellier.domain.orders.service.holds import is_held
from sellier.domain.orders.service.work import WorkRead, locked, opening, take_out
from sellier.domain.orders.states import KEEPS, Cause, LineState, WorkEvent
from sellier.domain.promising.states import Way
from sellier.domain.stock import service as stock
from sellier.domain.stock.errors import OutOfStock
from sellier.domain.stock.service import Units, commit
from sellier.infra import outbox
from sellier.infra.batch import later, send
from sellier.kernel.ids import FulfillmentId, LocationId, OrderId, OrderLineId


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Units of a line of some work, and the location that is to have them; None: they wait."""

    fulfillment_id: FulfillmentId
    line_id: OrderLineId
    quantity: int
    location_id: LocationId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What became of targets: taken where they said, left to wait, or not there any more."""

    taken: Mapping[Target, int]
    waits: Mapping[Target, int]


async def replan(
    db: AsyncSession,
    *,
    order_id: OrderId,
    targets: Sequence[Target],
    cause: Cause,
    by: str,
    now: datetime,
    note: str | None = None,
) -> Moved:
    """Take units of an order out of their work and have other locations do it.

    The check at the destination is the one of any buyer: whatever is not available there waits to
    be sourced. Units that have left, or are canceled, meanwhile are nobody's business any more.
    """
    (found,) = await send(db, lines.OF_ORDER(order_id=order_id))
    works = await locked(db, sorted({target.fulfillment_id for target in targets}))
    there = _there([work for work in works if work.state in KEEPS], targets)
    if not there:
        return Moved(taken={}, waits={})
    await _lock_stock(db, works, there)
    for work in works:
        units = _of(work, there)
        if units:
            await _release(db, work, units, cause=cause, by=by, now=now, note=note)
    taken = await _commit(db, works, there, order_id=order_id, now=now)
    waits = {
        target: units - taken.get(target, 0)
        for target, units in there.items()
        if units > taken.get(target, 0)
    }
    ways = {line.id: Way(line.way) for line in found}
    kept = {line.id for line in found if line.state == LineState.SET_ASIDE}
    opened = _opened(taken, waits, ways=ways, kept=kept)
    held = await _held(db, works)
    later(db, *opening(order_id=order_id, opened=opened, by=by, now=now, instead_of=held))
    if waits:
        outbox.publish(db, UnitsUnsourced(happened_at=now, order_id=order_id))
    return Moved(taken=taken, waits=waits)


async def collect_elsewhere(
    db: AsyncSession,
    *,
    order_id: OrderId,
    fulfillment_id: FulfillmentId,
    location_id: LocationId,
    by: str,
    now: datetime,
) -> None:
    """Have a pickup prepared in another boutique. Raises `OutOfStock`: then nothing was done."""
    targets = await _all_of(db, order_id, fulfillment_id, location_id=location_id)
    await _redirect(db, targets, way=Way.COLLECT, location_id=location_id)
    moved = await replan(
        db, order_id=order_id, targets=targets, cause=Cause.CUSTOMER, by=by, now=now
    )
    for target, units in moved.waits.items():
        sku = await db.scalar(select(OrderLine.sku).where(OrderLine.id == target.line_id))
        assert sku is not None
        raise OutOfStock(sku=sku, location_id=location_id, quantity=units)


async def send_instead(
    db: AsyncSession, *, order_id: OrderId, fulfillment_id: FulfillmentId, by: str, now: datetime
) -> None:
    """Have a pickup sent to the customer's address, from wherever sourcing finds it."""
    targets = await _all_of(db, order_id, fulfillment_id, location_id=None)
    await _redirect(db, targets, way=Way.SHIP, location_id=None)
    await replan(db, order_id=order_id, targets=targets, cause=Cause.CUSTOMER, by=by, now=now)


async def collect_later(
    db: AsyncSession,
    *,
    order_id: OrderId,
    fulfillment_id: FulfillmentId,
    until: datetime,
) -> None:
    """Keep a pickup for its customer for longer. Raises `TransitionRefused` when it is over."""
    await _all_of(db, order_id, fulfillment_id, location_id=None)
    await db.execute(
        update(Fulfillment).where(Fulfillment.id == fulfillment_id).values(collect_by=until)
    )


async def refund_pickup(
    db: AsyncSession, *, order_id: OrderId, fulfillment_id: FulfillmentId, by: str, now: datetime
) -> None:
    """Cancel a pickup in whatever state it waits; its money is not taken."""
    targets = await _all_of(db, order_id, fulfillment_id, location_id=None)
    await replan(db, order_id=order_id, targets=targets, cause=Cause.CUSTOMER, by=by, now=now)
    units = {target.line_id: target.quantity for target in targets}
    await cancel_units(db, order_id=order_id, units=units, by=by, now=now)


async def _all_of(
    db: AsyncSession,
    order_id: OrderId,
    fulfillment_id: FulfillmentId,
    *,
    location_id: LocationId | None,
) -> Sequence[Target]:
    """Lock work that waits, and return all its units as targets. Raises `TransitionRefused`."""
    await send(db, lines.OF_ORDER(order_id=order_id))
    (work,) = await locked(db, [fulfillment_id])
    if work.state not in KEEPS:
        raise TransitionRefused("This is over already: it left, or it was canceled.")
    return [
        Target(
            fulfillment_id=work.id,
            line_id=part.line_id,
            quantity=part.quantity,
            location_id=location_id,
        )
        for part in work.parts
    ]


async def _redirect(
    db: AsyncSession, targets: Sequence[Target], *, way: Way, location_id: LocationId | None
) -> None:
    """Have lines go another way from now on."""
    ids = [target.line_id for target in targets]
    statement = update(OrderLine).where(OrderLine.id.in_(ids))
    await db.execute(statement.values(way=way, location_id=location_id))


async def _held(db: AsyncSession, works: Sequence[WorkRead]) -> FulfillmentId | None:
    """Return work that the order desk keeps from leaving: what comes instead is kept too."""
    ids = [work.id for work in works]
    held = await db.scalars(
        select(Fulfillment.id).where(Fulfillment.id.in_(ids), is_held()).order_by(Fulfillment.id)
    )
    return held.first()


def _there(works: Sequence[WorkRead], targets: Sequence[Target]) -> Mapping[Target, int]:
    """Return how many units of each target its work still has."""
    has = Counter({(work.id, part.line_id): part.quantity for work in works for part in work.parts})
    there: dict[Target, int] = {}
    for target in targets:
        key = target.fulfillment_id, target.line_id
        if units := min(target.quantity, has[key]):
            has[key] -= units
            there[target] = there.get(target, 0) + units
    return there


def _of(work: WorkRead, there: Mapping[Target, int]) -> Mapping[OrderLineId, int]:
    units: Counter[OrderLineId] = Counter()
    for target, quantity in there.items():
        if target.fulfillment_id == work.id:
            units[target.line_id] += quantity
    return units


async def _lock_stock(
    db: AsyncSession, works: Sequence[WorkRead], there: Mapping[Target, int]
) -> None:
    """Lock both sides at once: given back here and taken there is two orders of locking."""
    lines_ = {target.line_id for target in there}
    skus = {part.sku for work in works for part in work.parts if part.line_id in lines_}
    places = {target.location_id for target in there} | {work.location_id for work in works}
    await stock.lock(
        db, skus=sorted(skus), location_ids=sorted(place for place in places if place is not None)
    )


async def _release(
    db: AsyncSession,
    work: WorkRead,
    units: Mapping[OrderLineId, int],
    *,
    cause: Cause,
    by: str,
    now: datetime,
    note: str | None,
) -> None:
    parts = [part.only(units[part.line_id]) for part in work.parts if part.line_id in units]
    kept = replace(work, parts=parts).allocated
    await take_out(
        db, work, units=units, event=WorkEvent.WITHDRAW, cause=cause, by=by, now=now, note=note
    )
    await stock.give_up(db, units=kept, now=now)


async def _commit(
    db: AsyncSession,
    works: Sequence[WorkRead],
    there: Mapping[Target, int],
    *,
    order_id: OrderId,
    now: datetime,
) -> Mapping[Target, int]:
    """Take at each destination what is there to be taken."""
    skus = {part.line_id: part.sku for work in works for part in work.parts}
    taken: dict[Target, int] = {}
    for target, quantity in there.items():
        if target.location_id is None:
            continue
        units = Units(
            line_id=target.line_id,
            sku=skus[target.line_id],
            location_id=target.location_id,
            quantity=quantity,
        )
        try:
            await commit(db, order_id=order_id, units=[units], now=now)
        except OutOfStock:
            continue  # sold since it was planned
        taken[target] = quantity
    return taken


def _opened(
    taken: Mapping[Target, int],
    waits: Mapping[Target, int],
    *,
    ways: Mapping[OrderLineId, Way],
    kept: Collection[OrderLineId],
) -> Sequence[Opening]:
    offers = (
        (one.line_id, one.location_id, units)
        for one, units in taken.items()
        if one.location_id is not None
    )
    left: dict[Way, Counter[OrderLineId]] = {}
    for target, units in waits.items():
        left.setdefault(ways[target.line_id], Counter())[target.line_id] += units
    waiting = [Opening(location_id=None, way=way, units=units) for way, units in left.items()]
    return [*openings(offers, ways=ways, kept=kept), *waiting]
