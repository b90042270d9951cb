from dataclasses import dataclass
from typing import ClassVar

from sellier.infra.outbox import Event
from sellier.kernel.ids import ClosureChoiceId, ClosureId, OrderId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureScheduled(Event):
    """Locations will close at a time to come."""

    name: ClassVar[str] = "closure.scheduled"

    closure_id: ClosureId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureBegun(Event):
    """Locations take no work from now on; what they had has to be found other places."""

    name: ClassVar[str] = "closure.begun"

    closure_id: ClosureId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureFinished(Event):
    """Nothing at the locations waits for anybody any more."""

    name: ClassVar[str] = "closure.finished"

    closure_id: ClosureId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureReopened(Event):
    """Locations take work again."""

    name: ClassVar[str] = "closure.reopened"

    closure_id: ClosureId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureCanceled(Event):
    """Locations will not close after all."""

    name: ClassVar[str] = "closure.canceled"

    closure_id: ClosureId


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAsked(Event):
    """A customer is to choose what becomes of a pickup whose boutique closes."""

    name: ClassVar[str] = "closure.customer_asked"

    choice_id: ClosureChoiceId
    order_id: OrderId
