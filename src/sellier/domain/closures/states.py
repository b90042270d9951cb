"""The lives of a closure, of a unit that was planned anew, and of a customer's choice."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sellier.domain.closures.errors import TransitionRefused


class ClosureState(StrEnum):
    SCHEDULED = "scheduled"
    CLOSING = "closing"  # it takes no work; what it had is found other places
    CLOSED = "closed"  # nothing there waits for anybody
    REOPENED = "reopened"
    CANCELED = "canceled"  # before it began


class ClosureEvent(StrEnum):
    SCHEDULE = "schedule"
    BEGIN = "begin"
    FINISH = "finish"
    REOPEN = "reopen"
    CANCEL = "cancel"


TRANSITIONS: Final[Mapping[tuple[ClosureState, ClosureEvent], ClosureState]] = {
    (ClosureState.SCHEDULED, ClosureEvent.BEGIN): ClosureState.CLOSING,
    (ClosureState.SCHEDULED, ClosureEvent.CANCEL): ClosureState.CANCELED,
    (ClosureState.CLOSING, ClosureEvent.FINISH): ClosureState.CLOSED,
    (ClosureState.CLOSING, ClosureEvent.REOPEN): ClosureState.REOPENED,
    (ClosureState.CLOSED, ClosureEvent.REOPEN): ClosureState.REOPENED,
}

IN_FORCE: Final = (ClosureState.CLOSING, ClosureState.CLOSED)
NOT_OVER: Final = (ClosureState.SCHEDULED, *IN_FORCE)


def next_state(state: ClosureState, event: ClosureEvent) -> ClosureState:
    """Return the state that follows, or raise `TransitionRefused`."""
    following = TRANSITIONS.get((state, event))
    if following is None:
        raise TransitionRefused(
            f"A closure that is {state} cannot {event}. Look again: somebody was quicker.",
            state=state,
            event=event,
        )
    return following


class MoveState(StrEnum):
    """What became of units that were planned anew."""

    PLANNED = "planned"
    MOVED = "moved"  # they come from where the plan says
    WAITS = "waits"  # nobody had them; they are sourced as soon as somebody does
    FOUND = "found"  # they waited, and have a place since: read from their order, never written
    GONE = "gone"  # they had left, or were canceled, before the plan was carried out


class Choice(StrEnum):
    """What a customer may want of a pickup whose boutique closes."""

    LATER = "later"
    ELSEWHERE = "elsewhere"
    SHIPPED = "shipped"
    REFUNDED = "refunded"


class ChoiceState(StrEnum):
    OPEN = "open"
    MADE = "made"
    LAPSED = "lapsed"  # there is nothing left to choose about: it was collected, canceled, reopened
