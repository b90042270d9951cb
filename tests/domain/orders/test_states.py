from collections.abc import Mapping
from enum import StrEnum
from itertools import product

import pytest

from sellier.domain.orders import states as lines
from sellier.domain.orders.errors import TransitionRefused
from sellier.domain.orders.rules import OrderStatus, status
from sellier.domain.orders.states import LineState
from sellier.domain.payments import states as payments
from sellier.domain.payments.errors import PaymentTransitionRefused
from sellier.domain.payments.states import OperationState, PaymentState


@pytest.mark.parametrize(
    ("states", "start", "table"),
    [
        (LineState, lines.START, lines.TRANSITIONS),
        (PaymentState, payments.START, payments.TRANSITIONS),
        (OperationState, payments.OPERATION_START, payments.OPERATION_TRANSITIONS),
    ],
)
def test_every_state_can_be_reached(
    states: type[StrEnum], start: StrEnum, table: Mapping[tuple[StrEnum, StrEnum], StrEnum]
) -> None:
    reached = {start}
    for _ in states:
        reached |= {after for (before, _), after in table.items() if before in reached}
    assert reached == set(states)


@pytest.mark.parametrize("final", [PaymentState.REFUSED, PaymentState.VOIDED])
def test_a_payment_that_is_over_stays_over(final: PaymentState) -> None:
    for event in payments.PaymentEvent:
        with pytest.raises(PaymentTransitionRefused):
            payments.next_state(final, event)


def test_a_canceled_line_stays_canceled() -> None:
    for event in lines.LineEvent:
        with pytest.raises(TransitionRefused):
            lines.next_state(LineState.CANCELED, event)


def test_an_order_always_has_one_status() -> None:
    for payment, first, second in product(PaymentState, LineState, LineState):
        assert status(payment, [first, second]) in OrderStatus
    assert status(PaymentState.REFUSED, [LineState.CANCELED]) is OrderStatus.CANCELED
    assert status(PaymentState.AUTHORIZED, [LineState.ALLOCATED]) is OrderStatus.CONFIRMED
