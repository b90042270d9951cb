"""The tables of transfers, counts and purchase orders, pair by pair."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import product

import pytest

from sellier.domain.stock.errors import PaperTransitionRefused
from sellier.domain.stock.states import (
    COUNT,
    COUNT_START,
    PURCHASE,
    PURCHASE_START,
    TRANSFER,
    TRANSFER_START,
    CountEvent,
    CountState,
    PurchaseEvent,
    PurchaseState,
    TransferEvent,
    TransferState,
    next_state,
)

Table = Mapping[tuple[StrEnum, StrEnum], StrEnum]
TABLES = [
    (TransferState, TransferEvent, TRANSFER_START, TRANSFER),
    (CountState, CountEvent, COUNT_START, COUNT),
    (PurchaseState, PurchaseEvent, PURCHASE_START, PURCHASE),
]
OVER = {
    TransferState.RECEIVED,
    TransferState.CANCELED,
    CountState.APPLIED,
    CountState.REJECTED,
    CountState.CANCELED,
    PurchaseState.RECEIVED,
    PurchaseState.CLOSED,
    PurchaseState.CANCELED,
}


@pytest.mark.parametrize(("states", "events", "start", "table"), TABLES)
def test_every_pair_leads_where_the_table_says_or_is_refused(
    states: type[StrEnum], events: type[StrEnum], start: StrEnum, table: Table
) -> None:
    assert start in states
    for state, event in product(states, events):
        if (state, event) in table:
            assert state not in OVER
            assert next_state(table, state, event) in states
        else:
            with pytest.raises(PaperTransitionRefused):
                next_state(table, state, event)


@pytest.mark.parametrize(("states", "events", "start", "table"), TABLES)
def test_every_state_can_be_reached_and_left_unless_it_is_over(
    states: type[StrEnum], events: type[StrEnum], start: StrEnum, table: Table
) -> None:
    reached = {start}
    for _ in states:
        reached |= {after for (before, _), after in table.items() if before in reached}
    assert reached == set(states)
    assert {event for _, event in table} == set(events)
    assert {before for before, _ in table} == set(states) - OVER
