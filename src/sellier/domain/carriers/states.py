"""Where a parcel is on its way, as a table."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class TrackingState(StrEnum):
    LABELED = "labeled"  # the carrier knows of it and does not have it yet
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    FAILED_ATTEMPT = "failed_attempt"  # nobody opened; the carrier comes again, or sends it back
    RETURNED = "returned"
    LOST = "lost"  # not the end: some are found
    CANCELED = "canceled"


class TrackingStep(StrEnum):
    PICK_UP = "pick_up"
    MOVE = "move"
    GO_OUT = "go_out"
    DELIVER = "deliver"
    MISS = "miss"
    SEND_BACK = "send_back"
    LOSE = "lose"
    CANCEL = "cancel"


START: Final = TrackingState.LABELED
FINAL: Final = frozenset({TrackingState.DELIVERED, TrackingState.RETURNED, TrackingState.CANCELED})

_ON_THE_WAY: Final = (
    TrackingState.PICKED_UP,
    TrackingState.IN_TRANSIT,
    TrackingState.OUT_FOR_DELIVERY,
    TrackingState.FAILED_ATTEMPT,
    TrackingState.LOST,
)

# Scans are missed and depots skipped, so whatever the carrier has may be heard of anywhere next.
TRANSITIONS: Final[Mapping[tuple[TrackingState, TrackingStep], TrackingState]] = {
    (TrackingState.LABELED, TrackingStep.PICK_UP): TrackingState.PICKED_UP,
    (TrackingState.LABELED, TrackingStep.CANCEL): TrackingState.CANCELED,
    **{
        (before, event): after
        for before in (TrackingState.LABELED, *_ON_THE_WAY)
        for event, after in (
            (TrackingStep.MOVE, TrackingState.IN_TRANSIT),
            (TrackingStep.GO_OUT, TrackingState.OUT_FOR_DELIVERY),
            (TrackingStep.DELIVER, TrackingState.DELIVERED),
            (TrackingStep.MISS, TrackingState.FAILED_ATTEMPT),
            (TrackingStep.SEND_BACK, TrackingState.RETURNED),
            (TrackingStep.LOSE, TrackingState.LOST),
        )
    },
}
