"""Watches at ten past ten, on strap or bracelet."""

from collections.abc import Callable, Mapping
from math import cos, pi, sin
from types import MappingProxyType

from sellier.demo.drawings.ground import falling
from sellier.demo.drawings.leather import panel
from sellier.demo.drawings.look import Material
from sellier.demo.drawings.metals import edge, plate, polish
from sellier.demo.drawings.palette import METALS, PALETTE, Shade, blend, luminance
from sellier.demo.drawings.paths import box, ellipse, knots, outline, symmetric
from sellier.demo.drawings.sheet import Sheet, fill, group, stroke

_BRIGHT = 0.55


def _metal(sheet: Sheet) -> str:
    return sheet.look.material if sheet.look.material in METALS else sheet.metal("gunmetal")


def _band(sheet: Sheet, *, width: float) -> str:
    """Leather where the second color is one, else a bracelet of the case's metal."""
    accent = sheet.look.accent
    if accent and accent not in METALS:
        return _strap(sheet, PALETTE[accent], width=width)
    return _bracelet(sheet, width=width)


def _strap(sheet: Sheet, shade: Shade, *, width: float) -> str:
    a, b = width / 2, width * 0.4
    upper = knots(
        f"{400 - a} 380| {400 - a} 340 {400 - b} 140| {400 - b + 14} 96| "
        f"{400 + b - 14} 96| {400 + b} 140| {400 + a} 340 {400 + a} 380|"
    )
    lower = knots(
        f"{400 - a} 620| {400 - a} 660 {400 - b} 850| {400 - b * 0.6} 900 400 "
        f"914 {400 + b * 0.6} 900 {400 + b} 850| {400 + a} 660 {400 + a} 620|"
    )
    holes = "".join(f"M400 {y}h.1" for y in (770, 806, 842))
    material = Material.GRAINED if sheet.vary(2, step=2) else Material.CALF
    return group(
        falling(sheet, outline(upper) + outline(lower), reach=12),
        panel(sheet, upper, shade=shade, material=material, sewn=9),
        panel(sheet, lower, shade=shade, material=material, sewn=9),
        stroke(holes, shade.stroke, width=11),
        plate(
            sheet,
            box(400 - b - 10, 84, width=2 * b + 20, height=20, radius=8),
            _metal(sheet),
            axis="0 0 0 1",
        ),
    )


def _bracelet(sheet: Sheet, *, width: float) -> str:
    metal = _metal(sheet)
    parts = [
        falling(
            sheet, box(400 - width * 0.44, 110, width=width * 0.88, height=790, radius=20), reach=12
        )
    ]
    rows = [*range(108, 372, 29), *range(630, 880, 29)]
    side, middle = polish(sheet, metal, axis="0 0 1 .2"), polish(sheet, metal, axis="1 0 0 .3")
    seams, left, center = "", "", ""
    for y in rows:
        half = width * (0.5 - 0.1 * min(1, abs(y + 14 - 500) / 390))
        core = half * 0.42
        left += box(400 - half, y, width=half - core, height=27, radius=5)
        left += box(400 + core, y, width=half - core, height=27, radius=5)
        center += box(400 - core, y - 8, width=2 * core, height=27, radius=5)
        seams += f"M{400 - half:.0f} {y + 28}h{2 * half:.0f}"
    dark = edge(metal)
    parts += [
        stroke(seams, dark, width=3),
        fill(left, side, extra=f'stroke="{dark}" stroke-width="1"'),
        fill(center, middle, extra=f'stroke="{dark}" stroke-width="1"'),
    ]
    return "".join(parts)


def _dial(sheet: Sheet, inside: str) -> str:
    shade = sheet.shade
    sun = sheet.radial(
        f"0 {shade.light}, .5 {shade.base}, 1 {blend(shade.base, shade.dark, 0.9)}",
        center=".4 .34 .8",
    )
    within = sheet.linear("0 #000000 .45, .1 #000000 .08, .9 #ffffff 0, 1 #ffffff .25")
    return fill(inside, sun) + stroke(inside, within, width=7)


def _ink(sheet: Sheet) -> str:
    if luminance(sheet.shade.base) > _BRIGHT:
        return "#2b2724" if sheet.vary(2, step=4) else edge(_metal(sheet))
    return blend(PALETTE[_metal(sheet)].light, "#ffffff", 0.5)


