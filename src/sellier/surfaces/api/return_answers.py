"""What the API tells of returns."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from sellier.surfaces.api.answers import Count, MoneyAnswer


class InsteadAnswer(Struct, frozen=True, kw_only=True):
    """What goes out for units that come back; the order has it as a line of its own."""

    line: Annotated[str, Meta(description="Id of the order's line that replaces the first.")]
    sku: str
    state: Annotated[
        str,
        Meta(
            description="set_aside until the first units are here and good, then confirmed; "
            "canceled when it does not go out."
        ),
    ]
    quantity: Annotated[Count, Meta(description="Units, without those canceled.")]


class ReturnLineAnswer(Struct, frozen=True, kw_only=True):
    """Units of a line that come back."""

    line: Annotated[str, Meta(description="Id of the order's line.")]
    sku: str
    quantity: Annotated[int, Meta(ge=1)]
    received: Annotated[Count | None, Meta(description="How many came; null until counted.")]
    unit: MoneyAnswer
    reason: Annotated[str, Meta(description="Why the units come back.")]
    instead: Annotated[
        InsteadAnswer | None, Meta(description="What goes out instead of the money, if anything.")
    ]


class ReturnAnswer(Struct, frozen=True, kw_only=True):
    """A return whole."""

    id: str
    number: str
    state: Annotated[
        str,
        Meta(
            description="announced, on_the_way, received, inspected, settled, refused, canceled "
            "or lapsed."
        ),
    ]
    way: Annotated[str, Meta(description="post, boutique or carrier.")]
    created_at: datetime
    lapses_at: Annotated[datetime, Meta(description="Until when it is waited for.")]
    lines: list[ReturnLineAnswer]
    refund: Annotated[
        MoneyAnswer | None, Meta(description="What is given back, with delivery; once settled.")
    ]
    delivery: MoneyAnswer


class ReturnsAnswer(Struct, frozen=True, kw_only=True):
    """The returns of an order, oldest first."""

    items: list[ReturnAnswer]
