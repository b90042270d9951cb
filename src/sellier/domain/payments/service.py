"""Every change to payments. The provider is never called in here: that is for sagas."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.payments import rules
from sellier.domain.payments.errors import PaymentNotFound
from sellier.domain.payments.events import VoidDue
from sellier.domain.payments.models import Payment, PaymentNotice, PaymentTransition
from sellier.domain.payments.rules import ProviderPayment
from sellier.domain.payments.states import (
    START,
    UNDECIDED,
    PaymentEvent,
    PaymentState,
    next_state,
)
from sellier.infra import outbox
from sellier.kernel.ids import OrderId, PaymentId
from sellier.kernel.money import Money

log = structlog.get_logger()

# A customer at the provider's page has this long; what is not decided then is let go.
PAYMENT_LASTS: Final = timedelta(minutes=15)
FIRST_CHECK: Final = timedelta(seconds=5)


def open_intent(
    db: AsyncSession, *, payment_id: PaymentId, order_id: OrderId, amount: Money, now: datetime
) -> None:
    """Write down that an order is to be paid, before anyone outside hears of it."""
    payment = Payment(
        id=payment_id,
        order_id=order_id,
        amount_minor=amount.minor,
        currency=amount.currency,
        state=START,
        created_at=now,
        check_at=now + FIRST_CHECK,
        deadline_at=now + PAYMENT_LASTS,
    )
    db.add(payment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What the provider's answer did: the event, if it was news, and where that leaves us."""

    event: PaymentEvent | None
    order_id: OrderId
    state: PaymentState
    hosted_url: str | None


async def record(
    db: AsyncSession, *, payment_id: PaymentId, told: ProviderPayment, by: str, now: datetime
) -> Recorded:
    """Take in what the provider told and say what it changed.

    The payment stays locked to the end of the transaction, so that page, notice and poller,
    which all come here, cannot each act on the same news. An answer about another payment,
    amount or currency changes nothing and is logged.
    """
    payment = await _locked(db, payment_id)
    payment.check_at = rules.next_check(created_at=payment.created_at, now=now)
    event = _news(db, payment, told=told, now=now)
    if event is not None:
        payment.refusal = told.reason if event is PaymentEvent.REFUSE else None
        _advance(db, payment, event=event, by=by, now=now)
    return Recorded(
        event=event,
        order_id=payment.order_id,
        state=PaymentState(payment.state),
        hosted_url=payment.hosted_url,
    )


def _news(
    db: AsyncSession, payment: Payment, *, told: ProviderPayment, now: datetime
) -> PaymentEvent | None:
    """Return what an answer means for a payment, if it is about it and says something new."""
    amount = Money(payment.amount_minor, payment.currency)
    if not rules.is_about(told, payment_id=payment.id):
        log.error("provider tells of another payment", payment_id=payment.id, told=told)
        return None
    if rules.is_left_over(PaymentState(payment.state), told.state):
        # Asked for just as we gave up: the provider was told to let go of nothing yet.
        log.warning("money for a payment given up", payment_id=payment.id)
        outbox.publish(db, VoidDue(happened_at=now, payment_id=payment.id))
        return None
    if told.amount != amount:
        log.error("provider tells of another amount", payment_id=payment.id, told=told)
        return None
    payment.provider_id = payment.provider_id or told.id
    payment.hosted_url = payment.hosted_url or told.hosted_url
    return rules.event_for(PaymentState(payment.state), told.state)


async def postpone(db: AsyncSession, *, payment_id: PaymentId, now: datetime) -> None:
    """Ask again later about a payment that nothing could be learned of, after the others."""
    payment = await _locked(db, payment_id)
    payment.check_at = rules.next_check(created_at=payment.created_at, now=now)


async def abandon(db: AsyncSession, *, payment_id: PaymentId, by: str, now: datetime) -> bool:
    """Give an undecided payment up and have the provider told; False when it is decided."""
    payment = await _locked(db, payment_id)
    if PaymentState(payment.state) not in UNDECIDED:
        return False
    _void(db, payment, by=by, now=now)
    return True


async def void(db: AsyncSession, *, payment_id: PaymentId, by: str, now: datetime) -> None:
    """Let an authorized payment go, which cannot be honored, and have the provider told."""
    _void(db, await _locked(db, payment_id), by=by, now=now)


def _void(db: AsyncSession, payment: Payment, *, by: str, now: datetime) -> None:
    _advance(db, payment, event=PaymentEvent.VOID, by=by, now=now)
    outbox.publish(db, VoidDue(happened_at=now, payment_id=payment.id))


async def take_notice(
    db: AsyncSession, *, notice_id: str, payment_id: PaymentId, now: datetime
) -> bool:
    """Remember a notice, in the transaction of its effect; False when it came before."""
    statement = insert(PaymentNotice).values(
        notice_id=notice_id, payment_id=payment_id, received_at=now
    )
    kept = await db.scalar(statement.on_conflict_do_nothing().returning(PaymentNotice.notice_id))
    return kept is not None


async def _locked(db: AsyncSession, payment_id: PaymentId) -> Payment:
    payment = await db.get(Payment, payment_id, with_for_update=True, populate_existing=True)
    if payment is None:
        raise PaymentNotFound("There is no such payment.")
    return payment


def _advance(
    db: AsyncSession, payment: Payment, *, event: PaymentEvent, by: str, now: datetime
) -> None:
    before, payment.state = payment.state, next_state(PaymentState(payment.state), event)
    db.add(
        PaymentTransition(
            payment_id=payment.id, event=event, before=before, after=payment.state, at=now, by=by
        )
    )
