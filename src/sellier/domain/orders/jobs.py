"""What the worker does for orders: payments settled, work kept moving, parcels followed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import structlog

from sellier.domain.carriers.gateway import carrier_of
from sellier.domain.carriers.queries import tracking as tracking_queries
from sellier.domain.carriers.service.tracking import take_answer
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
from sellier.kernel.ids import LocationId, OrderId, ParcelId, Sku

log = structlog.get_logger()

AT_ONCE: Final = 4
SILENCE: Final = timedelta(hours=1)  # of a parcel on its way, before we ask
ASKED_MAX: Final = 50

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


async def relieve(context: Context, events: Events) -> None:
    """Take what a count did not find away from the orders that wait for it."""
    for event in events:
        async with context.sessions.begin() as db:
            await orders.relieve(
                db,
                sku=Sku(event["sku"]),
                location_id=LocationId(UUID(event["location_id"])),
                short=int(event["quantity"]),
                now=context.clock(),
            )


async def source_waiting(context: Context, _events: Events) -> None:
    """Find locations for units that wait, where stock has appeared meanwhile.

    What was to replace a piece does not wait for stock that nobody has: it is paid back.
    """
    async with context.sessions.begin() as db:
        waiting = await order_queries.sourceable(db)
    for order_id in waiting:
        async with context.sessions.begin() as db:
            await orders.source(db, order_id=order_id, why="stock_appeared", now=context.clock())
    async with context.sessions.begin() as db:
        hopeless = await order_queries.hopeless(db)
    for order_id in hopeless:
        async with context.sessions.begin() as db:
            await orders.fall_back(db, order_id=order_id, now=context.clock())


async def keep_time(context: Context, _events: Events) -> None:
    """Withdraw, widen and put back what was left lying; remind who has to come."""
    async with context.sessions.begin() as db:
        await orders.time_out_offers(db, now=context.clock())
    async with context.sessions.begin() as db:
        await orders.remind_pickups(db, now=context.clock())
    async with context.sessions.begin() as db:
        await orders.widen_offers(db, now=context.clock())
    has_more = 1
    while has_more:
        async with context.sessions.begin() as db:
            has_more = await orders.expire_pickups(db, now=context.clock())


async def label(context: Context, events: Events) -> None:
    """Ask for labels as soon as parcels are packed."""
    for event in events:
        await _label(context, ParcelId(UUID(event["parcel_id"])))


async def label_due(context: Context, _events: Events) -> None:
    """Ask again for the labels that nobody knows of."""
    async with context.sessions.begin() as db:
        due = await order_queries.labels_due(db, now=context.clock())
    await _for_each(due, partial(_label, context))


async def _label(context: Context, parcel_id: ParcelId) -> None:
    await orders.label(
        context.sessions,
        carrier_of(context.settings, keys=context.keys, client=context.http),
        parcel_id=parcel_id,
        notice_url=f"{context.settings.url}/carriers/notices",
        now=context.clock(),
    )


async def take_back_label(context: Context, events: Events) -> None:
    """Have the carrier forget the parcels that will not leave."""
    carrier = carrier_of(context.settings, keys=context.keys, client=context.http)
    for event in events:
        await orders.take_back(
            context.sessions,
            carrier,
            parcel_id=ParcelId(UUID(event["parcel_id"])),
            dropped_at=datetime.fromisoformat(event["happened_at"]),
            now=context.clock(),
        )


async def track(context: Context, events: Events) -> None:
    """Move the work on whose parcels moved: by where they are now, however late we hear of it."""
    moved = {ParcelId(UUID(event["parcel_id"])) for event in events}
    for parcel_id in sorted(moved):
        async with context.sessions.begin() as db:
            found = (await tracking_queries.tracking(db, parcel_ids=[parcel_id]))[parcel_id]
            await orders.take_tracking(
                db,
                parcel_id=parcel_id,
                after=found.state,
                at=found.events[-1].at,
                now=context.clock(),
            )


async def ask_silent(context: Context, _events: Events) -> None:
    """Ask where parcels are that nothing was heard of: notices get lost."""
    now = context.clock()
    async with context.sessions.begin() as db:
        silent = await tracking_queries.silent(db, since=now - SILENCE, limit=ASKED_MAX)
    carrier = carrier_of(context.settings, keys=context.keys, client=context.http)

    async def ask(parcel_id: ParcelId) -> None:
        told = await carrier.find(parcel_id=parcel_id)
        if told is None:
            log.error("carrier does not know a parcel that it labeled", parcel_id=parcel_id)
            return
        async with context.sessions.begin() as db:
            await take_answer(db, parcel_id=parcel_id, told=told, now=context.clock())

    await _for_each(silent, ask)


async def _for_each(ids: Sequence[ParcelId], work: Callable[[ParcelId], Awaitable[None]]) -> None:
    """Do work for parcels, a few at a time; what is wrong with one does not hold up the others."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(parcel_id: ParcelId) -> None:
        async with gate:
            try:
                await work(parcel_id)
            except Exception:  # the edge: whatever is wrong with one is not the others' business
                log.exception("parcel left for later", parcel_id=parcel_id)

    await asyncio.gather(*(one(parcel_id) for parcel_id in ids))


JOBS = [
    Job(name="orders.label", run=label),
    Job(name="orders.label_due", run=label_due, alone=True, every="* * * * * */15"),
    Job(name="orders.take_back_label", run=take_back_label, attempts=None),
    Job(name="orders.track", run=track),
    Job(name="orders.ask_silent", run=ask_silent, alone=True, every="*/10 * * * *"),
    Job(name="orders.source", run=source),
    Job(name="orders.relieve", run=relieve),
    Job(name="orders.source_waiting", run=source_waiting, alone=True, every="* * * * * */15"),
    Job(name="orders.keep_time", run=keep_time, alone=True, every="* * * * * */20"),
    Job(name="orders.settle_due", run=settle_due, alone=True, every="* * * * * */15"),
    Job(name="stock.expire", run=expire_reservations, alone=True, every="* * * * * */10"),
]
