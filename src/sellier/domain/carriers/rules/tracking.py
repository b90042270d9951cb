"""What carriers tell of a parcel, put in order whatever order it came in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sellier.domain.carriers.states import START, TRANSITIONS, TrackingState, TrackingStep
from sellier.kernel.ids import ParcelId


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Someone who sends or receives, and where they are."""

    name: str
    lines: tuple[str, ...]
    postal_code: str
    city: str
    country: str
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A parcel to be labeled; the id is the key, so that asking twice makes one label."""

    parcel_id: ParcelId
    reference: str
    service: str
    origin: Party
    destination: Party
    weight_g: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingEvent:
    """Something that happened to a parcel. The carrier numbers them, from 1, in its own order."""

    number: int
    state: TrackingState
    at: datetime
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierParcel:
    """A parcel as the carrier tells it. `key` is our parcel id, if the carrier is honest."""

    id: str
    key: str
    tracking_number: str
    tracking_url: str
    events: tuple[TrackingEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A parcel that is somewhere else than we thought, and the latest that happened to it."""

    parcel_id: ParcelId
    tracking_number: str
    before: TrackingState | None  # None: the first we hear of it
    after: TrackingState
    event: TrackingEvent


_STEPS: Final[Mapping[TrackingState, TrackingStep]] = {
    TrackingState.PICKED_UP: TrackingStep.PICK_UP,
    TrackingState.IN_TRANSIT: TrackingStep.MOVE,
    TrackingState.OUT_FOR_DELIVERY: TrackingStep.GO_OUT,
    TrackingState.DELIVERED: TrackingStep.DELIVER,
    TrackingState.FAILED_ATTEMPT: TrackingStep.MISS,
    TrackingState.RETURNED: TrackingStep.SEND_BACK,
    TrackingState.LOST: TrackingStep.LOSE,
    TrackingState.CANCELED: TrackingStep.CANCEL,
}


def progress(
    before: Iterable[TrackingEvent], told: Iterable[TrackingEvent]
) -> Sequence[TrackingEvent]:
    """Return all that is known of a parcel, in the carrier's order.

    Notices come twice, late and in any order. An event is known by its number, and what was told
    of it first stands, so that neither a repeat nor a detour changes anything.
    """
    known: dict[int, TrackingEvent] = {}
    for event in (*before, *told):
        known.setdefault(event.number, event)
    return [known[number] for number in sorted(known)]


def where(events: Iterable[TrackingEvent]) -> TrackingState:
    """Return where a parcel is after these events, which are in order.

    What cannot follow is passed over: nothing moves a parcel that was delivered.
    """
    state = START
    for event in events:
        step = _STEPS.get(event.state)
        state = TRANSITIONS.get((state, step), state) if step is not None else state
    return state


def latest(events: Sequence[TrackingEvent], state: TrackingState) -> TrackingEvent:
    """Return the event that a parcel's state is due to: the last one that says it."""
    said = [event for event in events if event.state is state]
    return said[-1] if said else events[-1]
