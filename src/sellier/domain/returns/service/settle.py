"""Give back what is owed for what came back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.payments import service as payments
from sellier.domain.returns import queries
from sellier.domain.returns.queries import ReturnRead
from sellier.domain.returns.rules import Settled, settlement
from sellier.domain.returns.service.work import advance, locked
from sellier.domain.returns.states import ReturnEvent, next_state
from sellier.kernel.ids import ReturnId
from sellier.kernel.money import Money


async def settle(db: AsyncSession, *, return_id: ReturnId, by: str, now: datetime) -> Settled:
    """Owe the customer what they paid for the units taken back; return how much that is.

    Units that others went out for keep their money. Delivery is given back with what completes
    the order. Raises `ReturnTransitionRefused`.
    """
    found = await locked(db, return_id)
    units = [(line.taken - line.exchanged, line.unit) for line in found.lines]
    return await paid_back(db, found, units=units, event=ReturnEvent.SETTLE, by=by, now=now)


async def paid_back(
    db: AsyncSession,
    found: ReturnRead,
    *,
    units: Sequence[tuple[int, Money]],
    event: ReturnEvent,
    by: str,
    now: datetime,
    note: str | None = None,
) -> Settled:
    """Settle a locked return for these units, each at the price that was paid for it."""
    next_state(found.state, event)
    # The order's lines are locked: of two returns that complete it, the second sees the first.
    ledger = await queries.ledger(db, order_id=found.order_id, but=found.id)
    owed = settlement(units, is_in_time=found.is_in_time, ledger=ledger)
    await advance(
        db,
        found,
        event,
        by=by,
        now=now,
        note=note,
        refund_minor=owed.total.minor,
        delivery_minor=owed.delivery.minor,
    )
    if owed.total.minor:
        await payments.refund_due(
            db, order_id=found.order_id, amount=owed.total, source=f"return:{found.id}", now=now
        )
    return owed
