"""The goldsmith's hand: bands, settings, pave."""

from collections.abc import Iterator
from math import cos, pi, sin

from sellier.demo.drawings.look import Material
from sellier.demo.drawings.metals import edge
from sellier.demo.drawings.palette import METALS, PALETTE, Shade, blend
from sellier.demo.drawings.paths import ellipse
from sellier.demo.drawings.sheet import Sheet, fill, group, stroke

DIAMOND = Shade(
    base="#e4ebef",
    light="#ffffff",
    dark="#98a7b2",
    stroke="#5f6d78",
    english="",
    french="",
    family="white",
)


Spot = tuple[float, float]


def metal_of(sheet: Sheet) -> str:
    return sheet.look.material if sheet.look.material in METALS else sheet.metal()


def stone_of(sheet: Sheet) -> Shade:
    """White and metal colors mean diamonds."""
    plain = sheet.look.color in METALS or sheet.look.color in {"white", "chalk"}
    return DIAMOND if plain else sheet.shade


def _enamel(sheet: Sheet) -> bool:
    return sheet.look.material in {Material.CERAMIC, Material.LACQUER}


def jeweled(sheet: Sheet) -> bool:
    """Tell whether the look asks for stones: any color but a metal, and no pearls."""
    return sheet.look.color not in METALS and sheet.look.material is not Material.PEARL


def hoop(sheet: Sheet, x: float, y: float, *, rx: float, ry: float, width: float) -> str:
    """Bend a polished band into a hoop seen a little from the side: far wall, then near wall."""
    metal = PALETTE[metal_of(sheet)] if not _enamel(sheet) else sheet.shade
    flash, deep = blend(metal.base, "#fffdf4", 0.85), blend(metal.base, "#2a1a10", 0.55)
    inner = ellipse(x + width * 0.16, y - width * 0.06, rx=rx, ry=ry)
    outer = ellipse(x, y, rx=rx, ry=ry)
    body = sheet.linear(
        f"0 {blend(metal.base, flash, 0.5)}, .2 {metal.base}, .38 {deep}, .5 {metal.base},"
        f" .66 {flash}, .8 {metal.base}, 1 {deep}"
    )
    back = sheet.linear(f"0 {deep}, .4 {metal.base}, .6 {flash}, 1 {deep}", axis="0 1 1 0")
    rim = sheet.linear(f"0 {flash}, .3 {metal.base}, .55 {flash}, .8 {deep}, 1 {flash}")
    return group(
        stroke(inner, edge(metal_of(sheet)), width=width),
        stroke(inner, back, width=width - 2),
        stroke(outer, edge(metal_of(sheet)), width=width * 0.74),
        stroke(outer, body, width=width * 0.74 - 2.4),
        stroke(outer, rim, width=width * 0.2, opacity=0.9, extra='transform="translate(-1 -2)"'),
    )


def around(x: float, y: float, *, rx: float, ry: float, at: Iterator[float]) -> Iterator[Spot]:
    """Give the points of an ellipse at some angles."""
    return ((x + rx * cos(a), y + ry * sin(a)) for a in at)


def angles(first: float, last: float, count: int) -> Iterator[float]:
    return (pi * (first + (last - first) * at / (count - 1)) for at in range(count))


def pave(sheet: Sheet, spots: Iterator[Spot], *, size: float) -> str:
    """Set small stones side by side."""
    stone = stone_of(sheet)
    dots = "".join(f"M{x:.0f} {y:.0f}h.1" for x, y in spots)
    layers = (
        (2.3, edge(metal_of(sheet)), 0.0),
        (2.0, stone.dark, 0.0),
        (1.5, stone.base, -0.1),
        (0.8, stone.light, -0.24),
        (0.4, "#ffffff", -0.36),
    )
    return "".join(
        stroke(
            dots,
            color,
            width=size * share,
            extra=f'transform="translate({size * shift:.1f} {size * shift:.1f})"',
        )
        for share, color, shift in layers
    )


def setting(sheet: Sheet, x: float, y: float, *, rx: float, ry: float) -> str:
    metal = PALETTE[metal_of(sheet)]
    bezel = sheet.linear(
        f"0 {blend(metal.light, '#ffffff', 0.6)}, .4 {metal.base}, .6 {metal.dark}, 1 {metal.light}"
    )
    return fill(
        ellipse(x, y, rx=rx, ry=ry),
        bezel,
        extra=f'stroke="{edge(metal_of(sheet))}" stroke-width="1.2"',
    )
