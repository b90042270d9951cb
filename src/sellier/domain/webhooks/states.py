"""The lives of an endpoint and of a delivery, as tables."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sellier.domain.webhooks.errors import DeliveryTransitionRefused


class EndpointState(StrEnum):
    ACTIVE = "active"
    OFF = "off"  # by hand; what waits goes on when it is switched on again
    FAILING = "failing"  # nothing arrived for days
    GONE = "gone"  # it answered 410: it wants nothing more


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    PARKED = "parked"  # every try failed; it can be sent again by hand


class DeliveryEvent(StrEnum):
    ARRIVE = "arrive"
    GIVE_UP = "give_up"
    RESEND = "resend"


START: Final = DeliveryState.WAITING

TRANSITIONS: Final[Mapping[tuple[DeliveryState, DeliveryEvent], DeliveryState]] = {
    (DeliveryState.WAITING, DeliveryEvent.ARRIVE): DeliveryState.DELIVERED,
    (DeliveryState.WAITING, DeliveryEvent.GIVE_UP): DeliveryState.PARKED,
    (DeliveryState.DELIVERED, DeliveryEvent.RESEND): DeliveryState.WAITING,
    (DeliveryState.PARKED, DeliveryEvent.RESEND): DeliveryState.WAITING,
}


def next_state(state: DeliveryState, event: DeliveryEvent) -> DeliveryState:
    """Return the state that follows, or raise `DeliveryTransitionRefused`."""
    following = TRANSITIONS.get((state, event))
    if following is None:
        raise DeliveryTransitionRefused(
            f"A delivery that is {state} cannot {event}. Wait until it ended.",
            state=state,
            event=event,
        )
    return following
