"""What paying needs to know of an order."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Executable, ScalarSelect, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders.models import Order, OrderLine
from sellier.domain.orders.rules import OrderStatus, status
from sellier.domain.orders.states import LineState
from sellier.domain.payments.models import Payment
from sellier.domain.payments.states import PaymentState
from sellier.infra.batch import Statement, send
from sellier.kernel.ids import OrderId, PaymentId
from sellier.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentRead:
    """What the provider is asked for."""

    amount: Money
    state: PaymentState
    hosted_url: str | None
    order_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRead:
    """How the order button ended."""

    number: str
    total: Money
    status: OrderStatus
    payment_id: PaymentId
    payment_state: PaymentState
    payment_refusal: str | None
    hosted_url: str | None


async def intent(db: AsyncSession, *, payment_id: PaymentId) -> IntentRead | None:
    """Return what is to be asked of the provider for a payment, or None."""
    statement = (
        select(
            Payment.amount_minor,
            Payment.currency,
            Payment.state,
            Payment.hosted_url,
            Order.number,
        )
        .join(Order, Order.id == Payment.order_id)
        .where(Payment.id == payment_id)
    )
    row = (await db.execute(statement)).one_or_none()
    if row is None:
        return None
    return IntentRead(
        amount=Money(row.amount_minor, row.currency),
        state=PaymentState(row.state),
        hosted_url=row.hosted_url,
        order_number=row.number,
    )


async def outcome(db: AsyncSession, *, order_id: OrderId) -> OutcomeRead | None:
    """Return how an order stands, in one round trip; None when there is no such order."""
    (found,) = await send(db, _OUTCOME(order_id=order_id))
    if not found:
        return None
    row = found[0]
    state = PaymentState(row.state)
    return OutcomeRead(
        number=row.number,
        total=Money(row.total_minor, row.currency),
        status=status(state, [LineState(line) for line in row.states]),
        payment_id=row.payment_id,
        payment_state=state,
        payment_refusal=row.refusal,
        hosted_url=row.hosted_url,
    )


async def authorized_payment(db: AsyncSession, *, order_id: OrderId) -> PaymentId | None:
    """Return the payment whose money is kept for an order, or None."""
    found: PaymentId | None = await db.scalar(
        select(Payment.id).where(
            Payment.order_id == order_id, Payment.state == PaymentState.AUTHORIZED
        )
    )
    return found


def latest_payment() -> ScalarSelect[PaymentId]:
    """Return, inside a query on orders, the id of the payment that counts."""
    return (
        select(Payment.id)
        .where(Payment.order_id == Order.id)
        .order_by(Payment.id.desc())
        .limit(1)
        .correlate(Order)
        .scalar_subquery()
    )


def _outcome() -> Executable:
    states = (
        select(func.array_agg(OrderLine.state.distinct()))
        .where(OrderLine.order_id == Order.id, OrderLine.replaces_id.is_(None))
        .correlate(Order)
        .scalar_subquery()
    )
    return (
        select(
            Order.number,
            Order.total_minor,
            Order.currency,
            Payment.id.label("payment_id"),
            Payment.state,
            Payment.refusal,
            Payment.hosted_url,
            states.label("states"),
        )
        .join(Payment, Payment.id == latest_payment())
        .where(Order.id == bindparam("order_id"))
    )


_OUTCOME: Final = Statement(_outcome())
