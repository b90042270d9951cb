"""The life of a payment, as a table."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sellier.domain.payments.errors import PaymentTransitionRefused


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
