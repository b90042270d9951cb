"""Small leather goods."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sellier.demo.drawings.ground import falling
from sellier.demo.drawings.leather import (
    panel,
    puller,
    stamp,
    stitches,
    trim_shade,
    turn_lock,
    zipper,
)
from sellier.demo.drawings.materials import surface
from sellier.demo.drawings.metals import buckle, plate, ring, stud, wire
from sellier.demo.drawings.palette import blend
from sellier.demo.drawings.paths import box, knots, mirrored, outline, trace
from sellier.demo.drawings.sheet import Sheet, fill, stroke


def _wallet(sheet: Sheet) -> None:
    metal = sheet.metal()
    body = mirrored(knots("400 330| 148 330| 134 344 132 660| 140 680 160 686| 400 686|"))
    sheet.add(falling(sheet, outline(body), reach=13))
    form = sheet.vary(3)
    if form == 0:
        flap = mirrored(knots("400 322 150 322| 132 332| 130 440 136 520| 160 548 320 556 400 556"))
        sheet.add(
            panel(sheet, body, sewn=10),
            panel(sheet, flap, sewn=10, lifted=9),
            turn_lock(sheet, 400, 520, metal=metal),
            stamp(sheet, 400, 634, shade=sheet.shade),
        )
    elif form == 1:
        sheet.add(
            panel(sheet, body, sewn=0),
            zipper(sheet, "140 640 140 352 168 342 632 342 660 352 660 640", metal),
        )
        front = mirrored(knots("400 354| 172 354| 160 364 160 660| 168 676 400 678"))
        sheet.add(
            panel(sheet, front, sewn=10),
            puller(sheet, 652, 620, metal=metal, shade=trim_shade(sheet)),
            stamp(sheet, 400, 520, shade=sheet.shade),
        )
    else:
        sheet.add(panel(sheet, body, sewn=10))
        belt = knots("560 470| 668 470| 668 540| 560 540 536 505|")
        sheet.add(
            panel(sheet, belt, shade=trim_shade(sheet), sewn=6, lifted=6),
            stud(sheet, 570, 505, radius=10, metal=metal),
            stamp(sheet, 330, 505, shade=sheet.shade),
        )


def _card_holder(sheet: Sheet) -> None:
    second = trim_shade(sheet)
    back = mirrored(knots("400 360| 206 360| 194 372 194 640| 204 656 400 656|"))
    sheet.add(falling(sheet, outline(back), reach=12))
    if sheet.vary(2, step=2):
        card = box(236, 316, width=328, height=120, radius=14)
        sheet.add(
            fill(
                card,
                sheet.linear("0 #f4f1ea, 1 #d8d2c6"),
                extra='stroke="#8d857a" stroke-width="1.2"',
            )
        )
    sheet.add(panel(sheet, back, sewn=8))
    colors = (sheet.shade, second if sheet.vary(2) else sheet.shade)
    for y, color in zip((424, 478), colors, strict=True):
        slot = mirrored(knots(f"400 {y}| 194 {y}| 194 640| 204 656 400 656|"))
        sheet.add(panel(sheet, slot, shade=color, sewn=0, lifted=4))
    front = mirrored(knots("400 532 330 532 300 548 260 548| 194 548| 194 640| 204 656 400 656|"))
    sheet.add(panel(sheet, front, sewn=8, lifted=5), stamp(sheet, 400, 606, shade=sheet.shade))


def _belt(sheet: Sheet) -> None:
    """Roll a belt up, its buckle toward us."""
    shade, metal = sheet.shade, sheet.metal()
    back = (
        "126 470| 146 396 270 348 400 346 530 348 654 396 674 470|"
        " 650 492| 620 442 510 410 400 408 290 410 180 442 150 492|"
    )
    front = knots(
        "126 470| 150 540 270 588 400 590 530 588 650 540 674 470|"
        " 674 556| 650 628 530 676 400 678 270 676 150 628 126 556|"
    )
    deep = sheet.linear(
        (
            f"0 {blend(shade.dark, '#120c0e', 0.4)}, .5 {shade.dark}, 1 "
            f"{blend(shade.dark, '#120c0e', 0.5)}"
        ),
        axis="0 0 1 0",
    )
    sheet.add(
        falling(sheet, outline(front), reach=16),
        fill(outline(back), deep) + stroke(outline(back), shade.stroke, width=2),
        stitches(sheet, trace("140 470 180 410 290 366 400 362 510 366 620 410 660 470"), shade),
        panel(sheet, front, sewn=9),
        fill(
            outline(front),
            sheet.linear(
                "0 #000000 .4, .2 #000000 0, .4 #ffffff .14, .6 #000000 0, 1 #000000 .45",
                axis="0 0 1 0",
            ),
        ),
    )
    loop = knots("496 582 530 576| 536 670| 500 676|")
    sheet.add(panel(sheet, loop, sewn=0, lifted=5))
    holes = "".join(f"M{x} {y}h.1" for x, y in ((250, 622), (212, 610), (178, 590)))
    sheet.add(stroke(holes, shade.stroke, width=9))
    if sheet.picks(2, of=3):
        form = box(330, 568, width=140, height=130, radius=8)
        sheet.add(
            plate(sheet, form, metal),
            stroke(
                box(344, 582, width=112, height=102, radius=4), shade.stroke, width=1.4, opacity=0.6
            ),
            stroke("M380 654v-30a20 20 0 0 1 40 0v30Z", shade.stroke, width=4, opacity=0.6),
        )
    elif sheet.picks(1, of=3):
        sheet.add(wire("M336 568H464V698H336ZM336 633H470", metal, width=13))
    else:
        sheet.add(
            buckle(400, 633, width=124, height=136, metal=metal),
            wire("M338 633H470", metal, width=8),
        )


def _key_pouch(sheet: Sheet) -> None:
    metal, second = sheet.metal(), trim_shade(sheet)
    body = mirrored(knots("400 440| 220 440| 204 452 200 640| 212 716 260 736 400 738"))
    sheet.add(
        wire("M236 452C190 400 200 330 250 318", metal, width=7),
        ring(272, 290, rx=42, ry=42, metal=metal),
        falling(sheet, outline(body), reach=12),
        panel(sheet, body, sewn=0),
        zipper(sheet, "208 474 300 470 500 470 592 474", metal),
        stitches(sheet, trace("212 500 400 500 588 500"), sheet.shade),
        stitches(
            sheet, trace("212 640 222 700 262 724 400 726 538 724 578 700 588 640"), sheet.shade
        ),
        puller(sheet, 566, 472, metal=metal, shade=second),
    )
    if sheet.vary(2):
        band = knots("200 580| 600 580| 600 626| 200 626|")
        sheet.add(surface(sheet, outline(band), shade=second, line=1.4))
    else:
        sheet.add(stamp(sheet, 400, 610, shade=sheet.shade))


SHAPES: Mapping[str, Callable[[Sheet], None]] = MappingProxyType(
    {"wallet": _wallet, "card_holder": _card_holder, "belt": _belt, "key_pouch": _key_pouch}
)
