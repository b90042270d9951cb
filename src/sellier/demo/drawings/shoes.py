"""Shoes, one of the pair, seen from its outer side, toe to the left."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sellier.demo.drawings.ground import contact
from sellier.demo.drawings.leather import lift, panel, stitches, trim
from sellier.demo.drawings.look import Material
from sellier.demo.drawings.materials import surface
from sellier.demo.drawings.metals import buckle, plate, stud, wire
from sellier.demo.drawings.palette import PALETTE, Shade, blend, luminance
from sellier.demo.drawings.paths import box, knots, outline, trace
from sellier.demo.drawings.sheet import Sheet, fill, group, stroke

_WELT = PALETTE["chocolate"]
_LINING = PALETTE["nude"]


def _second(sheet: Sheet) -> Shade:
    """The second leather: the accent unless it is a metal."""
    accent = sheet.look.accent
    return PALETTE[accent] if accent and accent != sheet.metal("") else sheet.shade


def _lining(sheet: Sheet, line: str) -> str:
    data = outline(line)
    deep = sheet.linear(f"0 {_LINING.base}, 1 {PALETTE['tobacco'].dark}", axis="0 0 .6 1")
    return fill(data, deep) + stroke(data, sheet.shade.stroke, width=2)


def _upper(sheet: Sheet, line: str) -> str:
    return panel(sheet, knots(line), sewn=0)


def _seam(sheet: Sheet, line: str) -> str:
    """Two pieces meet: a fold of shade and a row of stitches beside it."""
    data = trace(line)
    return (
        stroke(data, sheet.shade.stroke, width=2, opacity=0.75)
        + stroke(data, sheet.shade.dark, width=9, opacity=0.3, extra=f'filter="{sheet.blur(4)}"')
        + stroke(data, sheet.shade.light, width=1.4, opacity=0.5, extra='transform="translate(-1 2)"')
    )


def _piping(sheet: Sheet, line: str, *, width: float = 5) -> str:
    data = trace(line)
    return stroke(data, sheet.shade.stroke, width=width) + stroke(
        data, sheet.shade.light, width=width * 0.35, opacity=0.7, extra='transform="translate(-.6 -1)"'
    )


def _gleam(sheet: Sheet, line: str, *, width: float = 16, opacity: float = 0.4) -> str:
    return stroke(
        trace(line), _shine(sheet), width=width, opacity=opacity, extra=f'filter="{sheet.blur(8)}"'
    )


def _shine(sheet: Sheet) -> str:
    """Dark leather shows its form by its reflections only, so they are brighter."""
    return blend(sheet.shade.light, "#ffffff", 0.42 * (1 - luminance(sheet.shade.base)) ** 3)


def _sole(sheet: Sheet, line: str, *, shade: Shade = _WELT) -> str:
    data = outline(line)
    body = sheet.linear(f"0 {shade.light}, .3 {shade.base}, 1 {shade.dark}", axis="0 0 .1 1")
    return fill(data, body) + stroke(data, shade.stroke, width=1.6)


def _heel(sheet: Sheet, form: int) -> str:
    """Set a high heel under the seat: stiletto, block or spool."""
    line = (
        "556 490 600 482| 654 474| 662 520 648 600 642 672| 627 672| 624 600 606 536",
        "556 490 600 484| 654 474| 662 540 660 610 660 672| 574 672| 572 600 566 540",
        "540 494 600 484| 652 474| 654 520 628 570 640 672| 598 672| 612 580 596 530",
    )[form]
    foot = ((627, 15), (574, 86), (598, 42))[form]
    heel = surface(sheet, outline(line), material=trim(sheet))
    edge = stroke(outline(line), sheet.shade.stroke, width=1.8)
    tip = fill(box(foot[0], 666, width=foot[1], height=7, radius=2), "#1d1816")
    return group(heel, edge, tip)


def _heel_shadow(sheet: Sheet, *, ground: float = 672, toe: float = 210, heel: float = 634) -> str:
    return contact(sheet, toe, ground, width=210) + contact(sheet, heel, ground, width=80)


def _high_sole(sheet: Sheet) -> str:
    sole = PALETTE["garnet"] if sheet.vary(4, step=3) == 1 else _WELT
    line = "110 662| 180 668 256 670 326 656 404 606 482 540 560 494| 566 502| 486 552 408 620 330 668 256 677 180 677 112 672|"
    return _sole(sheet, line, shade=sole)


def _pump(sheet: Sheet) -> None:
    point = sheet.vary(2, step=3) == 0
    toe = "108 660| 132 628 196 584" if point else "112 662| 106 626 150 586 204 566"
    sheet.add(
        _heel_shadow(sheet),
        _lining(sheet, "290 530| 380 470 500 380 622 300| 640 330 570 430 430 540 340 560"),
        _heel(sheet, sheet.vary(3)),
        _high_sole(sheet),
        _upper(
            sheet,
            f"{toe} 296 524| 350 538 430 508 520 432 582 356 626 300| 650 334 664 400 656 482|"
            " 600 488 560 496 482 542 404 608 326 658 256 670 180 668",
        ),
        _piping(sheet, "296 524| 350 538 430 508 520 432 582 356 626 300|"),
        _gleam(sheet, "158 632 210 600 276 562"),
        _gleam(sheet, "420 560 500 500 570 420", width=22, opacity=0.3),
    )
    if sheet.vary(3, step=2) == 1:
        sheet.add(_bow(sheet, 262, 548))
    if sheet.vary(3, step=2) == 2:
        sheet.add(buckle(sheet, 252, 562, width=62, height=44, metal=sheet.metal()))


def _bow(sheet: Sheet, x: float, y: float) -> str:
    shade = _second(sheet)
    left = outline(f"{x}, {y} {x - 30} {y - 26} {x - 54} {y - 14} {x - 48} {y + 16} {x - 26} {y + 18}")
    right = outline(f"{x} {y} {x + 26} {y - 32} {x + 52} {y - 28} {x + 52} {y + 4} {x + 28} {y + 12}")
    return group(
        lift(sheet, left + right, 5),
        surface(sheet, left, shade=shade) + surface(sheet, right, shade=shade),
        stroke(left + right, shade.stroke, width=1.4),
        surface(sheet, box(x - 9, y - 13, width=20, height=26, radius=7), shade=shade),
        stroke(box(x - 9, y - 13, width=20, height=26, radius=7), shade.stroke, width=1.4),
    )


def _slingback(sheet: Sheet) -> None:
    second, metal = _second(sheet), sheet.metal()
    strap = "476 506 560 470 630 420 652 366 640 344"
    sheet.add(
        _heel_shadow(sheet),
        _lining(sheet, "296 530| 370 500 430 470 486 494| 500 520 440 560 380 580"),
        stroke(trace("470 520 540 440 600 380 640 346"), sheet.shade.dark, width=13),
        _heel(sheet, (2, 1, 0)[sheet.vary(3)]),
        _high_sole(sheet),
        _sole(sheet, "380 612| 440 560 500 512 570 482 652 466| 656 484| 600 488 560 497 482 545 404 612|", shade=_LINING),
        _upper(
            sheet,
            "108 660| 132 628 196 584 300 524| 360 548 420 536 486 494| 520 520 500 534"
            " 404 608 326 658 256 670 180 668",
        ),
        _piping(sheet, "300 524| 360 548 420 536 486 494|"),
        _gleam(sheet, "158 632 210 600 276 562"),
    )
    if second is not sheet.shade:
        cap = knots("108 660| 122 640 156 612 200 584| 226 604 240 640 236 669| 180 668")
        sheet.add(panel(sheet, cap, shade=second, sewn=0))
    sheet.add(
        stroke(trace(strap), sheet.shade.stroke, width=17),
        stroke(trace(strap), sheet.shade.base, width=14),
        stroke(trace(strap), sheet.shade.light, width=3, opacity=0.7, extra='transform="translate(-3 -3)"'),
        buckle(sheet, 590, 452, width=30, height=24, metal=metal),
        _bow(sheet, 286, 540) if sheet.vary(2, step=2) else "",
    )


def _flat_sole(sheet: Sheet, *, shade: Shade = _WELT, heel: float = 40) -> str:
    """A welted sole with its stacked heel, resting at 700."""
    top = 700 - heel - 16
    welt = f"102 {top} 110 {top - 12}| 662 {top - 12}| 672 {top} 668 {top + 6}| 300 {top + 8} 108 {top + 6}"
    block = f"490 {top + 5}| 668 {top + 5}| 664 700| 498 700|"
    lifts = "".join(f"M494 {y:g}H666" for y in range(int(top) + 16, 700, 11))
    spring = f"104 {top + 5}| 300 {top + 8}| 500 {top + 5}| 496 {top + 16} 420 {top + 14} 340 700 240 700 150 {top + heel} 108 {top + 12}"
    return group(
        _sole(sheet, spring, shade=shade),
        _sole(sheet, block, shade=shade),
        stroke(lifts, shade.stroke, width=1, opacity=0.6),
        _sole(sheet, welt, shade=shade),
        stroke(f"M112 {top - 6:g}H662", "#e9dfc8", width=1.6, opacity=0.6, extra='stroke-dasharray="5 4"'),
    )


def _flat_shadow(sheet: Sheet) -> str:
    return contact(sheet, 392, 700, width=560)


def _loafer(sheet: Sheet) -> None:
    metal = sheet.metal()
    sheet.add(
        _flat_shadow(sheet),
        _lining(sheet, "380 470| 440 430 540 428 644 432| 640 470 540 520 440 520"),
        _flat_sole(sheet),
        _upper(
            sheet,
            "108 634| 98 604 126 566 190 546 280 520 336 486 378 446| 430 484 520 500 588 478 648 428|"
            " 668 490 664 570 664 634|",
        ),
        _seam(sheet, "118 582 160 590 240 574 310 552 372 520"),
        stitches(sheet, trace("120 590 160 599 240 583 312 561 374 530"), sheet.shade),
        _seam(sheet, "596 476 584 540 590 632"),
        _piping(sheet, "378 446| 430 484 520 500 588 478 648 428|"),
        _gleam(sheet, "136 572 200 558 280 534"),
        _gleam(sheet, "620 480 636 540 636 600", width=18),
    )
    band = knots("296 512 352 470| 396 500| 440 540 456 590 458 634| 392 634| 386 586 354 546")
    sheet.add(panel(sheet, band, shade=_second(sheet), sewn=6, lifted=6))
    if sheet.vary(3) == 0:
        sheet.add(wire(sheet, trace("300 520 330 526 366 524 398 512"), metal, width=8))
        for x, y in ((306, 520), (394, 512)):
            sheet.add(wire(sheet, f"M{x - 13} {y}a13 12 0 1 0 26 0a13 12 0 1 0-26 0", metal, width=6))
    elif sheet.vary(3) == 1:
        sheet.add(fill(outline("330 512 350 500 376 514 366 526 344 528"), sheet.shade.stroke))
    else:
        sheet.add(_tassels(sheet))


def _tassels(sheet: Sheet) -> str:
    shade = _second(sheet)
    parts = []
    for x, y in ((312, 524), (352, 528)):
        fringe = outline(f"{x - 5} {y}| {x + 5} {y}| {x + 16} {y + 58}| {x - 16} {y + 58}|")
        cuts = "".join(f"M{x + k} {y + 8}L{x + 3 * k} {y + 56}" for k in (-4, -2, 0, 2, 4))
        parts += [
            lift(sheet, fringe, 4),
            surface(sheet, fringe, shade=shade),
            stroke(cuts, shade.stroke, width=1.3),
            fill(box(x - 8, y - 6, width=16, height=14, radius=5), shade.stroke),
        ]
    return "".join(parts)


def _derby(sheet: Sheet) -> None:
    shade = sheet.shade
    sheet.add(
        _flat_shadow(sheet),
        _lining(sheet, "400 440| 460 396 560 392 648 410| 640 450 540 500 440 500"),
        _flat_sole(sheet),
        panel(sheet, knots("330 500 372 410 400 392 430 398| 440 470 400 520"), sewn=0),
        _upper(
            sheet,
            "108 634| 98 604 124 566 190 544 270 524 330 500| 400 520 440 480| 520 480 590 452 650 404|"
            " 670 480 664 570 664 634|",
        ),
    )
    facing = knots("318 520 340 492 372 430 404 400| 450 436 520 452 590 436 650 404| 670 480 664 570 664 634| 470 634| 440 590 380 552")
    sheet.add(
        panel(sheet, facing, sewn=8, lifted=5),
        _seam(sheet, "590 440 578 540 586 632"),
        _piping(sheet, "404 400| 450 436 520 452 590 436 650 404|", width=4),
        _gleam(sheet, "130 580 190 562 270 544"),
        _gleam(sheet, "616 470 634 540 634 600", width=18),
        _laces(sheet, ((344, 500), (362, 468), (380, 440), (398, 416)), reach=(-34, 2)),
    )
    if sheet.vary(2):
        sheet.add(_seam(sheet, "204 542 232 580 230 634"), stitches(sheet, trace("195 546 222 582 220 634"), shade))
    if sheet.vary(3) == 2:
        sheet.add(_broguing(sheet))


def _broguing(sheet: Sheet) -> str:
    dots = "".join(f"M{x} {y}h.1" for x, y in ((214, 562), (224, 578), (230, 596), (231, 614), (478, 612), (462, 594), (440, 576), (416, 562)))
    return stroke(dots, sheet.shade.stroke, width=6)


def _laces(sheet: Sheet, eyes: tuple[tuple[int, int], ...], *, reach: tuple[int, int]) -> str:
    """Lace over the tongue, from each eyelet across to the far side."""
    cord = PALETTE["white"] if sheet.look.shape == "sneaker" else sheet.shade
    dx, dy = reach
    parts = []
    for x, y in eyes:
        line = f"M{x} {y}Q{x + dx / 2:g} {y + dy - 8:g} {x + dx} {y + dy}"
        parts += [
            stroke(f"M{x} {y}h.1", sheet.shade.stroke, width=13),
            stroke(line, cord.stroke, width=10),
            stroke(line, cord.base, width=7.5),
            stroke(line, cord.light, width=2, opacity=0.8, extra='transform="translate(0 -2)"'),
        ]
    return "".join(parts)


def _sneaker(sheet: Sheet) -> None:
    second, white = _second(sheet), PALETTE["white"]
    sole = "100 640 104 626| 300 632 500 632 672 622| 682 650 676 690 664 700| 130 700| 104 694 94 668"
    sheet.add(
        _flat_shadow(sheet),
        _lining(sheet, "412 420| 470 372 570 366 652 384| 640 450 540 490 440 490"),
        panel(sheet, knots("318 500 366 410 392 372 432 366| 452 440 420 520"), sewn=5),
        _upper(
            sheet,
            "106 634| 100 596 126 556 190 536 260 522 320 498| 372 440 404 412| 460 446 540 452 600 430 650 380|"
            " 676 450 676 560 672 630|",
        ),
        panel(sheet, knots("106 634| 100 596 126 556 190 536 236 528| 216 560 226 604 256 634|"), sewn=8, lifted=3),
        panel(sheet, knots("620 408 650 380| 676 450 676 560 672 630| 560 632| 560 570 588 520"), shade=second, sewn=8, lifted=3),
        panel(sheet, knots("300 506 330 490 372 440 404 412| 436 440 450 452| 420 500 384 552 340 590| 318 560"), sewn=7, lifted=4),
        _laces(sheet, ((338, 528), (356, 502), (374, 476), (392, 452), (410, 430)), reach=(-46, -12)),
        surface(sheet, outline(sole), shade=white, material=Material.CALF),
        stroke(outline(sole), white.stroke, width=1.6),
        stroke(trace("106 652 300 652 500 652 676 644"), white.stroke, width=1.6, opacity=0.6),
        stitches(sheet, trace("110 640 300 644 500 644 668 635"), white),
        _gleam(sheet, "130 590 170 566 220 550", opacity=0.3),
    )
    if sheet.vary(2):
        bars = trace("420 540 456 580 470 628"), trace("456 516 492 570 506 628")
        sheet.add(*(stroke(bar, second.stroke, width=19) + stroke(bar, second.base, width=16) for bar in bars))
    sheet.add(panel(sheet, knots("606 372 654 366| 664 410| 626 424|"), shade=second, sewn=0, lifted=2))


def _ankle_boot(sheet: Sheet) -> None:
    metal, high = sheet.metal(), sheet.vary(2) == 0
    shaft = "330 300| 560 292| 590 300 600 420 612 500 640 560 644 690|"
    foot = "118 742| 106 700 140 656 230 618 300 572 336 500 338 400"
    line = f"{foot} {shaft} 560 700 470 724 400 742|"
    sheet.add(
        contact(sheet, 250, 790, width=300),
        contact(sheet, 596, 790, width=120),
        _lining(sheet, "330 300 440 280 560 292 440 316"),
        _sole(sheet, "112 742| 400 742| 480 722 560 700 644 690| 648 702| 560 716 480 742 420 774 360 788 200 788 128 784| 108 768"),
        surface(sheet, outline("540 706 646 692| 652 740 648 788| 556 788| 556 760"), material=trim(sheet)),
        stroke(outline("540 706 646 692| 652 740 648 788| 556 788| 556 760"), sheet.shade.stroke, width=1.8),
        _upper(sheet, line),
        _seam(sheet, "612 540 560 600 548 700"),
        _gleam(sheet, "150 690 230 650 310 604", width=22),
        _gleam(sheet, "366 330 372 440 360 540", width=26, opacity=0.34),
        stitches(sheet, trace("338 314 440 312 562 306"), sheet.shade),
    )
    if high:
        gore = knots("420 306| 520 302| 512 380 500 450 470 500 440 450 426 380")
        ribs = "".join(f"M{x} 312L{450 + (x - 440) * 0.5:g} 470" for x in range(428, 516, 8))
        sheet.add(
            panel(sheet, gore, shade=PALETTE["noir"], material=Material.CANVAS, sewn=0),
            stroke(ribs, "#4a4648", width=1.6, opacity=0.7),
            surface(sheet, box(572, 268, width=20, height=58, radius=8)),
            stroke(box(572, 268, width=20, height=58, radius=8), sheet.shade.stroke, width=1.4),
        )
    else:
        sheet.add(
            stroke("M470 306C470 420 474 520 500 600", "#191414", width=8),
            stroke("M470 306C470 420 474 520 500 600", PALETTE[metal].base, width=5, extra='stroke-dasharray="2.5 2.5" stroke-linecap="butt"'),
            plate(sheet, box(464, 318, width=12, height=44, radius=5), metal, axis="0 0 1 0"),
        )


def _tall_boot(sheet: Sheet) -> None:
    metal = sheet.metal()
    heel = "562 786 640 774| 650 820 640 872| 600 872| 600 830" if sheet.vary(2) else "548 786 642 774| 650 820 648 872| 560 872| 562 830"
    sheet.add(
        contact(sheet, 250, 872, width=290),
        contact(sheet, 602, 872, width=110),
        _lining(sheet, "318 140 440 120 584 136 450 156"),
        surface(sheet, outline(heel), material=trim(sheet)) + stroke(outline(heel), sheet.shade.stroke, width=1.8),
        _sole(sheet, "128 852| 250 856 350 850 430 820 540 788 640 776| 640 786 540 800 430 836 350 866 250 872 140 870|"),
        _upper(
            sheet,
            "132 852| 118 816 150 774 230 740 300 700 340 640 350 540 334 400 312 260 318 142|"
            " 440 152 584 138| 604 260 590 420 562 540 560 620 596 690 640 776|"
            " 540 786 430 820 350 848 250 856",
        ),
        _seam(sheet, "598 700 548 730 530 788"),
        _gleam(sheet, "160 806 236 768 320 716", width=22),
        _gleam(sheet, "352 180 352 300 376 460 388 580", width=34, opacity=0.36),
        stroke(trace("420 560 400 640 360 700"), sheet.shade.dark, width=16, opacity=0.45, extra=f'filter="{sheet.blur(8)}"'),
        stroke(trace("520 580 480 640 440 660"), sheet.shade.dark, width=12, opacity=0.4, extra=f'filter="{sheet.blur(7)}"'),
        stitches(sheet, trace("326 160 440 170 578 156"), sheet.shade),
    )
    if sheet.vary(3, step=2) == 1:
        sheet.add(
            panel(sheet, knots("316 210 450 226 594 208| 600 240| 450 258 316 242|"), shade=_second(sheet), sewn=5, lifted=4),
            buckle(sheet, 520, 234, width=44, height=50, metal=metal),
        )
    else:
        sheet.add(stroke(trace("584 138 604 260 590 420 562 540 560 620"), sheet.shade.stroke, width=3), _seam(sheet, "500 148 510 300 500 460 486 600"))


def _sandal(sheet: Sheet) -> None:
    metal = sheet.metal()
    sheet.add(
        _heel_shadow(sheet),
        _ribbon(sheet, "640 470 660 420 640 380 600 356", far=True),
        _heel(sheet, sheet.vary(3)),
        _high_sole(sheet),
        _sole(sheet, "108 654| 180 658 256 658 322 640 400 588 478 526 556 482 650 466| 656 478 560 496 482 542 404 608 326 658 256 670 180 668 110 664|", shade=_LINING),
    )
    bands = (
        "132 668| 138 624 180 588 226 584| 262 596 286 628 296 662| 250 671 190 671",
        "122 668| 130 634 156 610 184 604| 206 622 216 646 220 670| 170 671",
        "238 670| 244 616 278 574 314 562| 340 584 352 612 354 640| 320 660 280 669",
    )
    for band in bands[:1] if sheet.vary(2, step=3) else bands[1:]:
        sheet.add(panel(sheet, knots(band), sewn=0, lifted=3))
    sheet.add(
        _ribbon(sheet, "652 470 636 430 600 396 540 370 484 372"),
        _ribbon(sheet, "604 490 580 440 540 400 500 378 484 372 492 352 540 344 610 352"),
        buckle(sheet, 560, 377, width=34, height=28, metal=metal),
    )


def _ribbon(sheet: Sheet, line: str, *, far: bool = False) -> str:
    data, shade = trace(line), sheet.shade
    return (
        stroke(data, shade.stroke, width=18)
        + stroke(data, shade.dark if far else shade.base, width=15)
        + ("" if far else stroke(data, shade.light, width=3, opacity=0.7, extra='transform="translate(-2 -4)"'))
    )


def _ballerina(sheet: Sheet) -> None:
    second = _second(sheet)
    sheet.add(
        contact(sheet, 392, 640, width=560),
        _lining(sheet, "280 552| 380 520 540 500 654 496| 640 570 520 606 380 612 310 600"),
        _sole(sheet, "112 624| 400 632 660 622| 666 640| 600 640| 590 634| 400 636 250 640 130 640|"),
        _upper(
            sheet,
            "110 626| 98 592 130 560 190 548 284 548| 320 584 420 590 540 564 654 494| 672 530 672 580 664 624| 400 634",
        ),
        _piping(sheet, "284 548| 320 584 420 590 540 564 654 494|", width=6),
        _gleam(sheet, "136 590 180 570 246 566"),
        _seam(sheet, "600 526 594 580 600 624"),
    )
    if second is not sheet.shade:
        cap = knots("110 626| 98 592 130 560 184 549| 206 574 212 606 206 629|")
        sheet.add(panel(sheet, cap, shade=second, sewn=0))
    if sheet.vary(3) != 2:
        sheet.add(_bow(sheet, 288, 556))
    else:
        sheet.add(stud(sheet, 270, 566, radius=10, metal=sheet.metal()))


def _low(draw: Callable[[Sheet], None], *, squash: float) -> Callable[[Sheet], None]:
    """Lower a shoe toward its ground, and lengthen it a little: a last is slender."""

    def drawn(sheet: Sheet) -> None:
        sheet.add(f'<g transform="translate(-22 {700 * (1 - squash) - 30:.0f}) scale(1.08 {squash})">')
        draw(sheet)
        sheet.add("</g>")

    return drawn


SHAPES: Mapping[str, Callable[[Sheet], None]] = MappingProxyType(
    {
        "pump": _pump,
        "slingback": _slingback,
        "loafer": _low(_loafer, squash=0.8),
        "sneaker": _low(_sneaker, squash=0.86),
        "ankle_boot": _ankle_boot,
        "tall_boot": _tall_boot,
        "sandal": _sandal,
        "ballerina": _ballerina,
        "derby": _low(_derby, squash=0.8),
    }
)
