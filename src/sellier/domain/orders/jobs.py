"""What the worker does for orders: settle payments that nobody came back for."""

import asyncio
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from sellier.domain.orders import queries as order_queries
from sellier.domain.orders import service as orders
from sellier.domain.orders.service.place import RESERVATION_LASTS
from sellier.domain.payments import queries as payments
from sellier.domain.payments import service as payment_service
from sellier.domain.payments.errors import ProviderError
from sellier.domain.payments.gateway import provider_of
from sellier.domain.payments.queries import PaymentRead
from sellier.domain.payments.service import PAYMENT_LASTS
from sellier.domain.stock import service as stock
from sellier.infra.jobs import Context, Events, Job
from sellier.kernel.ids import OrderId

log = structlog.get_logger()

AT_ONCE: Final = 4

# How long after its deadline a payment may stay unknown because the provider does not answer:
# as long as its units are kept. Then the order is let go, and so is whatever comes of it.
PATIENCE: Final = RESERVATION_LASTS - PAYMENT_LASTS


async def settle_due(context: Context, _events: Events) -> None:
    """Ask about every payment that is due; let go of those that were not decided in time."""
    now = context.clock()
    async with context.sessions.begin() as db:
        due = await payments.unsettled(db, now=now)
    # A few at a time: one that hangs must not keep the others waiting.
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(payment: PaymentRead) -> None:
        async with gate:
            try:
                await _settle(context, payment, now=now)
            except Exception:  # the edge: whatever is wrong with one is not the others' business
                log.exception("payment not settled", payment_id=payment.id)

    await asyncio.gather(*(one(payment) for payment in due))


async def _settle(context: Context, payment: PaymentRead, *, now: datetime) -> None:
    provider = provider_of(context.settings, keys=context.keys, client=context.http)
    deadline = payment.deadline_at
    try:
        await orders.settle(
            context.sessions, provider, payment_id=payment.id, by="recovery", now=now
        )
    except ProviderError as error:
        log.warning("provider does not tell", payment_id=payment.id, error=str(error))
        deadline += PATIENCE
        async with context.sessions.begin() as db:
            await payment_service.postpone(db, payment_id=payment.id, now=now)
    if now >= deadline:
        async with context.sessions.begin() as db:
            await orders.give_up(db, payment_id=payment.id, by="recovery", now=now)


async def expire_reservations(context: Context, _events: Events) -> None:
    """Give back units whose reservation has ended. No sale waits for this."""
    async with context.sessions.begin() as db:
        await stock.expire(db, now=context.clock())


async def source(context: Context, events: Events) -> None:
    """Find locations for the units that have just lost theirs."""
    order_ids = {OrderId(UUID(event["order_id"])) for event in events}
    for order_id in sorted(order_ids):
        async with context.sessions.begin() as db:
            await orders.source(db, order_id=order_id, why="withdrawn", now=context.clock())


async def source_waiting(context: Context, _events: Events) -> None:
    """Find locations for units that wait, where stock has appeared meanwhile."""
    async with context.sessions.begin() as db:
        waiting = await order_queries.sourceable(db)
    for order_id in waiting:
        async with context.sessions.begin() as db:
            await orders.source(db, order_id=order_id, why="stock_appeared", now=context.clock())


async def keep_time(context: Context, _events: Events) -> None:
    """Withdraw the offers that nobody took, put back what nobody collected."""
    async with context.sessions.begin() as db:
        await orders.time_out_offers(db, now=context.clock())
    async with context.sessions.begin() as db:
        await orders.expire_pickups(db, now=context.clock())


JOBS = [
    Job(name="orders.source", run=source),
    Job(name="orders.source_waiting", run=source_waiting, alone=True, every="* * * * * */15"),
    Job(name="orders.keep_time", run=keep_time, alone=True, every="* * * * * */20"),
    Job(name="orders.settle_due", run=settle_due, alone=True, every="* * * * * */15"),
    Job(name="stock.expire", run=expire_reservations, alone=True, every="* * * * * */10"),
]
