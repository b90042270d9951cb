"""Pay for an order. The provider is called between transactions, never inside one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.orders import queries
from sellier.domain.orders.events import OrderCanceled, OrderPaid
from sellier.domain.orders.queries import IntentRead
from sellier.domain.orders.rules import openings
from sellier.domain.orders.service import lines
from sellier.domain.orders.service.cancel import cancel_unpaid
from sellier.domain.orders.service.place import RESERVATION_LASTS
from sellier.domain.orders.service.work import opening
from sellier.domain.orders.states import LineEvent, LineState
from sellier.domain.payments import queries as payment_queries
from sellier.domain.payments import service as payments
from sellier.domain.payments.errors import PaymentNotFound, ProviderRefused
from sellier.domain.payments.gateway import Notice, PaymentProvider
from sellier.domain.payments.rules import ProviderPayment, is_news
from sellier.domain.payments.states import PaymentEvent, PaymentState
from sellier.domain.promising import service as promising
from sellier.domain.promising.states import Way
from sellier.domain.stock import service as stock
from sellier.domain.stock.errors import OutOfStock
from sellier.domain.stock.service import Allocated
from sellier.infra import outbox
from sellier.infra.batch import Rows, later, send
from sellier.kernel.ids import OrderId, PaymentId

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


async def ask(
    provider: PaymentProvider,
    *,
    payment_id: PaymentId,
    intent: IntentRead,
    doors: Doors,
    token: str | None,
) -> ProviderPayment:
    """Ask the provider for the money of an intent that is committed already.

    Asking again is harmless: the intent's id is the provider's key. Raises `ProviderRefused`, and
    `ProviderUnavailable` when nobody knows the outcome; the recovery job will find out.
    """
    try:
        return await provider.create(
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
        return found


async def pay(
    sessions: Sessions,
    provider: PaymentProvider,
    *,
    payment_id: PaymentId,
    doors: Doors,
    token: str | None = None,
    now: datetime,
) -> Paid:
    """Ask the provider for the money of a payment that nobody asked for yet, and act on it.

    Raises what `ask` raises, and `PaymentNotFound`.
    """
    async with sessions.begin() as db:
        intent = await queries.intent(db, payment_id=payment_id)
    if intent is None:
        raise PaymentNotFound("There is no such payment.")
    if intent.state is not PaymentState.CREATED:
        return Paid(state=intent.state, hosted_url=intent.hosted_url)
    told = await ask(provider, payment_id=payment_id, intent=intent, doors=doors, token=token)
    async with sessions.begin() as db:
        return await take_in(db, payment_id=payment_id, told=told, by="checkout", now=now)


async def settle(
    sessions: Sessions,
    provider: PaymentProvider,
    *,
    payment_id: PaymentId,
    by: str,
    now: datetime,
    notice: Notice | None = None,
) -> Paid:
    """Find out from the provider how a payment ended and act on it, once.

    The customer's return, the notice and the recovery job all come here: none of them is
    believed, the provider's own answer is. A notice of what we know already is not even asked
    about. Raises `PaymentNotFound`, `ProviderUnavailable`.
    """
    async with sessions.begin() as db:
        payment = await payment_queries.payment(db, payment_id=payment_id)
    if payment is None:
        raise PaymentNotFound("There is no such payment.")
    stands = Paid(state=payment.state, hosted_url=payment.hosted_url)
    if notice is not None and not is_news(payment.state, notice.payment.state):
        return stands
    told = await provider.find(payment_id=payment_id)
    async with sessions.begin() as db:
        if notice is not None and not await payments.take_notice(
            db, notice_id=notice.id, payment_id=payment_id, now=now
        ):
            return stands
        if told is None:
            await payments.postpone(db, payment_id=payment_id, now=now)
            return stands
        return await take_in(db, payment_id=payment_id, told=told, by=by, now=now)


async def give_up(db: AsyncSession, *, payment_id: PaymentId, by: str, now: datetime) -> None:
    """Cancel an order whose payment is not decided, and have the provider told.

    A payment that was decided meanwhile stays: who paid at the last moment has paid.
    """
    order_id = await payments.abandon(db, payment_id=payment_id, by=by, now=now)
    if order_id is not None:
        await _cancel(db, order_id=order_id, by=by, now=now)


async def take_in(
    db: AsyncSession, *, payment_id: PaymentId, told: ProviderPayment, by: str, now: datetime
) -> Paid:
    """Act on what the provider told of a payment, once: allocate its order, or cancel it."""
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
    (asked,) = later(db, lines.OF_ORDER(order_id=order_id))
    taken = await stock.allocate(db, order_id=order_id, now=now)
    found = asked.rows
    if sum(each.quantity for each in taken) != sum(line.quantity for line in found):
        # The payment came after the reservations had ended.
        try:
            taken = await _take_again(db, order_id=order_id, found=found, now=now)
        except OutOfStock:
            return False
    later(db, *lines.advanced(found, event=LineEvent.CONFIRM, by=by, now=now))
    ways = {line.id: Way(line.way) for line in found}
    opened = openings(((one.line_id, one.location_id, one.quantity) for one in taken), ways=ways)
    later(db, *opening(order_id=order_id, opened=opened, by=by, now=now))
    outbox.publish(db, OrderPaid(happened_at=now, order_id=order_id))
    return True


async def _take_again(
    db: AsyncSession, *, order_id: OrderId, found: Rows, now: datetime
) -> Sequence[Allocated]:
    """Allocate an order anew, from wherever its units are now. Raises `OutOfStock`."""
    bound = await queries.bound(db, order_id=order_id)
    await stock.lock(db, skus=[line.sku for line in found])
    await stock.release(db, order_id=order_id, now=now)
    await promising.hold(
        db,
        order_id=order_id,
        channel_id=bound.channel_id,
        needs=bound.needs({line.id: line.quantity for line in found}),
        lasts=RESERVATION_LASTS,
        now=now,
    )
    return await stock.allocate(db, order_id=order_id, now=now)


async def _cancel(db: AsyncSession, *, order_id: OrderId, by: str, now: datetime) -> None:
    """Let go of an order that will not be paid for."""
    (found,) = await send(db, lines.OF_ORDER(order_id=order_id))
    pending = [line for line in found if line.state == LineState.PENDING]
    if pending:
        later(db, *lines.advanced(pending, event=LineEvent.LAPSE, by=by, now=now))
        outbox.publish(db, OrderCanceled(happened_at=now, order_id=order_id))
        await stock.release(db, order_id=order_id, now=now)
    elif any(line.state == LineState.CONFIRMED for line in found):
        await cancel_unpaid(db, order_id=order_id, by=by, now=now)
