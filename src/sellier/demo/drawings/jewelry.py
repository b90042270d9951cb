"""Jewelry, near enough to see the setting."""

from collections.abc import Callable, Iterator, Mapping
from math import cos, pi, sin
from types import MappingProxyType

from sellier.demo.drawings.gems import brilliant, cabochon, pearl, strung
from sellier.demo.drawings.ground import contact, falling
from sellier.demo.drawings.look import Material
from sellier.demo.drawings.metals import edge, plate, wire
from sellier.demo.drawings.palette import METALS, PALETTE, Shade, blend
from sellier.demo.drawings.paths import box, ellipse
from sellier.demo.drawings.sheet import Sheet, fill, group, stroke

_DIAMOND = Shade(
    base="#e4ebef",
    light="#ffffff",
    dark="#98a7b2",
    stroke="#5f6d78",
    english="",
    french="",
    family="white",
)


Spot = tuple[float, float]


def _metal(sheet: Sheet) -> str:
    return sheet.look.material if sheet.look.material in METALS else sheet.metal()


def _stone(sheet: Sheet) -> Shade:
    """White and metal colors mean diamonds."""
    plain = sheet.look.color in METALS or sheet.look.color in {"white", "chalk"}
    return _DIAMOND if plain else sheet.shade


def _enamel(sheet: Sheet) -> bool:
    return sheet.look.material in {Material.CERAMIC, Material.LACQUER}


def _hoop(sheet: Sheet, x: float, y: float, *, rx: float, ry: float, width: float) -> str:
    """Bend a polished band into a hoop seen a little from the side: far wall, then near wall."""
    metal = PALETTE[_metal(sheet)] if not _enamel(sheet) else sheet.shade
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
        stroke(inner, edge(_metal(sheet)), width=width),
        stroke(inner, back, width=width - 2),
        stroke(outer, edge(_metal(sheet)), width=width * 0.74),
        stroke(outer, body, width=width * 0.74 - 2.4),
        stroke(outer, rim, width=width * 0.2, opacity=0.9, extra='transform="translate(-1 -2)"'),
    )


def _around(x: float, y: float, /, rx: float, ry: float, angles: Iterator[float]) -> Iterator[Spot]:  # noqa: PLR0917
    return ((x + rx * cos(a), y + ry * sin(a)) for a in angles)


def _angles(first: float, last: float, count: int) -> Iterator[float]:
    return (pi * (first + (last - first) * at / (count - 1)) for at in range(count))


