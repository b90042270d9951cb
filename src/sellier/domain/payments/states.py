"""The lives of a payment and of what is done with its money, as tables."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sellier.domain.payments.errors import (
    OperationTransitionRefused,
    PaymentTransitionRefused,
)


class PaymentState(StrEnum):
    CREATED = "created"  # the intent: written before the provider hears of it
    REQUIRES_ACTION = "requires_action"  # the customer is at the provider's page
    AUTHORIZED = "authorized"
    REFUSED = "refused"
    VOIDED = "voided"


class PaymentEvent(StrEnum):
    ASK = "ask"
    AUTHORIZE = "authorize"
    REFUSE = "refuse"
    VOID = "void"


START: Final = PaymentState.CREATED
UNDECIDED: Final = frozenset({PaymentState.CREATED, PaymentState.REQUIRES_ACTION})

TRANSITIONS: Final[Mapping[tuple[PaymentState, PaymentEvent], PaymentState]] = {
    (PaymentState.CREATED, PaymentEvent.ASK): PaymentState.REQUIRES_ACTION,
    (PaymentState.CREATED, PaymentEvent.AUTHORIZE): PaymentState.AUTHORIZED,
    (PaymentState.CREATED, PaymentEvent.REFUSE): PaymentState.REFUSED,
    (PaymentState.CREATED, PaymentEvent.VOID): PaymentState.VOIDED,
    (PaymentState.REQUIRES_ACTION, PaymentEvent.AUTHORIZE): PaymentState.AUTHORIZED,
    (PaymentState.REQUIRES_ACTION, PaymentEvent.REFUSE): PaymentState.REFUSED,
    (PaymentState.REQUIRES_ACTION, PaymentEvent.VOID): PaymentState.VOIDED,
    (PaymentState.AUTHORIZED, PaymentEvent.VOID): PaymentState.VOIDED,
}


def next_state(state: PaymentState, event: PaymentEvent) -> PaymentState:
    """Return the state that follows, or raise `PaymentTransitionRefused`."""
    following = TRANSITIONS.get((state, event))
    if following is None:
        raise PaymentTransitionRefused(
            f"A payment that is {state} cannot {event}.", state=state, event=event
        )
    return following


class OperationKind(StrEnum):
    CAPTURE = "capture"  # take money that is authorized
    REFUND = "refund"  # give back money that was taken


class OperationState(StrEnum):
    DUE = "due"  # the intent: written before the provider hears of it
    DONE = "done"
    FAILED = "failed"  # nobody asks any more; its money stays counted until a person has looked
    DROPPED = "dropped"  # a person knows that it was not done and will not be


class OperationEvent(StrEnum):
    CONFIRM = "confirm"
    GIVE_UP = "give_up"
    RETRY = "retry"
    DROP = "drop"


OPERATION_START: Final = OperationState.DUE

OPERATION_TRANSITIONS: Final[Mapping[tuple[OperationState, OperationEvent], OperationState]] = {
    (OperationState.DUE, OperationEvent.CONFIRM): OperationState.DONE,
    (OperationState.DUE, OperationEvent.GIVE_UP): OperationState.FAILED,
    # Only while the provider was never asked: nobody knows what became of the others.
    (OperationState.DUE, OperationEvent.DROP): OperationState.DROPPED,
    (OperationState.FAILED, OperationEvent.RETRY): OperationState.DUE,
    (OperationState.FAILED, OperationEvent.DROP): OperationState.DROPPED,
}


def next_operation_state(state: OperationState, event: OperationEvent) -> OperationState:
    """Return the state that follows, or raise `OperationTransitionRefused`."""
    following = OPERATION_TRANSITIONS.get((state, event))
    if following is None:
        raise OperationTransitionRefused(
            f"A capture or refund that is {state} cannot {event}.", state=state, event=event
        )
    return following
