"""Coats and jackets, as worn by nobody: from the front, arms down."""

from sellier.demo.drawings.leather import zipper
from sellier.demo.drawings.look import Material
from sellier.demo.drawings.metals import buckle
from sellier.demo.drawings.paths import Knot, Line, knots, mirrored, reflected
from sellier.demo.drawings.sewing import (
    buttons,
    folds,
    label,
    neck,
    piece,
    seam,
    shadow,
    sleeves,
)
from sellier.demo.drawings.sheet import Sheet, stroke

_PAST_AXIS = 425


def _lapels(sheet: Sheet, left: str, collar: str, *, meet: float = 384) -> str:
    """Turn the fronts back: collar, then the two lapels, the buttoned one on top."""
    one, leaf = knots(left), knots(collar)
    under = tuple(Knot(400, meet + 12, corner=True) if k.x > _PAST_AXIS else k for k in one)
    return (
        piece(sheet, reflected(under), lifted=7, turn=-14)
        + piece(sheet, one, lifted=7, turn=14)
        + piece(sheet, leaf, lifted=4, turn=24)
        + piece(sheet, reflected(leaf), lifted=4, turn=-24)
    )


def _welt(sheet: Sheet, x: float, y: float, *, width: float = 92, tilt: float = -6) -> str:
    """Set in a flap pocket on each side."""
    line = knots(f"{x} {y}| {x + width} {y + tilt}| {x + width} {y + tilt + 26}| {x} {y + 26}|")
    return piece(sheet, line, lifted=3) + piece(sheet, reflected(line), lifted=3)


def _fronts(sheet: Sheet, body: Line, sleeve: str, *, back: str) -> str:
    line = knots(sleeve)
    return (
        shadow(sheet, body, line, reflected(line))
        + neck(sheet, back)
        + label(sheet, min(k.y for k in knots(back)) + 16)
        + sleeves(sheet, sleeve)
        + piece(sheet, body, lifted=5)
    )


def _cuffs(sheet: Sheet, *lines: str) -> str:
    return seam(sheet, *lines, sewn=True)


def coat(sheet: Sheet) -> None:
    double = sheet.picks(0, of=2)
    body = mirrored(
        knots(
            f"400 {376 if double else 470}| 346 140| 330 134| 254 172| "
            "240 300 254 420 246 600 224 870| 310 884 400 886"
        )
    )
    sleeve = "258 172| 224 192 196 300 172 470 152 660| 206 674| 238 500 262 330|"
    sheet.add(
        _fronts(sheet, body, sleeve, back="400 112 350 126| 330 200| 400 500|"),
        folds(
            sheet,
            "262 300 284 420 272 560",
            "252 640 250 760 240 860",
            "330 620 326 760 318 870",
            width=13,
        ),
        folds(sheet, "228 260 212 360 210 400", "190 470 200 520 188 600", width=8),
        seam(sheet, "290 160 286 300 300 460 296 640 280 876"),
        _cuffs(sheet, "156 640 212 654"),
    )
    edge = "452 480 452 700 456 884" if double else "414 480 414 700 416 884"
    sheet.add(seam(sheet, edge, both=False), folds(sheet, edge, both=False, width=8))
    sheet.add(
        _welt(sheet, 244, 588, width=78),
        _lapels(
            sheet,
            "350 150| 378 290 446 500| 372 436 272 296| 318 270| 300 246| 330 168|"
            if double
            else "350 150| 372 290 406 480| 350 420 288 310| 324 276| 304 250| 332 168|",
            "362 126 340 130| 312 180 288 240| 322 272| 342 220 360 160|",
            meet=368,
        ),
        _collar_back(sheet, 112),
    )
    spots = [(346, 510), (452 - 18, 510), (346, 600), (434, 600), (346, 690), (434, 690)]
    sheet.add(
        buttons(sheet, *(spots if double else [(400, y) for y in (500, 590, 680, 770)]), size=12)
    )


def _collar_back(sheet: Sheet, y: float) -> str:
    band = mirrored(
        knots(f"400 {y - 8} 366 {y} 344 {y + 18}| 352 {y + 40}| 376 {y + 20} 400 {y + 16}")
    )
    return piece(sheet, band, lifted=2)


