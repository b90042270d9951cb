"""Take authorized money, and give taken money back: written down first, asked for after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import structlog
from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import InstrumentedAttribute

from sellier.domain.payments import queries, rules
from sellier.domain.payments.errors import (
    AmountInvalid,
    MoreThanAuthorized,
    MoreThanCaptured,
    NotAuthorized,
    OperationNotFound,
    OperationTransitionRefused,
    ProviderError,
    ProviderRefused,
    RefundsWait,
    SourceReused,
)
from sellier.domain.payments.events import Captured, OperationDue, Refunded
from sellier.domain.payments.gateway import PaymentProvider
from sellier.domain.payments.models import Payment, PaymentOperation, PaymentOperationTransition
from sellier.domain.payments.queries import OperationRead, PaymentRead
from sellier.domain.payments.rules import ProviderPayment
from sellier.domain.payments.states import (
    OPERATION_START,
    OperationEvent,
    OperationKind,
    OperationState,
    next_operation_state,
)
from sellier.infra import outbox
from sellier.kernel.ids import OrderId, PaymentOperationId, new_id
from sellier.kernel.money import Money

log = structlog.get_logger()

Sessions = async_sessionmaker[AsyncSession]

WRONG_ANSWER: Final = "wrong_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the provider is about to be asked for."""

    operation: OperationRead
    payment: PaymentRead


async def capture_due(
    db: AsyncSession, *, order_id: OrderId, amount: Money, source: str, now: datetime
) -> PaymentOperationId:
    """Write down that money of an order is to be taken, once for each `source`.

    What is due counts against what was authorized. Raises `NotAuthorized`, `AmountInvalid`,
    `MoreThanAuthorized`, `SourceReused`.
    """
    kind = OperationKind.CAPTURE
    return await _write(db, kind=kind, order_id=order_id, amount=amount, source=source, now=now)


async def refund_due(
    db: AsyncSession, *, order_id: OrderId, amount: Money, source: str, now: datetime
) -> PaymentOperationId:
    """Write down that money of an order is to be given back, once for each `source`.

    It may be asked while the capture is still due, and then waits for it. Raises
    `NotAuthorized`, `AmountInvalid`, `MoreThanCaptured`, `SourceReused`.
    """
    kind = OperationKind.REFUND
    return await _write(db, kind=kind, order_id=order_id, amount=amount, source=source, now=now)


async def operate(
    sessions: Sessions,
    provider: PaymentProvider,
    *,
    operation_id: PaymentOperationId,
    now: datetime,
) -> OperationState | None:
    """Ask the provider for a capture or refund and record its answer, once.

    None when it is not to be asked for now: it is done, another asks, or its money was not taken
    yet. When nobody knows what became of it, it is asked for again later, under the same key.
    """
    async with sessions.begin() as db:
        asked = await _claim(db, operation_id=operation_id, now=now)
    if asked is None:
        return None
    try:
        told = await _ask(provider, asked)
    except ProviderError as error:
        reason = error.reason if isinstance(error, ProviderRefused) else error.code
        async with sessions.begin() as db:
            return await _not_done(db, asked.operation, reason=reason, now=now)
    async with sessions.begin() as db:
        return await _done(db, asked, told=told, now=now)


async def retry(
    db: AsyncSession, *, operation_id: PaymentOperationId, by: str, now: datetime
) -> None:
    """Have a failed capture or refund asked for again. Its key makes that harmless."""
    found = await _locked(db, operation_id)
    await _move(
        db,
        found,
        event=OperationEvent.RETRY,
        by=by,
        now=now,
        changes={"tries": 0, "next_try_at": now},
    )
    outbox.publish(db, OperationDue(happened_at=now, operation_id=operation_id))


async def drop(
    db: AsyncSession, *, operation_id: PaymentOperationId, by: str, now: datetime
) -> None:
    """Give up what a person knows was not done, and free its money for something else.

    Raises `OperationTransitionRefused` while the provider may still do it, and `RefundsWait`.
    """
    found = await queries.operation(db, operation_id=operation_id)
    if found is None:
        raise OperationNotFound("There is no such capture or refund.")
    payment = await queries.payment(db, payment_id=found.payment_id, is_locked=True)
    assert payment is not None, "an operation is written on its payment"
    found = await _locked(db, operation_id)
    if found.state is OperationState.DUE and found.tries:
        raise OperationTransitionRefused("The provider was asked: wait until its answer is known.")
    left = payment.balance.left(OperationKind.REFUND)
    if found.kind is OperationKind.CAPTURE and left.minor < found.amount.minor:
        raise RefundsWait("Drop the refunds that wait for this capture first.")
    await _move(db, found, event=OperationEvent.DROP, by=by, now=now)
    due, _ = _COUNTERS[found.kind]
    await _count(db, found, {due: due - found.amount.minor})


