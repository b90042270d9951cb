"""Hardware: rings, studs, bars, buckles, zips and chains, in two tones of light."""

from sellier.demo.drawings.palette import PALETTE, blend
from sellier.demo.drawings.paths import box, ellipse
from sellier.demo.drawings.sheet import Sheet, fill, group, stroke

_BLACK = "#1b1512"


def polish(sheet: Sheet, metal: str, *, axis: str = "0 0 1 1") -> str:
    """Give the paint of a polished metal: dark, flash, body, dark, second flash."""
    base = PALETTE[metal].base
    flash, deep = blend(base, "#fffdf4", 0.8), blend(base, "#2a1a10", 0.5)
    mid = blend(base, deep, 0.35)
    return sheet.linear(
        f"0 {mid}, .16 {flash}, .34 {base}, .56 {deep}, .68 {mid}, .84 {flash}, 1 {mid}", axis=axis
    )


def edge(metal: str) -> str:
    return blend(PALETTE[metal].base, _BLACK, 0.68)


def plate(sheet: Sheet, data: str, metal: str, *, axis: str = "0 0 1 1") -> str:
    """Paint a closed metal form, raised a little above what it sits on."""
    return fill(data, "#000000", opacity=0.3, extra='transform="translate(2 4)"') + fill(
        data,
        polish(sheet, metal, axis=axis),
        extra=f'stroke="{edge(metal)}" stroke-opacity=".75" stroke-width="1.2"',
    )


def wire(data: str, metal: str, *, width: float = 8) -> str:
    """Paint a bent metal rod: dark contour, body, a thin flash along its lit side."""
    base = PALETTE[metal].base
    return group(
        stroke(data, edge(metal), width=width + 2),
        stroke(data, blend(base, _BLACK, 0.22), width=width),
        stroke(data, base, width=width * 0.62, extra=f'transform="translate({-width * 0.1:g} 0)"'),
        stroke(
            data,
            blend(base, "#fffdf4", 0.82),
            width=width * 0.24,
            extra=f'transform="translate({-width * 0.16:g} {-width * 0.14:g})"',
        ),
    )


def ring(x: float, y: float, *, rx: float, ry: float, metal: str) -> str:
    return wire(ellipse(x, y, rx=rx, ry=ry), metal, width=7)


def stud(sheet: Sheet, x: float, y: float, *, radius: float, metal: str) -> str:
    base = PALETTE[metal].base
    dome = sheet.radial(
        f"0 {blend(base, '#ffffff', 0.85)}, .4 {base}, 1 {blend(base, _BLACK, 0.55)}",
        center=".36 .3 .75",
    )
    around = ellipse(x, y, rx=radius, ry=radius)
    return fill(around, "#000000", opacity=0.35, extra='transform="translate(1.5 3)"') + fill(
        around, dome, extra=f'stroke="{edge(metal)}" stroke-width=".8"'
    )


def buckle(x: float, y: float, *, width: float, height: float, metal: str) -> str:
    """Paint a frame buckle around its center, with its tongue."""
    frame = box(x - width / 2, y - height / 2, width=width, height=height, radius=width * 0.18)
    tongue = f"M{x - width / 2:g} {y:g}H{x + width / 2 + 2:g}"
    return wire(frame, metal, width=7) + wire(tongue, metal, width=5)


def chain(data: str, metal: str, *, gauge: float = 13) -> str:
    """Paint a curb chain along a line: open links, each threaded by one seen edge-on."""
    base, dark = PALETTE[metal].base, edge(metal)
    bright = blend(base, "#fffdf4", 0.75)
    long, short = gauge * 1.1, gauge * 0.9

    def links(color: str, *, width: float, on: float, shift: float) -> str:
        rest = long + short - on
        return stroke(
            data,
            color,
            width=width,
            extra=f'stroke-dasharray="{on:g} {rest:g}" stroke-dashoffset="{shift:g}"',
        )

    return group(
        links(dark, width=gauge, on=long, shift=0),
        links(base, width=gauge - 2.5, on=long, shift=0),
        links(bright, width=gauge - 6, on=long, shift=0),
        links(dark, width=gauge * 0.3, on=long * 0.8, shift=-long * 0.1),
        links(dark, width=gauge * 0.5, on=short * 1.1, shift=-long * 0.95),
        links(bright, width=gauge * 0.28, on=short * 1.1, shift=-long * 0.95),
    )
