"""What happened to an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders.models import (
    LineTransition,
    OrderLetter,
    OrderLine,
)
from sellier.domain.payments.models import Payment, PaymentTransition
from sellier.kernel.ids import (
    OrderId,
)

HISTORY_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One thing that happened to an order: what, to which part of it, when, by whom."""

    at: datetime
    subject: str  # payment | line | letter
    what: str  # the event, as in the transition table; the kind of a letter
    detail: str  # the SKU of a line, the reason of a refusal
    by: str


async def history(db: AsyncSession, *, order_id: OrderId) -> Sequence[HistoryEntry]:
    """Tell all that happened to an order, oldest first."""
    payments = (
        select(
            PaymentTransition.at,
            literal("payment").label("subject"),
            PaymentTransition.event.label("what"),
            func.coalesce(Payment.refusal, "").label("detail"),
            PaymentTransition.by,
            PaymentTransition.id.label("rank"),
        )
        .join(Payment, Payment.id == PaymentTransition.payment_id)
        .where(Payment.order_id == order_id)
    )
    lines = (
        select(
            LineTransition.at,
            literal("line").label("subject"),
            LineTransition.event.label("what"),
            OrderLine.sku.label("detail"),
            LineTransition.by,
            LineTransition.id.label("rank"),
        )
        .join(OrderLine, OrderLine.id == LineTransition.line_id)
        .where(OrderLine.order_id == order_id)
    )
    letters = select(
        OrderLetter.sent_at,
        literal("letter").label("subject"),
        OrderLetter.kind.label("what"),
        literal("").label("detail"),
        literal("letters").label("by"),
        OrderLetter.event_id.label("rank"),
    ).where(OrderLetter.order_id == order_id)
    told = union_all(payments, lines, letters).subquery("told")
    statement = (
        select(told).order_by(told.c.at, told.c.subject.desc(), told.c.rank).limit(HISTORY_MAX)
    )
    return [
        HistoryEntry(at=row.at, subject=row.subject, what=row.what, detail=row.detail, by=row.by)
        for row in await db.execute(statement)
    ]
