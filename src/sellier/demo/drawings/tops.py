"""Shirts and knitwear."""

from sellier.demo.drawings.look import Material
from sellier.demo.drawings.paths import knots, mirrored, reflected
from sellier.demo.drawings.sewing import (
    buttons,
    folds,
    label,
    neck,
    piece,
    ribbing,
    seam,
    shadow,
    sleeves,
)
from sellier.demo.drawings.sheet import Sheet, stroke

_BODY = "400 236| 340 214| 234 252| 226 380 236 540 226 764| 300 786 400 788"
_SLEEVE = "238 250| 198 276 166 400 148 560 136 712| 200 726| 222 600 244 420|"
_WRIST = "134 704| 202 718| 200 772| 130 758|"


def _pair(sheet: Sheet, line: str, *, lifted: float = 3, turn: float = 0) -> str:
    one = knots(line)
    return piece(sheet, one, lifted=lifted, turn=turn) + piece(
        sheet, reflected(one), lifted=lifted, turn=-turn
    )


def shirt(sheet: Sheet) -> None:
    body, sleeve = mirrored(knots(_BODY)), knots(_SLEEVE)
    open_ = sheet.picks(1, of=2)
    sheet.add(
        shadow(sheet, body, sleeve, reflected(sleeve)),
        neck(sheet, "400 196 344 206| 350 262 400 300", shade=sheet.shade),
        label(sheet, 216),
        sleeves(sheet, _SLEEVE),
        piece(sheet, body, lifted=4),
        folds(
            sheet,
            "246 420 262 560 250 740",
            "300 480 312 620 300 770",
            "360 380 352 520 356 700",
            width=11,
        ),
        folds(sheet, "208 340 186 460 186 540", "170 560 176 620 166 680", width=8),
        seam(sheet, "236 290 300 300 372 296"),
        _pair(sheet, _WRIST),
        seam(sheet, "136 716 202 730", "132 746 200 760", sewn=True),
        piece(sheet, knots("380 262| 420 262| 420 788| 380 788|"), lifted=2),
        stroke(
            "M386 270V786M414 270V786",
            sheet.shade.stroke,
            width=1.2,
            opacity=0.5,
            extra='stroke-dasharray="4 3"',
        ),
        buttons(sheet, *((400, y) for y in range(330, 780, 74)), (166, 738), (634, 738), size=6.5),
    )
    if not open_:
        pocket = knots("456 380| 544 380| 544 464| 500 484| 456 464|")
        sheet.add(
            piece(sheet, pocket, lifted=2),
            seam(sheet, "462 396 500 396 538 396", both=False, sewn=True),
        )
    leaf = "370 196 344 200| 320 236 310 262| 352 318| 400 264| 384 236"
    sheet.add(
        piece(sheet, mirrored(knots("400 190 352 196| 346 216| 372 236 400 242")), lifted=1),
        _pair(sheet, leaf, lifted=5, turn=24),
        seam(sheet, "318 262 352 306 392 264", sewn=True),
    )


def blouse(sheet: Sheet) -> None:
    """Full sleeves gathered at the wrist, and a bow at the neck."""
    body = mirrored(knots("400 232| 344 214| 240 246| 232 380 250 540 232 736| 310 762 400 760"))
    sleeve = "244 246| 196 262 150 380 116 540 116 650 156 700| 204 708| 240 640 252 520 256 380|"
    one = knots(sleeve)
    sheet.add(
        shadow(sheet, body, one, reflected(one)),
        neck(sheet, "400 200 350 208| 360 240 400 252"),
        sleeves(sheet, sleeve, turn=12),
        piece(sheet, body, lifted=4),
        folds(
            sheet,
            "262 380 280 540 262 720",
            "310 420 324 580 310 750",
            "356 400 358 560 352 740",
            width=13,
        ),
        folds(
            sheet,
            "226 280 180 420 170 640",
            "214 400 190 540 184 690",
            "160 460 140 580 150 660",
            width=11,
        ),
        _pair(sheet, "154 698| 206 706| 204 752| 150 744|"),
        buttons(sheet, (176, 724), (624, 724), size=6),
        stroke("M400 250V756", sheet.shade.stroke, width=1.6, opacity=0.7),
        buttons(sheet, *((400, y) for y in (470, 550, 630, 710)), size=6),
        piece(sheet, mirrored(knots("400 196 356 202| 350 228| 376 246 400 250")), lifted=2),
    )
    if sheet.vary(2):
        sheet.add(_ruffle(sheet))
        return
    sheet.add(
        piece(
            sheet,
            knots("394 262| 372 340 344 420 336 520| 386 530| 396 420 410 300"),
            lifted=6,
            turn=10,
        ),
        piece(
            sheet,
            knots("406 262| 420 350 424 440 414 540| 466 532| 466 420 440 320"),
            lifted=6,
            turn=-10,
        ),
        piece(sheet, knots("400 262 350 222 296 226 290 280 330 310 380 282"), lifted=6, turn=60),
        piece(sheet, knots("400 262 450 222 504 226 510 280 470 310 420 282"), lifted=6, turn=-60),
        folds(sheet, "376 262 346 258 320 266", width=7),
        piece(sheet, knots("382 244 418 244 424 280 400 290 376 280"), lifted=4),
    )


def _ruffle(sheet: Sheet) -> str:
    line = knots("386 250| 352 300 372 340 346 390 368 440 344 490 366 540 350 600| 392 600|")
    return (
        piece(sheet, line, lifted=5)
        + piece(sheet, reflected(line), lifted=5)
        + folds(
            sheet,
            "390 300 374 318 362 324",
            "390 390 370 400 358 410",
            "390 480 372 500 356 506",
            "390 560 374 566 362 580",
            width=7,
        )
    )


