from dataclasses import dataclass
from typing import ClassVar

from sellier.infra.outbox import Event
from sellier.kernel.ids import PaymentId


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidDue(Event):
    """Money may be authorized for nothing: the provider has to let it go."""

    name: ClassVar[str] = "payment.void_due"

    payment_id: PaymentId
