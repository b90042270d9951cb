"""Flat shoes, seen from the outer side, toe to the left."""

from sellier.demo.drawings.ground import contact
from sellier.demo.drawings.lasts import (
    WELT,
    bow,
    fold_seam,
    gleam,
    lining,
    piping,
    second_leather,
    sole,
    upper,
)
from sellier.demo.drawings.leather import lift, panel, stitches
from sellier.demo.drawings.look import Material
from sellier.demo.drawings.materials import surface
from sellier.demo.drawings.metals import stud, wire
from sellier.demo.drawings.palette import PALETTE, Shade
from sellier.demo.drawings.paths import box, knots, outline, trace
from sellier.demo.drawings.sheet import Sheet, fill, group, stroke


def _flat_sole(sheet: Sheet, *, shade: Shade = WELT, heel: float = 40) -> str:
    """Build a welted sole with its stacked heel, resting at 700."""
    top = 700 - heel - 16
    welt = (
        f"102 {top} 110 {top - 12}| 662 {top - 12}| 672 {top} 668 {top + 6}| 300 "
        f"{top + 8} 108 {top + 6}"
    )
    block = f"490 {top + 5}| 668 {top + 5}| 664 700| 498 700|"
    lifts = "".join(f"M494 {y:g}H666" for y in range(int(top) + 16, 700, 11))
    spring = (
        f"104 {top + 5}| 300 {top + 8}| 500 {top + 5}| 496 {top + 16} 420 "
        f"{top + 14} 340 700 240 700 150 {top + heel} 108 {top + 12}"
    )
    return group(
        sole(sheet, spring, shade=shade),
        sole(sheet, block, shade=shade),
        stroke(lifts, shade.stroke, width=1, opacity=0.6),
        sole(sheet, welt, shade=shade),
        stroke(
            f"M112 {top - 6:g}H662",
            "#e9dfc8",
            width=1.6,
            opacity=0.6,
            extra='stroke-dasharray="5 4"',
        ),
    )


def _flat_shadow(sheet: Sheet) -> str:
    return contact(sheet, 392, 700, width=560)


def loafer(sheet: Sheet) -> None:
    metal = sheet.metal()
    sheet.add(
        _flat_shadow(sheet),
        lining(sheet, "380 470| 440 430 540 428 644 432| 640 470 540 520 440 520"),
        _flat_sole(sheet),
        upper(
            sheet,
            "108 634| 98 604 126 566 190 546 280 520 336 486 378 446| 430 484 520 "
            "500 588 478 648 428|"
            " 668 490 664 570 664 634|",
        ),
        fold_seam(sheet, "118 582 160 590 240 574 310 552 372 520"),
        stitches(sheet, trace("120 590 160 599 240 583 312 561 374 530"), sheet.shade),
        fold_seam(sheet, "596 476 584 540 590 632"),
        piping(sheet, "378 446| 430 484 520 500 588 478 648 428|"),
        gleam(sheet, "136 572 200 558 280 534"),
        gleam(sheet, "620 480 636 540 636 600", width=18),
    )
    band = knots("296 512 352 470| 396 500| 440 540 456 590 458 634| 392 634| 386 586 354 546")
    sheet.add(panel(sheet, band, shade=second_leather(sheet), sewn=6, lifted=6))
    if sheet.picks(0, of=3):
        sheet.add(wire(trace("300 520 330 526 366 524 398 512"), metal, width=8))
        for x, y in ((306, 520), (394, 512)):
            sheet.add(wire(f"M{x - 13} {y}a13 12 0 1 0 26 0a13 12 0 1 0-26 0", metal, width=6))
    elif sheet.picks(1, of=3):
        sheet.add(fill(outline("330 512 350 500 376 514 366 526 344 528"), sheet.shade.stroke))
    else:
        sheet.add(_tassels(sheet))


def _tassels(sheet: Sheet) -> str:
    shade = second_leather(sheet)
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


def derby(sheet: Sheet) -> None:
    shade = sheet.shade
    sheet.add(
        _flat_shadow(sheet),
        lining(sheet, "400 440| 460 396 560 392 648 410| 640 450 540 500 440 500"),
        _flat_sole(sheet),
        panel(sheet, knots("330 500 372 410 400 392 430 398| 440 470 400 520"), sewn=0),
        upper(
            sheet,
            "108 634| 98 604 124 566 190 544 270 524 330 500| 400 520 440 480| 520 "
            "480 590 452 650 404|"
            " 670 480 664 570 664 634|",
        ),
    )
    facing = knots(
        "318 520 340 492 372 430 404 400| 450 436 520 452 590 436 650 404| 670 "
        "480 664 570 664 634| 470 634| 440 590 380 552"
    )
    sheet.add(
        panel(sheet, facing, sewn=8, lifted=5),
        fold_seam(sheet, "590 440 578 540 586 632"),
        piping(sheet, "404 400| 450 436 520 452 590 436 650 404|", width=4),
        gleam(sheet, "130 580 190 562 270 544"),
        gleam(sheet, "616 470 634 540 634 600", width=18),
        _laces(sheet, ((344, 500), (362, 468), (380, 440), (398, 416)), reach=(-34, 2)),
    )
    if sheet.vary(2):
        sheet.add(
            fold_seam(sheet, "204 542 232 580 230 634"),
            stitches(sheet, trace("195 546 222 582 220 634"), shade),
        )
    if sheet.picks(2, of=3):
        sheet.add(_broguing(sheet))


