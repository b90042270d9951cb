"""The work of a location, step by step, from the offer to the customer's hands."""

import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders.errors import CodeRefused, TransitionRefused, UnitsRefused
from sellier.domain.orders.events import PickupReminded
from sellier.domain.orders.models import Fulfillment, Order
from sellier.domain.orders.service import parcels
from sellier.domain.orders.service.holds import refuse_held
from sellier.domain.orders.service.withdraw import withdraw_units
from sellier.domain.orders.service.work import WorkRead, advance, one_locked
from sellier.domain.orders.states import REJECTIONS, Cause, Work, WorkEvent
from sellier.domain.payments import service as payments
from sellier.domain.promising.states import Way
from sellier.domain.stock import service as stock
from sellier.infra import outbox
from sellier.kernel.ids import FulfillmentId, LocationId, OrderLineId
from sellier.kernel.money import Money

WAITS: Final = timedelta(days=7)  # what is ready is kept for its customer this long
REMIND_BEFORE: Final = timedelta(days=2)
CODE_LETTERS: Final = "ACDEFHJKLMNPRTUVWXY34679"  # none is taken for another
CODE_LENGTH: Final = 6


async def accept(
    db: AsyncSession,
    *,
    fulfillment_id: FulfillmentId,
    at: LocationId | None = None,
    by: str,
    now: datetime,
) -> None:
    """Take work on. `at` is the location of whoever does; nobody takes another's work.

    Raises `FulfillmentNotFound`, `TransitionRefused`.
    """
    work = await one_locked(db, fulfillment_id, at=at)
    await advance(db, work, WorkEvent.ACCEPT, by=by, now=now, accept_by=None)


async def pick(
    db: AsyncSession,
    *,
    fulfillment_id: FulfillmentId,
    missing: Mapping[OrderLineId, int],
    cause: Cause | None = None,
    at: LocationId | None = None,
    by: str,
    now: datetime,
    note: str | None = None,
) -> None:
    """Write down that the units were taken off the shelf, but for those missing and their cause.

    Missing units go to another location; when all are missing, this is a refusal of the work.
    Raises `FulfillmentNotFound`, `TransitionRefused`, `UnitsRefused`.
    """
    work = await one_locked(db, fulfillment_id, at=at)
    if any(missing.values()):
        if cause not in REJECTIONS:
            raise UnitsRefused("Say why units are missing.")
        short = {line_id: units for line_id, units in missing.items() if units}
        await withdraw_units(db, work, short, cause=cause, by=by, now=now, note=note)
        work = await one_locked(db, fulfillment_id)
        if work.state is Work.WITHDRAWN:
            return  # all of it was missing
    await advance(db, work, WorkEvent.PICK, by=by, now=now, note=note)


async def pack(
    db: AsyncSession,
    *,
    fulfillment_id: FulfillmentId,
    at: LocationId | None = None,
    by: str,
    now: datetime,
) -> None:
    """Write down that everything picked lies in its parcel; a label is asked for.

    Raises `FulfillmentNotFound`, `TransitionRefused`.
    """
    work = await one_locked(db, fulfillment_id, at=at)
    _check_way(work, Way.SHIP)
    await advance(db, work, WorkEvent.PACK, by=by, now=now)
    parcels.begin(db, fulfillment_id=work.id, order_id=work.order_id, now=now)


async def hand_over(
    db: AsyncSession,
    *,
    fulfillment_id: FulfillmentId,
    at: LocationId | None = None,
    by: str,
    now: datetime,
) -> None:
    """Give a packed parcel to the carrier: the units leave the house.

    Raises `FulfillmentNotFound`, `OnHold`, `TransitionRefused`.
    """
    await lock_money(db, fulfillment_id)
    work = await one_locked(db, fulfillment_id, at=at)
    await refuse_held(db, work.id)
    await take_along(db, work, by=by, now=now)


async def take_along(db: AsyncSession, work: WorkRead, *, by: str, now: datetime) -> None:
    """Write down that the carrier has a packed parcel, whoever wanted to hold it.

    Raises `TransitionRefused`.
    """
    await advance(db, work, WorkEvent.HAND_OVER, by=by, now=now)
    await _leave(db, work, by=by, now=now)


async def hand_over_all(
    db: AsyncSession,
    *,
    fulfillment_ids: Sequence[FulfillmentId],
    at: LocationId,
    by: str,
    now: datetime,
) -> None:
    """Give several parcels to the carrier: all of them, or none. Raises as one would.

    Order by order: each locks its payment, and two boutiques may share two orders.
    """
    statement = (
        select(Fulfillment.id)
        .where(Fulfillment.id.in_(fulfillment_ids))
        .order_by(Fulfillment.order_id, Fulfillment.id)
    )
    found = (await db.scalars(statement)).all()
    if not found or len(found) < len(set(fulfillment_ids)):
        raise UnitsRefused("Choose parcels that wait here to be handed over.")
    for each in found:
        await hand_over(db, fulfillment_id=each, at=at, by=by, now=now)


