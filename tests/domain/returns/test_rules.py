from datetime import datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellier.domain.returns.errors import (
    NothingToReturn,
    ReturnTransitionRefused,
    ReturnUnitsAbsurd,
)
from sellier.domain.returns.rules import (
    WINDOW,
    Delivered,
    Finding,
    Ledger,
    Wish,
    check_findings,
    check_received,
    portions,
    settlement,
)
from sellier.domain.returns.states import (
    FREED,
    RETURN,
    START,
    Disposition,
    Look,
    Reason,
    ReturnEvent,
    ReturnState,
    next_state,
)
from sellier.kernel.ids import FulfillmentId, OrderLineId, ReturnLineId, Sku, new_id
from sellier.kernel.money import Money
from tests.conftest import NOON

LINE = OrderLineId(new_id())
BACK = ReturnLineId(new_id())


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def part(left: int, since: datetime = NOON) -> Delivered:
    return Delivered(
        line_id=LINE,
        fulfillment_id=FulfillmentId(new_id()),
        sku=Sku("ECLUSE-RED-U"),
        left=left,
        unit=eur(100),
        since=since,
    )


def wish(quantity: int) -> Wish:
    return Wish(line_id=LINE, quantity=quantity, reason=Reason.TOO_SMALL)


def test_every_state_can_be_reached_and_every_pair_is_decided() -> None:
    reached = {START}
    for _ in ReturnState:
        reached |= {after for (before, _), after in RETURN.items() if before in reached}
    assert reached == set(ReturnState)
    for state, event in product(ReturnState, ReturnEvent):
        if (state, event) in RETURN:
            assert next_state(state, event) is RETURN[state, event]
        else:
            with pytest.raises(ReturnTransitionRefused):
                next_state(state, event)


def test_what_is_over_stays_over() -> None:
    over = {*FREED, ReturnState.SETTLED, ReturnState.REFUSED}
    assert not over & {before for before, _ in RETURN}


@given(st.lists(st.integers(0, 4), min_size=1, max_size=6), st.integers(1, 20))
def test_units_are_taken_out_of_what_arrived_and_never_more(lefts: list[int], asked: int) -> None:
    parts = [part(left, NOON + timedelta(days=n)) for n, left in enumerate(lefts)]
    if asked > sum(lefts):
        with pytest.raises(NothingToReturn):
            portions([wish(asked)], parts)
        return
    chosen = portions([wish(asked)], parts)
    assert sum(one.quantity for one in chosen) == asked
    assert all(0 < one.quantity <= one.part.left for one in chosen)
    assert len({one.part.fulfillment_id for one in chosen}) == len(chosen)


@pytest.mark.parametrize("wishes", [[], [wish(0)], [wish(-1)], [wish(1), wish(1)], [wish(10**9)]])
def test_wishes_that_make_no_sense_are_refused(wishes: list[Wish]) -> None:
    with pytest.raises(ReturnUnitsAbsurd):
        portions(wishes, [part(5)])


def test_a_piece_may_come_back_until_the_thirtieth_day_is_over() -> None:
    one = part(1)
    assert one.is_in_time(NOON + WINDOW - timedelta(microseconds=1))
    assert not one.is_in_time(NOON + WINDOW)


@pytest.mark.parametrize("units", [{}, {BACK: 0}, {BACK: 3}, {BACK: -1}])
def test_a_reception_counts_what_was_announced(units: dict[ReturnLineId, int]) -> None:
    with pytest.raises(ReturnUnitsAbsurd):
        check_received(units, announced={BACK: 2})


@pytest.mark.parametrize(
    "found",
    [
        [],
        [Finding(quantity=1, look=Look.AS_NEW, disposition=Disposition.RESTOCK)],
        [Finding(quantity=3, look=Look.AS_NEW, disposition=Disposition.RESTOCK)],
        [Finding(quantity=2, look=Look.DAMAGED, disposition=Disposition.RESTOCK)],
        [Finding(quantity=2, look=Look.OTHER_PIECE, disposition=Disposition.DAMAGED)],
        [
            Finding(quantity=3, look=Look.AS_NEW, disposition=Disposition.RESTOCK),
            Finding(quantity=-1, look=Look.AS_NEW, disposition=Disposition.RESTOCK),
        ],
    ],
)
def test_an_inspection_tells_of_every_unit_once_and_makes_sense(found: list[Finding]) -> None:
    with pytest.raises(ReturnUnitsAbsurd):
        check_findings({BACK: found}, received={BACK: 2})


@given(
    prices=st.lists(st.tuples(st.integers(1, 5), st.integers(1, 10**7)), min_size=1, max_size=5),
    shipping=st.integers(0, 10_000),
    cuts=st.lists(st.booleans(), min_size=5, max_size=5),
)
def test_however_an_order_comes_back_all_of_it_is_paid_back_and_no_more(
    prices: list[tuple[int, int]], shipping: int, cuts: list[bool]
) -> None:
    """In any parts: the units at their prices, delivery with the last of them, once."""
    bought = sum(units for units, _ in prices)
    paid = sum(units * price for units, price in prices) + shipping
    returned, given_back, delivery = 0, 0, 0
    waiting: list[tuple[int, Money]] = []
    for n, (units, price) in enumerate(prices):
        waiting.append((units, eur(price)))
        if not cuts[n] and n < len(prices) - 1:
            continue
        ledger = Ledger(
            bought=bought,
            back=returned,
            shipping=eur(shipping),
            delivery_given_back=eur(delivery),
        )
        owed = settlement(waiting, is_in_time=True, ledger=ledger)
        returned += sum(one for one, _ in waiting)
        given_back += owed.total.minor
        delivery += owed.delivery.minor
        assert given_back <= paid
        assert (owed.delivery.minor == shipping) if returned == bought else not owed.delivery.minor
        waiting = []
    assert given_back == paid