async def _write(
    db: AsyncSession,
    *,
    kind: OperationKind,
    order_id: OrderId,
    amount: Money,
    source: str,
    now: datetime,
) -> PaymentOperationId:
    payment = await queries.lock_authorized(db, order_id=order_id)
    if payment is None:
        raise NotAuthorized(
            "No money of this order is authorized. It can be moved once it is paid."
        )
    known = await queries.operation_of(db, payment_id=payment.id, source=source)
    if known is not None:
        if (known.kind, known.amount) != (kind, amount):
            raise SourceReused("This source asked for something else before. Use one of its own.")
        return known.id
    if amount.minor <= 0 or amount.currency != payment.amount.currency:
        raise AmountInvalid(f"Give an amount above zero in {payment.amount.currency}.")
    if not await _take(db, payment, kind=kind, amount=amount):
        left = payment.balance.left(kind)
        raise _TOO_MUCH[kind](
            f"At most {left.decimal} {left.currency} are left: ask for no more.", left=left.minor
        )
    return await _insert(db, payment, kind=kind, amount=amount, source=source, now=now)


async def _take(
    db: AsyncSession, payment: PaymentRead, *, kind: OperationKind, amount: Money
) -> bool:
    """Count an amount as due, in one statement and only where the balance allows it."""
    due, _ = _COUNTERS[kind]
    statement = (
        update(Payment)
        .where(Payment.id == payment.id, _LEFT[kind] >= amount.minor)
        .values({due: due + amount.minor})
        .returning(Payment.id)
    )
    return await db.scalar(statement) is not None


async def _insert(
    db: AsyncSession,
    payment: PaymentRead,
    *,
    kind: OperationKind,
    amount: Money,
    source: str,
    now: datetime,
) -> PaymentOperationId:
    operation_id = PaymentOperationId(new_id())
    statement = insert(PaymentOperation).values(
        id=operation_id,
        payment_id=payment.id,
        kind=kind,
        amount_minor=amount.minor,
        currency=amount.currency,
        state=OPERATION_START,
        source=source,
        next_try_at=now,
        created_at=now,
    )
    await db.execute(statement)
    outbox.publish(db, OperationDue(happened_at=now, operation_id=operation_id))
    return operation_id


async def _claim(
    db: AsyncSession, *, operation_id: PaymentOperationId, now: datetime
) -> _Asked | None:
    """Take an operation that is due for as long as the provider may take to answer."""
    waiting = (
        select(PaymentOperation.tries)
        .where(
            PaymentOperation.id == operation_id,
            PaymentOperation.state == OperationState.DUE,
            PaymentOperation.next_try_at <= now,
        )
        .with_for_update(skip_locked=True)
    )
    tries = await db.scalar(waiting)
    if tries is None or not await queries.can_be_asked(db, operation_id=operation_id):
        return None
    claimed = update(PaymentOperation).where(PaymentOperation.id == operation_id)
    await db.execute(
        claimed.values(tries=tries + 1, next_try_at=rules.next_try(tries=tries, now=now))
    )
    operation = await queries.operation(db, operation_id=operation_id)
    assert operation is not None, "it was locked above"
    payment = await queries.payment(db, payment_id=operation.payment_id)
    assert payment is not None, "an operation is written on its payment"
    return _Asked(operation=operation, payment=payment)


async def _ask(provider: PaymentProvider, asked: _Asked) -> ProviderPayment:
    provider_id = asked.payment.provider_id
    assert provider_id is not None, "an authorized payment is known to the provider"
    key, amount = str(asked.operation.id), asked.operation.amount
    match asked.operation.kind:
        case OperationKind.CAPTURE:
            return await provider.capture(provider_id=provider_id, key=key, amount=amount)
        case OperationKind.REFUND:
            return await provider.refund(provider_id=provider_id, key=key, amount=amount)


