"""Scented candles."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sellier.demo.drawings.glass import cap, caustic, paper, reflection, vessel
from sellier.demo.drawings.ground import contact
from sellier.demo.drawings.look import Material
from sellier.demo.drawings.palette import PALETTE
from sellier.demo.drawings.paths import box, ellipse
from sellier.demo.drawings.sheet import Sheet, fill, group, stroke

_FOOT = 780


def _flame(sheet: Sheet, x: float, y: float) -> str:
    """Stand a wick; for one candle in two, lit."""
    wick = stroke(f"M{x:g} {y:g}q2-14-2-26", "#2a211c", width=4)
    if sheet.vary(2):
        return wick
    tongue = f"M{x:g} {y - 10:g}c-22-10-20-40 0-76c18 36 22 64 0 76Z"
    core = f"M{x:g} {y - 12:g}c-10-6-9-22 0-38c9 16 10 32 0 38Z"
    heat = sheet.linear("0 #fff3c4, .55 #ffd27a, 1 #f09a3a", axis="0 0 0 1")
    glow = sheet.radial("0 #ffdf9a .55, 1 #ffdf9a 0", center=".5 .5 .5")
    return group(
        fill(ellipse(x, y - 44, rx=150, ry=150), glow),
        fill(tongue, heat, opacity=0.95),
        fill(core, "#fffdf2", opacity=0.9),
        wick,
    )


def _wax(sheet: Sheet, x: float, y: float, *, rx: float, ry: float) -> str:
    wax = (
        PALETTE["ivory"]
        if sheet.look.material in {Material.LACQUER, Material.CERAMIC}
        else sheet.shade
    )
    pool = sheet.radial(f"0 {wax.light}, .7 {wax.base}, 1 {wax.dark}", center=".45 .4 .6")
    return fill(ellipse(x, y, rx=rx, ry=ry), pool)


def _tumbler(sheet: Sheet) -> None:
    top, rx, ry = 400, 172, 30
    outer = (
        f"M228 {top}L236 750Q240 780 280 {_FOOT}H520Q560 780 564 750L572 "
        f"{top}A{rx} {ry} 0 0 1 228 {top}Z"
    )
    inner = "M244 470L250 738Q252 752 280 752H520Q548 752 550 738L556 470A156 26 0 0 1 244 470Z"
    mouth = ellipse(400, top, rx=rx, ry=ry)
    sheet.add(
        contact(sheet, 400, _FOOT, width=310),
        caustic(sheet, 400, _FOOT, width=300, tint=sheet.shade),
        fill(mouth, sheet.linear("0 #c9cccb, 1 #f6f6f4", axis="0 0 0 1")),
        vessel(sheet, outer, inner, content=sheet.shade),
        fill(mouth, sheet.linear("0 #8d8f8e .5, 1 #ffffff .3", axis="0 0 0 1")),
        _wax(sheet, 400, top + 14, rx=156, ry=22)
        if sheet.look.material != "glass"
        else _wax(sheet, 400, 470, rx=156, ry=25),
        stroke(
            mouth,
            "#8b8784" if sheet.look.material != "lacquer" else sheet.shade.light,
            width=2.4,
            opacity=0.8,
        ),
    )
    level = 470 if sheet.look.material == "glass" else top + 16
    sheet.add(
        _flame(sheet, 400, level),
        reflection(sheet, 246, 440, width=15, height=290),
        reflection(sheet, 548, 450, width=6, height=260),
        paper(sheet, 400, 626, width=160, height=150),
    )


def _jar(sheet: Sheet) -> None:
    """Close a jar with a lid in the second color or metal."""
    outer = box(226, 420, width=348, height=_FOOT - 420, radius=34)
    inner = box(250, 440, width=300, height=306, radius=20)
    sheet.add(
        contact(sheet, 400, _FOOT, width=320),
        caustic(sheet, 400, _FOOT, width=310, tint=sheet.shade),
        vessel(sheet, outer, inner, content=sheet.shade),
        reflection(sheet, 240, 456, width=16, height=270),
        reflection(sheet, 552, 466, width=7, height=250),
        paper(sheet, 400, 610, width=170, height=160),
        cap(sheet, box(214, 362, width=372, height=66, radius=12)),
        cap(sheet, box(372, 322, width=56, height=42, radius=(10, 21)[sheet.vary(2)])),
        stroke("M222 410H578", "#000000", width=1.4, opacity=0.4),
    )


SHAPES: Mapping[str, Callable[[Sheet], None]] = MappingProxyType({"tumbler": _tumbler, "jar": _jar})
