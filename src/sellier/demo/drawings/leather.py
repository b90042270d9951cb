"""The saddler's hand: panels with painted edges, saddle stitching, straps, zips and stamps."""

from sellier.demo.drawings.look import Material
from sellier.demo.drawings.materials import surface
from sellier.demo.drawings.metals import edge, plate, stud
from sellier.demo.drawings.palette import PALETTE, Shade, blend, luminance
from sellier.demo.drawings.paths import Line, box, inset, knots, outline, trace
from sellier.demo.drawings.sheet import Sheet, fill, group, stroke

_QUIET = {Material.QUILTED, Material.CANVAS, Material.TWEED, Material.SATIN}


_PALE = 0.6


def trim(sheet: Sheet) -> Material:
    """Straps and handles are plain calf where the body is quilted or cloth."""
    return Material.CALF if sheet.look.material in _QUIET else sheet.look.material


def trim_shade(sheet: Sheet) -> Shade:
    """Cloth bags are trimmed in leather of the second color, leather bags in their own."""
    accent = sheet.look.accent
    if sheet.look.material in {Material.CANVAS, Material.TWEED} and accent == sheet.metal(""):
        return PALETTE["cognac" if sheet.look.color not in {"cognac", "tan"} else "chocolate"]
    if accent and accent != sheet.metal(""):
        return PALETTE[accent]
    return sheet.shade


def thread(sheet: Sheet, shade: Shade) -> str:
    """Thread is tone on tone, or for one piece in three the saddler's ecru."""
    if sheet.picks(1, of=3, step=2) and luminance(shade.base) < _PALE:
        return "#e9dfc8"
    return blend(shade.base, shade.light, 0.75)


def stitches(sheet: Sheet, data: str, shade: Shade) -> str:
    """Sew along a line: the groove it presses, then the slanting thread."""
    dash = 'stroke-dasharray="6.5 4.5"'
    groove = stroke(data, shade.stroke, width=3.4, opacity=0.42)
    return groove + stroke(data, thread(sheet, shade), width=1.9, extra=dash)


def panel(
    sheet: Sheet,
    line: Line,
    *,
    shade: Shade | None = None,
    material: Material | None = None,
    sewn: float = 12,
    lifted: float = 0,
) -> str:
    """Cut a panel, paint its edge, sew it `sewn` units inside it; `lifted` throws a shadow."""
    shade = shade or sheet.shade
    cut = surface(sheet, outline(line), shade=shade, material=material, line=2, lifted=lifted)
    return cut + (stitches(sheet, outline(inset(line, sewn)), shade) if sewn else "")


def lift(sheet: Sheet, data: str, height: float, *, strength: float = 0.5) -> str:
    """Throw the shadow of a raised panel on what lies beneath."""
    return fill(
        data,
        "#0d080c",
        opacity=strength,
        extra=f'transform="translate({height * 0.35:g} {height:g})" '
        f'filter="{sheet.blur(height * 0.55)}"',
    )


def strap(
    sheet: Sheet,
    data: str,
    *,
    width: float,
    shade: Shade | None = None,
    sewn: bool = True,
    far: bool = False,
) -> str:
    """Bend a strap along a path, lit on its upper left; `far` is its other side, in shade."""
    shade = shade or trim_shade(sheet)
    body = blend(shade.base, shade.dark, 0.75) if far else shade.base
    parts = [
        stroke(data, shade.stroke, width=width + 2.5),
        stroke(data, blend(body, shade.dark, 0.55), width=width),
        stroke(
            data,
            body,
            width=width * 0.78,
            extra=f'transform="translate({-width * 0.06:g} {-width * 0.06:g})"',
        ),
    ]
    if not far:
        glow = (
            f'transform="translate({-width * 0.16:g} {-width * 0.16:g})" filter="{sheet.blur(2.4)}"'
        )
        parts.append(stroke(data, shade.light, width=width * 0.26, opacity=0.75, extra=glow))
    if sewn and not far:
        row = 'stroke-dasharray="6 4.5"'
        parts.append(stroke(data, thread(sheet, shade), width=1.8, opacity=0.9, extra=row))
    return group(*parts, extra='stroke-linecap="butt"')


def zipper(sheet: Sheet, line: str, metal: str, *, shade: Shade | None = None) -> str:
    """Lay a zip: two tapes, the teeth between them."""
    shade = shade or sheet.shade
    data = trace(line)
    return group(
        stroke(data, shade.stroke, width=22, opacity=0.9),
        stroke(data, shade.dark, width=19),
        stroke(data, edge(metal), width=9),
        stroke(
            data,
            PALETTE[metal].base,
            width=7.5,
            extra='stroke-dasharray="2.6 2.2" stroke-linecap="butt"',
        ),
        stroke(
            data,
            PALETTE[metal].light,
            width=2.2,
            extra='stroke-dasharray="2.6 2.2" stroke-linecap="butt"',
        ),
        extra='stroke-linecap="butt"',
    )


