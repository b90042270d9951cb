"""Jewelry, near enough to see the setting."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sellier.demo.drawings.gems import brilliant, cabochon, pearl
from sellier.demo.drawings.goldsmith import (
    DIAMOND,
    angles,
    around,
    hoop,
    jeweled,
    metal_of,
    pave,
    setting,
    stone_of,
)
from sellier.demo.drawings.ground import contact, falling
from sellier.demo.drawings.look import Material
from sellier.demo.drawings.metals import edge, wire
from sellier.demo.drawings.paths import ellipse
from sellier.demo.drawings.sheet import Sheet, fill, stroke
from sellier.demo.drawings.strands import bracelet, necklace, pendant

_LAST = 2  # the third of three forms


def _ring(sheet: Sheet) -> None:
    form = sheet.vary(3)
    sheet.add(contact(sheet, 400, 738, width=210))
    if sheet.look.material is Material.PEARL:
        sheet.add(
            hoop(sheet, 400, 560, rx=172, ry=174, width=20),
            pearl(sheet, 400, 340, radius=66, tint=sheet.shade),
        )
    elif form == 0:
        sheet.add(
            hoop(sheet, 400, 556, rx=170, ry=172, width=34),
            fill("M318 420Q400 300 482 420Q400 390 318 420Z", edge(metal_of(sheet))),
            setting(sheet, 400, 372, rx=84, ry=66),
            cabochon(sheet, 400, 366, rx=74, ry=57, stone=stone_of(sheet)),
        )
    elif form == 1:
        sheet.add(
            hoop(sheet, 400, 540, rx=176, ry=180, width=58),
            pave(sheet, around(400, 540, rx=176, ry=180, at=angles(1.14, 1.86, 19)), size=13),
        )
    else:
        for shift in (-24, 24, 0):
            sheet.add(hoop(sheet, 400 + shift, 540 + abs(shift) * 0.3, rx=172, ry=178, width=24))
        if jeweled(sheet):
            spots = around(400, 540, rx=172, ry=178, at=angles(1.1, 1.9, 27))
            sheet.add(pave(sheet, spots, size=9))


def _solitaire(sheet: Sheet) -> None:
    radius = (76, 66, 84)[sheet.vary(3)]
    y = 322
    metal = metal_of(sheet)
    sheet.add(contact(sheet, 400, 748, width=200), hoop(sheet, 400, 566, rx=168, ry=174, width=22))
    claws = (
        f"M{400 - radius * 0.66:g} {y + 30}L380 {y + 92}M{400 + radius * 0.66:g} "
        f"{y + 30}L420 {y + 92}M400 {y + 40}V{y + 92}"
    )
    sheet.add(wire(claws, metal, width=8))
    if sheet.vary(2, step=3):
        sheet.add(pave(sheet, around(400, 566, rx=168, ry=174, at=angles(1.58, 1.84, 8)), size=9))
        sheet.add(pave(sheet, around(400, 566, rx=168, ry=174, at=angles(1.16, 1.42, 8)), size=9))
    sheet.add(
        fill(
            ellipse(404, y + 10, rx=radius, ry=radius),
            "#000000",
            opacity=0.16,
            extra=f'filter="{sheet.blur(8)}"',
        ),
        brilliant(sheet, 400, y, radius=radius, stone=stone_of(sheet)),
    )
    reach = radius * 0.72
    for dx, dy in ((-1, -1), (1, -1), (-1, 1), (1, 1)):
        x0, y0 = 400 + dx * reach, y + dy * reach
        sheet.add(
            wire(
                f"M{x0 + dx * 5:g} {y0 + dy * 5:g}L{x0 - dx * 7:g} {y0 - dy * 7:g}",
                metal,
                width=8,
            )
        )


def _bangle(sheet: Sheet) -> None:
    form = sheet.vary(3)
    width = (46, 88, 30)[form]
    sheet.add(
        stroke(
            ellipse(412, 524, rx=240, ry=196),
            "#2a2430",
            width=width,
            opacity=0.2,
            extra=f'filter="{sheet.blur(14)}"',
        ),
        hoop(sheet, 400, 500, rx=240, ry=200, width=width),
    )
    if form == _LAST:
        sheet.add(
            hoop(sheet, 400, 540, rx=240, ry=200, width=width),
            hoop(sheet, 400, 460, rx=240, ry=200, width=width),
        )
    if jeweled(sheet):
        spots = around(400, 500 - 40 * (form == _LAST), rx=240, ry=200, at=angles(0.3, 0.7, 19))
        sheet.add(pave(sheet, spots, size=(11, 13, 8)[form]))


def _hoops(sheet: Sheet) -> None:
    form = sheet.vary(3)
    thick = (22, 40, 15)[form]
    for x in (270, 530):
        rx, ry = (88, 118) if form == 1 else (98, 150)
        sheet.add(
            stroke(
                ellipse(x + 12, 530, rx=rx, ry=ry),
                "#2a2430",
                width=thick,
                opacity=0.2,
                extra=f'filter="{sheet.blur(10)}"',
            ),
            wire(
                f"M{x} {504 - ry}C{x} {462 - ry} {x + 44} {468 - ry} {x + 48} {520 - ry}",
                metal_of(sheet),
                width=5,
            ),
            hoop(sheet, x, 510, rx=rx, ry=ry, width=thick),
        )
        if jeweled(sheet):
            sheet.add(
                pave(
                    sheet,
                    around(x, 510, rx=rx, ry=ry, at=angles(0.62, 1.38, 15)),
                    size=max(6, thick * 0.24),
                )
            )
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
            sheet.add(
                setting(sheet, x, 500, rx=96, ry=96),
                brilliant(sheet, x, 500, radius=84, stone=stone_of(sheet)),
            )
        elif form == 1:
            sheet.add(_flower(sheet, x, 500))
        else:
            sheet.add(
                setting(sheet, x, 500, rx=92, ry=92),
                cabochon(sheet, x, 500, rx=78, ry=78, stone=stone_of(sheet)),
            )


def _flower(sheet: Sheet, x: float, y: float) -> str:
    petals = "".join(
        cabochon(sheet, px, py, rx=39, ry=39, stone=stone_of(sheet))
        for px, py in around(x, y, rx=70, ry=70, at=angles(-0.5, 1.1667, 6))
    )
    return (
        petals
        + setting(sheet, x, y, rx=36, ry=36)
        + brilliant(sheet, x, y, radius=28, stone=DIAMOND)
    )


SHAPES: Mapping[str, Callable[[Sheet], None]] = MappingProxyType(
    {
        "ring": _ring,
        "solitaire": _solitaire,
        "necklace": necklace,
        "pendant": pendant,
        "bracelet": bracelet,
        "bangle": _bangle,
        "hoops": _hoops,
        "studs": _studs,
    }
)
