"""The closed list of events that others may hear of, and how each is said: CloudEvents 1.0.

A payload only grows: a member is never taken away or changed within a version.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sellier.kernel.ids import public_id

TEST: Final = "webhook.test"


class Kind(StrEnum):
    """What a member of a payload is."""

    ORDER = "order"
    PAYMENT = "payment"
    FULFILLMENT = "fulfillment"
    PARCEL = "parcel"
    RETURN = "return"
    SKUS = "skus"
    MONEY = "money"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of a payload: its name outside, and where our own event has it."""

    name: str
    key: str
    kind: Kind
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicEvent:
    """An event that others may hear of."""

    name: str  # as the outbox has it
    title: str
    says: str
    members: Sequence[Member]
    subject: Member | None = None  # what it is about, told in turn; None where turns do not matter
    version: int = 1

    @property
    def type(self) -> str:
        return f"sellier.{self.name}.v{self.version}"


_ORDER: Final = Member(name="order", key="order_id", kind=Kind.ORDER, says="The order's id.")
_PAYMENT: Final = Member(
    name="payment", key="payment_id", kind=Kind.PAYMENT, says="The payment's id."
)
_AMOUNT: Final = Member(
    name="amount", key="amount_minor", kind=Kind.MONEY, says="Whole minor units and currency."
)


_FULFILLMENT: Final = Member(
    name="fulfillment",
    key="fulfillment_id",
    kind=Kind.FULFILLMENT,
    says="The id of one location's work for the order.",
)
_PARCEL: Final = Member(name="parcel", key="parcel_id", kind=Kind.PARCEL, says="The parcel's id.")
_RETURN: Final = Member(name="return", key="return_id", kind=Kind.RETURN, says="The return's id.")


def _of_order(name: str, title: str, says: str) -> PublicEvent:
    return PublicEvent(name=name, title=title, says=says, members=(_ORDER,), subject=_ORDER)


def _of_money(name: str, title: str, says: str) -> PublicEvent:
    return PublicEvent(
        name=name, title=title, says=says, members=(_ORDER, _PAYMENT, _AMOUNT), subject=_ORDER
    )


def _of_return(name: str, title: str, says: str) -> PublicEvent:
    return PublicEvent(name=name, title=title, says=says, members=(_ORDER, _RETURN), subject=_ORDER)


EVENTS: Final[Mapping[str, PublicEvent]] = {
    event.name: event
    for event in (
        _of_order(
            "order.placed",
            "An order is placed",
            "An order is written down; its payment is not decided yet.",
        ),
        _of_order(
            "order.paid", "An order is paid", "The money is authorized and the units are committed."
        ),
        _of_order(
            "order.canceled", "An order is canceled", "Nothing of this order will be delivered."
        ),
        _of_money(
            "payment.captured",
            "Money was taken",
            "Money of an order was taken, in whole or in part.",
        ),
        _of_money(
            "payment.refunded",
            "Money was given back",
            "Money of an order was given back, in whole or in part.",
        ),
        _of_order(
            "order.units_canceled",
            "Pieces of an order are canceled",
            "Some units of a paid order will not be delivered.",
        ),
        PublicEvent(
            name="fulfillment.advanced",
            title="Work on an order goes on",
            says="The work of a location for an order is in another state.",
            members=(
                _ORDER,
                _FULFILLMENT,
                Member(name="state", key="state", kind=Kind.TEXT, says="What it is in now."),
            ),
            subject=_ORDER,
        ),
        PublicEvent(
            name="parcel.moved",
            title="A parcel moved",
            says="A carrier told where a parcel is.",
            members=(
                _PARCEL,
                Member(
                    name="tracking_number",
                    key="tracking_number",
                    kind=Kind.TEXT,
                    says="The carrier's number.",
                ),
                Member(name="state", key="after", kind=Kind.TEXT, says="What it is in now."),
            ),
            subject=_PARCEL,
        ),
        _of_return(
            "return.announced", "A return is announced", "Pieces of an order are to come back."
        ),
        _of_return("return.received", "A return came", "Pieces came back and were counted."),
        _of_return(
            "return.settled",
            "A return is settled",
            "Pieces were taken back, and their money is to be given back.",
        ),
        _of_return("return.refused", "A return is refused", "None of its pieces was taken back."),
        _of_return(
            "return.canceled", "A return is canceled", "The pieces will not come, as somebody said."
        ),
        _of_return(
            "exchange.released",
            "An exchange goes out",
            "What came back is good: what the customer chose instead is being prepared.",
        ),
        _of_return(
            "exchange.ended",
            "An exchange has ended",
            "What was set aside instead of pieces of a return is free again.",
        ),
        _of_return("return.lapsed", "A return lapsed", "The pieces never came."),
        PublicEvent(
            name="stock.positions_changed",
            title="Stock moved",
            says="Units of these SKUs came, went or were promised: read anew what is available.",
            members=(Member(name="skus", key="skus", kind=Kind.SKUS, says="500 at most."),),
        ),
        PublicEvent(
            name=TEST,
            title="A test",
            says="Somebody wants to see a message arrive: for one endpoint, on demand.",
            members=(Member(name="message", key="message", kind=Kind.TEXT, says="A kind word."),),
        ),
    )
}

