"""The shoemaker's hand: uppers, linings, seams, soles and bows."""

from sellier.demo.drawings.leather import lift, panel
from sellier.demo.drawings.materials import surface
from sellier.demo.drawings.palette import PALETTE, Shade, blend, luminance
from sellier.demo.drawings.paths import box, knots, outline, trace
from sellier.demo.drawings.sheet import Sheet, fill, group, stroke

WELT = PALETTE["chocolate"]
LINING = PALETTE["nude"]


def second_leather(sheet: Sheet) -> Shade:
    """Give the second leather: the accent unless it is a metal."""
    accent = sheet.look.accent
    return PALETTE[accent] if accent and accent != sheet.metal("") else sheet.shade


def lining(sheet: Sheet, line: str) -> str:
    data = outline(line)
    deep = sheet.linear(f"0 {LINING.base}, 1 {PALETTE['tobacco'].dark}", axis="0 0 .6 1")
    return fill(data, deep) + stroke(data, sheet.shade.stroke, width=2)


def upper(sheet: Sheet, line: str) -> str:
    return panel(sheet, knots(line), sewn=0)


def fold_seam(sheet: Sheet, line: str) -> str:
    """Two pieces meet: a fold of shade and a row of stitches beside it."""
    data = trace(line)
    return (
        stroke(data, sheet.shade.stroke, width=2, opacity=0.75)
        + stroke(data, sheet.shade.dark, width=9, opacity=0.3, extra=f'filter="{sheet.blur(4)}"')
        + stroke(
            data, sheet.shade.light, width=1.4, opacity=0.5, extra='transform="translate(-1 2)"'
        )
    )


def piping(sheet: Sheet, line: str, *, width: float = 5) -> str:
    data = trace(line)
    return stroke(data, sheet.shade.stroke, width=width) + stroke(
        data,
        sheet.shade.light,
        width=width * 0.35,
        opacity=0.7,
        extra='transform="translate(-.6 -1)"',
    )


def gleam(sheet: Sheet, line: str, *, width: float = 16, opacity: float = 0.4) -> str:
    return stroke(
        trace(line), _shine(sheet), width=width, opacity=opacity, extra=f'filter="{sheet.blur(8)}"'
    )


def _shine(sheet: Sheet) -> str:
    """Dark leather shows its form by its reflections only, so they are brighter."""
    return blend(sheet.shade.light, "#ffffff", 0.42 * (1 - luminance(sheet.shade.base)) ** 3)


def sole(sheet: Sheet, line: str, *, shade: Shade = WELT) -> str:
    data = outline(line)
    body = sheet.linear(f"0 {shade.light}, .3 {shade.base}, 1 {shade.dark}", axis="0 0 .1 1")
    return fill(data, body) + stroke(data, shade.stroke, width=1.6)


def bow(sheet: Sheet, x: float, y: float) -> str:
    shade = second_leather(sheet)
    left = outline(
        f"{x}, {y} {x - 30} {y - 26} {x - 54} {y - 14} {x - 48} {y + 16} {x - 26} {y + 18}"
    )
    right = outline(
        f"{x} {y} {x + 26} {y - 32} {x + 52} {y - 28} {x + 52} {y + 4} {x + 28} {y + 12}"
    )
    return group(
        lift(sheet, left + right, 5),
        surface(sheet, left, shade=shade) + surface(sheet, right, shade=shade),
        stroke(left + right, shade.stroke, width=1.4),
        surface(sheet, box(x - 9, y - 13, width=20, height=26, radius=7), shade=shade),
        stroke(box(x - 9, y - 13, width=20, height=26, radius=7), shade.stroke, width=1.4),
    )


def ribbon(sheet: Sheet, line: str, *, far: bool = False) -> str:
    data, shade = trace(line), sheet.shade
    return (
        stroke(data, shade.stroke, width=18)
        + stroke(data, shade.dark if far else shade.base, width=15)
        + (
            ""
            if far
            else stroke(
                data, shade.light, width=3, opacity=0.7, extra='transform="translate(-2 -4)"'
            )
        )
    )
