from dataclasses import dataclass
from typing import ClassVar

from sellier.infra.outbox import Event
from sellier.kernel.ids import Sku


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionsChanged(Event):
    """Units of these SKUs (500 at most) came, went, were reserved or given back somewhere."""

    name: ClassVar[str] = "stock.positions_changed"

    skus: tuple[Sku, ...]
