"""What the worker does for payments."""

from uuid import UUID

from sellier.domain.payments import queries
from sellier.domain.payments.gateway import provider_of
from sellier.infra.jobs import Context, Events, Job
from sellier.kernel.ids import PaymentId


async def void(context: Context, events: Events) -> None:
    """Tell the provider to let go of what was given up. Its key makes repeats harmless."""
    provider = provider_of(context.settings, keys=context.keys, client=context.http)
    for event in events:
        payment_id = PaymentId(UUID(event["payment_id"]))
        async with context.sessions() as db:
            payment = await queries.payment(db, payment_id=payment_id)
        found = await provider.find(payment_id=payment_id) if payment else None
        if found is not None:
            await provider.void(provider_id=found.id, key=f"void-{payment_id}")


JOBS = [Job(name="payments.void", run=void)]
