from dataclasses import dataclass
from typing import ClassVar

from sellier.infra.outbox import Event
from sellier.kernel.ids import OrderId, PaymentId, PaymentOperationId


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidDue(Event):
    """Money may be authorized for nothing: the provider has to let it go."""

    name: ClassVar[str] = "payment.void_due"

    payment_id: PaymentId


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationDue(Event):
    """Money is to be captured or refunded: the provider has to be asked."""

    name: ClassVar[str] = "payment.operation_due"

    operation_id: PaymentOperationId


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured(Event):
    """Money of an order was taken, in whole or in part."""

    name: ClassVar[str] = "payment.captured"

    order_id: OrderId
    payment_id: PaymentId
    operation_id: PaymentOperationId
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded(Event):
    """Money of an order was given back, in whole or in part."""

    name: ClassVar[str] = "payment.refunded"

    order_id: OrderId
    payment_id: PaymentId
    operation_id: PaymentOperationId
    amount_minor: int
    currency: str