def _broguing(sheet: Sheet) -> str:
    dots = "".join(
        f"M{x} {y}h.1"
        for x, y in (
            (214, 562),
            (224, 578),
            (230, 596),
            (231, 614),
            (478, 612),
            (462, 594),
            (440, 576),
            (416, 562),
        )
    )
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


def sneaker(sheet: Sheet) -> None:
    second, white = second_leather(sheet), PALETTE["white"]
    sole = (
        "100 640 104 626| 300 632 500 632 672 622| 682 650 676 690 664 700| 130 700| 104 694 94 668"
    )
    sheet.add(
        _flat_shadow(sheet),
        lining(sheet, "412 420| 470 372 570 366 652 384| 640 450 540 490 440 490"),
        panel(sheet, knots("318 500 366 410 392 372 432 366| 452 440 420 520"), sewn=5),
        upper(
            sheet,
            "106 634| 100 604 124 576 184 554 258 530 320 498| 372 440 404 412| 460 "
            "446 540 452 600 430 650 380|"
            " 676 450 676 560 672 630|",
        ),
        panel(
            sheet,
            knots("106 634| 100 604 124 576 184 554 232 540| 218 568 226 606 252 634|"),
            sewn=8,
            lifted=3,
        ),
        panel(
            sheet,
            knots("620 408 650 380| 676 450 676 560 672 630| 560 632| 560 570 588 520"),
            shade=second,
            sewn=8,
            lifted=3,
        ),
        panel(
            sheet,
            knots(
                "300 506 330 490 372 440 404 412| 436 440 450 452| 420 500 384 552 340 590| 318 560"
            ),
            sewn=7,
            lifted=4,
        ),
        _laces(
            sheet, ((338, 528), (356, 502), (374, 476), (392, 452), (410, 430)), reach=(-46, -12)
        ),
        surface(sheet, outline(sole), shade=white, material=Material.CALF),
        stroke(outline(sole), white.stroke, width=1.6),
        stroke(trace("106 652 300 652 500 652 676 644"), white.stroke, width=1.6, opacity=0.6),
        stitches(sheet, trace("110 640 300 644 500 644 668 635"), white),
        gleam(sheet, "130 590 170 566 220 550", opacity=0.3),
    )
    if sheet.vary(2):
        bars = trace("420 540 456 580 470 628"), trace("456 516 492 570 506 628")
        sheet.add(
            *(
                stroke(bar, second.stroke, width=19) + stroke(bar, second.base, width=16)
                for bar in bars
            )
        )
    sheet.add(
        panel(sheet, knots("606 372 654 366| 664 410| 626 424|"), shade=second, sewn=0, lifted=2)
    )


def ballerina(sheet: Sheet) -> None:
    second = second_leather(sheet)
    sheet.add(
        contact(sheet, 392, 640, width=560),
        lining(sheet, "280 552| 380 520 540 500 654 496| 640 570 520 606 380 612 310 600"),
        sole(
            sheet, "112 624| 400 632 660 622| 666 640| 600 640| 590 634| 400 636 250 640 130 640|"
        ),
        upper(
            sheet,
            (
                "110 626| 98 592 130 560 190 548 284 548| 320 584 420 590 540 564 654 "
                "494| 672 530 672 580 664 624| 400 634"
            ),
        ),
        piping(sheet, "284 548| 320 584 420 590 540 564 654 494|", width=6),
        gleam(sheet, "136 590 180 570 246 566"),
        fold_seam(sheet, "600 526 594 580 600 624"),
    )
    if second is not sheet.shade:
        cap = knots("110 626| 98 592 130 560 184 549| 206 574 212 606 206 629|")
        sheet.add(panel(sheet, cap, shade=second, sewn=0))
    if not sheet.picks(2, of=3):
        sheet.add(bow(sheet, 288, 556))
    else:
        sheet.add(stud(sheet, 270, 566, radius=10, metal=sheet.metal()))
