"""The closed words of stock: why units move, what they are good for, how they are kept.

Transfers, counts and purchase orders are papers that people fill in; the life of each is a table.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

from sellier.domain.stock.errors import PaperTransitionRefused


class Cause(StrEnum):
    """Why units came, went, or changed their condition."""

    RECEIPT = "receipt"
    SALE = "sale"
    RETURN = "return"
    COUNT = "count"
    ADJUSTMENT = "adjustment"
    INSPECTION = "inspection"  # they stay where they are, in another condition
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"


class Condition(StrEnum):
    """What units on hand are good for. Only sellable ones are promised to anybody."""

    SELLABLE = "sellable"
    DISPLAY = "display"  # in the window: sold by hand, never promised
    DAMAGED = "damaged"
    QUALITY_HOLD = "quality_hold"  # kept back until somebody has looked at them


class ReservationState(StrEnum):
    OPEN = "open"
    COMMITTED = "committed"  # became an allocation
    RELEASED = "released"
    EXPIRED = "expired"


class TransferState(StrEnum):
    DRAFT = "draft"
    REQUESTED = "requested"
    SENT = "sent"  # its units are in transit
    PARTLY_RECEIVED = "partly_received"
    RECEIVED = "received"
    CANCELED = "canceled"


class TransferEvent(StrEnum):
    AMEND = "amend"
    REQUEST = "request"
    SEND = "send"
    RECEIVE_SOME = "receive_some"
    RECEIVE_ALL = "receive_all"
    CLOSE = "close"  # what did not arrive is lost
    REDIRECT = "redirect"  # it goes to another place
    CANCEL = "cancel"


class CountState(StrEnum):
    OPEN = "open"
    WAITING = "waiting"  # somebody has to look at what differs
    APPLIED = "applied"
    REJECTED = "rejected"
    CANCELED = "canceled"


class CountEvent(StrEnum):
    TALLY = "tally"  # what was found is written down
    APPLY = "apply"  # it is as it should be, nearly
    ASK = "ask"  # it is not
    APPROVE = "approve"
    RECOUNT = "recount"
    REJECT = "reject"
    CANCEL = "cancel"


class PurchaseState(StrEnum):
    OPEN = "open"
    PARTLY_RECEIVED = "partly_received"
    RECEIVED = "received"
    CLOSED = "closed"  # the rest does not come
    CANCELED = "canceled"


class PurchaseEvent(StrEnum):
    AMEND = "amend"  # the supplier says otherwise
    RECEIVE_SOME = "receive_some"
    RECEIVE_ALL = "receive_all"
    CLOSE = "close"
    CANCEL = "cancel"


TRANSFER_START: Final = TransferState.DRAFT
TRANSFER: Final[Mapping[tuple[TransferState, TransferEvent], TransferState]] = {
    (TransferState.DRAFT, TransferEvent.AMEND): TransferState.DRAFT,
    (TransferState.DRAFT, TransferEvent.REQUEST): TransferState.REQUESTED,
    (TransferState.DRAFT, TransferEvent.CANCEL): TransferState.CANCELED,
    (TransferState.REQUESTED, TransferEvent.SEND): TransferState.SENT,
    (TransferState.REQUESTED, TransferEvent.CANCEL): TransferState.CANCELED,
    (TransferState.SENT, TransferEvent.RECEIVE_SOME): TransferState.PARTLY_RECEIVED,
    (TransferState.SENT, TransferEvent.RECEIVE_ALL): TransferState.RECEIVED,
    (TransferState.SENT, TransferEvent.CLOSE): TransferState.RECEIVED,
    (TransferState.SENT, TransferEvent.REDIRECT): TransferState.SENT,
    (TransferState.PARTLY_RECEIVED, TransferEvent.RECEIVE_SOME): TransferState.PARTLY_RECEIVED,
    (TransferState.PARTLY_RECEIVED, TransferEvent.RECEIVE_ALL): TransferState.RECEIVED,
    (TransferState.PARTLY_RECEIVED, TransferEvent.CLOSE): TransferState.RECEIVED,
    (TransferState.PARTLY_RECEIVED, TransferEvent.REDIRECT): TransferState.PARTLY_RECEIVED,
}

COUNT_START: Final = CountState.OPEN
COUNT: Final[Mapping[tuple[CountState, CountEvent], CountState]] = {
    (CountState.OPEN, CountEvent.TALLY): CountState.OPEN,
    (CountState.OPEN, CountEvent.APPLY): CountState.APPLIED,
    (CountState.OPEN, CountEvent.ASK): CountState.WAITING,
    (CountState.OPEN, CountEvent.CANCEL): CountState.CANCELED,
    (CountState.WAITING, CountEvent.APPROVE): CountState.APPLIED,
    (CountState.WAITING, CountEvent.RECOUNT): CountState.OPEN,
    (CountState.WAITING, CountEvent.REJECT): CountState.REJECTED,
}

PURCHASE_START: Final = PurchaseState.OPEN
PURCHASE: Final[Mapping[tuple[PurchaseState, PurchaseEvent], PurchaseState]] = {
    (PurchaseState.OPEN, PurchaseEvent.AMEND): PurchaseState.OPEN,
    (PurchaseState.OPEN, PurchaseEvent.RECEIVE_SOME): PurchaseState.PARTLY_RECEIVED,
    (PurchaseState.OPEN, PurchaseEvent.RECEIVE_ALL): PurchaseState.RECEIVED,
    (PurchaseState.OPEN, PurchaseEvent.CANCEL): PurchaseState.CANCELED,
    (PurchaseState.PARTLY_RECEIVED, PurchaseEvent.AMEND): PurchaseState.PARTLY_RECEIVED,
    (PurchaseState.PARTLY_RECEIVED, PurchaseEvent.RECEIVE_SOME): PurchaseState.PARTLY_RECEIVED,
    (PurchaseState.PARTLY_RECEIVED, PurchaseEvent.RECEIVE_ALL): PurchaseState.RECEIVED,
    (PurchaseState.PARTLY_RECEIVED, PurchaseEvent.CLOSE): PurchaseState.CLOSED,
}

State = TypeVar("State", bound=StrEnum)
Happening = TypeVar("Happening", bound=StrEnum)


def next_state(
    table: Mapping[tuple[State, Happening], State], state: State, event: Happening
) -> State:
    """Return the state that follows, or raise `PaperTransitionRefused`."""
    following = table.get((state, event))
    if following is None:
        raise PaperTransitionRefused(
            f"What is {state} cannot {event}. Look again: somebody may have been quicker.",
            state=state,
            event=event,
        )
    return following
