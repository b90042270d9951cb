"""Every change to stock. Callers open the transaction; nothing here commits."""

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
    "Units",
    "allocate",
    "expire",
    "lock",
    "move",
    "release",
    "reserve",
]
