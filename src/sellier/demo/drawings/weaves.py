"""Weaves, quilting and knit: small tiles laid over a form."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sellier.demo.drawings.look import Material
from sellier.demo.drawings.palette import Shade, blend
from sellier.demo.drawings.sheet import Sheet, fill, stroke

Tile = Callable[[Sheet, Shade], str]


def pattern(sheet: Sheet, markup: str, *, size: str, turn: str = "") -> str:
    """Define a tile, `size` its width and height, `turn` a transform of the whole."""
    width, height = size.split()
    turned = f' patternTransform="{turn}"' if turn else ""
    return sheet.define(
        f'<pattern id="@" width="{width}" height="{height}" patternUnits="userSpaceOnUse"'
        f"{turned}>{markup}</pattern>"
    )


def weave(sheet: Sheet, shade: Shade, material: Material) -> str:
    """Give the paint that lies over the body color, or nothing."""
    tile = _TILES.get(material)
    return tile(sheet, shade) if tile else ""


def _quilted(sheet: Sheet, shade: Shade) -> str:
    puff = sheet.radial(
        f"0 {shade.light} .75, .55 {shade.light} .12, 1 {shade.dark} .5", center=".38 .34 .7"
    )
    diamonds = "M36 0L72 36 36 72 0 36ZM0-36L36 0 0 36-36 0ZM72-36L108 0 72 36 36 0Z"
    rest = "M0 36L36 72 0 108-36 72ZM72 36L108 72 72 108 36 72Z"
    each = "".join(fill(d + "Z", puff) for d in (diamonds + rest).split("Z") if d)
    seams = "M-4 40L40-4M32-4L76 40M-4 32L40 76M32 76L76 32"
    return pattern(
        sheet,
        each
        + stroke(seams, shade.stroke, width=3.2, opacity=0.55)
        + stroke(seams, shade.light, width=1.2, opacity=0.5, extra='stroke-dasharray="5 3.5"'),
        size="72 72",
        turn="translate(4 10)",
    )


def _canvas(sheet: Sheet, shade: Shade) -> str:
    warp = stroke("M0 2H4M4 6H8", shade.light, width=2.4, opacity=0.5)
    weft = stroke("M2 4V8M6 0V4", shade.dark, width=2, opacity=0.42)
    return pattern(sheet, warp + weft, size="8 8")


def _denim(sheet: Sheet, shade: Shade) -> str:
    twill = stroke("M-1 7L7-1M-1 1L1-1M5 7L7 5", shade.light, width=1.5, opacity=0.5)
    return pattern(sheet, twill + stroke("M0 3H6", shade.dark, width=0.8, opacity=0.4), size="6 6")


def _wool(sheet: Sheet, shade: Shade) -> str:
    twill = stroke("M-1 9L9-1M-1 1L1-1M7 9L9 7", shade.dark, width=1.3, opacity=0.28)
    return pattern(sheet, twill, size="8 8")


def _linen(sheet: Sheet, shade: Shade) -> str:
    threads = stroke("M0 2.5H9M0 7H9", shade.light, width=1, opacity=0.45)
    cross = stroke("M2 0V9M6.5 0V9", shade.dark, width=0.8, opacity=0.28)
    return pattern(sheet, threads + cross, size="9 9")


def _knit(sheet: Sheet, shade: Shade) -> str:
    stitch = "M7 2C4 4 2 8 2 13M7 2C10 4 12 8 12 13M7-9C4-7 2-3 2 2M7-9C10-7 12-3 12 2"
    return pattern(
        sheet,
        stroke("M0 0V11M14 0V11", shade.stroke, width=2, opacity=0.35)
        + stroke(stitch, shade.stroke, width=5, opacity=0.3)
        + stroke(stitch, blend(shade.base, shade.light, 0.45), width=3.2, opacity=0.9),
        size="14 11",
    )


def _cashmere(sheet: Sheet, shade: Shade) -> str:
    rib = stroke("M3 1.5L1 5M3 1.5L5 5", shade.light, width=1.1, opacity=0.4)
    return pattern(sheet, rib + stroke("M0 0V5", shade.dark, width=0.8, opacity=0.3), size="6 5")


def _tweed(sheet: Sheet, shade: Shade) -> str:
    """Weave four yarns: the color, its light, its shade and the second color."""
    other = sheet.accent("ivory")
    yarns = (
        stroke("M1 4H9M17 12H26M10 20H19M24 26H33M3 30H10", shade.light, width=3.6),
        stroke("M12 3V10M4 12V19M28 14V21M18 24V31M31 1V8", shade.dark, width=3.4),
        stroke("M20 5H27M2 23H7M13 15V20M29 30H33", other.light, width=2.8, opacity=0.85),
        stroke("M6 8H8M23 19H24M15 29H16M31 11H32", other.base, width=3.2),
    )
    return pattern(sheet, "".join(yarns), size="34 34")


def _lace(sheet: Sheet, shade: Shade) -> str:
    petals = "".join(
        f'<ellipse cx="30" cy="17" rx="6" ry="9" transform="rotate({turn} 30 30)"/>'
        for turn in range(0, 360, 60)
    )
    leaves = (
        "M0 0q10 4 12 14q-11-2-12-14M60 0q-10 4-12 14q11-2 12-14M0 60q4-10 "
        "14-12q-2 11-14 12M60 60q-4-10-14-12q2 11 14 12"
    )
    net = stroke(
        "M0 10L10 0M0 20L20 0M0 30L30 0M0 40L40 0M0 50L50 0M0 60L60 0M10 60L60 10"
        "M20 60L60 20M30 60L60 30M40 60L60 40M50 60L60 50",
        shade.stroke,
        width=0.8,
        opacity=0.4,
    )
    return pattern(
        sheet,
        net
        + f'<g fill="{shade.light}" fill-opacity=".6" stroke="{shade.stroke}">{petals}'
        + f'<path d="{leaves}"/><circle cx="30" cy="30" r="4.5"/></g>',
        size="60 60",
        turn="scale(.72)",
    )


_TILES: Mapping[Material, Tile] = MappingProxyType(
    {
        Material.QUILTED: _quilted,
        Material.CANVAS: _canvas,
        Material.DENIM: _denim,
        Material.WOOL: _wool,
        Material.LINEN: _linen,
        Material.KNIT: _knit,
        Material.CASHMERE: _cashmere,
        Material.TWEED: _tweed,
        Material.LACE: _lace,
    }
)
