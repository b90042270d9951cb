"""Heeled shoes and boots, seen from the outer side, toe to the left."""

from sellier.demo.drawings.ground import contact
from sellier.demo.drawings.lasts import (
    LINING,
    WELT,
    bow,
    fold_seam,
    gleam,
    lining,
    piping,
    ribbon,
    second_leather,
    sole,
    upper,
)
from sellier.demo.drawings.leather import panel, stitches, trim
from sellier.demo.drawings.look import Material
from sellier.demo.drawings.materials import surface
from sellier.demo.drawings.metals import buckle, plate
from sellier.demo.drawings.palette import PALETTE
from sellier.demo.drawings.paths import box, knots, outline, trace
from sellier.demo.drawings.sheet import Sheet, fill, group, stroke


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
    color = PALETTE["garnet"] if sheet.picks(1, of=4, step=3) else WELT
    line = (
        "110 662| 180 668 256 670 326 656 404 606 482 540 560 494| 566 502| 486 "
        "552 408 620 330 668 256 677 180 677 112 672|"
    )
    return sole(sheet, line, shade=color)


def pump(sheet: Sheet) -> None:
    point = sheet.picks(0, of=2, step=3)
    toe = "108 660| 132 628 196 584" if point else "112 662| 106 626 150 586 204 566"
    sheet.add(
        _heel_shadow(sheet),
        lining(sheet, "290 530| 380 470 500 380 622 300| 640 330 570 430 430 540 340 560"),
        _heel(sheet, sheet.vary(3)),
        _high_sole(sheet),
        upper(
            sheet,
            f"{toe} 296 524| 350 538 430 508 520 432 582 356 626 300| 650 334 664 400 656 482|"
            " 600 488 560 496 482 542 404 608 326 658 256 670 180 668",
        ),
        piping(sheet, "296 524| 350 538 430 508 520 432 582 356 626 300|"),
        gleam(sheet, "158 632 210 600 276 562"),
        gleam(sheet, "420 560 500 500 570 420", width=22, opacity=0.3),
    )
    if sheet.picks(1, of=3, step=2):
        sheet.add(bow(sheet, 262, 548))
    if sheet.picks(2, of=3, step=2):
        sheet.add(buckle(252, 562, width=62, height=44, metal=sheet.metal()))


def slingback(sheet: Sheet) -> None:
    second, metal = second_leather(sheet), sheet.metal()
    strap = "476 506 560 470 630 420 652 366 640 344"
    sheet.add(
        _heel_shadow(sheet),
        lining(sheet, "296 530| 370 500 430 470 486 494| 500 520 440 560 380 580"),
        stroke(trace("470 520 540 440 600 380 640 346"), sheet.shade.dark, width=13),
        _heel(sheet, (2, 1, 0)[sheet.vary(3)]),
        _high_sole(sheet),
        sole(
            sheet,
            "380 612| 440 560 500 512 570 482 652 466| 656 484| 600 488 560 497 482 545 404 612|",
            shade=LINING,
        ),
        upper(
            sheet,
            "108 660| 132 628 196 584 300 524| 360 548 420 536 486 494| 520 520 500 534"
            " 404 608 326 658 256 670 180 668",
        ),
        piping(sheet, "300 524| 360 548 420 536 486 494|"),
        gleam(sheet, "158 632 210 600 276 562"),
    )
    if second is not sheet.shade:
        cap = knots("108 660| 122 640 156 612 200 584| 226 604 240 640 236 669| 180 668")
        sheet.add(panel(sheet, cap, shade=second, sewn=0))
    sheet.add(
        stroke(trace(strap), sheet.shade.stroke, width=17),
        stroke(trace(strap), sheet.shade.base, width=14),
        stroke(
            trace(strap),
            sheet.shade.light,
            width=3,
            opacity=0.7,
            extra='transform="translate(-3 -3)"',
        ),
        buckle(590, 452, width=30, height=24, metal=metal),
        bow(sheet, 286, 540) if sheet.vary(2, step=2) else "",
    )


def sandal(sheet: Sheet) -> None:
    metal = sheet.metal()
    sheet.add(
        _heel_shadow(sheet),
        ribbon(sheet, "640 470 660 420 640 380 600 356", far=True),
        _heel(sheet, sheet.vary(3)),
        _high_sole(sheet),
        sole(
            sheet,
            (
                "108 654| 180 658 256 658 322 640 400 588 478 526 556 482 650 466| 656 "
                "478 560 496 482 542 404 608 326 658 256 670 180 668 110 664|"
            ),
            shade=LINING,
        ),
    )
    bands = (
        "142 669| 146 640 168 608| 230 584 304 544| 318 590 326 652| 260 670 200 671",
        "134 669| 138 644 160 614| 184 602 204 594| 212 630 222 670| 180 671",
        "244 671| 244 620 262 570| 286 556 312 540| 328 590 336 648| 300 664 280 669",
    )
    for band in bands[:1] if sheet.vary(2, step=3) else bands[1:]:
        sheet.add(panel(sheet, knots(band), sewn=0, lifted=3))
    sheet.add(
        ribbon(sheet, "652 470 636 430 600 396 540 370 484 372"),
        ribbon(sheet, "604 490 580 440 540 400 500 378 484 372 492 352 540 344 610 352"),
        buckle(560, 377, width=34, height=28, metal=metal),
    )


