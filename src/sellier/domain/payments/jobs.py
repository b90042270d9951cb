"""What the worker does for payments."""

import asyncio
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from sellier.domain.payments import queries, rules, service
from sellier.domain.payments.errors import NothingToVoidYet
from sellier.domain.payments.gateway import provider_of
from sellier.infra.jobs import Context, Events, Job
from sellier.kernel.ids import PaymentId, PaymentOperationId

log = structlog.get_logger()

AT_ONCE: Final = 4
UNDER_WAY: Final = timedelta(minutes=1)  # much longer than we wait for the provider's answer


async def void(context: Context, events: Events) -> None:
    """Tell the provider to let go of what was given up. Its key makes repeats harmless."""
    provider = provider_of(context.settings, keys=context.keys, client=context.http)
    for event in events:
        payment_id = PaymentId(UUID(event["payment_id"]))
        async with context.sessions.begin() as db:
            payment = await queries.payment(db, payment_id=payment_id)
        found = await provider.find(payment_id=payment_id) if payment else None
        if found is None:
            # A question of ours may still be under way, asked just before we gave up.
            if context.clock() < datetime.fromisoformat(event["happened_at"]) + UNDER_WAY:
                raise NothingToVoidYet("The provider does not know this payment, yet.")
            continue
        if rules.is_about(found, payment_id=payment_id) and rules.can_void(found.state):
            await provider.void(provider_id=found.id, key=f"void-{payment_id}")
        else:
            log.info("nothing to void", payment_id=payment_id, told=found)


async def operate(context: Context, events: Events) -> None:
    """Ask for captures and refunds as soon as they are written down."""
    for event in events:
        await _operate(context, PaymentOperationId(UUID(event["operation_id"])))


async def operate_due(context: Context, _events: Events) -> None:
    """Ask again for what nobody knows the outcome of, and for refunds that had to wait."""
    async with context.sessions.begin() as db:
        due = await queries.operations_due(db, now=context.clock())
    # A few at a time: one that hangs must not keep the others waiting.
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(operation_id: PaymentOperationId) -> None:
        async with gate:
            try:
                await _operate(context, operation_id)
            except Exception:  # the edge: whatever is wrong with one is not the others' business
                log.exception("money not moved", operation_id=operation_id)

    await asyncio.gather(*(one(operation_id) for operation_id in due))


async def _operate(context: Context, operation_id: PaymentOperationId) -> None:
    provider = provider_of(context.settings, keys=context.keys, client=context.http)
    await service.operate(
        context.sessions, provider, operation_id=operation_id, now=context.clock()
    )


async def reconcile(context: Context, _events: Events) -> None:
    """Compare our books with the provider's every night, and say loudly what differs."""
    provider = provider_of(context.settings, keys=context.keys, client=context.http)
    compared = await service.reconcile(context.sessions, provider, now=context.clock())
    for found in compared.found:
        log.error(
            "our books and the provider's differ: somebody has to look",
            payment=found.key,
            difference=found.difference,
            ours=found.ours,
            told=found.told,
        )
    log.info("books compared", there=compared.there, here=compared.here, differ=len(compared.found))


# However long the provider is away, money must not stay authorized for nothing.
JOBS = [
    Job(name="payments.void", run=void, attempts=None),
    Job(name="payments.operate", run=operate),
    Job(name="payments.operate_due", run=operate_due, alone=True, every="* * * * * */15"),
    Job(name="payments.reconcile", run=reconcile, alone=True, every="17 3 * * *"),
]
