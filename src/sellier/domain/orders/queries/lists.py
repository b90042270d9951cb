"""Orders as a list, for the order desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    String,
    all_,
    and_,
    any_,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders.models import (
    Fulfillment,
    Order,
    OrderAddress,
    OrderLine,
)
from sellier.domain.orders.queries.paying import latest_payment
from sellier.domain.orders.rules import PROGRESS, OrderStatus, Progress, progress, status
from sellier.domain.orders.states import LineState, Work
from sellier.domain.payments.models import Payment
from sellier.domain.payments.states import PaymentState
from sellier.kernel.ids import (
    OrderId,
)
from sellier.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order as a line of a list."""

    id: OrderId
    number: str
    email: str
    name: str
    total: Money
    units: int
    placed_at: datetime
    status: OrderStatus
    progress: Progress | None


async def orders(
    db: AsyncSession,
    *,
    words: str = "",
    wanted: OrderStatus | None = None,
    reached: Progress | None = None,
    before: OrderId | None = None,
    limit: int = 50,
) -> Sequence[OrderRow]:
    """List orders, newest first, by number, e-mail or name; `before` is the last id seen."""
    lines = (
        select(
            OrderLine.order_id,
            func.sum(OrderLine.quantity).label("units"),
            func.array_agg(OrderLine.state.distinct()).label("states"),
        )
        .where(OrderLine.replaces_id.is_(None))
        .group_by(OrderLine.order_id)
        .subquery("lines")
    )
    statement = (
        select(Order, OrderAddress.name, Payment.state, lines.c.units, lines.c.states, _works())
        .join(OrderAddress, OrderAddress.order_id == Order.id)
        .join(Payment, Payment.id == latest_payment())
        .join(lines, lines.c.order_id == Order.id)
        .order_by(Order.id.desc())
        .limit(limit)
    )
    if words:
        like = f"%{words.replace('%', '').replace('_', '')}%"
        statement = statement.where(
            or_(Order.number.ilike(like), Order.email.ilike(like), OrderAddress.name.ilike(like))
        )
    if before is not None:
        statement = statement.where(Order.id < before)
    if wanted is not None:
        statement = statement.where(_has_status(wanted, lines.c.states))
    if reached is not None:
        statement = statement.where(_has_reached(reached))
    return [
        OrderRow(
            id=found.id,
            number=found.number,
            email=found.email,
            name=name,
            total=Money(found.total_minor, found.currency),
            units=units,
            placed_at=found.placed_at,
            status=status(PaymentState(payment), [LineState(s) for s in states]),
            progress=progress([Work(s) for s in works or ()]),
        )
        for found, name, payment, units, states, works in await db.execute(statement)
    ]


def _works() -> ScalarSelect[list[str]]:
    return (
        select(func.array_agg(Fulfillment.state.distinct()))
        .where(Fulfillment.order_id == Order.id)
        .correlate(Order)
        .scalar_subquery()
    )


def _has_reached(wanted: Progress) -> ColumnElement[bool]:
    """Write `orders.rules.progress` as a condition; a test holds the two together."""
    names = [found for found, _ in PROGRESS]
    behind = [state for _, states in PROGRESS[: names.index(wanted)] for state in states]
    here = exists().where(
        Fulfillment.order_id == Order.id, Fulfillment.state.in_(dict(PROGRESS)[wanted])
    )
    if not behind:
        return here
    return and_(
        here, ~exists().where(Fulfillment.order_id == Order.id, Fulfillment.state.in_(behind))
    )


def _has_status(wanted: OrderStatus, states: ColumnElement[list[str]]) -> ColumnElement[bool]:
    """Write `orders.rules.status` as a condition; a test holds the two together."""
    canceled = literal(LineState.CANCELED.value)
    over = array([LineState.LAPSED.value, LineState.CANCELED.value], type_=String())
    is_canceled = states.op("<@", is_comparison=True)(over)
    is_paid = Payment.state == PaymentState.AUTHORIZED
    match wanted:
        case OrderStatus.CANCELED:
            return is_canceled
        case OrderStatus.AWAITING_PAYMENT:
            return and_(not_(is_canceled), not_(is_paid))
        case OrderStatus.PARTLY_CANCELED:
            return and_(is_paid, not_(is_canceled), canceled == any_(states))
        case OrderStatus.CONFIRMED:
            return and_(is_paid, not_(is_canceled), canceled != all_(states))
