"""Printed and woven designs, chosen by variation: every twelve variations another design."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from math import cos, pi, sin
from re import finditer
from types import MappingProxyType

from sellier.demo.drawings.look import Look, Material
from sellier.demo.drawings.palette import PALETTE, Shade, blend, luminance
from sellier.demo.drawings.sheet import Sheet, fill, stroke
from sellier.demo.drawings.weaves import pattern


class Print(StrEnum):
    PLAIN = "plain"
    STRIPE = "stripe"
    CHECK = "check"
    HOUNDSTOOTH = "houndstooth"
    FLORAL = "floral"
    DOTS = "dots"


_STEP = 12
_PALE = 0.6
_STRAIGHT, _LEAN, _BIAS = 6, 14, 40  # degrees
_TWO, _FOUR = 2, 4
PRINTABLE = frozenset(
    {
        Material.SILK,
        Material.SATIN,
        Material.WOOL,
        Material.COTTON,
        Material.LINEN,
        Material.CASHMERE,
        Material.CANVAS,
    }
)


def print_of(look: Look) -> Print:
    """Say which design a look carries: variations 0 to 11 are plain, 12 to 23 striped..."""
    designs = tuple(Print)
    return (
        designs[look.variation // _STEP % len(designs)]
        if look.material in PRINTABLE
        else Print.PLAIN
    )


def variation_for(design: Print, detail: int = 0) -> int:
    """Give the variation that carries a design, with one of its twelve details."""
    return tuple(Print).index(design) * _STEP + detail % _STEP


def second(sheet: Sheet) -> Shade:
    """Give the second color: the accent, else one that stands out softly."""
    accent = sheet.look.accent
    if accent and accent != sheet.metal(""):
        return PALETTE[accent]
    return PALETTE["ivory" if luminance(sheet.shade.base) < _PALE else "navy"]


def printed(sheet: Sheet, *, turn: float = 0) -> str:
    """Give the paint of the design, turned as the cloth is cut, or nothing."""
    tile = _TILES.get(print_of(sheet.look))
    return tile(sheet, f"rotate({_grain(turn):g} 400 400)") if tile else ""


def _grain(turn: float) -> float:
    """Cut along, or leaning one way or the other: few angles, so that tiles are shared."""
    if abs(turn) < _STRAIGHT:
        return 0
    return turn if abs(turn) >= _BIAS else _LEAN * (1 if turn > 0 else -1)


def _stripe(sheet: Sheet, turn: str) -> str:
    other = second(sheet)
    if sheet.vary(2):
        bands = fill("M0 0H26V60H0Z", other.base, opacity=0.92)
        return pattern(sheet, bands, size="56 60", turn=f"{turn} rotate(90)")
    pins = stroke("M6 0V40", other.base, width=2.2) + stroke(
        "M17 0V40", other.base, width=1, opacity=0.7
    )
    return pattern(sheet, pins, size="22 40", turn=turn)


def _check(sheet: Sheet, turn: str) -> str:
    other, deep = second(sheet), sheet.shade.dark
    large = fill("M0 0H34V96H0ZM0 0V34H96V0Z", deep, opacity=0.42)
    thin = stroke("M64 0V96M0 64H96", other.base, width=3, opacity=0.9)
    fine = stroke("M8 0V96M26 0V96M0 8H96M0 26H96", other.base, width=1.2, opacity=0.5)
    return pattern(sheet, large + thin + fine, size="96 96", turn=turn)


def _houndstooth(sheet: Sheet, turn: str) -> str:
    """Weave it as it is woven: four threads of each color both ways, over two, under two."""
    rows = ("".join(str(int(_is_second(x, y))) for x in range(8)) for y in range(8))
    cells = (
        f"M{run.start()} {y}h{len(run[0])}v1h-{len(run[0])}Z"
        for y, row in enumerate(rows)
        for run in finditer("1+", row)
    )
    tooth = fill("".join(cells), second(sheet).base, extra='shape-rendering="crispEdges"')
    return pattern(sheet, tooth, size="8 8", turn=f"{turn} scale(3.4)")


def _is_second(x: int, y: int) -> bool:
    return x < _FOUR if (x + y) % _FOUR < _TWO else y < _FOUR


def _floral(sheet: Sheet, turn: str) -> str:
    other = second(sheet)
    leaf = blend(PALETTE["sage"].base, sheet.shade.base, 0.25)
    heart = PALETTE["saffron"].base
    stems = (
        stroke("M34 40C50 60 40 84 60 104M100 92C92 70 110 56 104 30", leaf, width=2)
        + fill(
            "M46 68c14-10 22-6 26 2c-10 8-20 6-26-2ZM103 62c-16-6-22 0-24 8c12 4 20 0 24-8Z", leaf
        )
        + fill(
            "M52 92c-14-4-20 2-22 10c12 2 18-2 22-10ZM104 44c14-6 18 0 20 8c-10 2-16-2-20-8Z", leaf
        )
    )
    small, large = ((34, 34, 9), (24, 110, 6)), ((104, 98, 11), (104, 24, 5))
    blooms = _blooms(small, petal=other.base) + _blooms(large, petal=other.light)
    hearts = "".join(f"M{x} {y}h.1" for x, y, _ in (*small, *large))
    return pattern(
        sheet, stems + blooms + stroke(hearts, heart, width=8), size="132 132", turn=turn
    )


def _blooms(places: Iterable[tuple[int, int, int]], *, petal: str) -> str:
    """Open five-petaled flowers: round dots about a heart, each size of dot a path."""
    parts = []
    for x, y, size in places:
        turns = (2 * pi * (at / 5 - 0.25) for at in range(5))
        dots = "".join(f"M{x + size * cos(a):.0f} {y + size * sin(a):.0f}h.1" for a in turns)
        parts += [
            stroke(dots, blend(petal, "#14101c", 0.35), width=size * 1.24 + 1.6),
            stroke(dots, petal, width=size * 1.24),
        ]
    return "".join(parts)


def _dots(sheet: Sheet, turn: str) -> str:
    points = '<circle cx="9" cy="9" r="5"/><circle cx="29" cy="29" r="5"/>'
    return pattern(sheet, f'<g fill="{second(sheet).base}">{points}</g>', size="40 40", turn=turn)


_TILES: Mapping[Print, Callable[[Sheet, str], str]] = MappingProxyType(
    {
        Print.STRIPE: _stripe,
        Print.CHECK: _check,
        Print.HOUNDSTOOTH: _houndstooth,
        Print.FLORAL: _floral,
        Print.DOTS: _dots,
    }
)