def trench(sheet: Sheet) -> None:
    body = mirrored(
        knots(
            "400 356| 346 140| 330 134| 252 176| 238 300 268 470| 236 640 206 872| 310 886 400 888"
        )
    )
    sleeve = "258 174| 224 194 196 300 172 470 150 650| 208 664| 240 500 262 330|"
    metal = sheet.metal()
    sheet.add(
        _fronts(sheet, body, sleeve, back="400 112 350 126| 330 200| 400 500|"),
        folds(
            sheet,
            "262 520 246 660 226 860",
            "316 520 310 680 296 870",
            "360 530 362 700 356 870",
            width=13,
        ),
        folds(sheet, "262 300 290 380 300 450", width=10),
        folds(sheet, "228 260 212 360 210 400", "190 470 200 520 188 600", width=8),
        seam(sheet, "456 520 456 700 460 884", both=False),
        piece(
            sheet, knots("250 176| 330 134| 372 300 404 380| 330 372 252 330| 244 250"), lifted=5
        ),
        _welt(sheet, 256, 600, tilt=22),
        _lapels(
            sheet,
            "350 150| 376 280 438 450| 360 400 258 302| 312 270| 296 246| 330 168|",
            "362 124 336 128| 300 182 272 246| 318 278| 342 220 360 164|",
            meet=348,
        ),
        _collar_back(sheet, 112),
        buttons(sheet, (340, 430), (436, 430), (340, 560), (440, 560), (336, 660), (442, 660)),
    )
    belt = mirrored(knots("400 470| 262 462| 260 504| 400 512|"))
    sheet.add(
        piece(sheet, belt, lifted=7),
        seam(sheet, "270 470 330 474 400 477", "268 497 330 502 400 505", sewn=True),
    )
    sheet.add(piece(sheet, knots("404 496| 440 494| 452 560 448 640| 414 644| 418 570"), lifted=6))
    sheet.add(
        buckle(404, 490, width=52, height=58, metal=metal)
        if sheet.vary(2)
        else piece(sheet, knots("384 466| 428 462| 434 520| 390 524|"), lifted=5)
    )
    for tab in ("156 600 214 614", "156 622 212 636"):
        sheet.add(seam(sheet, tab))
    strap = knots("270 170| 326 142| 330 154| 276 184|")
    sheet.add(piece(sheet, strap, lifted=3), piece(sheet, reflected(strap), lifted=3))


def blazer(sheet: Sheet) -> None:
    double = sheet.picks(1, of=2)
    body = mirrored(
        knots(
            f"400 {440 if double else 580}| 346 204| 330 198| 232 238| "
            "218 380 250 540 236 660 220 786| "
            "310 806 372 800 400 780"
        )
    )
    sleeve = "236 238| 200 260 170 380 152 540 142 744| 204 754| 224 600 246 400|"
    lapel = (
        "350 212| 378 360 442 570| 356 490 250 368| 304 338| 284 306| 330 232|"
        if double
        else "350 212| 376 370 406 584| 346 500 264 384| 310 350| 290 318| 332 232|"
    )
    sheet.add(
        _fronts(sheet, body, sleeve, back="400 176 350 190| 330 262| 400 610|"),
        folds(sheet, "242 420 270 520 268 620", "256 640 248 720 242 780", width=12),
        folds(sheet, "210 320 192 440 190 500", "176 560 186 620 172 700", width=8),
        seam(sheet, "274 400 296 540 286 660 280 790"),
        seam(sheet, "440 560 444 700 452 796" if double else "408 580 412 700 424 790", both=False),
        _cuffs(sheet, "144 720 206 730"),
        _welt(sheet, 246, 640),
        _lapels(
            sheet, lapel, "362 188 338 194| 304 250 272 316| 310 346| 340 280 360 226|", meet=432
        ),
        _collar_back(sheet, 176),
        piece(sheet, knots("452 380| 524 366| 526 384| 454 398|"), lifted=2),
    )
    two = [(400, 590), (402, 672)]
    four = [(350, 590), (438, 590), (348, 670), (440, 670)]
    sheet.add(buttons(sheet, *(four if double else two), size=12))
    sheet.add(buttons(sheet, *((x, y) for y in (690, 708, 726) for x in (160, 640)), size=5.5))


def jacket(sheet: Sheet) -> None:
    if sheet.look.material in {Material.CALF, Material.SUEDE, Material.GRAINED, Material.PATENT}:
        _biker(sheet)
    elif sheet.look.material is Material.DENIM:
        _trucker(sheet)
    else:
        _collarless(sheet)


_SHORT = "352 222 326 228| 226 266| 212 400 226 560 222 730| 310 744 400 746"
_SHORT_SLEEVE = "236 264| 198 286 166 410 148 560 138 730| 200 742| 222 600 240 420|"


