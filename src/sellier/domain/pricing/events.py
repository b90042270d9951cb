from dataclasses import dataclass
from typing import ClassVar

from sellier.infra.outbox import Event
from sellier.kernel.ids import StyleColorId


@dataclass(frozen=True, slots=True, kw_only=True)
class PricesChanged(Event):
    """What pieces of these style-colors (500 at most) cost changed somewhere."""

    name: ClassVar[str] = "pricing.prices_changed"

    style_color_ids: tuple[StyleColorId, ...]
