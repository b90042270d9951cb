"""Make-up and care, each piece with what it holds."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sellier.demo.drawings.glass import cap, caustic, paper, reflection, vessel
from sellier.demo.drawings.ground import contact, falling
from sellier.demo.drawings.metals import plate, polish
from sellier.demo.drawings.palette import METALS, PALETTE, Shade, blend
from sellier.demo.drawings.paths import box, ellipse, outline, symmetric
from sellier.demo.drawings.sheet import Sheet, fill, group, stroke

_FOOT = 800


def _case(sheet: Sheet) -> Shade:
    """Give the color of the case: the look's metal, else lacquer in the second color."""
    if sheet.look.material in METALS:
        return PALETTE[sheet.look.material]
    return PALETTE[sheet.look.accent or "noir"]


def _band(sheet: Sheet) -> Shade:
    return PALETTE[sheet.metal("gold")]


def _mark(x: float, y: float, color: str) -> str:
    return stroke(f"M{x - 10:g} {y + 8:g}v-9a10 10 0 0 1 20 0v9Z", color, width=2.2)


def _lipstick(sheet: Sheet) -> None:
    case, band, red = _case(sheet), _band(sheet), sheet.shade
    bullet = "M272 470V330C272 286 330 236 352 238C360 240 364 256 364 280V470Z"
    cheek = "M272 330C272 286 330 236 352 238C362 244 350 290 318 320C300 336 272 352 272 330Z"
    wax = sheet.linear(
        f"0 {red.dark}, .2 {red.base}, .34 {red.light}, .5 {red.base}, 1 {red.dark}", axis="0 0 1 0"
    )
    radius = (4, 16, 8)[sheet.vary(3)]
    sheet.add(
        contact(sheet, 318, _FOOT, width=150),
        contact(sheet, 520, _FOOT, width=140),
        fill(bullet, wax) + stroke(bullet, red.stroke, width=1.2, opacity=0.7),
        fill(cheek, blend(red.light, "#ffffff", 0.25), opacity=0.55),
        cap(sheet, box(258, 462, width=120, height=120, radius=4), shade=band),
        cap(sheet, box(246, 574, width=144, height=_FOOT - 574, radius=radius), shade=case),
        cap(sheet, box(246, 566, width=144, height=16, radius=3), shade=band),
        cap(sheet, box(450, 500, width=140, height=_FOOT - 500, radius=radius), shade=case),
        cap(sheet, box(450, 784, width=140, height=14, radius=3), shade=band),
        _mark(520, 640, band.light),
    )


def _compact(sheet: Sheet) -> None:
    """Open a compact, seen from above: mirror over powder."""
    case, powder = _case(sheet), sheet.shade
    sheet.add(
        falling(
            sheet, ellipse(400, 330, rx=206, ry=206) + ellipse(400, 690, rx=206, ry=206), reach=12
        ),
        plate(sheet, box(340, 480, width=120, height=60, radius=10), sheet.metal(), axis="0 0 0 1"),
    )
    for y in (322, 690):
        rim = sheet.linear(
            f"0 {blend(case.light, '#ffffff', 0.5)}, .3 {case.base}, .7 {case.dark}, 1 {case.base}"
        )
        sheet.add(
            fill(
                ellipse(400, y, rx=206, ry=206),
                rim,
                extra=f'stroke="{case.stroke}" stroke-width="1.5"',
            ),
            stroke(ellipse(400, y, rx=186, ry=186), _band(sheet).base, width=3),
        )
    glass = sheet.linear("0 #f7f9f9, .35 #cfd6d8, .5 #f2f5f5, .62 #b9c3c6, 1 #dde3e4")
    pan = sheet.radial(f"0 {powder.light}, .8 {powder.base}, 1 {powder.dark}", center=".42 .38 .65")
    emboss = (
        "M320 690a80 80 0 0 1 160 0M340 690a60 60 0 0 1 120 0M320 690v40h160v-40",
        "M400 560V820M270 690H530M308 598L492 782M492 598L308 782",
        (
            "M300 640Q350 600 400 640T500 640M290 690Q345 650 400 690T510 690M300 "
            "740Q350 700 400 740T500 740"
        ),
    )[sheet.vary(3)]
    sheet.add(
        fill(ellipse(400, 322, rx=174, ry=174), glass),
        fill("M270 420L470 190L510 220L310 456Z", "#ffffff", opacity=0.4),
        fill(
            ellipse(400, 690, rx=174, ry=174),
            pan,
            extra=f'stroke="{powder.stroke}" stroke-opacity=".5"',
        ),
        stroke(emboss, powder.dark, width=4, opacity=0.7),
        stroke(emboss, powder.light, width=2.6, opacity=0.9, extra='transform="translate(2 2.5)"'),
    )


def _nail_polish(sheet: Sheet) -> None:
    outer = box(290, 520, width=220, height=280, radius=(24, 90, 10)[sheet.vary(3)])
    inner = box(306, 548, width=188, height=232, radius=(14, 78, 4)[sheet.vary(3)])
    sheet.add(
        contact(sheet, 400, _FOOT, width=210),
        vessel(sheet, outer, inner, content=sheet.shade),
        cap(sheet, box(360, 498, width=80, height=26, radius=4), shade=_band(sheet)),
        cap(sheet, symmetric("400 210| 366 212| 350 500| 400 504|"), shade=_case(sheet)),
        reflection(sheet, 312, 560, width=14, height=180),
        reflection(sheet, 484, 570, width=6, height=150),
        _mark(400, 670, "#ffffff"),
    )


