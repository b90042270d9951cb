"""Reads of payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.payments.models import Payment
from sellier.domain.payments.states import PaymentState
from sellier.infra.batch import Statement, send
from sellier.kernel.ids import OrderId, PaymentId
from sellier.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRead:
    """A payment as it stands."""

    id: PaymentId
    order_id: OrderId
    amount: Money
    state: PaymentState
    provider_id: str | None
    hosted_url: str | None
    refusal: str | None
    created_at: datetime
    check_at: datetime
    deadline_at: datetime


async def payment(
    db: AsyncSession, *, payment_id: PaymentId, is_locked: bool = False
) -> PaymentRead | None:
    """Return one payment, or None; if it is to be changed, locked to the end of the transaction."""
    statement = _LOCK if is_locked else _PAYMENT
    (found,) = await send(db, statement(payment_id=payment_id))
    return _read(found[0]) if found else None


async def unsettled(db: AsyncSession, *, now: datetime, limit: int = 100) -> Sequence[PaymentRead]:
    """List the payments that it is time to ask the provider about, longest waiting first."""
    statement = (
        select(*Payment.__table__.columns)
        .where(
            Payment.state.in_((PaymentState.CREATED, PaymentState.REQUIRES_ACTION)),
            Payment.check_at <= now,
        )
        .order_by(Payment.check_at)
        .limit(limit)
    )
    return [_read(row) for row in await db.execute(statement)]


def _read(row: Any) -> PaymentRead:
    return PaymentRead(
        id=row.id,
        order_id=row.order_id,
        amount=Money(row.amount_minor, row.currency),
        state=PaymentState(row.state),
        provider_id=row.provider_id,
        hosted_url=row.hosted_url,
        refusal=row.refusal,
        created_at=row.created_at,
        check_at=row.check_at,
        deadline_at=row.deadline_at,
    )


_ONE: Final = select(*Payment.__table__.columns).where(Payment.id == bindparam("payment_id"))
_PAYMENT: Final = Statement(_ONE)
_LOCK: Final = Statement(_ONE.with_for_update())