def knit(sheet: Sheet) -> None:
    high = sheet.vary(3)
    throat = ("400 262 372 256 344 230|", "400 262 372 256 344 230|", "400 410| 344 230|")[high]
    body = mirrored(knots(f"{throat} 246 264| 224 290 228 420 232 560 224 700| 400 706|"))
    sleeve = "250 262| 204 280 172 400 150 560 142 690| 208 704| 230 600 252 430|"
    one = knots(sleeve)
    sheet.add(
        shadow(sheet, body, one, reflected(one)),
        neck(sheet, "400 214 342 228| 360 268 400 420"),
        label(sheet, 226) if high != 1 else "",
        sleeves(sheet, sleeve, turn=8),
        piece(sheet, body, lifted=5),
        folds(sheet, "244 420 262 560 250 690", width=14),
        folds(sheet, "212 360 186 480 190 560", "176 580 190 630 170 680", width=10),
        ribbing(sheet, mirrored(knots("400 700| 225 694| 234 764| 400 770|"))),
    )
    for cuff in (knots("140 684| 210 698| 206 766| 146 754|"),):
        sheet.add(ribbing(sheet, cuff, slant=-6), ribbing(sheet, reflected(cuff), slant=6))
    collars = (
        "400 282 360 272 334 232| 348 224| 370 252 400 260",
        "400 270 356 260 342 226| 346 168 400 160|",
        "400 420| 366 330 334 232| 350 224| 376 320 400 392|",
    )
    sheet.add(ribbing(sheet, mirrored(knots(collars[high])), step=8))
    if sheet.vary(2, step=3) and sheet.look.material in {
        Material.KNIT,
        Material.WOOL,
        Material.CASHMERE,
    }:
        sheet.add(_cables(sheet))


def _cables(sheet: Sheet) -> str:
    strand = "".join(
        f"M{x} {top}{'c34 10 34 30 0 40' * count}M{x + 32} {top}{'c-34 10-34 30 0 40' * count}"
        for x, top, count in ((296, 304, 9), (384, 330, 8), (472, 304, 9))
    )
    return (
        stroke(strand, sheet.shade.stroke, width=13, opacity=0.4)
        + stroke(strand, sheet.shade.base, width=10)
        + stroke(
            strand, sheet.shade.light, width=4, opacity=0.5, extra='transform="translate(-2 -2)"'
        )
    )


def cardigan(sheet: Sheet) -> None:
    body = mirrored(knots("400 430| 344 226| 246 262| 224 290 228 420 232 560 224 700| 400 706|"))
    sleeve = "250 260| 204 280 172 400 150 560 142 690| 208 704| 230 600 252 430|"
    one = knots(sleeve)
    sheet.add(
        shadow(sheet, body, one, reflected(one)),
        neck(sheet, "400 212 344 224| 330 280| 400 450|"),
        label(sheet, 226),
        sleeves(sheet, sleeve, turn=8),
        piece(sheet, body, lifted=5),
        folds(sheet, "244 420 262 560 250 690", width=14),
        folds(sheet, "212 360 186 480 190 560", width=10),
        ribbing(sheet, mirrored(knots("400 700| 225 694| 234 764| 400 770|"))),
    )
    cuff = knots("140 684| 210 698| 206 766| 146 754|")
    sheet.add(ribbing(sheet, cuff, slant=-6), ribbing(sheet, reflected(cuff), slant=6))
    band = knots(
        "400 204 352 212| 334 240 360 350 384 440| 384 770| 418 770| 418 430| "
        "376 330 356 240 400 226"
    )
    right = knots(
        "400 204 448 212| 466 240 440 350 416 440| 416 770| 384 770| 384 430| "
        "424 330 444 240 400 226"
    )
    sheet.add(piece(sheet, right, lifted=2), piece(sheet, band, lifted=4))
    sheet.add(buttons(sheet, *((401, y) for y in (456, 528, 600, 672, 744)), size=9))
    if sheet.vary(2):
        for line in (knots("262 560| 354 560| 354 660| 262 660|"),):
            sheet.add(*(piece(sheet, p, lifted=3) for p in (line, reflected(line))))
            sheet.add(seam(sheet, "262 578 308 578 354 578"))


def t_shirt(sheet: Sheet) -> None:
    vee = sheet.picks(1, of=3)
    throat = "400 340| 372 290 338 214|" if vee else "400 276 360 264 336 214|"
    body = mirrored(knots(f"{throat} 236 256| 224 300 236 420 240 600 232 776| 400 784"))
    sleeve = "240 254| 190 280 150 380 128 470| 216 502| 244 420|"
    one = knots(sleeve)
    band = (
        "400 352| 362 300 326 218| 340 212| 374 290 400 334|"
        if vee
        else "400 290 352 278 324 219| 340 212| 366 258 400 266"
    )
    sheet.add(
        shadow(sheet, body, one, reflected(one)),
        neck(sheet, "400 202 338 213| 360 268 400 " + ("350" if vee else "280")),
        label(sheet, 216),
        sleeves(sheet, sleeve, turn=18),
        piece(sheet, body, lifted=4),
        folds(sheet, "252 420 274 560 256 760", "320 560 328 660 316 770", width=13),
        folds(sheet, "250 330 290 380 330 392", "206 330 176 400 172 470", width=10),
        seam(sheet, "134 454 180 470 220 486", "234 758 310 766 400 766", sewn=True),
        piece(sheet, mirrored(knots(band)), lifted=2),
    )
    if sheet.picks(2, of=3):
        pocket = knots("456 380| 544 380| 544 462| 456 462|")
        sheet.add(
            piece(sheet, pocket, lifted=2),
            seam(sheet, "460 394 500 394 540 394", both=False, sewn=True),
        )
