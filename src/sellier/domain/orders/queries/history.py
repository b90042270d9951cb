"""What happened to an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Select,
    String,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders.models import (
    LineTransition,
    OrderLetter,
    OrderLine,
)
from sellier.domain.payments.models import (
    Payment,
    PaymentOperation,
    PaymentOperationTransition,
    PaymentTransition,
)
from sellier.kernel.ids import (
    OrderId,
)
from sellier.kernel.money import Money

HISTORY_MAX = 500
NO_AMOUNT: Final = (
    cast(null(), BigInteger).label("amount_minor"),
    cast(null(), String).label("currency"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One thing that happened to an order: what, to which part of it, when, by whom."""

    at: datetime
    subject: str  # payment | capture | refund | line | letter
    what: str  # the event, as in the transition table; the kind of a letter
    detail: str  # the SKU of a line, the reason of a refusal
    by: str
    amount: Money | None  # of a capture or refund


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
            *NO_AMOUNT,
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
            *NO_AMOUNT,
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
        *NO_AMOUNT,
    ).where(OrderLetter.order_id == order_id)
    told = union_all(payments, lines, letters, _asked(order_id), _moved(order_id)).subquery("told")
    statement = (
        select(told).order_by(told.c.at, told.c.subject.desc(), told.c.rank).limit(HISTORY_MAX)
    )
    return [
        HistoryEntry(
            at=row.at,
            subject=row.subject,
            what=row.what,
            detail=row.detail,
            by=row.by,
            amount=None if row.currency is None else Money(row.amount_minor, row.currency),
        )
        for row in await db.execute(statement)
    ]


def _asked(order_id: OrderId) -> Select[*tuple[Any, ...]]:
    """Tell which captures and refunds were written down."""
    return (
        select(
            PaymentOperation.created_at,
            PaymentOperation.kind.label("subject"),
            literal("due").label("what"),
            literal("").label("detail"),
            literal("payments").label("by"),
            literal(0).label("rank"),
            PaymentOperation.amount_minor,
            PaymentOperation.currency,
        )
        .join(Payment, Payment.id == PaymentOperation.payment_id)
        .where(Payment.order_id == order_id)
    )


def _moved(order_id: OrderId) -> Select[*tuple[Any, ...]]:
    """Tell what became of them."""
    return (
        select(
            PaymentOperationTransition.at,
            PaymentOperation.kind.label("subject"),
            PaymentOperationTransition.event.label("what"),
            func.coalesce(PaymentOperation.answer, "").label("detail"),
            PaymentOperationTransition.by,
            PaymentOperationTransition.id.label("rank"),
            PaymentOperation.amount_minor,
            PaymentOperation.currency,
        )
        .join(PaymentOperation, PaymentOperation.id == PaymentOperationTransition.operation_id)
        .join(Payment, Payment.id == PaymentOperation.payment_id)
        .where(Payment.order_id == order_id)
    )