def _collarless(sheet: Sheet) -> None:
    """Make the boucle jacket: round neck, braid, four pockets, jewel buttons."""
    body = mirrored(knots(_SHORT))
    trim = sheet.accent("ivory") if not sheet.metal("") else sheet.shade
    sheet.add(
        _fronts(sheet, body, _SHORT_SLEEVE, back="400 208 352 222| 372 262 400 276"),
        folds(sheet, "240 440 256 540 246 680", width=11),
        folds(sheet, "206 350 188 470 186 520", width=8),
        stroke("M400 276V746", sheet.shade.stroke, width=3, opacity=0.8),
        _braid(
            "M390 282V738M410 282V738M232 732Q310 744 388 736M568 732Q490 744 412 736",
            color=trim.base,
            edge=trim.stroke,
        ),
        _braid(
            (
                "M350 226C360 268 380 282 400 284C420 282 440 268 450 226M144 716L202 "
                "728M656 716L598 728"
            ),
            color=trim.base,
            edge=trim.stroke,
        ),
    )
    for x, y in ((262, 400), (258, 590)):
        pocket = knots(f"{x} {y}| {x + 96} {y}| {x + 94} {y + 92}| {x + 2} {y + 92}|")
        for one in (pocket, reflected(pocket)):
            sheet.add(piece(sheet, one, lifted=4))
        sheet.add(
            _braid(f"M{x} {y + 6}h96M{800 - x} {y + 6}h-96", color=trim.base, edge=trim.stroke)
        )
        sheet.add(buttons(sheet, (x + 48, y + 20), (752 - x, y + 20), size=8))
    sheet.add(buttons(sheet, *((400, y) for y in (310, 396, 482, 568, 654)), size=9))


def _braid(data: str, *, color: str, edge: str) -> str:
    return (
        stroke(data, edge, width=11)
        + stroke(data, color, width=9)
        + stroke(data, edge, width=4, opacity=0.4, extra='stroke-dasharray="2 5"')
        + (stroke(data, "#ffffff", width=2, opacity=0.35, extra='transform="translate(-2 -2)"'))
    )


def _biker(sheet: Sheet) -> None:
    body, metal = mirrored(knots(_SHORT)), sheet.metal("silver")
    sheet.add(
        _fronts(sheet, body, _SHORT_SLEEVE, back="400 208 352 222| 372 290 400 320"),
        folds(sheet, "240 440 262 540 250 600", width=11),
        folds(sheet, "206 350 184 440 196 470", "180 520 200 540 176 580", width=9),
        seam(sheet, "236 330 320 336 372 326", "280 340 286 500 282 664"),
        zipper(sheet, "372 300 424 470 468 690", metal),
        zipper(sheet, "270 470 330 520", metal),
        _lapels(
            sheet,
            "350 240| 372 340 404 480| 350 440 258 356| 304 322| 286 300| 330 246|",
            "362 216 336 224| 300 270 268 318| 306 346| 342 296 360 250|",
        ),
        _collar_back(sheet, 208),
    )
    belt = mirrored(knots("400 690| 222 676| 221 726| 400 742|"))
    sheet.add(
        piece(sheet, belt, lifted=5),
        buckle(478, 714, width=54, height=56, metal=metal),
        buttons(sheet, (300, 326), (500, 326), (352, 452), size=7),
        seam(sheet, "140 700 204 712"),
    )


def _trucker(sheet: Sheet) -> None:
    body = mirrored(knots(_SHORT))
    sheet.add(
        _fronts(sheet, body, _SHORT_SLEEVE, back="400 208 352 222| 372 262 400 280"),
        folds(sheet, "206 350 188 470 186 520", width=9),
        seam(
            sheet,
            "228 372 310 376 396 376",
            "306 384 330 560 360 690",
            "274 384 300 560 330 690",
            sewn=True,
        ),
        seam(sheet, "228 368 310 372 400 372", "302 384 326 560 356 690"),
        stroke("M400 280V746", sheet.shade.stroke, width=2.4),
        seam(sheet, "388 290 388 500 388 740", sewn=True),
    )
    for flap in ("254 372| 352 372| 350 404 304 424 256 404|",):
        line = knots(flap)
        sheet.add(piece(sheet, line, lifted=4), piece(sheet, reflected(line), lifted=4))
    band = mirrored(knots("400 694| 222 680| 222 732| 400 746|"))
    leaf = knots("366 206 338 214| 296 280 290 300| 360 322| 386 290|")
    sheet.add(
        piece(sheet, band, lifted=3),
        piece(sheet, leaf, lifted=6, turn=20),
        piece(sheet, reflected(leaf), lifted=6, turn=-20),
        _collar_back(sheet, 208),
        buttons(
            sheet,
            *((400, y) for y in (330, 410, 490, 570, 650, 718)),
            (303, 404),
            (497, 404),
            size=8,
        ),
    )
    cuff = knots("140 690| 204 702| 200 744| 136 732|")
    sheet.add(piece(sheet, cuff, lifted=2), piece(sheet, reflected(cuff), lifted=2))