def _point(angle: float, *, rx: float, ry: float) -> tuple[float, float]:
    return 400 + rx * sin(angle), 500 - ry * cos(angle)


def _markers(sheet: Sheet, *, rx: float, ry: float) -> str:
    """Batons, dots or long hours; a minute track."""
    hours, minutes = [], []
    for at in range(60):
        angle = 2 * pi * at / 60
        x1, y1 = _point(angle, rx=rx, ry=ry)
        if at % 5:
            x2, y2 = _point(angle, rx=rx * 0.965, ry=ry * 0.965)
            minutes.append(f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}")
            continue
        long = 0.76 if at % 15 == 0 else 0.84
        x2, y2 = _point(angle, rx=rx * long, ry=ry * long)
        hours.append(f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}")
    ink, style = _ink(sheet), sheet.vary(3)
    width = (5.5, 3, 8)[style]
    data = "".join(hours)
    return (
        stroke(data, "#000000", width=width, opacity=0.3, extra='transform="translate(1.4 2)"')
        + stroke(data, ink, width=width)
        + ("" if style == 1 else stroke("".join(minutes), ink, width=1.3, opacity=0.8))
    )


def _hand(angle: float, *, length: float, back: float, width: float, ink: str) -> str:
    x, y = _point(angle, rx=length, ry=length)
    bx, by = _point(angle + pi, rx=back, ry=back)
    sx, sy = width * cos(angle), width * sin(angle)
    mx, my = _point(angle, rx=length * 0.4, ry=length * 0.4)
    data = (
        f"M{bx:.1f} {by:.1f}L{mx - sx:.1f} {my - sy:.1f}L{x:.1f} "
        f"{y:.1f}L{mx + sx:.1f} {my + sy:.1f}Z"
    )
    return (
        fill(data, "#000000", opacity=0.3, extra='transform="translate(3 6)"')
        + fill(data, ink)
        + stroke(f"M400 500L{x:.1f} {y:.1f}", "#ffffff", width=1, opacity=0.5)
    )


def _hands(sheet: Sheet, *, reach: float) -> str:
    ink = _ink(sheet)
    hour, minute = 2 * pi * (10 + 9 / 60) / 12, 2 * pi * 9 / 60
    second = 2 * pi * 36 / 60
    x, y = _point(second, rx=reach * 0.9, ry=reach * 0.9)
    bx, by = _point(second + pi, rx=reach * 0.24, ry=reach * 0.24)
    sweep = f"M{bx:.1f} {by:.1f}L{x:.1f} {y:.1f}"
    return group(
        _hand(hour, length=reach * 0.56, back=16, width=6.5, ink=ink),
        _hand(minute, length=reach * 0.84, back=18, width=5.5, ink=ink),
        "" if sheet.vary(2, step=3) else stroke(sweep, ink, width=2),
        fill(ellipse(400, 500, rx=8, ry=8), ink),
        fill(ellipse(400, 500, rx=3, ry=3), "#000000", opacity=0.5),
    )


def _window(sheet: Sheet, *, rx: float) -> str:
    """Put the mark at twelve; by variation the date at three or small seconds at six."""
    ink = _ink(sheet)
    mark = stroke("M392 424v-8a8 8 0 0 1 16 0v8Z", ink, width=1.8)
    form = sheet.vary(3, step=2)
    if form == 0:
        x = 400 + rx * 0.66
        return (
            mark
            + fill(
                box(x - 13, 488, width=26, height=24),
                "#f7f5f0",
                extra=f'stroke="{ink}" stroke-width="2"',
            )
            + stroke(f"M{x - 5:g} 494h8v5h-8v7h8", "#2b2724", width=2)
        )
    if form == 1:
        return (
            mark
            + fill(ellipse(400, 572, rx=32, ry=32), "#000000", opacity=0.1)
            + stroke(ellipse(400, 572, rx=32, ry=32), ink, width=1.4)
            + stroke("M400 544v6M400 594v6M372 572h6M422 572h6M400 572L412 552", ink, width=1.8)
        )
    return mark


