"""Pure decisions about orders, and the values that describe one before it exists."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sellier.domain.orders.states import LineState
from sellier.domain.payments.states import PaymentState
from sellier.kernel.ids import CartId, ChannelId, MarketId, Sku, StyleColorId
from sellier.kernel.money import Money, total


class OrderStatus(StrEnum):
    """What an order looks like as a whole. Derived, never stored."""

    AWAITING_PAYMENT = "awaiting_payment"
    CONFIRMED = "confirmed"
    PARTLY_CANCELED = "partly_canceled"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where an order goes."""

    name: str
    phone: str | None
    line1: str
    line2: str | None
    postal_code: str
    city: str
    region: str | None
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """A line as the customer saw it when ordering."""

    sku: Sku
    style_color_id: StyleColorId
    brand: str
    title: str
    color: str | None
    size: str | None
    quantity: int
    unit: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An order to be placed. Amounts were computed by us, never by the client."""

    cart_id: CartId
    cart_version: int
    channel_id: ChannelId
    market_id: MarketId
    language: str
    currency: str
    email: str
    address: Address
    lines: Sequence[DraftLine]
    shipping: Money

    @property
    def items(self) -> Money:
        return total((line.unit * line.quantity for line in self.lines), currency=self.currency)

    @property
    def total(self) -> Money:
        return self.items + self.shipping


def status(payment: PaymentState, lines: Collection[LineState]) -> OrderStatus:
    """Derive an order's status from its payment and its lines."""
    states = set(lines)
    if states == {LineState.CANCELED}:
        return OrderStatus.CANCELED
    if payment is not PaymentState.AUTHORIZED:
        return OrderStatus.AWAITING_PAYMENT
    if LineState.CANCELED in states:
        return OrderStatus.PARTLY_CANCELED
    return OrderStatus.CONFIRMED