def _pave(sheet: Sheet, spots: Iterator[Spot], *, size: float) -> str:
    """Set small stones side by side."""
    stone = _stone(sheet)
    dots = "".join(f"M{x:.0f} {y:.0f}h.1" for x, y in spots)
    layers = (
        (2.3, edge(_metal(sheet)), 0.0),
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


def _ring(sheet: Sheet) -> None:
    form = sheet.vary(3)
    sheet.add(contact(sheet, 400, 738, width=210))
    if sheet.look.material is Material.PEARL:
        sheet.add(_hoop(sheet, 400, 560, rx=172, ry=174, width=20), pearl(sheet, 400, 340, radius=66, tint=sheet.shade))
    elif form == 0:
        sheet.add(
            _hoop(sheet, 400, 556, rx=170, ry=172, width=34),
            fill("M318 420Q400 300 482 420Q400 390 318 420Z", edge(_metal(sheet))),
            _setting(sheet, 400, 372, rx=84, ry=66),
            cabochon(sheet, 400, 366, rx=74, ry=57, stone=_stone(sheet)),
        )
    elif form == 1:
        sheet.add(
            _hoop(sheet, 400, 540, rx=176, ry=180, width=58),
            _pave(sheet, _around(400, 540, 176, 180, _angles(1.14, 1.86, 19)), size=13),
        )
    else:
        for shift in (-24, 0, 24):
            sheet.add(_hoop(sheet, 400 + shift, 540 + abs(shift) * 0.3, rx=172, ry=178, width=24))


def _setting(sheet: Sheet, x: float, y: float, *, rx: float, ry: float) -> str:
    metal = PALETTE[_metal(sheet)]
    bezel = sheet.linear(f"0 {blend(metal.light, '#ffffff', 0.6)}, .4 {metal.base}, .6 {metal.dark}, 1 {metal.light}")
    return fill(ellipse(x, y, rx=rx, ry=ry), bezel, extra=f'stroke="{edge(_metal(sheet))}" stroke-width="1.2"')


def _solitaire(sheet: Sheet) -> None:
    radius = (76, 66, 84)[sheet.vary(3)]
    y = 322
    metal = _metal(sheet)
    sheet.add(contact(sheet, 400, 748, width=200), _hoop(sheet, 400, 566, rx=168, ry=174, width=22))
    claws = f"M{400 - radius * 0.66:g} {y + 30}L380 {y + 92}M{400 + radius * 0.66:g} {y + 30}L420 {y + 92}M400 {y + 40}V{y + 92}"
    sheet.add(wire(sheet, claws, metal, width=8))
    if sheet.vary(2, step=3):
        sheet.add(_pave(sheet, _around(400, 566, 168, 174, _angles(1.58, 1.84, 8)), size=9))
        sheet.add(_pave(sheet, _around(400, 566, 168, 174, _angles(1.16, 1.42, 8)), size=9))
    sheet.add(
        fill(ellipse(404, y + 10, rx=radius, ry=radius), "#000000", opacity=0.16, extra=f'filter="{sheet.blur(8)}"'),
        brilliant(sheet, 400, y, radius=radius, stone=_stone(sheet)),
    )
    reach = radius * 0.72
    for dx, dy in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
        x0, y0 = 400 + dx * reach, y + dy * reach
        sheet.add(wire(sheet, f"M{x0 + dx * 5:g} {y0 + dy * 5:g}L{x0 - dx * 7:g} {y0 - dy * 7:g}", metal, width=8))


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
    for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        while length and rest <= length:
            share = rest / length
            stops.append((x0 + (x1 - x0) * share, y0 + (y1 - y0) * share))
            rest += gap
        rest -= length
    return stops


def _necklace(sheet: Sheet) -> None:
    strand = _loop(160)
    if sheet.look.material is Material.PEARL:
        spots = _even(strand, 35.4)[:-1]
        sheet.add(
            _strand_shadow(sheet, _polyline(strand), width=32),
            strung(sheet, spots, radius=17.8, tint=sheet.shade),
            _clasp(sheet),
        )
        return
    metal = _metal(sheet)
    line = _polyline(strand)
    sheet.add(_strand_shadow(sheet, line, width=18))
    if sheet.vary(2) == 0:
        sheet.add(_links(strand, metal, gauge=30))
    else:
        sheet.add(_river(sheet, _even(strand, 25)))
    sheet.add(_clasp(sheet))


def _strand_shadow(sheet: Sheet, line: str, *, width: float) -> str:
    soft = f'transform="translate(9 14)" filter="{sheet.blur(7)}"'
    return stroke(line, "#2a2430", width=width, opacity=0.18, extra=soft)


def _clasp(sheet: Sheet) -> str:
    return plate(sheet, box(376, 144, width=48, height=20, radius=10), _metal(sheet), axis="0 0 0 1")


def _links(strand: list[Spot], metal: str, *, gauge: float) -> str:
    """Join oval links, one flat, the next on edge."""
    shade, dark = PALETTE[metal], edge(metal)
    spots = _even(strand, gauge * 0.92)
    flash = blend(shade.base, "#fffdf4", 0.8)
    flat, on_edge = [], []
    for at, (x, y) in enumerate(spots[:-1]):
        after = spots[at + 1]
        dx, dy = (after[0] - x) / gauge, (after[1] - y) / gauge
        length = gauge * 0.46
        segment = f"M{x - dx * length:.1f} {y - dy * length:.1f}L{x + dx * length:.1f} {y + dy * length:.1f}"
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
    """A line of stones, each in its collet."""
    dots = "".join(f"M{x:.0f} {y:.0f}h.1" for x, y in spots)
    metal = PALETTE[_metal(sheet)]
    collets = stroke(dots, edge(_metal(sheet)), width=27) + stroke(dots, metal.base, width=24.5)
    rim = stroke(dots, metal.light, width=22, extra='transform="translate(-1 -1)"')
    return collets + rim + _pave(sheet, iter(spots), size=8.6)


def _pendant(sheet: Sheet) -> None:
    metal, stone = _metal(sheet), _stone(sheet)
    strand = _drape(400, top=150, half=200, power=1.5, count=60)
    line = _polyline(strand)
    sheet.add(
        stroke(line, "#2a2430", width=6, opacity=0.25, extra=f'transform="translate(6 9)" filter="{sheet.blur(4)}"'),
        stroke(line, edge(metal), width=5.4),
        stroke(line, PALETTE[metal].base, width=4),
        stroke(line, blend(PALETTE[metal].base, "#ffffff", 0.7), width=3, extra='stroke-dasharray="3 5" stroke-linecap="butt"'),
        wire(sheet, ellipse(400, 562, rx=9, ry=14), metal, width=5),
    )
    form = sheet.vary(4)
    disc = ellipse(400, 656, rx=82, ry=82)
    sheet.add(falling(sheet, disc, reach=9))
    if sheet.look.material is Material.PEARL:
        sheet.add(pearl(sheet, 400, 640, radius=62, tint=sheet.shade))
    elif form == 0:
        sheet.add(_setting(sheet, 400, 656, rx=82, ry=82), _pave(sheet, _around(400, 656, 70, 70, _angles(0, 1.91, 22)), size=9), brilliant(sheet, 400, 656, radius=56, stone=stone))
    elif form == 1:
        sheet.add(_medal(sheet, 656))
    elif form == 2:  # noqa: PLR2004
        sheet.add(_setting(sheet, 400, 664, rx=66, ry=90), cabochon(sheet, 400, 664, rx=56, ry=80, stone=stone))
    else:
        sheet.add(wire(sheet, "M340 730V640A60 60 0 0 1 460 640V730Z", metal, width=18), _pave(sheet, iter([(340 + 24 * k, 730) for k in range(6)]), size=8))


def _medal(sheet: Sheet, y: float) -> str:
    metal = PALETTE[_metal(sheet)]
    rays = "".join(
        f"M{400 + 30 * cos(a):.1f} {y + 30 * sin(a):.1f}L{400 + 64 * cos(a):.1f} {y + 64 * sin(a):.1f}"
        for a in _angles(0, 1.9375, 32)
    )
    return (
        _setting(sheet, 400, y, rx=84, ry=84)
        + stroke(ellipse(400, y, rx=74, ry=74), metal.dark, width=2)
        + stroke(rays, metal.dark, width=2.2, opacity=0.8)
        + stroke(rays, metal.light, width=1.2, extra='transform="translate(1 1.4)"')
        + brilliant(sheet, 400, y, radius=20, stone=_stone(sheet))
    )


def _bracelet(sheet: Sheet) -> None:
    oval = list(_around(400, 500, 250, 176, _angles(-0.5, 1.5, 200)))
    body = _polyline(oval)
    sheet.add(stroke(body, "#2a2430", width=26, opacity=0.2, extra=f'transform="translate(10 18)" filter="{sheet.blur(9)}"'))
    if sheet.look.material is Material.PEARL:
        sheet.add(strung(sheet, _even(oval, 43.5), radius=22, tint=sheet.shade))
    elif sheet.vary(2) == 0:
        sheet.add(_links(oval, _metal(sheet), gauge=46))
    else:
        sheet.add(_river(sheet, _even(oval, 25)))
    if sheet.vary(3, step=2) == 1:
        sheet.add(
            wire(sheet, "M400 680V706", _metal(sheet), width=5),
            falling(sheet, ellipse(400, 744, rx=40, ry=40), reach=7),
            _setting(sheet, 400, 744, rx=40, ry=40),
            brilliant(sheet, 400, 744, radius=28, stone=_stone(sheet)),
        )


def _bangle(sheet: Sheet) -> None:
    form = sheet.vary(3)
    width = (46, 88, 30)[form]
    sheet.add(
        stroke(ellipse(412, 524, rx=240, ry=196), "#2a2430", width=width, opacity=0.2, extra=f'filter="{sheet.blur(14)}"'),
        _hoop(sheet, 400, 500, rx=240, ry=200, width=width),
    )
    if form == 0:
        sheet.add(_pave(sheet, _around(400, 500, 240, 200, _angles(0.3, 0.7, 19)), size=11))
    if form == 2:  # noqa: PLR2004
        sheet.add(_hoop(sheet, 400, 540, rx=240, ry=200, width=width), _hoop(sheet, 400, 460, rx=240, ry=200, width=width))


def _hoops(sheet: Sheet) -> None:
    thick = (22, 40, 15)[sheet.vary(3)]
    for x in (270, 530):
        rx, ry = (88, 118) if thick > 30 else (98, 150)  # noqa: PLR2004
        sheet.add(
            stroke(ellipse(x + 12, 530, rx=rx, ry=ry), "#2a2430", width=thick, opacity=0.2, extra=f'filter="{sheet.blur(10)}"'),
            wire(sheet, f"M{x} {504 - ry}C{x} {462 - ry} {x + 44} {468 - ry} {x + 48} {520 - ry}", _metal(sheet), width=5),
            _hoop(sheet, x, 510, rx=rx, ry=ry, width=thick),
        )
        if sheet.vary(2, step=3):
            sheet.add(_pave(sheet, _around(x, 510, rx, ry, _angles(0.62, 1.38, 15)), size=max(6, thick * 0.24)))
        if sheet.look.material is Material.PEARL:
            sheet.add(pearl(sheet, x, 510 + ry + 34, radius=38, tint=sheet.shade))


def _studs(sheet: Sheet) -> None:
    form = sheet.vary(3)
    for x in (270, 530):
        disc = ellipse(x, 500, rx=96, ry=96)
        sheet.add(falling(sheet, disc, reach=13))
        if sheet.look.material is Material.PEARL:
            sheet.add(pearl(sheet, x, 500, radius=92, tint=sheet.shade))
        elif form == 0:
            sheet.add(_setting(sheet, x, 500, rx=96, ry=96), brilliant(sheet, x, 500, radius=84, stone=_stone(sheet)))
        elif form == 1:
            sheet.add(_flower(sheet, x, 500))
        else:
            sheet.add(_setting(sheet, x, 500, rx=92, ry=92), cabochon(sheet, x, 500, rx=78, ry=78, stone=_stone(sheet)))


def _flower(sheet: Sheet, x: float, y: float) -> str:
    petals = "".join(
        brilliant(sheet, px, py, radius=38, stone=_stone(sheet))
        for px, py in _around(x, y, 70, 70, _angles(-0.5, 1.1667, 6))
    )
    return petals + _setting(sheet, x, y, rx=36, ry=36) + brilliant(sheet, x, y, radius=28, stone=_DIAMOND)


SHAPES: Mapping[str, Callable[[Sheet], None]] = MappingProxyType(
    {
        "ring": _ring,
        "solitaire": _solitaire,
        "necklace": _necklace,
        "pendant": _pendant,
        "bracelet": _bracelet,
        "bangle": _bangle,
        "hoops": _hoops,
        "studs": _studs,
    }
)
