"""Glasses and sunglasses, facing us, temples folded open behind."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sellier.demo.drawings.ground import contact
from sellier.demo.drawings.look import Material
from sellier.demo.drawings.materials import surface
from sellier.demo.drawings.metals import plate, wire
from sellier.demo.drawings.palette import METALS, PALETTE, blend
from sellier.demo.drawings.paths import Line, box, inset, knots, outline, reflected, trace
from sellier.demo.drawings.sheet import Sheet, fill, group, stroke

_LENS = {
    "round": (
        "236 406 300 414 346 460 356 516 338 576 290 618 236 626 180 616 134 "
        "576 118 516 128 456 176 414"
    ),
    "cat_eye": "118 430| 190 426 280 428 352 448| 360 510 336 580 276 614 210 610 158 574 126 510",
    "aviator": "138 446| 200 422 290 422 350 446| 362 520 336 600 270 644 206 640 156 600 130 530",
    "rectangular": (
        "124 444| 200 434 290 434 352 446| 360 490 354 560 340 584| 280 598 190 "
        "598 142 584| 124 550 118 490"
    ),
}
_FRAME = {
    "round": (
        "236 372 320 382 380 440 392 516 370 592 310 648 236 660 160 648 104 "
        "594 84 516 92 440 150 382"
    ),
    "cat_eye": (
        "60 372| 96 384 200 388 300 396 388 424| 396 500 372 600 300 648 210 "
        "648 136 606 96 530 84 460 62 420"
    ),
    "aviator": "112 424| 190 394 300 394 380 424| 394 520 364 624 280 674 196 668 130 616 102 530",
    "rectangular": (
        "86 412| 200 402 300 402 384 414| 394 480 386 570 366 612| 290 630 180 "
        "630 116 612| 88 566 80 480"
    ),
}
_BRIDGE = {
    "round": "376 484 400 462 424 484",
    "cat_eye": "384 470 400 458 416 470",
    "aviator": "372 458 400 444 428 458",
    "rectangular": "380 470 400 456 420 470",
}


def _lens(sheet: Sheet, line: Line) -> str:
    """Tint a lens: dark above, lighter below, one clean reflection."""
    metal = sheet.look.material in METALS
    clear = sheet.picks(2, of=3)
    tint = sheet.shade if metal else sheet.accent("anthracite")
    if not metal and sheet.look.accent in METALS:
        tint = PALETTE["anthracite"]
    data = outline(line)
    if clear:
        glass = sheet.linear("0 #dfe7ea .7, .5 #ffffff .35, 1 #cfd9dd .6")
    else:
        deep, pale = blend(tint.base, tint.stroke, 0.5), blend(tint.base, "#ffffff", 0.34)
        glass = sheet.linear(f"0 {deep} .97, .55 {tint.base} .93, 1 {pale} .85", axis="0 0 .1 1")
    sweep = sheet.linear(
        "0 #ffffff .5, .34 #ffffff .14, .36 #ffffff 0, .5 #ffffff 0, .52 #ffffff .16, .62 #ffffff 0"
    )
    return fill(data, glass) + fill(data, sweep)


def _temples(sheet: Sheet) -> str:
    """Show the temples through the lenses, going away from us."""
    left = "104 452| 170 446 250 460 316 484"
    metal = sheet.look.material in METALS
    shade = PALETTE[sheet.look.material] if metal else sheet.shade
    data = trace(left) + trace(reflected(knots(left)))
    width = 7 if metal else 15
    return stroke(data, shade.stroke, width=width + 2, opacity=0.7) + stroke(
        data, blend(shade.base, shade.dark, 0.5), width=width
    )


def _rim(sheet: Sheet, frame: Line, lens: Line) -> str:
    """Cut the acetate around the lens; the even-odd hole keeps the lens free."""
    data = outline(frame) + outline(lens)
    tortoise = sheet.picks(1, of=2, step=3) and sheet.look.color in {
        "cognac",
        "tobacco",
        "chestnut",
        "tan",
    }
    body = surface(sheet, data, material=Material.ACETATE)
    return group(
        body,
        _tortoise(sheet, data) if tortoise else "",
        stroke(data, sheet.shade.stroke, width=1.6, opacity=0.8),
        extra='fill-rule="evenodd"',
    )


def _tortoise(sheet: Sheet, data: str) -> str:
    spots = sheet.define(
        '<filter id="@" x="0" y="0" width="100%" height="100%"><feTurbulence type="fractalNoise"'
        ' baseFrequency=".022 .03" numOctaves="3" seed="8"/><feColorMatrix '
        'values="0 0 0 0 .1 0 0 0 0'
        ' .05 0 0 0 0 .03 4 0 0 0 -1.9"/><feComposite in2="SourceAlpha" operator="in"/></filter>'
    )
    return fill(data, "#000000", extra=f'filter="{spots}"')


def _pair(sheet: Sheet) -> None:
    shape = sheet.look.shape
    frame, lens = knots(_FRAME[shape]), knots(_LENS[shape])
    sheet.add(
        contact(sheet, 236, 668, width=190, strength=0.7),
        contact(sheet, 564, 668, width=190, strength=0.7),
        _temples(sheet),
        _lens(sheet, lens),
        _lens(sheet, reflected(lens)),
    )
    if sheet.look.material in METALS:
        _wired(sheet, lens)
        return
    bridge = trace(_BRIDGE[shape])
    sheet.add(
        stroke(bridge, sheet.shade.stroke, width=25),
        stroke(bridge, sheet.shade.base, width=22),
        stroke(
            bridge, sheet.shade.light, width=4, opacity=0.8, extra='transform="translate(0 -6)"'
        ),
        _rim(sheet, frame, lens),
        _rim(sheet, reflected(frame), reflected(lens)),
    )
    metal = sheet.metal()
    for x in (104, 682):
        sheet.add(plate(sheet, box(x, 446, width=14, height=7, radius=3), metal, axis="0 0 0 1"))


def _wired(sheet: Sheet, lens: Line) -> None:
    metal = sheet.look.material
    rim = outline(inset(lens, -5))
    other = outline(inset(reflected(lens), -5))
    sheet.add(wire(rim, metal, width=9), wire(other, metal, width=9))
    sheet.add(wire(trace(_BRIDGE[sheet.look.shape]), metal, width=9))
    if sheet.look.shape == "aviator":
        sheet.add(wire("M332 424H468", metal, width=8))
    pads = "M372 540q-16 20-10 44M428 540q16 20 10 44"
    sheet.add(
        stroke(pads, "#ffffff", width=11, opacity=0.75),
        stroke(pads, "#8b9498", width=1.4, opacity=0.8),
    )
    for x in (96, 680):
        sheet.add(plate(sheet, box(x, 444, width=26, height=12, radius=4), metal, axis="0 0 0 1"))


SHAPES: Mapping[str, Callable[[Sheet], None]] = MappingProxyType(dict.fromkeys(_LENS, _pair))