def _jar(sheet: Sheet) -> None:
    sheet.add(
        contact(sheet, 400, 740, width=380),
        caustic(sheet, 400, 740, width=360, tint=sheet.shade),
        vessel(
            sheet,
            box(208, 500, width=384, height=240, radius=46),
            box(246, 520, width=308, height=176, radius=36),
            content=sheet.shade,
        ),
        reflection(sheet, 226, 540, width=16, height=150),
        paper(sheet, 400, 624, width=170, height=110),
        cap(sheet, box(200, 392, width=400, height=112, radius=16), shade=_case(sheet)),
        cap(sheet, box(204, 492, width=392, height=14, radius=3), shade=_band(sheet)),
    )


def _serum(sheet: Sheet) -> None:
    case = _case(sheet)
    sheet.add(
        contact(sheet, 400, _FOOT, width=220),
        caustic(sheet, 400, _FOOT, width=210, tint=sheet.shade),
        vessel(
            sheet,
            symmetric("400 418| 352 418| 350 446 300 476 286 520| 286 780| 304 800| 400 800|"),
            symmetric("400 500| 330 500| 306 540| 306 764| 400 770|"),
            content=sheet.shade,
        ),
        stroke("M400 430V730", "#ffffff", width=14, opacity=0.4),
        stroke("M400 430V730", "#6d777b", width=1.2, opacity=0.5),
        reflection(sheet, 296, 530, width=13, height=220),
        paper(sheet, 400, 650, width=140, height=150),
        cap(sheet, box(344, 330, width=112, height=94, radius=6), shade=_band(sheet)),
        cap(sheet, symmetric("400 176 372 180 358 210 356 330| 400 332|"), shade=case),
        stroke(
            "M352 346V418M372 346V418M392 346V418M412 346V418M432 346V418",
            "#000000",
            width=1.6,
            opacity=0.22,
        ),
    )


def _mascara(sheet: Sheet) -> None:
    case, band = _case(sheet), _band(sheet)
    bristle = "".join(
        f"M{566 - w} {y}h{2 * w}" for y, w in zip(range(206, 396, 6), _taper(32), strict=True)
    )
    sheet.add(
        contact(sheet, 300, _FOOT, width=130),
        contact(sheet, 566, _FOOT, width=110),
        cap(sheet, box(246, 330, width=108, height=_FOOT - 330, radius=14), shade=case),
        cap(sheet, box(258, 296, width=84, height=40, radius=4), shade=band),
        cap(sheet, box(246, 328, width=108, height=14, radius=3), shade=band),
        _mark(300, 560, band.light),
        stroke("M566 380V540", "#3a3436", width=7),
        stroke(bristle, sheet.shade.stroke, width=3.4),
        stroke(
            bristle, sheet.shade.light, width=1, opacity=0.5, extra='transform="translate(-2 -1)"'
        ),
        stroke("M566 200V396", sheet.shade.stroke, width=8),
        cap(sheet, box(544, 520, width=44, height=28, radius=4), shade=band),
        cap(sheet, box(514, 540, width=104, height=_FOOT - 540, radius=14), shade=case),
        cap(sheet, box(514, 540, width=104, height=12, radius=3), shade=band),
    )


def _taper(count: int) -> list[int]:
    return [round(10 + 15 * min(1, at / 9, (count - at) / 12)) for at in range(count)]


def _brush(sheet: Sheet) -> None:
    """Lay a powder brush at a slant."""
    hair = sheet.shade
    head = outline("352 420| 330 330 308 240 330 176 400 148 470 176 492 240 470 330 448 420|")
    ferrule = symmetric("400 414| 350 414| 364 540| 400 542|")
    handle = symmetric("400 536| 366 536| 356 640 376 780 384 850 400 860")
    hairs = "".join(
        f"M{400 + k * 9} 424Q{400 + k * 14} 300 {400 + k * 13} {190 + abs(k) * 6}"
        for k in range(-5, 6)
    )
    tip = sheet.linear(f"0 {hair.light}, .45 {hair.base}, 1 {hair.dark}", axis="0 0 0 1")
    side = sheet.linear("0 #000000 .3, .3 #ffffff .25, .6 #000000 0, 1 #000000 .4", axis="0 0 1 0")
    sheet.add(
        group(
            falling(sheet, head + ferrule + handle, reach=13),
            fill(head, tip, extra=f'filter="{sheet.blur(1.2)}"') + fill(head, side),
            stroke(hairs, hair.stroke, width=1.4, opacity=0.4),
            stroke(hairs, hair.light, width=1.2, opacity=0.6, extra='transform="translate(4 0)"'),
            cap(sheet, handle, shade=_case(sheet)),
            fill(ferrule, polish(sheet, sheet.metal(), axis="0 0 1 0")),
            stroke("M352 440H448M354 452H446M362 520H438", "#000000", width=1.4, opacity=0.35),
            extra=f'transform="rotate({(18, -18, 0)[sheet.vary(3)]} 400 500)"',
        )
    )


SHAPES: Mapping[str, Callable[[Sheet], None]] = MappingProxyType(
    {
        "lipstick": _lipstick,
        "compact": _compact,
        "nail_polish": _nail_polish,
        "jar": _jar,
        "serum": _serum,
        "mascara": _mascara,
        "brush": _brush,
    }
)
