"""From the intent to an authorization, or to nothing. The provider is not called in here."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.payments import queries, rules
from sellier.domain.payments.errors import CaptureUnderWay, PaymentNotFound
from sellier.domain.payments.events import VoidDue
from sellier.domain.payments.models import Payment, PaymentNotice, PaymentTransition
from sellier.domain.payments.queries import PaymentRead
from sellier.domain.payments.rules import ProviderPayment, ProviderState
from sellier.domain.payments.states import (
    START,
    UNDECIDED,
    PaymentEvent,
    PaymentState,
    next_state,
)
from sellier.infra import outbox
from sellier.infra.batch import Statement, Step, inserting, later, send
from sellier.kernel.ids import OrderId, PaymentId
from sellier.kernel.money import Money

log = structlog.get_logger()

# A customer at the provider's page has this long; what is not decided then is let go.
PAYMENT_LASTS: Final = timedelta(minutes=15)
FIRST_CHECK: Final = timedelta(seconds=5)


def open_payment(
    db: AsyncSession, *, payment_id: PaymentId, order_id: OrderId, amount: Money, now: datetime
) -> None:
    """Write down that an order is to be paid, before anyone is asked."""
    opened = _OPEN(
        id=payment_id,
        order_id=order_id,
        amount_minor=amount.minor,
        currency=amount.currency,
        state=START,
        created_at=now,
        check_at=now + FIRST_CHECK,
        deadline_at=now + PAYMENT_LASTS,
    )
    later(db, opened)


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
    before = await _locked(db, payment_id)
    after = replace(before, check_at=rules.next_check(created_at=before.created_at, now=now))
    event = None
    if not rules.is_about(told, payment_id=payment_id):
        log.error("provider tells of another payment", payment_id=payment_id, told=told)
    elif rules.is_left_over(before.state, told.state):
        # Asked for just as we gave up: the provider was told to let go of nothing yet.
        log.warning("money for a payment given up", payment_id=payment_id)
        outbox.publish(db, VoidDue(happened_at=now, payment_id=payment_id))
    elif told.amount != before.amount:
        log.error("provider tells of another amount", payment_id=payment_id, told=told)
    elif told.state is ProviderState.VOIDED and before.balance.is_taken:
        # Their desk, or time, let go of what we take: the capture will tell, and so will we.
        log.error("provider lets go of money that is taken", payment_id=payment_id, told=told)
    else:
        event = rules.event_for(before.state, told.state)
        after = _told(after, told, event=event)
        if event is not None:
            later(db, _transition(before, after, event=event, by=by, now=now))
    later(db, _change(after))
    return Recorded(
        event=event, order_id=after.order_id, state=after.state, hosted_url=after.hosted_url
    )


async def postpone(db: AsyncSession, *, payment_id: PaymentId, now: datetime) -> None:
    """Ask again later about a payment that nothing could be learned of, after the others."""
    payment = await _locked(db, payment_id)
    check_at = rules.next_check(created_at=payment.created_at, now=now)
    later(db, _change(replace(payment, check_at=check_at)))


async def abandon(
    db: AsyncSession, *, payment_id: PaymentId, by: str, now: datetime
) -> OrderId | None:
    """Give an undecided payment up and have the provider told; return its order.

    A payment that is decided stays as it is, and None is returned.
    """
    payment = await _locked(db, payment_id)
    if payment.state not in UNDECIDED:
        return None
    _void(db, payment, by=by, now=now)
    return payment.order_id


async def void(db: AsyncSession, *, payment_id: PaymentId, by: str, now: datetime) -> None:
    """Let an authorized payment go, which cannot be honored, and have the provider told.

    Raises `CaptureUnderWay` once any of its money is taken, or about to be.
    """
    _void(db, await _locked(db, payment_id), by=by, now=now)


async def take_notice(
    db: AsyncSession, *, notice_id: str, payment_id: PaymentId, now: datetime
) -> bool:
    """Remember a notice, in the transaction of its effect; False when it came before."""
    taken = _NOTICE(notice_id=notice_id, payment_id=payment_id, received_at=now)
    (kept,) = await send(db, taken)
    return bool(kept)


async def lock(db: AsyncSession, *, order_id: OrderId) -> None:
    """Lock the payments of an order, ahead of all else that is locked of it."""
    await db.execute(
        select(Payment.id)
        .where(Payment.order_id == order_id)
        .order_by(Payment.id)
        .with_for_update()
    )


async def _locked(db: AsyncSession, payment_id: PaymentId) -> PaymentRead:
    payment = await queries.payment(db, payment_id=payment_id, is_locked=True)
    if payment is None:
        raise PaymentNotFound("There is no such payment.")
    return payment


def _told(before: PaymentRead, told: ProviderPayment, *, event: PaymentEvent | None) -> PaymentRead:
    known = replace(
        before,
        provider_id=before.provider_id or told.id,
        hosted_url=before.hosted_url or told.hosted_url,
    )
    if event is None:
        return known
    refusal = told.reason if event is PaymentEvent.REFUSE else None
    return replace(known, state=next_state(before.state, event), refusal=refusal)


def _void(db: AsyncSession, before: PaymentRead, *, by: str, now: datetime) -> None:
    if before.balance.is_taken:
        raise CaptureUnderWay("Money of this payment is taken: give it back by refunds instead.")
    after = replace(before, state=next_state(before.state, PaymentEvent.VOID))
    transition = _transition(before, after, event=PaymentEvent.VOID, by=by, now=now)
    later(db, _change(after), transition)
    outbox.publish(db, VoidDue(happened_at=now, payment_id=before.id))


def _change(after: PaymentRead) -> Step:
    return _CHANGE(
        payment_id=after.id,
        state=after.state,
        provider_id=after.provider_id,
        hosted_url=after.hosted_url,
        refusal=after.refusal,
        check_at=after.check_at,
    )


def _transition(
    before: PaymentRead, after: PaymentRead, *, event: PaymentEvent, by: str, now: datetime
) -> Step:
    return _TRANSITION(
        payment_id=before.id, event=event, before=before.state, after=after.state, at=now, by=by
    )


_FILLED_LATER: Final = (
    *("provider_id", "hosted_url", "refusal"),
    *("capture_due_minor", "captured_minor", "refund_due_minor", "refunded_minor"),
)
_OPEN: Final = inserting(Payment, without=_FILLED_LATER)
_CHANGE: Final = Statement(
    update(Payment)
    .where(Payment.id == bindparam("payment_id"))
    .values(
        {
            name: bindparam(name)
            for name in ("state", "provider_id", "hosted_url", "refusal", "check_at")
        }
    )
)
_TRANSITION: Final = inserting(PaymentTransition)
_NOTICE: Final = Statement(
    insert(PaymentNotice).on_conflict_do_nothing().returning(PaymentNotice.notice_id),
    columns=("notice_id", "payment_id", "received_at"),
)
