"""Every change to carts, and checkout."""

from sellier.domain.carts.service.change import (
    OpenedCart,
    add,
    change_market,
    check_out,
    open_cart,
    set_quantity,
)
from sellier.domain.carts.service.keep import Ask, Counter, KeptUnits, counter, keep

__all__ = [
    "Ask",
    "Counter",
    "KeptUnits",
    "OpenedCart",
    "add",
    "change_market",
    "check_out",
    "counter",
    "keep",
    "open_cart",
    "set_quantity",
]
