"""What must be true of a payment before the shop believes it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sellier.domain.payments.states import TRANSITIONS, PaymentEvent, PaymentState
from sellier.kernel.money import Money


class ProviderState(StrEnum):
    """The states of the provider, which are not ours."""

    REQUIRES_ACTION = "requires_action"
    AUTHORIZED = "authorized"
    REFUSED = "refused"
    CAPTURED = "captured"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPayment:
    """A payment as the provider tells it. `key` is our payment id, if the provider is honest."""

    id: str
    key: str
    state: ProviderState
    amount: Money
    captured: Money
    refunded: Money
    hosted_url: str | None
    reason: str | None


def is_about(told: ProviderPayment, *, payment_id: UUID) -> bool:
    """Tell whether the provider speaks of this payment."""
    return told.key == str(payment_id)


def matches(told: ProviderPayment, *, payment_id: UUID, amount: Money) -> bool:
    """Tell whether the provider speaks of this payment, for exactly this amount and currency."""
    return is_about(told, payment_id=payment_id) and told.amount == amount


def is_left_over(ours: PaymentState, told: ProviderState) -> bool:
    """Tell whether the provider keeps, or may yet get, money that we have given up."""
    return ours in {PaymentState.REFUSED, PaymentState.VOIDED} and can_void(told)


def can_void(told: ProviderState) -> bool:
    """Tell whether the provider still has something to let go of."""
    return told in {ProviderState.REQUIRES_ACTION, ProviderState.AUTHORIZED}


def event_for(before: PaymentState, told: ProviderState) -> PaymentEvent | None:
    """Return what the provider's state means for ours, or None when it tells nothing new.

    Notices come twice, late and in any order, so a state that we left behind is not news.
    """
    meaning = {
        ProviderState.REQUIRES_ACTION: PaymentEvent.ASK,
        ProviderState.AUTHORIZED: PaymentEvent.AUTHORIZE,
        ProviderState.CAPTURED: PaymentEvent.AUTHORIZE,
        ProviderState.REFUSED: PaymentEvent.REFUSE,
        ProviderState.VOIDED: PaymentEvent.VOID,
    }[told]
    return meaning if (before, meaning) in TRANSITIONS else None


def is_news(ours: PaymentState, told: ProviderState) -> bool:
    """Tell whether a state of the provider's would change anything for us."""
    return event_for(ours, told) is not None or is_left_over(ours, told)


def next_check(*, created_at: datetime, now: datetime) -> datetime:
    """Return when to ask the provider again: soon at first, then as often as the age doubles."""
    return now + min(max(now - created_at, timedelta(seconds=5)), timedelta(minutes=2))
