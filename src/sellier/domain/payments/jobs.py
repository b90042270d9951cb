"""What the worker does for payments."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from sellier.domain.payments import queries, rules
from sellier.domain.payments.errors import NothingToVoidYet
from sellier.domain.payments.gateway import provider_of
from sellier.infra.jobs import Context, Events, Job
from sellier.kernel.ids import PaymentId

log = structlog.get_logger()

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


# However long the provider is away, money must not stay authorized for nothing.
JOBS = [Job(name="payments.void", run=void, attempts=None)]
