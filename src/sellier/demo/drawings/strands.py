"""Necklaces, pendants and bracelets: whatever hangs or lies in a line."""

from itertools import pairwise
from math import cos, pi, sin

from sellier.demo.drawings.gems import brilliant, cabochon, pearl, strung
from sellier.demo.drawings.goldsmith import (
    Spot,
    angles,
    around,
    jeweled,
    metal_of,
    pave,
    setting,
    stone_of,
)
from sellier.demo.drawings.ground import falling
from sellier.demo.drawings.look import Material
from sellier.demo.drawings.metals import edge, plate, wire
from sellier.demo.drawings.palette import PALETTE, blend
from sellier.demo.drawings.paths import box, ellipse
from sellier.demo.drawings.sheet import Sheet, stroke

_LAST = 2  # the third of three forms


def _drape(depth: float, *, top: float, half: float, power: float, count: int) -> list[Spot]:
    """Hang a strand from two points; a higher power makes the bottom flatter."""
    spread = (2 * at / (count - 1) - 1 for at in range(count))
    return [(400 + half * t, top + depth * (1 - abs(t) ** power)) for t in spread]


def _loop(count: int) -> list[Spot]:
    """Lay a necklace down closed: narrow at the clasp, wide where it falls."""
    turns = (2 * pi * at / (count - 1) for at in range(count))
    return [(400 + 214 * sin(t) * (0.72 - 0.28 * cos(t)), 494 - 340 * cos(t)) for t in turns]


def _polyline(points: list[Spot]) -> str:
    return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in points)


def _even(points: list[Spot], gap: float) -> list[Spot]:
    """Walk along a polyline, stopping every `gap` units."""
    stops, rest = [points[0]], gap
    for (x0, y0), (x1, y1) in pairwise(points):
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        while length and rest <= length:
            share = rest / length
            stops.append((x0 + (x1 - x0) * share, y0 + (y1 - y0) * share))
            rest += gap
        rest -= length
    return stops


def necklace(sheet: Sheet) -> None:
    strand = _loop(160)
    if sheet.look.material is Material.PEARL:
        spots = _even(strand, 35.4)[:-1]
        sheet.add(
            _strand_shadow(sheet, _polyline(strand), width=32),
            strung(spots, radius=17.8, tint=sheet.shade),
            _clasp(sheet),
        )
        return
    metal = metal_of(sheet)
    line = _polyline(strand)
    sheet.add(_strand_shadow(sheet, line, width=18))
    if sheet.picks(0, of=2):
        sheet.add(_links(strand, metal, gauge=30))
        sheet.add(_trio(sheet, strand) if jeweled(sheet) else "")
    else:
        sheet.add(_river(sheet, _even(strand, 25)))
    sheet.add(_clasp(sheet))


def _trio(sheet: Sheet, strand: list[Spot]) -> str:
    """Set three stones where the chain falls lowest."""
    middle = len(strand) // 2
    sizes = ((middle - 9, 24), (middle + 9, 24), (middle, 36))
    return "".join(
        setting(sheet, *strand[at], rx=radius + 6, ry=radius + 6)
        + brilliant(sheet, *strand[at], radius=radius, stone=stone_of(sheet))
        for at, radius in sizes
    )


def _strand_shadow(sheet: Sheet, line: str, *, width: float) -> str:
    soft = f'transform="translate(9 14)" filter="{sheet.blur(7)}"'
    return stroke(line, "#2a2430", width=width, opacity=0.18, extra=soft)


def _clasp(sheet: Sheet) -> str:
    return plate(
        sheet, box(376, 144, width=48, height=20, radius=10), metal_of(sheet), axis="0 0 0 1"
    )


def _links(strand: list[Spot], metal: str, *, gauge: float) -> str:
    """Join oval links, one flat, the next on edge."""
    shade, dark = PALETTE[metal], edge(metal)
    spots = _even(strand, gauge * 0.92)
    flash = blend(shade.base, "#fffdf4", 0.8)
    flat: list[str] = []
    on_edge: list[str] = []
    for at, (x, y) in enumerate(spots[:-1]):
        after = spots[at + 1]
        dx, dy = (after[0] - x) / gauge, (after[1] - y) / gauge
        length = gauge * 0.46
        segment = (
            f"M{x - dx * length:.0f} {y - dy * length:.0f}"
            f"l{2 * dx * length:.0f} {2 * dy * length:.0f}"
        )
        (flat if at % 2 == 0 else on_edge).append(segment)
    wide, thin = "".join(flat), "".join(on_edge)
    return (
        stroke(wide, dark, width=gauge * 0.76)
        + stroke(wide, shade.base, width=gauge * 0.68)
        + stroke(wide, flash, width=gauge * 0.5, extra='transform="translate(-1 -1.4)"')
        + stroke(wide, shade.base, width=gauge * 0.42)
        + stroke(wide, dark, width=gauge * 0.3)
        + stroke(wide, "#f3f1ee", width=gauge * 0.24)
        + stroke(thin, dark, width=gauge * 0.28)
        + stroke(thin, shade.base, width=gauge * 0.21)
        + stroke(thin, flash, width=gauge * 0.08, extra='transform="translate(-1 -1)"')
    )


