"""Stones and pearls."""

from collections.abc import Iterable, Iterator
from math import cos, pi, sin

from sellier.demo.drawings.palette import Shade, blend
from sellier.demo.drawings.paths import ellipse
from sellier.demo.drawings.sheet import Sheet, fill, group, stroke

_SIDES = 8
_HALF = 0.5
_LARGE = 50
_LEVELS = 6  # tones a stone is cut in
_LIT = -0.75 * pi  # where the light comes from: upper left

Corner = tuple[float, float]


def _around(x: float, y: float, *, radius: float, turn: float) -> list[Corner]:
    steps = (2 * pi * (at + turn) / _SIDES - pi / 2 for at in range(_SIDES))
    return [(x + radius * cos(a), y + radius * sin(a)) for a in steps]


def _glint(stone: Shade, share: float) -> str:
    """Give a facet's color, from the depth of the stone to a flash of white."""
    if share < _HALF:
        return blend(blend(stone.dark, stone.stroke, 0.35), stone.base, share * 2)
    return blend(stone.base, blend(stone.light, "#ffffff", 0.75), share * 2 - 1)


def _facets(x: float, y: float, *, radius: float) -> Iterator[tuple[float, list[Corner]]]:
    """Give each facet with its brightness: the crown faces the light, the depths throw it back."""
    table = _around(x, y, radius=radius * 0.54, turn=0.5)
    kite = _around(x, y, radius=radius * 0.78, turn=0)
    rim = _around(x, y, radius=radius, turn=0.5)
    heart = _around(x, y, radius=radius * 0.24, turn=0)
    for at in range(_SIDES):
        after = (at + 1) % _SIDES
        facing = cos(2 * pi * at / _SIDES - pi / 2 - _LIT)
        odd = 0.16 if at % 2 else -0.16
        yield 0.5 + 0.4 * facing + odd * 0.6, [table[at - 1], rim[at - 1], kite[at]]
        yield 0.5 + 0.34 * facing - odd, [table[at], rim[at], kite[at]]
        yield 0.34 + 0.3 * facing, [rim[at], kite[at], kite[after]]
        yield 0.62 + 0.36 * facing + odd, [table[at - 1], kite[at], table[at]]
        yield 0.56 - 0.34 * facing + odd, [table[at - 1], heart[at], table[at]]
        yield 0.2 - 0.2 * facing - odd, [table[at], heart[at], heart[after]]
        yield 0.86 - 0.5 * facing * odd, [(x, y), heart[at], heart[after]]


def brilliant(sheet: Sheet, x: float, y: float, *, radius: float, stone: Shade) -> str:
    """Cut a round brilliant seen from above: table, stars, kites and girdle."""
    tones: dict[int, str] = {}
    fine = int(radius < _LARGE)
    for share, corners in _facets(x, y, radius=radius):
        tone = round(min(1, max(0, share)) * _LEVELS)
        data = "M" + "L".join(f"{cx:.{fine}f} {cy:.{fine}f}" for cx, cy in corners) + "Z"
        tones[tone] = tones.get(tone, "") + data
    around = ellipse(x, y, rx=radius, ry=radius)
    shine = fill(
        ellipse(x - radius * 0.34, y - radius * 0.4, rx=radius * 0.26, ry=radius * 0.1),
        "#ffffff",
        opacity=0.8,
        extra=f'filter="{sheet.blur(max(1, radius * 0.05))}"',
    )
    return group(
        fill(around, _glint(stone, 0.4)),
        *(fill(tones[tone], _glint(stone, tone / _LEVELS)) for tone in sorted(tones)),
        shine,
        stroke(around, stone.stroke, width=1, opacity=0.55),
    )


def cabochon(sheet: Sheet, x: float, y: float, *, rx: float, ry: float, stone: Shade) -> str:
    """Polish a smooth domed stone."""
    body = sheet.radial(
        f"0 {blend(stone.light, '#ffffff', 0.35)}, .3 {stone.base}, .82 {stone.dark},"
        f" 1 {stone.stroke}",
        center=".38 .32 .72",
    )
    glow = sheet.radial(f"0 {stone.light} .8, 1 {stone.light} 0", center=".66 .74 .4")
    around = ellipse(x, y, rx=rx, ry=ry)
    return (
        fill(around, body)
        + fill(around, glow)
        + fill(
            ellipse(x - rx * 0.34, y - ry * 0.42, rx=rx * 0.26, ry=ry * 0.16),
            "#ffffff",
            opacity=0.9,
            extra=f'filter="{sheet.blur(max(1, rx * 0.05))}"',
        )
    )


def pearl(sheet: Sheet, x: float, y: float, *, radius: float, tint: Shade) -> str:
    """Round a pearl: its luster, its rose overtone, the light it gets back from below."""
    white = blend(tint.base, "#ffffff", 0.6)
    rose = blend(blend(tint.base, "#e9c6c4", 0.4), "#8d7c80", 0.25)
    body = sheet.radial(
        f"0 #ffffff, .22 {white}, .62 {tint.base}, .88 {rose}, 1 {blend(rose, '#ffffff', 0.35)}",
        center=".36 .3 .76",
    )
    around = ellipse(x, y, rx=radius, ry=radius)
    return fill(around, body, extra=f'stroke="{blend(rose, "#3a2a30", 0.45)}" stroke-width=".8"')


def strung(spots: Iterable[Corner], *, radius: float, tint: Shade) -> str:
    """Round many small pearls at once: dots laid over dots, each smaller and nearer the light."""
    dots = "".join(f"M{x:.0f} {y:.0f}h.1" for x, y in spots)
    rose = blend(blend(tint.base, "#e9c6c4", 0.4), "#8d7c80", 0.25)
    layers = (
        (2.08, blend(rose, "#3a2a30", 0.5), 0, 0),
        (2, blend(rose, tint.dark, 0.3), 0, 0),
        (1.66, rose, -0.06, -0.08),
        (1.5, tint.base, -0.12, -0.14),
        (1.0, blend(tint.base, "#ffffff", 0.6), -0.18, -0.24),
        (0.44, "#ffffff", -0.26, -0.34),
    )
    return "".join(
        stroke(
            dots,
            color,
            width=radius * size,
            extra=f'transform="translate({radius * dx:.1f} {radius * dy:.1f})"',
        )
        for size, color, dx, dy in layers
    )
