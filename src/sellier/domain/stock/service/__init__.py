"""Every change to stock. Callers open the transaction; nothing here commits."""

from sellier.domain.stock.service.allocate import commit, give_up, ship
from sellier.domain.stock.service.announce import announce
from sellier.domain.stock.service.hot import (
    CartUnits,
    hand_over,
    keep_for_carts,
    let_go,
    set_hot,
)
from sellier.domain.stock.service.lend import lend, share
from sellier.domain.stock.service.lose import lose_all
from sellier.domain.stock.service.move import move
from sellier.domain.stock.service.reserve import (
    Allocated,
    Units,
    allocate,
    expire,
    lock,
    release,
    reserve,
)

__all__ = [
    "Allocated",
    "CartUnits",
    "Units",
    "allocate",
    "announce",
    "commit",
    "expire",
    "give_up",
    "hand_over",
    "keep_for_carts",
    "lend",
    "let_go",
    "lock",
    "lose_all",
    "move",
    "release",
    "reserve",
    "set_hot",
    "share",
    "ship",
]
