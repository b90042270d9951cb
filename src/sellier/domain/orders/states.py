"""The life of an order line, as a table. An order's own status is derived from its lines."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sellier.domain.orders.errors import TransitionRefused


class LineState(StrEnum):
    PENDING = "pending"  # stock is reserved, payment is awaited
    ALLOCATED = "allocated"  # paid, and units are committed at a location
    CANCELED = "canceled"


class LineEvent(StrEnum):
    ALLOCATE = "allocate"
    CANCEL = "cancel"


START: Final = LineState.PENDING

TRANSITIONS: Final[Mapping[tuple[LineState, LineEvent], LineState]] = {
    (LineState.PENDING, LineEvent.ALLOCATE): LineState.ALLOCATED,
    (LineState.PENDING, LineEvent.CANCEL): LineState.CANCELED,
    (LineState.ALLOCATED, LineEvent.CANCEL): LineState.CANCELED,
}


def next_state(state: LineState, event: LineEvent) -> LineState:
    """Return the state that follows, or raise `TransitionRefused`."""
    following = TRANSITIONS.get((state, event))
    if following is None:
        raise TransitionRefused(f"A line that is {state} cannot {event}.", state=state, event=event)
    return following