def _case(sheet: Sheet, *rims: str) -> str:
    """Turn a case of several steps, each catching the light its own way."""
    metal = _metal(sheet)
    ceramic = sheet.look.material is Material.CERAMIC
    key = "gunmetal" if ceramic else metal
    axes = ("0 0 1 1", "1 1 0 0", "0 0 1 1")
    parts = [falling(sheet, rims[0], reach=14)]
    for data, axis in zip(rims, axes, strict=False):
        parts.append(
            fill(data, polish(sheet, key, axis=axis))
            + stroke(data, edge(key), width=1.3, opacity=0.8)
        )
        if ceramic:
            parts.append(fill(data, "#141316", opacity=0.72))
    return "".join(parts)


def _crystal(sheet: Sheet, inside: str) -> str:
    """Lay a breath of light across the glass."""
    sweep = sheet.linear("0 #ffffff .3, .38 #ffffff .12, .4 #ffffff 0")
    return fill(inside, sweep)


def _crown(sheet: Sheet, x: float) -> str:
    ridges = "".join(f"M{x + 3:g} {y}h18" for y in range(484, 520, 5))
    knob = box(x, 478, width=24, height=44, radius=6)
    return plate(sheet, knob, _metal(sheet), axis="0 0 0 1") + stroke(
        ridges, edge(_metal(sheet)), width=1.4, opacity=0.6
    )


def _round(sheet: Sheet) -> None:
    inside = ellipse(400, 500, rx=152, ry=152)
    lug = symmetric(
        "400 352| 312 352| 296 322| 268 330| 262 372 258 500 262 628| 268 670| "
        "296 678| 312 648| 400 648|"
    )
    sheet.add(
        _band(sheet, width=176),
        _crown(sheet, 582),
        fill(lug, polish(sheet, _metal(sheet))) + stroke(lug, edge(_metal(sheet)), width=1.3),
        _case(
            sheet,
            ellipse(400, 500, rx=188, ry=188),
            ellipse(400, 500, rx=176, ry=176),
            ellipse(400, 500, rx=158, ry=158),
        ),
        _dial(sheet, inside),
        _markers(sheet, rx=142, ry=142),
        _window(sheet, rx=142),
        _hands(sheet, reach=142),
        _crystal(sheet, inside),
    )


def _square(sheet: Sheet) -> None:
    inside = box(264, 364, width=272, height=272, radius=20)
    sheet.add(
        _band(sheet, width=196),
        _crown(sheet, 572),
        _case(
            sheet,
            box(224, 324, width=352, height=352, radius=54),
            box(238, 338, width=324, height=324, radius=42),
            box(256, 356, width=288, height=288, radius=26),
        ),
        _dial(sheet, inside),
        _screws(sheet) if sheet.vary(2) else "",
        _markers(sheet, rx=126, ry=126),
        _window(sheet, rx=126),
        _hands(sheet, reach=124),
        _crystal(sheet, inside),
    )


def _screws(sheet: Sheet) -> str:
    spots = "".join(ellipse(x, y, rx=6, ry=6) for x in (250, 550) for y in (350, 650))
    slots = "".join(f"M{x - 4} {y - 3}l8 6" for x in (250, 550) for y in (350, 650))
    return fill(spots, polish(sheet, _metal(sheet))) + stroke(
        slots + spots, edge(_metal(sheet)), width=1.2
    )


def _tonneau(sheet: Sheet) -> None:
    def barrel(by: float) -> str:
        return symmetric(
            f"400 {300 + by} {296 + by * 0.5} {308 + by}| {246 + by} 400 {236 + by} "
            f"500 {246 + by} 600 {296 + by * 0.5} {692 - by}| 400 {700 - by}"
        )

    inside = barrel(40)
    sheet.add(
        _band(sheet, width=190),
        _crown(sheet, 562),
        _case(sheet, barrel(0), barrel(12), barrel(33)),
        _dial(sheet, inside),
        _markers(sheet, rx=108, ry=144),
        _window(sheet, rx=104),
        _hands(sheet, reach=118),
        _crystal(sheet, inside),
    )


SHAPES: Mapping[str, Callable[[Sheet], None]] = MappingProxyType(
    {"round": _round, "square": _square, "tonneau": _tonneau}
)
