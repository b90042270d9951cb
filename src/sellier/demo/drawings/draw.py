"""The one door: from a look to its picture."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sellier.demo.drawings import (
    beauty,
    bottles,
    candles,
    eyewear,
    garments,
    handbags,
    jewelry,
    scarves,
    shoes,
    small_leather,
    watches,
)
from sellier.demo.drawings.ground import backdrop
from sellier.demo.drawings.look import Kind, Look
from sellier.demo.drawings.sheet import Sheet

HANDS: Mapping[Kind, Mapping[str, Callable[[Sheet], None]]] = MappingProxyType(
    {
        Kind.HANDBAG: handbags.SHAPES,
        Kind.SMALL_LEATHER: small_leather.SHAPES,
        Kind.SHOE: shoes.SHAPES,
        Kind.GARMENT: garments.SHAPES,
        Kind.SCARF: scarves.SHAPES,
        Kind.JEWELRY: jewelry.SHAPES,
        Kind.WATCH: watches.SHAPES,
        Kind.BOTTLE: bottles.SHAPES,
        Kind.BEAUTY: beauty.SHAPES,
        Kind.EYEWEAR: eyewear.SHAPES,
        Kind.CANDLE: candles.SHAPES,
    }
)


def draw(look: Look) -> str:
    """Draw a piece as a complete SVG document of 800 by 1000."""
    sheet = Sheet(look)
    sheet.add(backdrop(sheet))
    HANDS[look.kind][look.shape](sheet)
    return sheet.document()
