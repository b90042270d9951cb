"""Every change to stock. Callers open the transaction; nothing here commits."""

from sellier.domain.stock.service.reserve import (
    Allocated,
    allocate,
    expire,
    lock,
    release,
    reserve,
)

__all__ = ["Allocated", "allocate", "expire", "lock", "release", "reserve"]