async def make_ready(
    db: AsyncSession,
    *,
    fulfillment_id: FulfillmentId,
    at: LocationId | None = None,
    by: str,
    now: datetime,
    shelf: str | None = None,
) -> None:
    """Put what was picked aside for its customer, who is told a code.

    Raises `FulfillmentNotFound`, `TransitionRefused`.
    """
    work = await one_locked(db, fulfillment_id, at=at)
    _check_way(work, Way.COLLECT)
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    await advance(
        db,
        work,
        WorkEvent.MAKE_READY,
        by=by,
        now=now,
        pickup_code=code,
        collect_by=now + WAITS,
        shelf=shelf or None,
    )


async def remind_pickups(db: AsyncSession, *, now: datetime) -> int:
    """Have customers reminded, once, of what waits for them; return how many."""
    due = await db.execute(
        update(Fulfillment)
        .where(
            Fulfillment.state == Work.READY,
            Fulfillment.reminded_at.is_(None),
            Fulfillment.collect_by <= now + REMIND_BEFORE,
        )
        .values(reminded_at=now)
        .returning(Fulfillment.id, Fulfillment.order_id)
        .execution_options(synchronize_session=False)
    )
    rows = due.all()
    for row in rows:
        told = PickupReminded(happened_at=now, fulfillment_id=row.id, order_id=row.order_id)
        outbox.publish(db, told)
    return len(rows)


async def collect(
    db: AsyncSession,
    *,
    fulfillment_id: FulfillmentId,
    code: str,
    at: LocationId | None = None,
    by: str,
    now: datetime,
) -> None:
    """Hand what is ready to whoever says its code.

    Raises `CodeRefused`, `FulfillmentNotFound`, `OnHold`, `TransitionRefused`.
    """
    await lock_money(db, fulfillment_id)
    work = await one_locked(db, fulfillment_id, at=at)
    kept = await db.scalar(select(Fulfillment.pickup_code).where(Fulfillment.id == work.id))
    said = "".join(code.split()).upper()
    if work.way is Way.COLLECT and not hmac.compare_digest((kept or "-").encode(), said.encode()):
        raise CodeRefused("This is not the code of this order. Ask the customer to show it again.")
    await refuse_held(db, work.id)
    await advance(db, work, WorkEvent.COLLECT, by=by, now=now)
    await _leave(db, work, by=by, now=now)


def _check_way(work: WorkRead, way: Way) -> None:
    if work.way is not way:
        raise TransitionRefused("What is sent is packed; what is collected is put aside.")


async def deliver(
    db: AsyncSession, *, fulfillment_id: FulfillmentId, by: str, now: datetime
) -> None:
    """Write down that the carrier brought the parcel. Raises as the others do."""
    work = await one_locked(db, fulfillment_id)
    await advance(db, work, WorkEvent.DELIVER, by=by, now=now)


async def lose(
    db: AsyncSession, *, fulfillment_id: FulfillmentId, by: str, now: datetime, note: str | None
) -> None:
    """Write down that the carrier lost the parcel. Raises as the others do."""
    work = await one_locked(db, fulfillment_id)
    await advance(db, work, WorkEvent.LOSE, by=by, now=now, note=note)


async def lock_money(db: AsyncSession, fulfillment_id: FulfillmentId) -> None:
    """Lock the payment ahead of the work, as whoever acts on the provider's news does."""
    order_id = await db.scalar(select(Fulfillment.order_id).where(Fulfillment.id == fulfillment_id))
    if order_id is not None:
        await payments.lock(db, order_id=order_id)


async def _leave(db: AsyncSession, work: WorkRead, *, by: str, now: datetime) -> None:
    """Let the units go, and have the money for them taken; delivery is paid with the first.

    What replaces other units is paid for by them.
    """
    told = f"fulfillment:{work.id}"
    await stock.ship(db, units=work.allocated, source=told, by=by, now=now)
    terms = select(Order.currency, Order.shipping_minor).where(Order.id == work.order_id)
    row = (await db.execute(terms)).one()
    items = Money(sum(part.due_minor * part.quantity for part in work.parts), row.currency)
    if not items.minor:
        return
    await payments.capture_due(db, order_id=work.order_id, amount=items, source=told, now=now)
    if row.shipping_minor:
        shipping = Money(row.shipping_minor, row.currency)
        await payments.capture_due(
            db,
            order_id=work.order_id,
            amount=shipping,
            source=f"shipping:{work.order_id}",
            now=now,
        )