# Those that an endpoint chooses from.
CHOICES: Final[Sequence[PublicEvent]] = [event for event in EVENTS.values() if event.name != TEST]

_PREFIXES: Final = {
    Kind.ORDER: "ord",
    Kind.PAYMENT: "pay",
    Kind.FULFILLMENT: "ful",
    Kind.PARCEL: "par",
    Kind.RETURN: "ret",
}


def envelope(
    event: PublicEvent,
    payload: Mapping[str, Any],
    *,
    message_id: str,
    source: str,
    sequence: int,
) -> dict[str, object]:
    """Say an event of ours as others read it.

    Raises KeyError and ValueError for a payload that is not as the event is described.
    """
    said: dict[str, object] = {
        "specversion": "1.0",
        "id": message_id,
        "source": source,
        "type": event.type,
        "time": _instant(payload["happened_at"]),
        "datacontenttype": "application/json",
    }
    if subject := subject_of(event, payload):
        said["subject"] = subject
    # An extension of CloudEvents: of two about one subject, the higher one came later.
    said["sequence"] = f"{sequence:020d}"
    said["data"] = {member.name: _value(member, payload) for member in event.members}
    return said


def subject_of(event: PublicEvent, payload: Mapping[str, Any]) -> str | None:
    """Return what an event is about, or None when it is about nothing in particular."""
    return None if event.subject is None else str(_value(event.subject, payload))


def _value(member: Member, payload: Mapping[str, Any]) -> object:
    value = payload[member.key]
    match member.kind:
        case Kind.ORDER | Kind.PAYMENT | Kind.FULFILLMENT | Kind.PARCEL | Kind.RETURN:
            return public_id(_PREFIXES[member.kind], UUID(value))
        case Kind.MONEY:
            return {"minor": int(value), "currency": str(payload["currency"])}
        case Kind.SKUS:
            return [str(sku) for sku in value]
        case Kind.TEXT:
            return str(value)


def _instant(text: str) -> str:
    """Write an instant of the outbox as RFC 3339 does."""
    return text.replace(" ", "T", 1)


_EXAMPLE: Final[Mapping[str, object]] = {
    "happened_at": "2026-03-02 12:00:00+00:00",
    "order_id": "0198c0de-0000-7000-8000-000000000001",
    "payment_id": "0198c0de-0000-7000-8000-000000000002",
    "fulfillment_id": "0198c0de-0000-7000-8000-000000000003",
    "parcel_id": "0198c0de-0000-7000-8000-000000000004",
    "return_id": "0198c0de-0000-7000-8000-000000000005",
    "state": "packed",
    "after": "delivered",
    "tracking_number": "SB0000004217",
    "amount_minor": 185000,
    "currency": "EUR",
    "skus": ["ECLUSE-RED-U", "LINON-BLUE-38"],
    "message": "Everything is stitched up well.",
}


def example(event: PublicEvent) -> dict[str, object]:
    """Return an event as the guide shows it."""
    message_id = "msg_agmmbxqaabyabaaaaaaaaaaaam"
    source = "https://shop.example"
    return envelope(event, _EXAMPLE, message_id=message_id, source=source, sequence=4217)
