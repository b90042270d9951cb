"""What the API tells of an order."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from sellier.surfaces.api.answers import Count, MoneyAnswer, PaymentAnswer


class OrderLineAnswer(Struct, frozen=True, kw_only=True):
    """A line as it was ordered."""

    id: str
    sku: str
    brand: str
    title: str
    color: str | None
    size: str | None
    quantity: Annotated[int, Meta(ge=1)]
    unit: MoneyAnswer
    total: MoneyAnswer
    state: Annotated[str, Meta(description="pending, confirmed, lapsed, canceled or set_aside.")]
    replaces: Annotated[
        str | None,
        Meta(
            description="Id of the line whose units come back for these, which pay for them: the "
            "order's amounts do not count them."
        ),
    ]


class AddressAnswer(Struct, frozen=True, kw_only=True):
    name: str
    line1: str
    line2: str | None
    postal_code: str
    city: str
    region: str | None
    country: str
    phone: str | None


class FulfillmentAnswer(Struct, frozen=True, kw_only=True):
    """The work of a place for the order; what waits for a place has none."""

    location: str | None
    name: str | None
    city: str | None
    way: Annotated[str, Meta(description="ship, collect or carry.")]
    state: Annotated[
        str,
        Meta(
            description="unsourced, offered, accepted, picked, packed, ready, handed_over, "
            "delivered, collected, expired, lost, withdrawn or canceled."
        ),
    ]
    units: Count


class OrderAnswer(Struct, frozen=True, kw_only=True):
    """An order whole."""

    id: str
    number: str
    status: Annotated[
        str,
        Meta(description="awaiting_payment, confirmed, partly_canceled or canceled."),
    ]
    placed_at: datetime
    language: str
    email: str
    address: AddressAnswer
    lines: list[OrderLineAnswer]
    items: MoneyAnswer
    shipping: MoneyAnswer
    total: MoneyAnswer
    payment: PaymentAnswer
    fulfillments: list[FulfillmentAnswer]
