"""Stones and pearls."""

from math import cos, pi, sin

from sellier.demo.drawings.palette import Shade, blend
from sellier.demo.drawings.paths import ellipse
from sellier.demo.drawings.sheet import Sheet, fill, group, stroke

_SIDES = 8
# How much each facet of a turn catches, 0 dark to 1 bright: irregular, as light in a stone is.
_FIRE = (0.95, 0.5, 0.75, 0.2, 0.45, 0.1, 0.65, 0.35)


def _around(x: float, y: float, *, radius: float, turn: float) -> list[tuple[float, float]]:
    steps = (2 * pi * (at + turn) / _SIDES - pi / 2 for at in range(_SIDES))
    return [(x + radius * cos(a), y + radius * sin(a)) for a in steps]


def _facet(points: list[tuple[float, float]], color: str) -> str:
    data = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"
    return fill(data, color)


def _glint(stone: Shade, share: float) -> str:
    deep, bright = blend(stone.base, stone.dark, 0.75), blend(stone.light, "#ffffff", 0.75)
    return blend(deep, bright, share)


def brilliant(sheet: Sheet, x: float, y: float, *, radius: float, stone: Shade) -> str:
    """Cut a round brilliant seen from above: table, stars, kites and girdle."""
    table = _around(x, y, radius=radius * 0.5, turn=0.5)
    kite = _around(x, y, radius=radius * 0.74, turn=0)
    rim = _around(x, y, radius=radius, turn=0.5)
    parts = [fill(ellipse(x, y, rx=radius, ry=radius), _glint(stone, 0.3))]
    for at in range(_SIDES):
        after = (at + 1) % _SIDES
        fire = _FIRE[at]
        parts += [
            _facet([kite[at], rim[at], kite[after]], _glint(stone, 1 - fire)),
            _facet([table[at], kite[at], table[at - 1]], _glint(stone, fire)),
            _facet([table[at], kite[at], rim[at], kite[after]], _glint(stone, (fire + 0.4) % 1)),
        ]
    parts.append(_facet(table, _glint(stone, 0.72)))
    inner = _around(x, y, radius=radius * 0.3, turn=0)
    parts += [
        _facet([table[at], inner[at], inner[(at + 1) % _SIDES]], _glint(stone, _FIRE[-1 - at]))
        for at in range(_SIDES)
    ]
    shine = fill(
        ellipse(x - radius * 0.34, y - radius * 0.4, rx=radius * 0.26, ry=radius * 0.12),
        "#ffffff",
        opacity=0.85,
        extra=f'filter="{sheet.blur(max(1, radius * 0.04))}"',
    )
    rim_line = stroke(ellipse(x, y, rx=radius, ry=radius), stone.stroke, width=1, opacity=0.5)
    return group(*parts, shine, rim_line)


def cabochon(
    sheet: Sheet, x: float, y: float, *, rx: float, ry: float, stone: Shade
) -> str:
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
