"""Reads of payments, and of what is done with their money."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ScalarSelect, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from sellier.domain.payments.models import Payment, PaymentOperation, PaymentTransition
from sellier.domain.payments.rules import Balance, Standing
from sellier.domain.payments.states import OperationKind, OperationState, PaymentState
from sellier.infra.batch import Statement, send
from sellier.kernel.ids import OrderId, PaymentId, PaymentOperationId
from sellier.kernel.money import Money

OPERATIONS_MAX: Final = 200


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
    balance: Balance
    created_at: datetime
    check_at: datetime
    deadline_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRead:
    """A capture or refund as it stands."""

    id: PaymentOperationId
    payment_id: PaymentId
    kind: OperationKind
    amount: Money
    state: OperationState
    source: str
    provider_operation: str | None
    answer: str | None
    tries: int
    next_try_at: datetime
    created_at: datetime
    done_at: datetime | None


async def payment(
    db: AsyncSession, *, payment_id: PaymentId, is_locked: bool = False
) -> PaymentRead | None:
    """Return one payment, or None; if it is to be changed, locked to the end of the transaction."""
    statement = _LOCK if is_locked else _PAYMENT
    (found,) = await send(db, statement(payment_id=payment_id))
    return _read(found[0]) if found else None


async def lock_authorized(db: AsyncSession, *, order_id: OrderId) -> PaymentRead | None:
    """Return the payment whose money is ours to take, locked; None where an order has none."""
    (found,) = await send(db, _AUTHORIZED(order_id=order_id))
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


async def operation(
    db: AsyncSession, *, operation_id: PaymentOperationId, is_locked: bool = False
) -> OperationRead | None:
    """Return one capture or refund, or None; locked if it is to be changed."""
    statement = select(*_OPERATION).where(PaymentOperation.id == operation_id)
    if is_locked:
        statement = statement.with_for_update()
    row = (await db.execute(statement)).one_or_none()
    return None if row is None else _operation(row)


async def operation_of(
    db: AsyncSession, *, payment_id: PaymentId, source: str
) -> OperationRead | None:
    """Return what a cause asked of a payment, or None."""
    mine = (PaymentOperation.payment_id == payment_id, PaymentOperation.source == source)
    row = (await db.execute(select(*_OPERATION).where(*mine))).one_or_none()
    return None if row is None else _operation(row)


async def operations(db: AsyncSession, *, order_id: OrderId) -> Sequence[OperationRead]:
    """List what was done with the money of an order, oldest first."""
    statement = (
        select(*_OPERATION)
        .join(Payment, Payment.id == PaymentOperation.payment_id)
        .where(Payment.order_id == order_id)
        .order_by(PaymentOperation.id)
        .limit(OPERATIONS_MAX)
    )
    return [_operation(row) for row in await db.execute(statement)]


async def operations_due(
    db: AsyncSession, *, now: datetime, limit: int = 100
) -> Sequence[PaymentOperationId]:
    """List the captures and refunds that it is time to ask for, longest waiting first.

    A refund waits until the money it gives back was taken, behind those asked for before it.
    """
    statement = (
        select(PaymentOperation.id)
        .join(Payment, Payment.id == PaymentOperation.payment_id)
        .where(
            PaymentOperation.state == OperationState.DUE,
            PaymentOperation.next_try_at <= now,
            or_(
                PaymentOperation.kind == OperationKind.CAPTURE,
                Payment.refunded_minor + _owed_before() <= Payment.captured_minor,
            ),
        )
        .order_by(PaymentOperation.next_try_at)
        .limit(limit)
    )
    return (await db.scalars(statement)).all()


async def can_be_asked(db: AsyncSession, *, operation_id: PaymentOperationId) -> bool:
    """Tell whether the money that a refund gives back was taken; for a capture, always."""
    enough = Payment.refunded_minor + _owed_before() <= Payment.captured_minor
    statement = (
        select(or_(PaymentOperation.kind == OperationKind.CAPTURE, enough))
        .join(Payment, Payment.id == PaymentOperation.payment_id)
        .where(PaymentOperation.id == operation_id)
    )
    return bool(await db.scalar(statement))


async def standings(
    db: AsyncSession, *, payment_ids: Collection[PaymentId]
) -> Mapping[PaymentId, Standing]:
    """Return our side of a comparison with the provider's book."""
    statement = _standings().where(Payment.id.in_(payment_ids)).limit(len(payment_ids))
    return {row.id: _standing(row) for row in await db.execute(statement)}


