"""What the worker does for orders: settle payments that nobody came back for."""

import structlog

from sellier.domain.orders import service as orders
from sellier.domain.payments import queries as payments
from sellier.domain.payments.errors import ProviderUnavailable
from sellier.domain.payments.gateway import provider_of
from sellier.domain.payments.states import PaymentState
from sellier.domain.stock import service as stock
from sellier.infra.jobs import Context, Events, Job

log = structlog.get_logger()

UNDECIDED = (PaymentState.CREATED, PaymentState.REQUIRES_ACTION)


async def settle_due(context: Context, _events: Events) -> None:
    """Ask about every payment that is due; let go of those that were not decided in time."""
    provider = provider_of(context.settings, keys=context.keys, client=context.http)
    now = context.clock()
    async with context.sessions() as db:
        due = await payments.unsettled(db, now=now)
    for payment in due:
        try:
            found = await orders.settle(
                context.sessions, provider, payment_id=payment.id, by="recovery", now=now
            )
        except ProviderUnavailable:
            log.warning("provider unavailable", payment_id=payment.id)
            continue
        if found.state in UNDECIDED and now >= payment.deadline_at:
            async with context.sessions.begin() as db:
                await orders.give_up(db, payment_id=payment.id, by="recovery", now=now)


async def expire_reservations(context: Context, _events: Events) -> None:
    """Give back units whose reservation has ended. No sale waits for this."""
    async with context.sessions.begin() as db:
        await stock.expire(db, now=context.clock())


JOBS = [
    Job(name="orders.settle_due", run=settle_due, alone=True, every="* * * * * */15"),
    Job(name="stock.expire", run=expire_reservations, alone=True, every="* * * * * */10"),
]