async def _done(
    db: AsyncSession, asked: _Asked, *, told: ProviderPayment, now: datetime
) -> OperationState:
    """Record that the provider did it, unless that is known already."""
    operation, payment = asked.operation, asked.payment
    is_so = rules.confirms(
        told,
        payment_id=payment.id,
        kind=operation.kind,
        asked=operation.amount,
        total=payment.amount,
    )
    if not is_so or await _is_of_another(db, operation, told=told):
        log.error("provider answers something else", operation_id=operation.id, told=told)
        return await _not_done(db, operation, reason=WRONG_ANSWER, now=now)
    # The payment first, as everywhere: two that wait for each other would both fail.
    await queries.payment(db, payment_id=payment.id, is_locked=True)
    found = await _locked(db, operation.id)
    if found.state is not OperationState.DUE:
        return found.state
    answered = {"provider_operation": told.operation, "answer": None, "done_at": now}
    await _move(db, found, event=OperationEvent.CONFIRM, by="provider", now=now, changes=answered)
    due, done = _COUNTERS[found.kind]
    amount = found.amount.minor
    await _count(db, found, {due: due - amount, done: done + amount})
    happened = _HAPPENED[found.kind](
        happened_at=now,
        order_id=payment.order_id,
        payment_id=payment.id,
        operation_id=found.id,
        amount_minor=amount,
        currency=found.amount.currency,
    )
    outbox.publish(db, happened)
    return OperationState.DONE


async def _not_done(
    db: AsyncSession, operation: OperationRead, *, reason: str, now: datetime
) -> OperationState:
    """Remember why, for who looks; the time to ask again was written when it was claimed."""
    found = await _locked(db, operation.id)
    if found.state is not OperationState.DUE:
        return found.state
    if not rules.is_hopeless(tries=found.tries, reason=reason):
        noted = update(PaymentOperation).where(PaymentOperation.id == found.id)
        await db.execute(noted.values(answer=reason))
        log.warning("money not moved yet", operation_id=found.id, kind=found.kind, reason=reason)
        return OperationState.DUE
    await _move(
        db, found, event=OperationEvent.GIVE_UP, by="provider", now=now, changes={"answer": reason}
    )
    log.error(
        "money was not moved, and is not asked for again: somebody has to look",
        operation_id=found.id,
        kind=found.kind,
        reason=reason,
    )
    return OperationState.FAILED


async def _is_of_another(
    db: AsyncSession, operation: OperationRead, *, told: ProviderPayment
) -> bool:
    """Tell whether the provider gave this very answer to another question of ours."""
    statement = select(PaymentOperation.id).where(
        PaymentOperation.provider_operation == told.operation, PaymentOperation.id != operation.id
    )
    return await db.scalar(statement) is not None


async def _locked(db: AsyncSession, operation_id: PaymentOperationId) -> OperationRead:
    found = await queries.operation(db, operation_id=operation_id, is_locked=True)
    if found is None:
        raise OperationNotFound("There is no such capture or refund.")
    return found


async def _move(
    db: AsyncSession,
    found: OperationRead,
    *,
    event: OperationEvent,
    by: str,
    now: datetime,
    changes: Mapping[str, object] = MappingProxyType({}),
) -> None:
    after = next_operation_state(found.state, event)
    moved = update(PaymentOperation).where(PaymentOperation.id == found.id)
    await db.execute(moved.values(state=after, **changes))
    row = {"event": event, "before": found.state, "after": after, "at": now, "by": by}
    await db.execute(insert(PaymentOperationTransition).values(operation_id=found.id, **row))


async def _count(
    db: AsyncSession, found: OperationRead, changes: Mapping[InstrumentedAttribute[int], Any]
) -> None:
    await db.execute(update(Payment).where(Payment.id == found.payment_id).values(dict(changes)))


_COUNTERS: Final[
    Mapping[OperationKind, tuple[InstrumentedAttribute[int], InstrumentedAttribute[int]]]
] = {
    OperationKind.CAPTURE: (Payment.capture_due_minor, Payment.captured_minor),
    OperationKind.REFUND: (Payment.refund_due_minor, Payment.refunded_minor),
}
_TAKEN: Final = Payment.capture_due_minor + Payment.captured_minor
_LEFT: Final[Mapping[OperationKind, ColumnElement[int]]] = {
    OperationKind.CAPTURE: Payment.amount_minor - _TAKEN,
    OperationKind.REFUND: _TAKEN - Payment.refund_due_minor - Payment.refunded_minor,
}
_TOO_MUCH: Final = {
    OperationKind.CAPTURE: MoreThanAuthorized,
    OperationKind.REFUND: MoreThanCaptured,
}
_HAPPENED: Final = {OperationKind.CAPTURE: Captured, OperationKind.REFUND: Refunded}
