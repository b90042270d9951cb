from dataclasses import dataclass
from typing import ClassVar

from sellier.infra.outbox import Event
from sellier.kernel.ids import StyleColorId


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleColorsChanged(Event):
    """What these style-colors (500 at most) are, say or look like changed."""

    name: ClassVar[str] = "catalog.style_colors_changed"

    style_color_ids: tuple[StyleColorId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingsChanged(Event):
    """Where these style-colors (500 at most) are published changed."""

    name: ClassVar[str] = "catalog.listings_changed"

    style_color_ids: tuple[StyleColorId, ...]