def ankle_boot(sheet: Sheet) -> None:
    metal, high = sheet.metal(), sheet.picks(0, of=2)
    shaft = "330 300| 560 292| 590 300 600 420 612 500 640 560 644 690|"
    foot = "118 742| 106 700 140 656 230 618 300 572 336 500 338 400"
    line = f"{foot} {shaft} 560 700 470 724 400 742|"
    sheet.add(
        contact(sheet, 250, 790, width=300),
        contact(sheet, 596, 790, width=120),
        lining(sheet, "330 300 440 280 560 292 440 316"),
        sole(
            sheet,
            (
                "112 742| 400 742| 480 722 560 700 644 690| 648 702| 560 716 480 742 "
                "420 774 360 788 200 788 128 784| 108 768"
            ),
        ),
        surface(
            sheet,
            outline("536 712| 646 690| 654 788| 552 788|"),
            material=trim(sheet),
        ),
        stroke(
            outline("536 712| 646 690| 654 788| 552 788|"),
            sheet.shade.stroke,
            width=1.8,
        ),
        upper(sheet, line),
        fold_seam(sheet, "612 540 560 600 548 700"),
        gleam(sheet, "150 690 230 650 310 604", width=22),
        gleam(sheet, "366 330 372 440 360 540", width=26, opacity=0.34),
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
            stroke(
                "M470 306C470 420 474 520 500 600",
                PALETTE[metal].base,
                width=5,
                extra='stroke-dasharray="2.5 2.5" stroke-linecap="butt"',
            ),
            plate(sheet, box(464, 318, width=12, height=44, radius=5), metal, axis="0 0 1 0"),
        )


def tall_boot(sheet: Sheet) -> None:
    heel = (
        "552 792| 642 774| 646 872| 592 872|"
        if sheet.vary(2)
        else "540 794| 642 774| 652 872| 556 872|"
    )
    sheet.add(
        contact(sheet, 250, 872, width=290),
        contact(sheet, 602, 872, width=110),
        lining(sheet, "318 140 440 120 584 136 450 156"),
        surface(sheet, outline(heel), material=trim(sheet))
        + stroke(outline(heel), sheet.shade.stroke, width=1.8),
        sole(
            sheet,
            (
                "128 852| 250 856 350 850 430 820 540 788 640 776| 640 786 540 800 430 "
                "836 350 866 250 872 140 870|"
            ),
        ),
        upper(
            sheet,
            "132 852| 118 816 150 774 230 740 300 700 340 640 350 540 334 400 312 260 318 142|"
            " 440 152 584 138| 604 260 590 420 562 540 560 620 596 690 640 776|"
            " 540 786 430 820 350 848 250 856",
        ),
        fold_seam(sheet, "598 700 548 730 530 788"),
        gleam(sheet, "160 806 236 768 320 716", width=22),
        gleam(sheet, "352 180 352 300 376 460 388 580", width=34, opacity=0.36),
        stroke(
            trace("420 560 400 640 360 700"),
            sheet.shade.dark,
            width=16,
            opacity=0.45,
            extra=f'filter="{sheet.blur(8)}"',
        ),
        stroke(
            trace("520 580 480 640 440 660"),
            sheet.shade.dark,
            width=12,
            opacity=0.4,
            extra=f'filter="{sheet.blur(7)}"',
        ),
        stitches(sheet, trace("326 160 440 170 578 156"), sheet.shade),
    )
    sheet.add(_shaft(sheet))


def _shaft(sheet: Sheet) -> str:
    """Finish the shaft: a strap and buckle below its top, or a plain seam."""
    metal = sheet.metal()
    if sheet.picks(1, of=3, step=2):
        return group(
            panel(
                sheet,
                knots("316 210 450 226 594 208| 600 240| 450 258 316 242|"),
                shade=second_leather(sheet),
                sewn=5,
                lifted=4,
            ),
            buckle(520, 234, width=44, height=50, metal=metal),
        )
    side = stroke(trace("584 138 604 260 590 420 562 540 560 620"), sheet.shade.stroke, width=3)
    return side + fold_seam(sheet, "500 148 510 300 500 460 486 600")
