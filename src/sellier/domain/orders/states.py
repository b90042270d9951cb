"""The lives of an order line and of a fulfillment, as tables. An order's status is derived."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sellier.domain.orders.errors import TransitionRefused


class LineState(StrEnum):
    PENDING = "pending"  # stock is reserved, payment is awaited
    SET_ASIDE = "set_aside"  # goes out for a piece that has still to come back
    CONFIRMED = "confirmed"  # paid for: its units are the business of fulfillments
    LAPSED = "lapsed"  # never paid for
    CANCELED = "canceled"  # every unit was canceled after it was paid for


class LineEvent(StrEnum):
    SET_ASIDE = "set_aside"
    CONFIRM = "confirm"
    LAPSE = "lapse"
    CANCEL = "cancel"


START: Final = LineState.PENDING
PAID: Final = (LineState.CONFIRMED, LineState.CANCELED)  # now or once

TRANSITIONS: Final[Mapping[tuple[LineState, LineEvent], LineState]] = {
    (LineState.PENDING, LineEvent.CONFIRM): LineState.CONFIRMED,
    (LineState.PENDING, LineEvent.LAPSE): LineState.LAPSED,
    (LineState.CONFIRMED, LineEvent.CANCEL): LineState.CANCELED,
    (LineState.PENDING, LineEvent.SET_ASIDE): LineState.SET_ASIDE,
    (LineState.SET_ASIDE, LineEvent.CONFIRM): LineState.CONFIRMED,
    (LineState.SET_ASIDE, LineEvent.CANCEL): LineState.CANCELED,
}


def next_state(state: LineState, event: LineEvent) -> LineState:
    """Return the state that follows, or raise `TransitionRefused`."""
    following = TRANSITIONS.get((state, event))
    if following is None:
        raise TransitionRefused(f"A line that is {state} cannot {event}.", state=state, event=event)
    return following


class Work(StrEnum):
    """Where the work of one location for one order is."""

    UNSOURCED = "unsourced"  # no location has the units; they wait for stock or for a person
    SET_ASIDE = "set_aside"  # kept there until the piece that it replaces has come back
    OFFERED = "offered"
    ACCEPTED = "accepted"
    PICKED = "picked"
    PACKED = "packed"
    READY = "ready"  # waits in the boutique for the customer
    HANDED_OVER = "handed_over"  # the carrier has it
    DELIVERED = "delivered"
    COLLECTED = "collected"
    EXPIRED = "expired"  # nobody came for it
    LOST = "lost"  # by the carrier
    WITHDRAWN = "withdrawn"  # the units went on to another fulfillment
    CANCELED = "canceled"


class WorkEvent(StrEnum):
    OPEN = "open"
    OFFER = "offer"  # what was set aside may go out
    ACCEPT = "accept"
    PICK = "pick"
    PACK = "pack"
    MAKE_READY = "make_ready"
    HAND_OVER = "hand_over"
    DELIVER = "deliver"
    COLLECT = "collect"
    EXPIRE = "expire"
    LOSE = "lose"
    WITHDRAW = "withdraw"
    CANCEL = "cancel"


WORK: Final[Mapping[tuple[Work, WorkEvent], Work]] = {
    (Work.UNSOURCED, WorkEvent.WITHDRAW): Work.WITHDRAWN,
    (Work.UNSOURCED, WorkEvent.CANCEL): Work.CANCELED,
    (Work.SET_ASIDE, WorkEvent.OFFER): Work.OFFERED,
    (Work.SET_ASIDE, WorkEvent.WITHDRAW): Work.WITHDRAWN,
    (Work.SET_ASIDE, WorkEvent.CANCEL): Work.CANCELED,
    (Work.OFFERED, WorkEvent.ACCEPT): Work.ACCEPTED,
    (Work.OFFERED, WorkEvent.COLLECT): Work.COLLECTED,  # carried out of the boutique at once
    (Work.OFFERED, WorkEvent.WITHDRAW): Work.WITHDRAWN,
    (Work.OFFERED, WorkEvent.CANCEL): Work.CANCELED,
    (Work.ACCEPTED, WorkEvent.PICK): Work.PICKED,
    (Work.ACCEPTED, WorkEvent.WITHDRAW): Work.WITHDRAWN,
    (Work.ACCEPTED, WorkEvent.CANCEL): Work.CANCELED,
    (Work.PICKED, WorkEvent.PACK): Work.PACKED,
    (Work.PICKED, WorkEvent.MAKE_READY): Work.READY,
    (Work.PICKED, WorkEvent.WITHDRAW): Work.WITHDRAWN,
    (Work.PICKED, WorkEvent.CANCEL): Work.CANCELED,
    (Work.PACKED, WorkEvent.HAND_OVER): Work.HANDED_OVER,
    (Work.PACKED, WorkEvent.WITHDRAW): Work.WITHDRAWN,
    (Work.PACKED, WorkEvent.CANCEL): Work.CANCELED,
    (Work.READY, WorkEvent.COLLECT): Work.COLLECTED,
    (Work.READY, WorkEvent.EXPIRE): Work.EXPIRED,
    (Work.READY, WorkEvent.WITHDRAW): Work.WITHDRAWN,
    (Work.READY, WorkEvent.CANCEL): Work.CANCELED,
    (Work.HANDED_OVER, WorkEvent.DELIVER): Work.DELIVERED,
    (Work.HANDED_OVER, WorkEvent.LOSE): Work.LOST,
    (Work.LOST, WorkEvent.DELIVER): Work.DELIVERED,  # some are found
}

# Units of these are allocated at the location.
KEEPS: Final = frozenset(
    {Work.SET_ASIDE, Work.OFFERED, Work.ACCEPTED, Work.PICKED, Work.PACKED, Work.READY}
)
# Units of these are still the customer's to get, or got.
COUNTS: Final = KEEPS | {
    Work.UNSOURCED,
    Work.HANDED_OVER,
    Work.DELIVERED,
    Work.COLLECTED,
    Work.LOST,
}
# Somebody at the location has something to do.
TO_DO: Final = frozenset({Work.OFFERED, Work.ACCEPTED, Work.PICKED, Work.PACKED})
# A customer may still change their mind.
NOT_PICKED: Final = frozenset({Work.UNSOURCED, Work.SET_ASIDE, Work.OFFERED, Work.ACCEPTED})

# The order desk may send it from elsewhere: it has not left, and no customer was told to come.
MOVABLE: Final = TO_DO | {Work.UNSOURCED, Work.SET_ASIDE}
# It can be kept from leaving.
HOLDABLE: Final = MOVABLE | {Work.READY}


class Change(StrEnum):
    """What the order desk changed of an order itself."""

    SIZE = "size"
    ADDRESS = "address"
    LETTER = "letter"  # asked for once more


def next_work(state: Work, event: WorkEvent) -> Work:
    """Return the state of the work that follows, or raise `TransitionRefused`."""
    following = WORK.get((state, event))
    if following is None:
        raise TransitionRefused(
            f"Work that is {state.replace('_', ' ')} cannot {event.replace('_', ' ')}.",
            state=state,
            event=event,
        )
    return following


class Cause(StrEnum):
    """Why units left a fulfillment undelivered."""

    NOT_FOUND = "not_found"
    MISMATCH = "mismatch"
    DAMAGED = "damaged"
    WORN_DISPLAY = "worn_display"
    TOO_BUSY = "too_busy"
    TIMED_OUT = "timed_out"
    CLOSED = "closed"  # the location
    MOVED = "moved"  # the order desk chose another location
    SOURCED = "sourced"  # units that waited found a location
    AMENDED = "amended"  # the customer takes another size
    CUSTOMER = "customer"
    UNPAID = "unpaid"  # the money went away
    UNCOLLECTED = "uncollected"
    NOT_RETURNED = "not_returned"  # the piece that it was to replace stays with the customer
    SOLD_OUT = "sold_out"  # no location has it any more


class ParcelState(StrEnum):
    """Whether a carrier has said that it will come for a parcel."""

    ASKED = "asked"
    LABELED = "labeled"
    REFUSED = "refused"  # the carrier will not; another parcel asks again
    CANCELED = "canceled"  # its work ended before the carrier came


class ParcelEvent(StrEnum):
    LABEL = "label"
    REFUSE = "refuse"
    CANCEL = "cancel"


PARCEL_START: Final = ParcelState.ASKED
PARCELS: Final[Mapping[tuple[ParcelState, ParcelEvent], ParcelState]] = {
    (ParcelState.ASKED, ParcelEvent.LABEL): ParcelState.LABELED,
    (ParcelState.ASKED, ParcelEvent.REFUSE): ParcelState.REFUSED,
    (ParcelState.ASKED, ParcelEvent.CANCEL): ParcelState.CANCELED,
    (ParcelState.LABELED, ParcelEvent.CANCEL): ParcelState.CANCELED,
}


def next_parcel(state: ParcelState, event: ParcelEvent) -> ParcelState:
    """Return the state of the parcel that follows, or raise `TransitionRefused`."""
    following = PARCELS.get((state, event))
    if following is None:
        raise TransitionRefused(
            f"A parcel that is {state} cannot {event}.", state=state, event=event
        )
    return following


# What whoever prepares an order may say against it.
REJECTIONS: Final = (
    Cause.NOT_FOUND,
    Cause.MISMATCH,
    Cause.DAMAGED,
    Cause.WORN_DISPLAY,
    Cause.TOO_BUSY,
)
