"""Pure decisions about carts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sellier.domain.orders.rules import Address, Days
from sellier.kernel.ids import LocationId, Sku
from sellier.kernel.money import Money

LINES_MAX: Final = 50
QUANTITY_MAX: Final = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who gets an order, and where; `collect` are SKUs that they fetch from a boutique.

    `promised` are the days that they were told of.
    """

    email: str
    address: Address
    language: str
    collect: Mapping[Sku, LocationId] = field(default_factory=dict)
    promised: Days | None = None


def shipping(items: Money) -> Money:
    """Return what delivery costs. The houses of the group offer it, whatever the order."""
    return Money(0, items.currency)


def problem_of(*, unit: Money | None, quantity: int, available: int) -> str | None:
    """Return why a line cannot be ordered as it stands, or None when it can."""
    if unit is None:
        return "not_sold_here"
    if available <= 0:
        return "sold_out"
    return "fewer_left" if available < quantity else None
