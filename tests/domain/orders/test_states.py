from collections.abc import Mapping
from enum import StrEnum
from itertools import product

import pytest

from sellier.domain.orders import states as lines
from sellier.domain.orders.errors import TransitionRefused
from sellier.domain.orders.rules import OrderStatus, status
from sellier.domain.orders.states import (
    COUNTS,
    KEEPS,
    WORK,
    LineState,
    Work,
    WorkEvent,
    next_work,
)
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
def test_every_line_and_payment_state_can_be_reached(
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


def test_every_state_of_work_can_be_reached_and_every_pair_is_decided() -> None:
    reached = {Work.OFFERED, Work.SET_ASIDE, Work.UNSOURCED}
    for _ in Work:
        reached |= {after for (before, _), after in WORK.items() if before in reached}
    assert reached == set(Work)
    for state, event in product(Work, WorkEvent):
        if (state, event) in WORK:
            assert next_work(state, event) is WORK[state, event]
        else:
            with pytest.raises(TransitionRefused):
                next_work(state, event)


def test_units_are_kept_only_for_work_that_counts() -> None:
    assert KEEPS < COUNTS
    assert not COUNTS & {Work.WITHDRAWN, Work.CANCELED, Work.EXPIRED}


def test_a_canceled_line_stays_canceled() -> None:
    for event in lines.LineEvent:
        with pytest.raises(TransitionRefused):
            lines.next_state(LineState.CANCELED, event)


def test_an_order_always_has_one_status() -> None:
    for payment, first, second in product(PaymentState, LineState, LineState):
        assert status(payment, [first, second]) in OrderStatus
    assert status(PaymentState.REFUSED, [LineState.CANCELED]) is OrderStatus.CANCELED
    assert status(PaymentState.AUTHORIZED, [LineState.CONFIRMED]) is OrderStatus.CONFIRMED
