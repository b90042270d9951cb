"""Handbags, standing at eye level and seen from the front."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sellier.demo.drawings.ground import contact
from sellier.demo.drawings.leather import (
    charm,
    lift,
    panel,
    puller,
    stamp,
    stitches,
    strap,
    tassel,
    trim,
    trim_shade,
    turn_lock,
    zipper,
)
from sellier.demo.drawings.look import Material
from sellier.demo.drawings.metals import buckle, chain, plate, ring, stud, wire
from sellier.demo.drawings.paths import (
    arch,
    box,
    handle,
    knots,
    mirrored,
    moved,
    outline,
    symmetric,
    trace,
)
from sellier.demo.drawings.sheet import Sheet, fill, stroke

_FOOT = 806


def _lining(sheet: Sheet, data: str) -> str:
    """Show the inside of the mouth of a bag, in the dark."""
    inner = trim_shade(sheet)
    deep = sheet.linear(f"0 {inner.dark}, 1 #120c0e", axis="0 0 0 1")
    return fill(data, deep) + stroke(data, inner.stroke, width=2)


def _feet(*places: float) -> str:
    return "".join(
        fill(box(x - 9, _FOOT - 4, width=18, height=10, radius=4), "#3a3030") for x in places
    )


def _tote(sheet: Sheet) -> None:
    metal, edge_shade, drop = sheet.metal(), trim_shade(sheet), (196, 236, 160)[sheet.vary(3)]
    far = handle(268, 532, foot=452, top=drop - 22)
    near = handle(254, 546, foot=520, top=drop)
    body = mirrored(knots("400 446| 140 432| 150 560 178 772 192 800| 206 808| 400 812"))
    band = mirrored(knots("400 446| 140 432| 143 478| 400 494|"))
    base = mirrored(knots("400 716| 166 700| 178 772 192 800| 206 808| 400 812|"))
    sheet.add(
        contact(sheet, 400, _FOOT + 4, width=430),
        _lining(sheet, symmetric("400 424 140 432| 400 462|")),
        strap(sheet, far, width=21, far=True),
        panel(sheet, body, sewn=0),
    )
    if sheet.vary(3, step=3) or sheet.look.material is Material.CANVAS:
        sheet.add(panel(sheet, base, shade=edge_shade, material=trim(sheet), sewn=9))
    for fold in ("176 500 206 640 226 790", "624 500 594 640 574 790"):
        sheet.add(
            stroke(
                trace(fold),
                sheet.shade.dark,
                width=9,
                opacity=0.35,
                extra=f'filter="{sheet.blur(6)}"',
            )
        )
    sheet.add(
        panel(sheet, band, shade=edge_shade, material=trim(sheet), sewn=8),
        strap(sheet, near, width=22, shade=edge_shade),
    )
    for x in (254, 546):
        tab = knots(f"{x - 24} 514| {x + 24} 514| {x + 24} 590 {x} 626| {x - 24} 590")
        sheet.add(
            panel(sheet, tab, shade=edge_shade, material=trim(sheet), sewn=6, lifted=4),
            stud(sheet, x, 598, radius=6, metal=metal),
        )
    sheet.add(stamp(sheet, 400, 566, shade=sheet.shade))


def _flap(sheet: Sheet) -> None:
    metal = sheet.metal()
    body = mirrored(knots("400 432| 150 432| 138 470 134 700 138 780| 152 806 400 810"))
    flap = mirrored(
        knots("400 414 176 414| 138 428 134 470| 132 560 140 640| 170 676 320 690 400 692")
    )
    reach = (150, 196, 110)[sheet.vary(3)]
    long = arch(176, 624, foot=436, top=reach, lean=-20)
    sheet.add(contact(sheet, 400, _FOOT + 2, width=520))
    sheet.add(_shoulder(sheet, long))
    sheet.add(
        panel(sheet, body, sewn=12),
        panel(sheet, flap, sewn=12, lifted=13),
        fill(
            box(150, 418, width=500, height=20, radius=10),
            sheet.shade.light,
            opacity=0.3,
            extra=f'filter="{sheet.blur(7)}"',
        ),
    )
    for x in (176, 624):
        sheet.add(ring(x, 430, rx=13, ry=15, metal=metal))
    sheet.add(turn_lock(sheet, 400, 636, metal=metal))
    if sheet.vary(2, step=2):
        sheet.add(stamp(sheet, 400, 762, shade=sheet.shade))


def _shoulder(sheet: Sheet, data: str) -> str:
    """Hang the bag on a chain, or on a leather strap."""
    if sheet.picks(0, of=2, step=2):
        return chain(data, sheet.metal(), gauge=16)
    return strap(sheet, data, width=20)


def _hobo(sheet: Sheet) -> None:
    metal = sheet.metal()
    body = knots(
        "176 470| 220 560 310 604 400 606 490 604 580 560 624 470| 668 560 690 660 650 742"
        " 590 804 480 814 400 814 320 814 210 804 150 742 110 660 132 560"
    )
    sheet.add(
        contact(sheet, 400, _FOOT + 2, width=440),
        _lining(
            sheet,
            outline(
                "176 470| 240 536 330 566 400 568 470 566 560 536 624 470| 590 580 500 "
                "622 400 624 300 622 210 580"
            ),
        ),
        strap(sheet, arch(178, 622, foot=486, top=166, lean=6), width=42),
        panel(sheet, body, sewn=13),
    )
    for fold in (
        "212 600 240 690 300 752",
        "586 596 566 690 500 760",
        "300 640 330 700 390 730",
        "480 650 460 700 430 720",
        "170 640 184 720 226 770",
    ):
        sheet.add(
            stroke(
                trace(fold),
                sheet.shade.dark,
                width=12,
                opacity=0.5,
                extra=f'filter="{sheet.blur(7)}"',
            ),
            stroke(
                trace(moved(knots(fold), -12, -6)),
                sheet.shade.light,
                width=8,
                opacity=0.3,
                extra=f'filter="{sheet.blur(6)}"',
            ),
        )
    for x in (178, 622):
        sheet.add(ring(x, 470, rx=26, ry=28, metal=metal))
    sheet.add(charm(sheet, 400, 606))


def _bucket(sheet: Sheet) -> None:
    metal, edge_shade = sheet.metal(), trim_shade(sheet)
    body = mirrored(knots("400 392 220 376| 196 400| 186 560 196 780| 214 806 400 814"))
    base = mirrored(knots("400 720 190 700| 192 740 196 780| 214 806 400 814"))
    sheet.add(
        contact(sheet, 400, _FOOT + 4, width=420),
        strap(sheet, arch(208, 592, foot=410, top=130), width=22),
        _lining(sheet, symmetric("400 352 250 358 206 384 250 408 400 414")),
        panel(sheet, body, sewn=0),
    )
    for k, x in enumerate((236, 292, 346, 400, 454, 508, 564)):
        bend = (x - 400) * 0.05
        pleat = f"{x} 402 {x + bend * 2:g} 470 {x + bend * 3:g} {560 + 20 * (k % 2)}"
        sheet.add(
            stroke(
                trace(pleat),
                sheet.shade.dark,
                width=12,
                opacity=0.5,
                extra=f'filter="{sheet.blur(6)}"',
            ),
            stroke(
                trace(moved(knots(pleat), -13, 0)),
                sheet.shade.light,
                width=8,
                opacity=0.34,
                extra=f'filter="{sheet.blur(5)}"',
            ),
        )
    sheet.add(panel(sheet, base, shade=edge_shade, material=trim(sheet), sewn=10))
    cord = "206 444 260 458 320 452 400 462 480 452 540 458 594 444"
    sheet.add(strap(sheet, trace(cord), width=10, shade=edge_shade, sewn=False))
    for x, y in ((236, 452), (292, 456), (346, 455), (454, 455), (508, 456), (564, 452)):
        sheet.add(ring(x, y, rx=8, ry=10, metal=metal))
    for end in ("392 464 372 520 366 606", "408 464 424 530 432 590"):
        sheet.add(strap(sheet, trace(end), width=9, shade=edge_shade, sewn=False))
    sheet.add(
        plate(sheet, box(380, 448, width=40, height=28, radius=8), metal, axis="0 0 1 0"),
        plate(sheet, box(358, 600, width=16, height=34, radius=6), metal, axis="0 0 1 0"),
        plate(sheet, box(424, 584, width=16, height=34, radius=6), metal, axis="0 0 1 0"),
    )
    for x in (206, 594):
        sheet.add(ring(x, 408, rx=15, ry=17, metal=metal))


def _clutch(sheet: Sheet) -> None:
    metal, foot = sheet.metal(), 720
    body = mirrored(
        knots(f"400 400| 126 400| 112 420 112 690| 120 {foot - 6} 140 {foot} 400 {foot}")
    )
    point = sheet.picks(0, of=2)
    flap = mirrored(
        knots("400 390 130 390| 112 402| 112 440| 384 596| 400 602")
        if point
        else knots("400 390 130 390| 112 402| 112 500 116 560| 150 584 300 590 400 590")
    )
    sheet.add(
        contact(sheet, 400, foot - 2, width=560),
        panel(sheet, body, sewn=12),
        panel(sheet, flap, sewn=12, lifted=11),
    )
    if sheet.vary(2, step=2):
        sheet.add(turn_lock(sheet, 400, 566 if point else 552, metal=metal))
    else:
        sheet.add(
            lift(sheet, box(384, 548, width=32, height=32, radius=16), 4),
            stud(sheet, 400, 564, radius=17, metal=metal),
        )
    if sheet.picks(2, of=3):
        sheet.add(
            ring(660, 430, rx=14, ry=14, metal=metal),
            strap(
                sheet, trace("662 444 690 520 700 640 668 676 640 640 648 520 658 446"), width=15
            ),
        )


def _top_handle(sheet: Sheet) -> None:
    metal, edge_shade = sheet.metal(), trim_shade(sheet)
    rise = (236, 262, 212)[sheet.vary(3)]
    body = mirrored(knots("400 414| 172 414| 160 560 130 770| 130 804 150 808 400 810|"))
    side = mirrored(
        knots("400 400 186 400| 170 416| 162 520 157 566| 168 580 226 582| 244 560| 400 560|")
    )
    held = handle(292, 508, foot=410, top=rise)
    sheet.add(
        contact(sheet, 400, _FOOT + 4, width=560),
        _feet(170, 300, 500, 630),
        strap(sheet, held, width=27, shade=edge_shade),
        panel(sheet, body, sewn=12),
        panel(sheet, side, sewn=10, lifted=10),
    )
    belt = mirrored(knots("400 484| 152 484| 146 508| 400 508|"))
    sheet.add(panel(sheet, belt, shade=edge_shade, material=trim(sheet), sewn=5, lifted=6))
    for x in (250, 550):
        tab = box(x - 20, 470, width=40, height=54, radius=5)
        sheet.add(
            plate(sheet, tab, metal, axis="0 0 1 1"), stud(sheet, x, 497, radius=6, metal=metal)
        )
    for x in (292, 508):
        loop = knots(f"{x - 20} 404| {x + 20} 404| {x + 18} 440 {x} 456| {x - 18} 440")
        sheet.add(
            panel(sheet, loop, shade=edge_shade, material=trim(sheet), sewn=0, lifted=4),
            ring(x, 404, rx=19, ry=15, metal=metal),
        )
    sheet.add(turn_lock(sheet, 400, 508, metal=metal), stamp(sheet, 400, 612, shade=sheet.shade))
    if sheet.vary(2, step=4):
        sheet.add(charm(sheet, 330, 500))


def _crossbody(sheet: Sheet) -> None:
    metal, edge_shade = sheet.metal(), trim_shade(sheet)
    body = mirrored(knots("400 462 230 464 168 486 150 560 150 720 172 788 240 808 400 810"))
    pocket = mirrored(knots("400 590| 152 590| 150 720 172 788 240 808 400 810"))
    sheet.add(
        contact(sheet, 400, _FOOT + 2, width=470),
        strap(sheet, arch(160, 640, foot=540, top=150, lean=-40), width=16, shade=edge_shade),
        panel(sheet, body, sewn=0),
        zipper(sheet, "176 512 240 488 400 484 560 488 624 512", metal),
        panel(sheet, pocket, sewn=12, lifted=6),
        stitches(sheet, trace("158 572 400 568 642 572"), sheet.shade),
        puller(sheet, 590, 498, metal=metal, shade=edge_shade),
    )
    for x in (160, 640):
        tab = knots(f"{x - 16} 520| {x + 16} 520| {x + 16} 580| {x - 16} 580|")
        sheet.add(
            panel(sheet, tab, shade=edge_shade, material=trim(sheet), sewn=4, lifted=3),
            ring(x, 522, rx=17, ry=14, metal=metal),
        )
    sheet.add(
        tassel(sheet, 250, 520) if sheet.vary(2) else "", stamp(sheet, 400, 690, shade=sheet.shade)
    )


def _backpack(sheet: Sheet) -> None:
    metal, edge_shade = sheet.metal(), trim_shade(sheet)
    body = mirrored(knots("400 262 280 270 210 330 182 460 178 720 190 786 250 810 400 814"))
    flap = mirrored(knots("400 254 276 262 204 326 184 440 184 500| 220 540 320 556 400 558"))
    pocket = mirrored(knots("400 606| 250 606| 236 622 236 760 256 782 400 786"))
    sheet.add(
        contact(sheet, 400, _FOOT + 4, width=430),
        strap(sheet, handle(364, 436, foot=268, top=176), width=20, shade=edge_shade),
        strap(sheet, trace("214 330 130 470 122 640 190 770"), width=30, shade=edge_shade),
        strap(sheet, trace("586 330 670 470 678 640 610 770"), width=30, shade=edge_shade),
        panel(sheet, body, sewn=0),
        panel(sheet, pocket, sewn=10, lifted=6),
        panel(sheet, flap, sewn=12, lifted=12),
    )
    for x in (300, 500):
        belt = knots(f"{x - 18} 470| {x + 18} 470| {x + 18} 690 {x} 708| {x - 18} 690")
        sheet.add(
            panel(sheet, belt, shade=edge_shade, material=trim(sheet), sewn=5, lifted=5),
            buckle(x, 610, width=54, height=40, metal=metal),
        )
    sheet.add(stamp(sheet, 400, 500, shade=sheet.shade))


def _saddle(sheet: Sheet) -> None:
    metal, edge_shade = sheet.metal(), trim_shade(sheet)
    body = knots(
        "168 470| 300 452 520 452 632 470| 664 560 660 690 600 760 520 806 400 "
        "812 280 806 200 760 140 690 136 560"
    )
    flap = knots(
        "160 462| 200 440 600 440 640 462| 672 540 676 640 628 700 580 744 520 "
        "716 470 660 400 640 320 650 250 690 190 690 132 640 128 540"
    )
    belt = knots("376 560| 424 560| 424 730 400 752| 376 730")
    sheet.add(
        contact(sheet, 400, _FOOT + 2, width=400),
        strap(sheet, arch(186, 614, foot=470, top=186, lean=-6), width=30, shade=edge_shade),
        panel(sheet, body, sewn=12),
        panel(sheet, flap, sewn=13, lifted=12),
    )
    for x in (186, 614):
        sheet.add(wire(f"M{x - 26} 474V452A26 26 0 0 1 {x + 26} 452V474Z", metal, width=8))
    sheet.add(
        panel(sheet, belt, shade=edge_shade, material=trim(sheet), sewn=6, lifted=6),
        ring(400, 690, rx=32, ry=24, metal=metal),
        stud(sheet, 400, 590, radius=7, metal=metal),
    )


SHAPES: Mapping[str, Callable[[Sheet], None]] = MappingProxyType(
    {
        "tote": _tote,
        "flap": _flap,
        "hobo": _hobo,
        "bucket": _bucket,
        "clutch": _clutch,
        "top_handle": _top_handle,
        "crossbody": _crossbody,
        "backpack": _backpack,
        "saddle": _saddle,
    }
)
