from dataclasses import dataclass
from typing import ClassVar

from sellier.infra.outbox import Event
from sellier.kernel.ids import OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(Event):
    """An order is written down, its stock reserved, its payment not yet decided."""

    name: ClassVar[str] = "order.placed"

    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid(Event):
    """The money is authorized and every unit allocated: the promise is made."""

    name: ClassVar[str] = "order.paid"

    order_id: OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCanceled(Event):
    """Nothing of this order will be delivered; its stock is free again."""

    name: ClassVar[str] = "order.canceled"

    order_id: OrderId
