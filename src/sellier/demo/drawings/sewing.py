"""The tailor's hand: cut pieces, sleeves, folds, seams, buttons, lapels."""

from sellier.demo.drawings.ground import falling
from sellier.demo.drawings.look import Material
from sellier.demo.drawings.materials import surface
from sellier.demo.drawings.palette import PALETTE, Shade, blend
from sellier.demo.drawings.paths import (
    Line,
    ellipse,
    knots,
    mirrored,
    moved,
    outline,
    reflected,
    trace,
)
from sellier.demo.drawings.sheet import Sheet, fill, group, stroke


def piece(
    sheet: Sheet,
    line: Line,
    *,
    lifted: float = 0,
    turn: float = 0,
    shade: Shade | None = None,
    material: Material | None = None,
) -> str:
    """Lay a cut piece of cloth, closed by a fine line; `lifted` throws a shadow beneath."""
    return surface(
        sheet, outline(line), shade=shade, material=material, turn=turn, line=1.5, lifted=lifted
    )


def shadow(sheet: Sheet, *lines: Line) -> str:
    """Throw the whole garment's shadow on the wall."""
    return falling(sheet, "".join(outline(line) for line in lines), reach=15, strength=0.8)


def sleeves(sheet: Sheet, left: str, *, turn: float = 9) -> str:
    line = knots(left)
    return piece(sheet, line, turn=turn) + piece(sheet, reflected(line), turn=-turn)


def folds(sheet: Sheet, *lines: str, width: float = 11, both: bool = True) -> str:
    """Let the cloth fall: a soft valley with its lit ridge, on each side of the axis."""
    deep, lit = [], []
    for text in lines:
        line = knots(text)
        pair = (line, reflected(line)) if both else (line,)
        deep += [trace(one) for one in pair]
        lit += [trace(moved(one, -width, -2)) for one in pair]
    blurred = f'filter="{sheet.blur(width * 0.55)}"'
    return stroke(
        "".join(deep), sheet.shade.stroke, width=width * 0.8, opacity=0.3, extra=blurred
    ) + stroke("".join(lit), sheet.shade.light, width=width * 0.7, opacity=0.36, extra=blurred)


def seam(sheet: Sheet, *lines: str, both: bool = True, sewn: bool = False) -> str:
    data = ""
    for text in lines:
        line = knots(text)
        data += trace(line) + (trace(reflected(line)) if both else "")
    row = 'stroke-dasharray="5 3.6"' if sewn else ""
    width = 1.5 if sewn else 1.6
    color = blend(sheet.shade.stroke, sheet.shade.light, 0.35) if sewn else sheet.shade.stroke
    return stroke(data, color, width=width, opacity=0.7, extra=row)


def neck(sheet: Sheet, half: str, *, shade: Shade | None = None) -> str:
    """Show the inside of the back below the collar, with the house's label."""
    data = outline(mirrored(knots(half)))
    color = shade or sheet.shade
    inside = sheet.linear(f"0 {color.dark}, 1 {blend(color.dark, '#120c14', 0.55)}", axis="0 0 0 1")
    return fill(data, inside) + stroke(data, color.stroke, width=1.4)


def label(sheet: Sheet, y: float) -> str:
    ink = PALETTE[sheet.metal()].base
    return fill(f"M378 {y:g}h44v17h-44Z", PALETTE["noir"].base) + stroke(
        f"M387 {y + 8.5:g}h26", ink, width=1.8
    )


def buttons(sheet: Sheet, *places: tuple[float, float], size: float = 11) -> str:
    """Sew on buttons: metal if the accent is one, else horn or tone on tone."""
    metal = sheet.metal("")
    shade = PALETTE[metal] if metal else _horn(sheet)
    bright = blend(shade.light, "#ffffff", 0.3)
    dome = sheet.radial(f"0 {bright}, .5 {shade.base}, 1 {shade.stroke}", center=".36 .3 .8")
    discs = [ellipse(x, y, rx=size, ry=size) for x, y in places]
    rims = "".join(ellipse(x, y, rx=size * 0.72, ry=size * 0.72) for x, y in places)
    holes = "".join(f"M{x - 2.6:g} {y - 2.6:g}h.1m5 0h.1m-5 5h.1m5 0h.1" for x, y in places)
    soft = f'transform="translate(1.5 3)" filter="{sheet.blur(1.5)}"'
    return (
        fill("".join(discs), "#000000", opacity=0.35, extra=soft)
        + "".join(fill(disc, dome) for disc in discs)
        + stroke(rims, shade.stroke, width=0.9, opacity=0.5)
        + ("" if metal else stroke(holes, shade.stroke, width=2.2))
    )


def _horn(sheet: Sheet) -> Shade:
    if sheet.look.color in {"black", "noir", "navy", "midnight", "anthracite"}:
        return PALETTE["black"]
    return PALETTE[
        "ivory" if sheet.look.material in {Material.SILK, Material.COTTON} else "chestnut"
    ]


def ribbing(sheet: Sheet, line: Line, *, step: float = 9, slant: float = 0) -> str:
    """Knit a ribbed band over a piece: fine columns within its outline."""
    data = outline(line)
    left, right = min(k.x for k in line) - 40, max(k.x for k in line) + 40
    top, foot = min(k.y for k in line), max(k.y for k in line)
    count = int((right - left) / step)
    columns = "".join(
        f"M{left + at * step:g} {top:g}l{slant:g} {foot - top:g}" for at in range(count)
    )
    clip = f'clip-path="{sheet.clip(data)}"'
    valley = stroke(columns, sheet.shade.stroke, width=3, opacity=0.3)
    ridge = stroke(
        columns, sheet.shade.light, width=2, opacity=0.4, extra='transform="translate(-3.4 0)"'
    )
    return piece(sheet, line, lifted=2) + group(valley, ridge, extra=clip)
