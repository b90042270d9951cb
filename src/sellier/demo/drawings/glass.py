"""Vessels of glass: thick walls, what they hold, reflections, and the light they let through."""

from sellier.demo.drawings.look import Material
from sellier.demo.drawings.materials import surface
from sellier.demo.drawings.palette import PALETTE, Shade, blend
from sellier.demo.drawings.paths import box, ellipse
from sellier.demo.drawings.sheet import Sheet, fill, group, stroke

_CLEAR = (
    "0 #9fa9ac .95, .05 #f7fafa .75, .14 #dfe6e6 .45, .5 #ffffff .3, .86 #dbe2e2 .45,"
    " .95 #ffffff .85, 1 #98a2a6 .95"
)


def vessel(sheet: Sheet, outer: str, inner: str, *, content: Shade) -> str:
    """Blow a vessel around its content; opaque or frosted as the look asks."""
    material = sheet.look.material
    if material in {Material.LACQUER, Material.CERAMIC}:
        return surface(sheet, outer, shade=content, line=1.2) + _column(sheet, outer, content)
    if material is Material.FROSTED_GLASS:
        return _frosted(sheet, outer, content)
    rim = "#7f8a8e"
    return (
        fill(outer, "#eef2f2")
        + fill(outer, sheet.linear(_CLEAR, axis="0 0 1 0"))
        + fill(inner, _liquid(sheet, content))
        + fill(
            inner,
            sheet.linear(f"0 #ffffff .3, .3 #ffffff 0, .8 {content.stroke} .3", axis="0 0 0 1"),
        )
        + stroke(inner, blend(content.base, "#ffffff", 0.4), width=1.4, opacity=0.7)
        + stroke(outer, rim, width=1.5, opacity=0.75)
    )


def _liquid(sheet: Sheet, content: Shade) -> str:
    pale = blend(content.base, "#ffffff", 0.3)
    return sheet.linear(
        f"0 {content.dark}, .1 {content.base}, .32 {pale}, .62 {content.base}, .9 {content.base},"
        f" 1 {content.dark}",
        axis="0 0 1 0",
    )


def _frosted(sheet: Sheet, outer: str, content: Shade) -> str:
    pale, deep = blend(content.base, "#ffffff", 0.58), blend(content.base, content.dark, 0.3)
    milk = sheet.linear(
        f"0 {blend(deep, '#ffffff', 0.2)}, .2 {pale}, .5 {blend(content.base, '#ffffff', 0.32)},"
        f" .85 {blend(content.base, '#ffffff', 0.3)}, 1 {deep}",
        axis="0 0 1 0",
    )
    foot = sheet.linear("0 #ffffff .3, .5 #ffffff 0, .9 #241c2a .12, 1 #ffffff .3", axis="0 0 0 1")
    edge = blend(deep, "#ffffff", 0.3)
    return fill(outer, milk) + fill(outer, foot) + stroke(outer, edge, width=2, opacity=0.9)


def _column(sheet: Sheet, outer: str, content: Shade) -> str:
    """Shade an opaque vessel as the round thing it is."""
    dark = content.stroke
    turned = (
        f"0 {dark} .55, .16 #ffffff .22, .34 #ffffff 0, .7 {dark} .08, .93 {dark} .4, 1 #ffffff .12"
    )
    return fill(outer, sheet.linear(turned, axis="0 0 1 0"))


def reflection(sheet: Sheet, x: float, y: float, *, width: float, height: float) -> str:
    """Mirror the window: a bright strip with its soft fellow."""
    strip = box(x, y, width=width, height=height, radius=width / 2)
    if sheet.look.material is Material.FROSTED_GLASS:
        return fill(strip, "#ffffff", opacity=0.5, extra=f'filter="{sheet.blur(9)}"')
    bright = sheet.linear("0 #ffffff .85, .6 #ffffff .35, 1 #ffffff 0", axis="0 0 0 1")
    return fill(strip, bright, extra=f'filter="{sheet.blur(1.6)}"')


def caustic(sheet: Sheet, x: float, y: float, *, width: float, tint: Shade) -> str:
    """Let a little of the color fall through onto the table."""
    if sheet.look.material in {Material.LACQUER, Material.CERAMIC}:
        return ""
    pool = ellipse(x + width * 0.34, y + 14, rx=width * 0.5, ry=15)
    return fill(pool, tint.base, opacity=0.34, extra=f'filter="{sheet.blur(12)}"')


def paper(sheet: Sheet, x: float, y: float, *, width: float, height: float) -> str:
    """Stick on the label: a hairline frame, the house's mark, two lines of small type."""
    dark = sheet.picks(1, of=3, step=2)
    ground, ink = ("#1d1b1e", PALETTE[sheet.metal()].light) if dark else ("#f8f6f1", "#2b272c")
    left, top, mid = x - width / 2, y - height / 2, y - height * 0.12
    frame = box(left + 6, top + 6, width=width - 12, height=height - 12)
    mark = f"M{x - 9:g} {mid:g}v-9a9 9 0 0 1 18 0v9Z"
    lines = f"M{x - width * 0.28:g} {y + height * 0.14:g}h{width * 0.56:g}"
    small = f"M{x - width * 0.16:g} {y + height * 0.27:g}h{width * 0.32:g}"
    return group(
        fill(box(left, top, width=width, height=height), ground),
        fill(
            box(left, top, width=width, height=height),
            sheet.linear(
                "0 #000000 .16, .2 #000000 0, .75 #000000 0, 1 #000000 .2", axis="0 0 1 0"
            ),
        ),
        stroke(frame, ink, width=1, opacity=0.75),
        stroke(mark, ink, width=2),
        stroke(
            lines,
            ink,
            width=3.4,
            opacity=0.85,
            extra='stroke-dasharray="5 5" stroke-linecap="butt"',
        ),
        stroke(
            small, ink, width=2, opacity=0.7, extra='stroke-dasharray="3 3" stroke-linecap="butt"'
        ),
    )


def cap(sheet: Sheet, data: str, *, shade: Shade | None = None) -> str:
    """Turn a cap: metal if the accent is one, else lacquer of the second color."""
    metal = sheet.metal("")
    color = shade or PALETTE[sheet.look.accent or "noir"]
    flash = blend(color.light, "#ffffff", 0.75 if metal else 0.4)
    turned = sheet.linear(
        f"0 {color.stroke}, .12 {color.base}, .24 {flash}, .36 {color.base}, .68 {color.dark},"
        f" .86 {color.base}, .93 {blend(color.base, flash, 0.6)}, 1 {color.stroke}",
        axis="0 0 1 0",
    )
    return fill(data, turned) + stroke(data, color.stroke, width=1.3, opacity=0.8)
