"""Pay for an order. The provider is called between transactions, never inside one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.orders import queries
from sellier.domain.orders.events import OrderCanceled, OrderPaid
from sellier.domain.orders.models import (
    Fulfillment,
    FulfillmentLine,
    LineTransition,
    OrderLine,
)
from sellier.domain.orders.queries import IntentRead
from sellier.domain.orders.service.place import RESERVATION_LASTS
from sellier.domain.orders.states import LineEvent, LineState, next_state
from sellier.domain.payments import queries as payment_queries
from sellier.domain.payments import service as payments
from sellier.domain.payments.errors import PaymentNotFound, ProviderRefused
from sellier.domain.payments.gateway import PaymentProvider
from sellier.domain.payments.rules import ProviderPayment
from sellier.domain.payments.states import PaymentEvent, PaymentState
from sellier.domain.promising import service as promising
from sellier.domain.promising.service import Need
from sellier.domain.stock import service as stock
from sellier.domain.stock.errors import OutOfStock
from sellier.domain.stock.service import Allocated
from sellier.infra import outbox
from sellier.kernel.ids import FulfillmentId, OrderId, PaymentId, new_id

log = structlog.get_logger()

Sessions = async_sessionmaker[AsyncSession]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """Where a payment stands; `hosted_url` is where the customer goes on, if they have to."""

    state: PaymentState
    hosted_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Addresses the provider sends the customer and its notices to."""

    return_url: str
    notice_url: str


async def pay(
    sessions: Sessions,
    provider: PaymentProvider,
    *,
    payment_id: PaymentId,
    doors: Doors,
    token: str | None = None,
    intent: IntentRead | None = None,
    now: datetime,
) -> Paid:
    """Ask the provider for the money of an intent that is committed already.

    Whoever has just placed the order knows the `intent`; for all others it is read.

    Asking again is harmless: the intent's id is the provider's key. Raises
    `ProviderUnavailable` when nobody knows the outcome; the recovery job will find out.
    """
    if intent is None:
        intent = await _intent(sessions, payment_id)
    if intent.state is not PaymentState.CREATED:
        return Paid(state=intent.state, hosted_url=intent.hosted_url)
    try:
        told = await provider.create(
            payment_id=payment_id,
            amount=intent.amount,
            reference=intent.order_number,
            return_url=doors.return_url,
            notice_url=doors.notice_url,
            token=token,
        )
    except ProviderRefused:
        # An earlier request of ours may have opened it in other words: what is there counts.
        found = await provider.find(payment_id=payment_id)
        if found is None:
            raise
        told = found
    async with sessions.begin() as db:
        return await _take_in(db, payment_id=payment_id, told=told, by="checkout", now=now)


async def _intent(sessions: Sessions, payment_id: PaymentId) -> IntentRead:
    async with sessions() as db:
        intent = await queries.intent(db, payment_id=payment_id)
    if intent is None:
        raise PaymentNotFound("There is no such payment.")
    return intent


async def settle(
    sessions: Sessions,
    provider: PaymentProvider,
    *,
    payment_id: PaymentId,
    by: str,
    now: datetime,
    notice_id: str | None = None,
) -> Paid:
    """Find out from the provider how a payment ended and act on it, once.

    The customer's return, the notice and the recovery job all come here: none of them is
    believed, the provider's own answer is. Raises `PaymentNotFound`, `ProviderUnavailable`.
    """
    async with sessions() as db:
        payment = await payment_queries.payment(db, payment_id=payment_id)
    if payment is None:
        raise PaymentNotFound("There is no such payment.")
    stands = Paid(state=payment.state, hosted_url=payment.hosted_url)
    told = await provider.find(payment_id=payment_id)
    async with sessions.begin() as db:
        if notice_id and not await payments.take_notice(
            db, notice_id=notice_id, payment_id=payment_id, now=now
        ):
            return stands
        if told is None:
            await payments.postpone(db, payment_id=payment_id, now=now)
            return stands
        return await _take_in(db, payment_id=payment_id, told=told, by=by, now=now)


async def give_up(db: AsyncSession, *, payment_id: PaymentId, by: str, now: datetime) -> None:
    """Cancel an order whose payment is not decided, and have the provider told.

    A payment that was decided meanwhile stays: who paid at the last moment has paid.
    """
    if await payments.abandon(db, payment_id=payment_id, by=by, now=now):
        payment = await payment_queries.payment(db, payment_id=payment_id)
        assert payment is not None
        await _cancel(db, order_id=payment.order_id, by=by, now=now)


