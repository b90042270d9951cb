"""What a piece rests on or hangs before: a quiet ground and its shadow."""

from sellier.demo.drawings.paths import box, ellipse
from sellier.demo.drawings.sheet import Sheet, fill

INK = "#2a2430"


def backdrop(sheet: Sheet) -> str:
    """Paint the studio paper: off-white, a little lighter where the window is."""
    paper = sheet.radial("0 #faf9f7, .6 #f5f4f1, 1 #efedea", center=".42 .36 .85")
    return fill(box(0, 0, width=800, height=1000), paper)


def contact(sheet: Sheet, x: float, y: float, *, width: float, strength: float = 1) -> str:
    """Paint the shadow of a standing piece: dark where it touches, wide and faint around."""
    wide = ellipse(x + 14, y + 6, rx=width * 0.54, ry=20 + width * 0.02)
    near = ellipse(x + 3, y, rx=width * 0.49, ry=7)
    return fill(wide, INK, opacity=0.15 * strength, extra=f'filter="{sheet.blur(18)}"') + fill(
        near, INK, opacity=0.42 * strength, extra=f'filter="{sheet.blur(6)}"'
    )


def falling(sheet: Sheet, data: str, *, reach: float = 16, strength: float = 1) -> str:
    """Paint the shadow that a hanging or lying piece throws on the paper behind it."""
    return fill(
        data,
        INK,
        opacity=0.2 * strength,
        extra=f'transform="translate({reach:g} {reach * 1.5:g})" filter="{sheet.blur(reach)}"',
    )