async def counted_on(
    db: AsyncSession, *, after: PaymentId | None, limit: int = 500
) -> Mapping[PaymentId, Standing]:
    """List the payments whose money we count on, by id, a page at a time."""
    statement = _standings().where(Payment.state == PaymentState.AUTHORIZED)
    if after is not None:
        statement = statement.where(Payment.id > after)
    rows = await db.execute(statement.order_by(Payment.id).limit(limit))
    return {row.id: _standing(row) for row in rows}


def _owed_before() -> ScalarSelect[Any]:
    """Sum up what is to be given back of a payment, up to this refund; unknown ones count."""
    each = aliased(PaymentOperation)
    return (
        select(func.coalesce(func.sum(each.amount_minor), 0))
        .where(
            each.payment_id == PaymentOperation.payment_id,
            each.kind == OperationKind.REFUND,
            each.state.in_((OperationState.DUE, OperationState.FAILED)),
            each.id <= PaymentOperation.id,
        )
        .correlate(PaymentOperation)
        .scalar_subquery()
    )


def _standings() -> Any:
    moved = (
        select(func.max(PaymentTransition.at))
        .where(PaymentTransition.payment_id == Payment.id)
        .correlate(Payment)
        .scalar_subquery()
    )
    return select(*Payment.__table__.columns, func.coalesce(moved, Payment.created_at).label("at"))


def _standing(row: Any) -> Standing:
    return Standing(state=PaymentState(row.state), balance=_balance(row), moved_at=row.at)


def _read(row: Any) -> PaymentRead:
    return PaymentRead(
        id=row.id,
        order_id=row.order_id,
        amount=Money(row.amount_minor, row.currency),
        state=PaymentState(row.state),
        provider_id=row.provider_id,
        hosted_url=row.hosted_url,
        refusal=row.refusal,
        balance=_balance(row),
        created_at=row.created_at,
        check_at=row.check_at,
        deadline_at=row.deadline_at,
    )


def _balance(row: Any) -> Balance:
    return Balance(
        amount=Money(row.amount_minor, row.currency),
        capture_due=Money(row.capture_due_minor, row.currency),
        captured=Money(row.captured_minor, row.currency),
        refund_due=Money(row.refund_due_minor, row.currency),
        refunded=Money(row.refunded_minor, row.currency),
    )


def _operation(row: Any) -> OperationRead:
    return OperationRead(
        id=row.id,
        payment_id=row.payment_id,
        kind=OperationKind(row.kind),
        amount=Money(row.amount_minor, row.currency),
        state=OperationState(row.state),
        source=row.source,
        provider_operation=row.provider_operation,
        answer=row.answer,
        tries=row.tries,
        next_try_at=row.next_try_at,
        created_at=row.created_at,
        done_at=row.done_at,
    )


_OPERATION: Final = tuple(PaymentOperation.__table__.columns)
_ONE: Final = select(*Payment.__table__.columns).where(Payment.id == bindparam("payment_id"))
_PAYMENT: Final = Statement(_ONE)
_LOCK: Final = Statement(_ONE.with_for_update())
_AUTHORIZED: Final = Statement(
    select(*Payment.__table__.columns)
    .where(Payment.order_id == bindparam("order_id"), Payment.state == PaymentState.AUTHORIZED)
    .with_for_update()
)