async def _take_in(
    db: AsyncSession, *, payment_id: PaymentId, told: ProviderPayment, by: str, now: datetime
) -> Paid:
    recorded = await payments.record(db, payment_id=payment_id, told=told, by=by, now=now)
    state, order_id = recorded.state, recorded.order_id
    if recorded.event is PaymentEvent.AUTHORIZE:
        if not await _allocate(db, order_id=order_id, by=by, now=now):
            log.warning("paid too late", order_id=order_id)
            await payments.void(db, payment_id=payment_id, by="stock", now=now)
            await _cancel(db, order_id=order_id, by="stock", now=now)
            state = PaymentState.VOIDED
    elif recorded.event in (PaymentEvent.REFUSE, PaymentEvent.VOID):
        await _cancel(db, order_id=order_id, by=by, now=now)
    return Paid(state=state, hosted_url=recorded.hosted_url)


async def _allocate(db: AsyncSession, *, order_id: OrderId, by: str, now: datetime) -> bool:
    """Commit an order's stock and start the work at its locations; False if stock has gone."""
    lines = await _lines(db, order_id)
    taken = await stock.allocate(db, order_id=order_id, now=now)
    if sum(each.quantity for each in taken) != sum(line.quantity for line in lines):
        # The payment came after the reservations had ended.
        try:
            taken = await _take_again(db, order_id=order_id, lines=lines, now=now)
        except OutOfStock:
            return False
    _advance(db, lines, event=LineEvent.ALLOCATE, by=by, now=now)
    await _open_fulfillments(db, order_id=order_id, taken=taken, now=now)
    outbox.publish(db, OrderPaid(happened_at=now, order_id=order_id))
    return True


async def _take_again(
    db: AsyncSession, *, order_id: OrderId, lines: Sequence[OrderLine], now: datetime
) -> Sequence[Allocated]:
    """Allocate an order anew, from wherever its units are now. Raises `OutOfStock`."""
    country = await queries.destination(db, order_id=order_id)
    await stock.lock(db, skus=[line.sku for line in lines])
    await stock.release(db, order_id=order_id, now=now)
    await promising.hold(
        db,
        order_id=order_id,
        needs=[Need(line_id=line.id, sku=line.sku, quantity=line.quantity) for line in lines],
        country=country,
        lasts=RESERVATION_LASTS,
        now=now,
    )
    return await stock.allocate(db, order_id=order_id, now=now)


async def _cancel(db: AsyncSession, *, order_id: OrderId, by: str, now: datetime) -> None:
    lines = [line for line in await _lines(db, order_id) if line.state != LineState.CANCELED]
    if not lines:
        return
    _advance(db, lines, event=LineEvent.CANCEL, by=by, now=now)
    await stock.release(db, order_id=order_id, now=now)
    outbox.publish(db, OrderCanceled(happened_at=now, order_id=order_id))


async def _open_fulfillments(
    db: AsyncSession, *, order_id: OrderId, taken: Sequence[Allocated], now: datetime
) -> None:
    places = {each.location_id: FulfillmentId(new_id()) for each in taken}
    await db.execute(
        insert(Fulfillment),
        [
            {"id": row_id, "order_id": order_id, "location_id": location_id, "created_at": now}
            for location_id, row_id in sorted(places.items())
        ],
    )
    await db.execute(
        insert(FulfillmentLine),
        [
            {
                "fulfillment_id": places[each.location_id],
                "line_id": each.line_id,
                "quantity": each.quantity,
            }
            for each in taken
        ],
    )


async def _lines(db: AsyncSession, order_id: OrderId) -> Sequence[OrderLine]:
    statement = select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.id)
    return (await db.scalars(statement.with_for_update())).all()


def _advance(
    db: AsyncSession, lines: Sequence[OrderLine], *, event: LineEvent, by: str, now: datetime
) -> None:
    for line in lines:
        before, line.state = line.state, next_state(LineState(line.state), event)
        db.add(
            LineTransition(
                line_id=line.id, event=event, before=before, after=line.state, at=now, by=by
            )
        )
