"""What happened to an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Select,
    String,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.identity.models import Staff
from sellier.domain.locations.models import Location
from sellier.domain.orders.models import (
    Fulfillment,
    FulfillmentHold,
    FulfillmentTransition,
    LineTransition,
    OrderChange,
    OrderLetter,
    OrderLine,
)
from sellier.domain.orders.states import COUNTS, Cause, Work
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
# What happens at one moment causes each other in this order.
IN_TURN: Final = ("payment", "change", "line", "work", "hold", "capture", "refund", "letter")
UNDONE: Final = frozenset(Work) - COUNTS
NO_AMOUNT: Final = (
    cast(null(), BigInteger).label("amount_minor"),
    cast(null(), String).label("currency"),
)
NO_CAUSE: Final = cast(null(), String).label("cause")


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One thing that happened to an order: what, to which part of it, when, by whom."""

    at: datetime
    subject: str  # payment | capture | refund | line | work | hold | change | letter
    what: str  # the event, as in the transition table, or `set_aside`; the kind of a letter
    detail: str  # the SKU of a line, the reason of a refusal
    by: str
    amount: Money | None  # of a capture or refund
    cause: Cause | None  # why work ended undelivered


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
            NO_CAUSE,
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
            NO_CAUSE,
        )
        .join(OrderLine, OrderLine.id == LineTransition.line_id)
        .where(OrderLine.order_id == order_id)
    )
    told = union_all(
        payments,
        lines,
        _worked(order_id),
        _held(order_id),
        _changed(order_id),
        _written(order_id),
        _asked(order_id),
        _moved(order_id),
    ).subquery("told")
    turn = func.array_position(array(IN_TURN), told.c.subject)
    statement = (
        select(told, func.coalesce(Staff.name, told.c.by).label("who"))
        .outerjoin(Staff, func.concat("staff:", Staff.id) == told.c.by)
        .order_by(told.c.at, turn, told.c.rank)
        .limit(HISTORY_MAX)
    )
    return [
        HistoryEntry(
            at=row.at,
            subject=row.subject,
            what=row.what,
            detail=row.detail,
            by=row.who,
            amount=None if row.currency is None else Money(row.amount_minor, row.currency),
            cause=Cause(row.cause) if row.cause else None,
        )
        for row in await db.execute(statement)
    ]


def _written(order_id: OrderId) -> Select[*tuple[Any, ...]]:
    """Tell which letters left."""
    return select(
        OrderLetter.sent_at,
        literal("letter").label("subject"),
        OrderLetter.kind.label("what"),
        literal("").label("detail"),
        literal("letters").label("by"),
        OrderLetter.event_id.label("rank"),
        *NO_AMOUNT,
        NO_CAUSE,
    ).where(OrderLetter.order_id == order_id)


def _worked(order_id: OrderId) -> Select[*tuple[Any, ...]]:
    """Tell what the locations did."""
    return (
        select(
            FulfillmentTransition.at,
            literal("work").label("subject"),
            case(
                (FulfillmentTransition.after == Work.SET_ASIDE, "set_aside"),
                else_=FulfillmentTransition.event,
            ).label("what"),
            func.concat_ws(" · ", Location.name, FulfillmentTransition.note).label("detail"),
            FulfillmentTransition.by,
            FulfillmentTransition.id.label("rank"),
            *NO_AMOUNT,
            case((FulfillmentTransition.after.in_(UNDONE), Fulfillment.cause)).label("cause"),
        )
        .join(Fulfillment, Fulfillment.id == FulfillmentTransition.fulfillment_id)
        .outerjoin(Location, Location.id == Fulfillment.location_id)
        .where(Fulfillment.order_id == order_id)
    )


def _held(order_id: OrderId) -> CompoundSelect[*tuple[Any, ...]]:
    """Tell what was put on hold and released; a hold that went on with its units is told once."""
    placed, released = (
        select(
            at,
            literal("hold").label("subject"),
            literal(what).label("what"),
            func.coalesce(why, "").label("detail"),
            by.label("by"),
            func.min(FulfillmentHold.id).label("rank"),
            *NO_AMOUNT,
            NO_CAUSE,
        )
        .join(Fulfillment, Fulfillment.id == FulfillmentHold.fulfillment_id)
        .where(Fulfillment.order_id == order_id, at.is_not(None))
        .group_by(at, why, by)
        for what, at, why, by in (
            ("place", FulfillmentHold.at, FulfillmentHold.reason, FulfillmentHold.by),
            (
                "release",
                FulfillmentHold.released_at,
                FulfillmentHold.released_why,
                FulfillmentHold.released_by,
            ),
        )
    )
    return union_all(placed, released)


def _changed(order_id: OrderId) -> Select[*tuple[Any, ...]]:
    """Tell what the order desk changed of the order itself."""
    return select(
        OrderChange.at,
        literal("change").label("subject"),
        OrderChange.what.label("what"),
        func.concat_ws(" · ", OrderChange.detail, OrderChange.note).label("detail"),
        OrderChange.by,
        OrderChange.id.label("rank"),
        *NO_AMOUNT,
        NO_CAUSE,
    ).where(OrderChange.order_id == order_id)


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
            NO_CAUSE,
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
            NO_CAUSE,
        )
        .join(PaymentOperation, PaymentOperation.id == PaymentOperationTransition.operation_id)
        .join(Payment, Payment.id == PaymentOperation.payment_id)
        .where(Payment.order_id == order_id)
    )
