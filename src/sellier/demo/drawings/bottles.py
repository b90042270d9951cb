"""Bottles of fragrance."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sellier.demo.drawings.glass import cap, caustic, paper, reflection, vessel
from sellier.demo.drawings.ground import contact
from sellier.demo.drawings.palette import PALETTE
from sellier.demo.drawings.paths import box, ellipse, symmetric
from sellier.demo.drawings.sheet import Sheet, fill, stroke

_FOOT = 800


def _collar(sheet: Sheet, y: float, *, width: float = 92) -> str:
    metal = PALETTE[sheet.metal()]
    return cap(sheet, box(400 - width / 2, y, width=width, height=22, radius=4), shade=metal)


def _straw(sheet: Sheet, top: float, foot: float) -> str:
    """Draw the dip tube, where one sees through the glass."""
    if sheet.look.material != "glass":
        return ""
    line = f"M400 {top:g}Q404 {(top + foot) / 2:g} 408 {foot:g}"
    return stroke(line, "#ffffff", width=7, opacity=0.35) + stroke(
        line, "#6d777b", width=1.2, opacity=0.5
    )


def _settle(sheet: Sheet, *, width: float) -> None:
    sheet.add(
        contact(sheet, 400, _FOOT, width=width),
        caustic(sheet, 400, _FOOT, width=width, tint=sheet.shade),
    )


def _label(sheet: Sheet, y: float, *, width: float, height: float) -> str:
    if sheet.picks(2, of=3, step=2):
        return _engraved(sheet, y)
    return paper(sheet, 400, y, width=width, height=height)


def _engraved(sheet: Sheet, y: float) -> str:
    mark = f"M386 {y:g}v-14a14 14 0 0 1 28 0v14ZM340 {y + 34:g}h120M366 {y + 52:g}h68"
    ink = PALETTE[sheet.metal()]
    return stroke(mark, ink.dark, width=2.6, extra='transform="translate(0 1)"') + stroke(
        mark, ink.light, width=2.2
    )


def _tall(sheet: Sheet) -> None:
    _settle(sheet, width=250)
    outer = box(284, 356, width=232, height=_FOOT - 356, radius=20)
    inner = box(304, 400, width=192, height=364, radius=10)
    sheet.add(
        vessel(sheet, outer, inner, content=sheet.shade),
        _straw(sheet, 360, 744),
        reflection(sheet, 294, 376, width=14, height=390),
        reflection(sheet, 498, 386, width=6, height=360),
        _label(sheet, 590, width=132, height=170),
        _collar(sheet, 334),
        cap(sheet, box(346, 186, width=108, height=150, radius=(8, 54, 20)[sheet.vary(3)])),
    )


def _square(sheet: Sheet) -> None:
    _settle(sheet, width=410)
    outer = box(208, 404, width=384, height=_FOOT - 404, radius=26)
    inner = box(238, 446, width=324, height=308, radius=12)
    sheet.add(
        vessel(sheet, outer, inner, content=sheet.shade),
        _straw(sheet, 410, 736),
        reflection(sheet, 220, 428, width=17, height=330),
        reflection(sheet, 570, 440, width=7, height=300),
        _label(sheet, 604, width=190, height=150),
        _collar(sheet, 382, width=104),
    )
    tops = (
        box(330, 246, width=140, height=138, radius=8),
        ellipse(400, 316, rx=76, ry=70),
        box(310, 270, width=180, height=114, radius=30),
    )
    sheet.add(cap(sheet, tops[sheet.vary(3)]))


def _round(sheet: Sheet) -> None:
    _settle(sheet, width=260)
    outer = symmetric("400 388 330 394 238 450 196 560 206 680 268 772 300 798| 400 800")
    inner = symmetric("400 470| 262 470| 226 560 238 660 288 738 320 756 400 760")
    sheet.add(
        vessel(sheet, outer, inner, content=sheet.shade),
        _straw(sheet, 396, 730),
        stroke(
            "M228 640Q204 540 262 464",
            "#ffffff",
            width=16,
            opacity=0.75,
            extra=f'filter="{sheet.blur(3)}"',
        ),
        stroke(
            "M576 660Q596 590 572 520",
            "#ffffff",
            width=7,
            opacity=0.6,
            extra=f'filter="{sheet.blur(2)}"',
        ),
        _engraved(sheet, 610) if sheet.vary(2) else paper(sheet, 400, 610, width=150, height=120),
        _collar(sheet, 370, width=104),
        cap(
            sheet,
            (ellipse(400, 298, rx=80, ry=78), box(330, 250, width=140, height=122, radius=20))[
                sheet.vary(2)
            ],
        ),
    )


def _flacon(sheet: Sheet) -> None:
    """Cut a faceted flacon, with its ground stopper."""
    _settle(sheet, width=270)
    outer = symmetric("400 396 352 398 344 430| 250 480| 214 560| 268 784| 290 800| 400 800|")
    inner = symmetric("400 486| 276 492| 248 560| 296 756| 400 760|")
    facets = "M344 430L330 560L268 784M456 430L470 560L532 784M214 560L330 560L470 560L586 560"
    sheet.add(
        vessel(sheet, outer, inner, content=sheet.shade),
        fill("M250 480L344 430L330 560L214 560Z", "#ffffff", opacity=0.28),
        fill("M214 560L330 560L290 800L268 784Z", "#ffffff", opacity=0.16),
        fill("M470 560L586 560L532 784L510 800Z", sheet.shade.stroke, opacity=0.2),
        stroke(facets, "#ffffff", width=2.2, opacity=0.7),
        reflection(sheet, 240, 500, width=8, height=120),
        _engraved(sheet, 660),
        _collar(sheet, 378, width=96),
    )
    stopper = symmetric("400 196| 360 204 318 262| 352 358 366 380| 400 380|")
    sheet.add(
        cap(sheet, stopper),
        stroke(
            "M400 196L380 262L388 380M400 196L424 262L412 380M318 262H482",
            "#ffffff",
            width=1.6,
            opacity=0.5,
        ),
    )


SHAPES: Mapping[str, Callable[[Sheet], None]] = MappingProxyType(
    {"tall": _tall, "square": _square, "round": _round, "flacon": _flacon}
)
