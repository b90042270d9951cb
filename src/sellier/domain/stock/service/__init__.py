"""Every change to stock. Callers open the transaction; nothing here commits."""

from sellier.domain.stock.service.reserve import (
    allocate,
    expire,
    lock,
    release,
    reserve,
)

__all__ = ["allocate", "expire", "lock", "release", "reserve"]
