"""The life of a return as a table, and the closed words of what is said about one."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sellier.domain.returns.errors import ReturnTransitionRefused
from sellier.domain.stock.states import Condition


class ReturnState(StrEnum):
    ANNOUNCED = "announced"
    ON_THE_WAY = "on_the_way"  # a carrier has it
    RECEIVED = "received"  # counted at a location; nobody has looked at it closely
    INSPECTED = "inspected"  # its units are in stock, the money is owed
    SETTLED = "settled"
    REFUSED = "refused"  # every unit goes back to the customer
    CANCELED = "canceled"
    LAPSED = "lapsed"  # it never came


class ReturnEvent(StrEnum):
    ANNOUNCE = "announce"
    SEND = "send"
    RECEIVE = "receive"
    INSPECT = "inspect"
    REFUSE = "refuse"
    SETTLE = "settle"
    WRITE_OFF = "write_off"  # the carrier lost it: owed all the same
    CANCEL = "cancel"
    LAPSE = "lapse"


START: Final = ReturnState.ANNOUNCED
RETURN: Final[Mapping[tuple[ReturnState, ReturnEvent], ReturnState]] = {
    (ReturnState.ANNOUNCED, ReturnEvent.SEND): ReturnState.ON_THE_WAY,
    (ReturnState.ANNOUNCED, ReturnEvent.RECEIVE): ReturnState.RECEIVED,
    (ReturnState.ANNOUNCED, ReturnEvent.WRITE_OFF): ReturnState.SETTLED,
    (ReturnState.ANNOUNCED, ReturnEvent.CANCEL): ReturnState.CANCELED,
    (ReturnState.ANNOUNCED, ReturnEvent.LAPSE): ReturnState.LAPSED,
    (ReturnState.ON_THE_WAY, ReturnEvent.RECEIVE): ReturnState.RECEIVED,
    (ReturnState.ON_THE_WAY, ReturnEvent.WRITE_OFF): ReturnState.SETTLED,
    (ReturnState.RECEIVED, ReturnEvent.INSPECT): ReturnState.INSPECTED,
    (ReturnState.RECEIVED, ReturnEvent.REFUSE): ReturnState.REFUSED,
    (ReturnState.INSPECTED, ReturnEvent.SETTLE): ReturnState.SETTLED,
}

# Units of these may be returned again: they never came back.
FREED: Final = frozenset({ReturnState.CANCELED, ReturnState.LAPSED})


def next_state(state: ReturnState, event: ReturnEvent) -> ReturnState:
    """Return the state that follows, or raise `ReturnTransitionRefused`."""
    following = RETURN.get((state, event))
    if following is None:
        raise ReturnTransitionRefused(
            f"A return that is {state.replace('_', ' ')} cannot {event.replace('_', ' ')}. "
            "Look again: somebody may have been quicker.",
            state=state,
            event=event,
        )
    return following


class ReturnWay(StrEnum):
    """How units come back."""

    POST = "post"
    BOUTIQUE = "boutique"
    CARRIER = "carrier"  # it could not deliver the parcel, or lost it


class Reason(StrEnum):
    """Why units come back."""

    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    NOT_AS_SHOWN = "not_as_shown"
    DAMAGED = "damaged"
    WRONG_PIECE = "wrong_piece"
    CHANGED_MIND = "changed_mind"
    LATE = "late"
    GIFT = "gift"
    OTHER = "other"
    UNDELIVERED = "undelivered"
    LOST = "lost"


# What a customer chooses from; the others are a carrier's doing.
REASONS: Final = tuple(
    reason for reason in Reason if reason not in {Reason.UNDELIVERED, Reason.LOST}
)


class Look(StrEnum):
    """What an inspection found a unit to be like."""

    AS_NEW = "as_new"
    WORN = "worn"
    DAMAGED = "damaged"
    INCOMPLETE = "incomplete"
    OTHER_PIECE = "other_piece"  # not what was sent


class Disposition(StrEnum):
    """What is done with a unit that came back."""

    RESTOCK = "restock"
    DISPLAY = "display"
    DAMAGED = "damaged"
    QUALITY_HOLD = "quality_hold"
    REFUSE = "refuse"  # it goes back to the customer, and no money does


INTO: Final[Mapping[Disposition, Condition]] = {
    Disposition.RESTOCK: Condition.SELLABLE,
    Disposition.DISPLAY: Condition.DISPLAY,
    Disposition.DAMAGED: Condition.DAMAGED,
    Disposition.QUALITY_HOLD: Condition.QUALITY_HOLD,
}