def puller(sheet: Sheet, x: float, y: float, *, metal: str, shade: Shade) -> str:
    """Hang a zip slider with its leather tab."""
    tab = box(x - 8, y + 22, width=16, height=64, radius=8)
    return group(
        plate(sheet, box(x - 9, y - 8, width=18, height=20, radius=5), metal, axis="0 0 1 0"),
        plate(sheet, box(x - 4, y + 8, width=8, height=20, radius=4), metal, axis="0 0 1 0"),
        lift(sheet, tab, 6),
        surface(sheet, tab, shade=shade, material=Material.CALF),
        stroke(tab, shade.stroke, width=1.4),
        stitches(sheet, f"M{x:g} {y + 34:g}V{y + 76:g}", shade),
    )


def stamp(sheet: Sheet, x: float, y: float, *, shade: Shade) -> str:
    """Press the house's mark: a stirrup between two hairlines, blind or in foil."""
    foil = sheet.picks(0, of=2, step=3)
    ink = PALETTE[sheet.metal()].light if foil else shade.stroke
    mark = (
        f"M{x - 9:g} {y + 8:g}V{y - 1:g}A9 9 0 0 1 {x + 9:g} {y - 1:g}V{y + 8:g}Z"
        f"M{x - 46:g} {y + 3:g}H{x - 20:g}M{x + 20:g} {y + 3:g}H{x + 46:g}"
    )
    deep = stroke(mark, shade.light, width=1.6, opacity=0.5, extra='transform="translate(.8 1.2)"')
    return deep + stroke(mark, ink, width=1.7, opacity=0.95)


def turn_lock(sheet: Sheet, x: float, y: float, *, metal: str) -> str:
    """Set a turning clasp: plate, bed, bar. Variation chooses its outline."""
    round_ = sheet.picks(0, of=2)
    bed = box(x - 30, y - 22, width=60, height=44, radius=22 if round_ else 7)
    bar = box(x - 17, y - 7, width=34, height=14, radius=7 if round_ else 3)
    return group(
        lift(sheet, bed, 5),
        plate(sheet, bed, metal, axis="0 0 .9 1"),
        stroke(
            box(x - 24, y - 16, width=48, height=32, radius=16 if round_ else 4),
            edge(metal),
            width=1,
            opacity=0.6,
        ),
        plate(sheet, bar, metal, axis="0 0 0 1"),
        stud(sheet, x - 24, y, radius=2, metal=metal)
        + stud(sheet, x + 24, y, radius=2, metal=metal),
    )


def charm(sheet: Sheet, x: float, y: float) -> str:
    """Add a leather tab with its stud, a tassel or a tag, by variation."""
    shade, metal = trim_shade(sheet), sheet.metal()
    if sheet.picks(0, of=3, step=2):
        tab = knots(
            f"{x - 17} {y - 16}| {x + 17} {y - 16}| {x + 17} {y + 56} {x} {y + 72} "
            f"{x - 17} {y + 56}"
        )
        return panel(sheet, tab, shade=shade, material=trim(sheet), sewn=5, lifted=5) + stud(
            sheet, x, y + 50, radius=7, metal=metal
        )
    if sheet.picks(1, of=3, step=2):
        return tassel(sheet, x, y)
    tag = knots(
        f"{x - 30} {y + 44}| {x} {y + 20}| {x + 30} {y + 44}| {x + 30} "
        f"{y + 124}| {x - 30} {y + 124}|"
    )
    return (
        stroke(f"M{x} {y - 8}V{y + 34}", shade.stroke, width=7)
        + stroke(f"M{x} {y - 8}V{y + 34}", shade.base, width=5)
        + panel(sheet, tag, shade=shade, material=trim(sheet), sewn=6, lifted=6)
        + stud(sheet, x, y + 40, radius=5, metal=metal)
    )


def tassel(sheet: Sheet, x: float, y: float) -> str:
    shade, metal = trim_shade(sheet), sheet.metal()
    skirt = outline(
        f"{x - 12} {y + 40}| {x + 12} {y + 40}| {x + 22} {y + 132}| {x - 22} {y + 132}|"
    )
    cuts = "".join(f"M{x + k * 2.2:g} {y + 46}L{x + k * 4.2:g} {y + 130}" for k in range(-4, 5))
    return group(
        stroke(f"M{x} {y - 6}V{y + 20}", shade.stroke, width=6),
        lift(sheet, skirt, 6),
        surface(sheet, skirt, shade=shade, material=Material.CALF),
        stroke(cuts, shade.stroke, width=1.5, opacity=0.7),
        plate(sheet, box(x - 13, y + 16, width=26, height=26, radius=6), metal, axis="0 0 1 0"),
    )
