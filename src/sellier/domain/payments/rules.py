"""What must be true of a payment before the shop believes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sellier.domain.payments.states import (
    TRANSITIONS,
    UNDECIDED,
    OperationKind,
    PaymentEvent,
    PaymentState,
)
from sellier.kernel.money import Money

TRIES_MAX: Final = 22  # over three days
WAIT_FIRST: Final = timedelta(seconds=30)  # longer than we wait for the provider's answer
WAIT_LONGEST: Final = timedelta(hours=6)
DOUBLINGS_MAX: Final = 10
# Refusals that no repeat will change. Others, such as a wrong key, are ours to put right.
FINAL: Final = frozenset({"amount_too_high", "state_forbids"})
# What was done this lately at one side may not have reached the other.
UNDER_WAY: Final = timedelta(hours=1)


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
    operation: str | None = None  # what this answers to, if it is a capture, a refund or a void


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What is done with the money of one payment, and what is asked for."""

    amount: Money
    capture_due: Money
    captured: Money
    refund_due: Money
    refunded: Money

    @property
    def is_taken(self) -> bool:
        """Tell whether any of it was taken, or is about to be."""
        return (self.capture_due + self.captured).minor > 0

    def left(self, kind: OperationKind) -> Money:
        """Return how much more may be asked for."""
        if kind is OperationKind.CAPTURE:
            return self.amount - self.capture_due - self.captured
        return self.capture_due + self.captured - self.refund_due - self.refunded


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A payment as our books have it, to be compared with the provider's."""

    state: PaymentState
    balance: Balance
    moved_at: datetime


class Difference(StrEnum):
    """How our books and the provider's may disagree."""

    UNKNOWN_HERE = "unknown_here"  # the provider holds money for a payment that we never opened
    HELD_THERE = "held_there"  # it holds money that we gave up, or never heard of
    MISSING_THERE = "missing_there"  # we count on money that it does not hold
    OTHER_AMOUNT = "other_amount"
    OTHER_CAPTURED = "other_captured"
    OTHER_REFUNDED = "other_refunded"


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


def next_try(*, tries: int, now: datetime) -> datetime:
    """Return when to ask for a capture or refund again: soon at first, then four times a day."""
    return now + min(WAIT_FIRST * (1 << min(tries, DOUBLINGS_MAX)), WAIT_LONGEST)


def is_hopeless(*, tries: int, reason: str) -> bool:
    """Tell whether asking again is in vain, so that a person has to look."""
    return tries >= TRIES_MAX or reason in FINAL


def confirms(
    told: ProviderPayment, *, payment_id: UUID, kind: OperationKind, asked: Money, total: Money
) -> bool:
    """Tell whether an answer is about this payment, and the money asked for was moved in it."""
    moved = told.captured if kind is OperationKind.CAPTURE else told.refunded
    is_ours = matches(told, payment_id=payment_id, amount=total) and told.operation is not None
    return is_ours and moved.minor >= asked.minor


def difference(ours: Standing | None, told: ProviderPayment | None) -> Difference | None:
    """Compare one payment in both books; None when they agree, whichever way things go on."""
    if told is None or not _holds(told.state):
        is_counted_on = ours is not None and ours.state is PaymentState.AUTHORIZED
        return Difference.MISSING_THERE if is_counted_on else None
    if ours is None:
        return Difference.UNKNOWN_HERE
    if ours.state is not PaymentState.AUTHORIZED:
        return Difference.HELD_THERE
    return _other_money(ours.balance, told)


def is_settled(ours: Standing, *, now: datetime) -> bool:
    """Tell whether a payment has been as it is for so long that both books should have it."""
    return ours.state not in UNDECIDED and ours.moved_at <= now - UNDER_WAY


def _holds(told: ProviderState) -> bool:
    return told in {ProviderState.AUTHORIZED, ProviderState.CAPTURED}


def _other_money(ours: Balance, told: ProviderPayment) -> Difference | None:
    """Compare sums; what is due may have been done there already."""
    captured, refunded = told.captured.minor, told.refunded.minor
    most_captured = (ours.captured + ours.capture_due).minor
    most_refunded = (ours.refunded + ours.refund_due).minor
    agrees: Mapping[Difference, bool] = {
        Difference.OTHER_AMOUNT: told.amount == ours.amount,
        Difference.OTHER_CAPTURED: ours.captured.minor <= captured <= most_captured,
        Difference.OTHER_REFUNDED: ours.refunded.minor <= refunded <= most_refunded,
    }
    return next((each for each, does in agrees.items() if not does), None)