def _river(sheet: Sheet, spots: list[Spot]) -> str:
    """Line up stones, each in its cup."""
    dots = "".join(f"M{x:.0f} {y:.0f}h.1" for x, y in spots)
    metal = PALETTE[metal_of(sheet)]
    cups = stroke(dots, edge(metal_of(sheet)), width=27) + stroke(dots, metal.base, width=24.5)
    rim = stroke(dots, metal.light, width=22, extra='transform="translate(-1 -1)"')
    return cups + rim + pave(sheet, iter(spots), size=8.6)


def pendant(sheet: Sheet) -> None:
    metal, stone = metal_of(sheet), stone_of(sheet)
    strand = _drape(400, top=150, half=200, power=1.5, count=60)
    line = _polyline(strand)
    sheet.add(
        stroke(
            line,
            "#2a2430",
            width=6,
            opacity=0.25,
            extra=f'transform="translate(6 9)" filter="{sheet.blur(4)}"',
        ),
        stroke(line, edge(metal), width=5.4),
        stroke(line, PALETTE[metal].base, width=4),
        stroke(
            line,
            blend(PALETTE[metal].base, "#ffffff", 0.7),
            width=3,
            extra='stroke-dasharray="3 5" stroke-linecap="butt"',
        ),
        wire(ellipse(400, 562, rx=9, ry=14), metal, width=5),
    )
    form = sheet.vary(4)
    disc = ellipse(400, 656, rx=82, ry=82)
    sheet.add(falling(sheet, disc, reach=9))
    if sheet.look.material is Material.PEARL:
        sheet.add(pearl(sheet, 400, 640, radius=62, tint=sheet.shade))
    elif form == 0:
        sheet.add(
            setting(sheet, 400, 656, rx=82, ry=82),
            pave(sheet, around(400, 656, rx=70, ry=70, at=angles(0, 1.91, 22)), size=9),
            brilliant(sheet, 400, 656, radius=56, stone=stone),
        )
    elif form == 1:
        sheet.add(_medal(sheet, 656))
    elif form == _LAST:
        sheet.add(
            setting(sheet, 400, 664, rx=66, ry=90),
            cabochon(sheet, 400, 664, rx=56, ry=80, stone=stone),
        )
    else:
        sheet.add(
            wire("M340 730V640A60 60 0 0 1 460 640V730Z", metal, width=18),
            pave(sheet, iter([(340 + 24 * k, 730) for k in range(6)]), size=8),
        )


def _medal(sheet: Sheet, y: float) -> str:
    metal = PALETTE[metal_of(sheet)]
    rays = "".join(
        (
            f"M{400 + 30 * cos(a):.1f} {y + 30 * sin(a):.1f}L{400 + 64 * cos(a):.1f} "
            f"{y + 64 * sin(a):.1f}"
        )
        for a in angles(0, 1.9375, 32)
    )
    return (
        setting(sheet, 400, y, rx=84, ry=84)
        + stroke(ellipse(400, y, rx=74, ry=74), metal.dark, width=2)
        + stroke(rays, metal.dark, width=2.2, opacity=0.8)
        + stroke(rays, metal.light, width=1.2, extra='transform="translate(1 1.4)"')
        + brilliant(sheet, 400, y, radius=20, stone=stone_of(sheet))
    )


def bracelet(sheet: Sheet) -> None:
    oval = list(around(400, 500, rx=250, ry=176, at=angles(-0.5, 1.5, 200)))
    body = _polyline(oval)
    sheet.add(
        stroke(
            body,
            "#2a2430",
            width=26,
            opacity=0.2,
            extra=f'transform="translate(10 18)" filter="{sheet.blur(9)}"',
        )
    )
    if sheet.look.material is Material.PEARL:
        sheet.add(strung(_even(oval, 43.5), radius=22, tint=sheet.shade))
    elif sheet.picks(0, of=2):
        sheet.add(
            _links(oval, metal_of(sheet), gauge=46),
            plate(sheet, box(378, 313, width=44, height=22, radius=11), metal_of(sheet)),
        )
    else:
        sheet.add(_river(sheet, _even(oval, 25)))
    if jeweled(sheet) and sheet.picks(0, of=2):
        sheet.add(
            wire("M400 680V706", metal_of(sheet), width=5),
            falling(sheet, ellipse(400, 744, rx=40, ry=40), reach=7),
            setting(sheet, 400, 744, rx=40, ry=40),
            brilliant(sheet, 400, 744, radius=28, stone=stone_of(sheet)),
        )
