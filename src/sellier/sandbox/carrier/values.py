"""The words of the simulated carrier. They belong to it, not to the shop."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sellier.sandbox.carrier.wire import Address


class State(StrEnum):
    LABELED = "labeled"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    FAILED_ATTEMPT = "failed_attempt"
    RETURNED = "returned"
    LOST = "lost"
    CANCELED = "canceled"


class Service(StrEnum):
    STANDARD = "standard"
    EXPRESS = "express"


class Move(StrEnum):
    """What a person at the carrier's desk can make happen to a shipment."""

    NEXT = "next"
    FAIL = "fail"
    LOSE = "lose"
    SEND_BACK = "send_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """Something that happened to a shipment; numbers begin at 1 and leave no gap."""

    number: int
    state: State
    at: datetime
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    id: str
    key: str
    number: str
    state: State
    service: Service
    weight_g: int
    reference: str
    sender: Address
    recipient: Address
    notice_url: str
    token: str
    created_at: datetime
    next_at: datetime | None
    scans: tuple[Scan, ...]
