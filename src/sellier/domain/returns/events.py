from dataclasses import dataclass
from typing import ClassVar

from sellier.infra.outbox import Event
from sellier.kernel.ids import OrderId, ReturnId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnAnnounced(Event):
    """Units of an order are to come back."""

    name: ClassVar[str] = "return.announced"

    return_id: ReturnId
    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReceived(Event):
    """They came, and were counted."""

    name: ClassVar[str] = "return.received"

    return_id: ReturnId
    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnInspected(Event):
    """Somebody looked at them; those that were taken back are in stock."""

    name: ClassVar[str] = "return.inspected"

    return_id: ReturnId
    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnSettled(Event):
    """The money owed for them is to be given back."""

    name: ClassVar[str] = "return.settled"

    return_id: ReturnId
    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRefused(Event):
    """None of them was taken back."""

    name: ClassVar[str] = "return.refused"

    return_id: ReturnId
    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCanceled(Event):
    """They will not come, as somebody said."""

    name: ClassVar[str] = "return.canceled"

    return_id: ReturnId
    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeReleased(Event):
    """The piece that comes back is good: what the customer takes instead goes out."""

    name: ClassVar[str] = "exchange.released"

    return_id: ReturnId
    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeEnded(Event):
    """What was set aside is free again: the piece that it was to replace did not come, or so."""

    name: ClassVar[str] = "exchange.ended"

    return_id: ReturnId
    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLapsed(Event):
    """They never came."""

    name: ClassVar[str] = "return.lapsed"

    return_id: ReturnId
    order_id: OrderId
