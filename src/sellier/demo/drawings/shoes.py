"""Shoes, by shape: one of the pair, on its ground."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sellier.demo.drawings import flats, heels
from sellier.demo.drawings.sheet import Sheet


def _low(draw: Callable[[Sheet], None], *, squash: float) -> Callable[[Sheet], None]:
    """Lower a shoe toward its ground, and lengthen it a little: a last is slender."""

    def drawn(sheet: Sheet) -> None:
        sheet.add(
            f'<g transform="translate(-22 {700 * (1 - squash) - 30:.0f}) scale(1.08 {squash})">'
        )
        draw(sheet)
        sheet.add("</g>")

    return drawn


SHAPES: Mapping[str, Callable[[Sheet], None]] = MappingProxyType(
    {
        "pump": heels.pump,
        "slingback": heels.slingback,
        "loafer": _low(flats.loafer, squash=0.8),
        "sneaker": _low(flats.sneaker, squash=0.86),
        "ankle_boot": heels.ankle_boot,
        "tall_boot": heels.tall_boot,
        "sandal": heels.sandal,
        "ballerina": flats.ballerina,
        "derby": _low(flats.derby, squash=0.8),
    }
)
