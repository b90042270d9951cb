"""Dresses, skirts and trousers."""

from sellier.demo.drawings.look import Material
from sellier.demo.drawings.metals import buckle, stud
from sellier.demo.drawings.paths import knots, mirrored, reflected
from sellier.demo.drawings.prints import second
from sellier.demo.drawings.sewing import (
    buttons,
    folds,
    neck,
    piece,
    seam,
    shadow,
    sleeves,
)
from sellier.demo.drawings.sheet import Sheet, stroke


def dress(sheet: Sheet) -> None:
    (_shift, _wrap, _shirtdress)[sheet.vary(3)](sheet)


def _shift(sheet: Sheet) -> None:
    body = mirrored(
        knots(
            "400 216 364 200 344 158| 284 178| 276 250 288 300 298 440| 268 620 252 "
            "850| 320 862 400 864"
        )
    )
    sheet.add(
        shadow(sheet, body),
        neck(sheet, "400 146 344 158| 364 202 400 218"),
        piece(sheet, body, lifted=3),
        folds(
            sheet,
            "316 470 300 640 286 850",
            "352 500 346 680 338 856",
            "392 560 388 720 384 860",
            width=14,
            both=True,
        ),
        seam(sheet, "282 300 312 340 318 420 310 520"),
        seam(sheet, "298 442 350 452 400 454"),
    )
    if sheet.vary(2, step=3):
        belt = mirrored(knots("400 434| 297 426| 297 456| 400 468|"))
        sheet.add(
            piece(sheet, belt, lifted=5),
            buckle(400, 450, width=44, height=48, metal=sheet.metal()),
        )


def _wrap(sheet: Sheet) -> None:
    body = mirrored(
        knots(
            "400 340| 346 156| 272 186| 262 260 284 330 290 440| 256 620 226 842| 310 862 400 866"
        )
    )
    sleeve = "276 184| 232 200 206 300 186 420 176 520| 240 536| 262 420 276 300|"
    one = knots(sleeve)
    sheet.add(
        shadow(sheet, body, one, reflected(one)),
        neck(sheet, "400 142 346 156| 340 220| 400 380|"),
        sleeves(sheet, sleeve, turn=12),
        piece(sheet, body, lifted=4),
        piece(
            sheet,
            knots("346 156| 272 186| 262 260 284 330 290 440| 400 446 506 440| 430 340 380 250"),
            lifted=4,
            turn=-10,
        ),
        folds(sheet, "310 240 350 330 420 410", "296 320 330 380 400 430", width=12, both=False),
        folds(
            sheet,
            "300 470 282 640 262 846",
            "344 470 334 660 322 856",
            "384 480 384 680 376 860",
            width=15,
        ),
        folds(sheet, "232 260 214 360 206 440", width=9),
        folds(sheet, "470 470 452 600 440 862", both=False, width=10),
        piece(sheet, knots("290 430| 400 438 510 430| 510 464| 400 474 290 464|"), lifted=5),
        piece(sheet, knots("470 462| 496 458| 520 560 512 650| 478 654| 486 560"), lifted=6),
        piece(sheet, knots("462 440 500 434| 504 474 466 478|"), lifted=5),
    )


def _shirtdress(sheet: Sheet) -> None:
    body = mirrored(
        knots("400 186| 346 158| 268 190| 262 270 288 430| 248 620 216 830| 310 854 400 858")
    )
    sleeve = "272 188| 230 206 200 310 176 440 166 560| 226 574| 252 440 272 310|"
    one = knots(sleeve)
    sheet.add(
        shadow(sheet, body, one, reflected(one)),
        neck(sheet, "400 144 350 154| 356 200 400 240"),
        sleeves(sheet, sleeve, turn=10),
        piece(sheet, body, lifted=4),
        folds(
            sheet,
            "300 470 270 640 250 836",
            "340 470 324 660 308 850",
            "378 480 374 680 366 856",
            width=15,
        ),
        folds(sheet, "290 300 306 370 310 420", width=10),
        stroke("M386 200V856M414 200V856", sheet.shade.stroke, width=1.3, opacity=0.6),
        buttons(sheet, *((400, y) for y in (250, 310, 370, 530, 600, 670, 740)), size=7),
    )
    leaf = knots("372 142 348 148| 324 184 312 212| 352 258| 400 204| 386 180")
    belt = mirrored(knots("400 428| 286 420| 284 458| 400 468|"))
    sheet.add(
        piece(sheet, leaf, lifted=5, turn=24),
        piece(sheet, reflected(leaf), lifted=5, turn=-24),
        piece(sheet, belt, lifted=5),
        buckle(400, 448, width=46, height=52, metal=sheet.metal()),
    )


def gown(sheet: Sheet) -> None:
    straps = sheet.picks(0, of=2)
    skirt = mirrored(knots("400 400| 318 396| 300 520 236 720 172 882| 280 906 400 908"))
    bodice = mirrored(
        knots("400 276| 356 214 322 206| 300 262 306 330 318 404| 400 418|")
        if straps
        else knots("400 250 350 232 300 246| 304 330 318 404| 400 418|")
    )
    sheet.add(shadow(sheet, skirt, bodice))
    if straps:
        line = "M326 210C334 170 344 130 352 96M474 210C466 170 456 130 448 96"
        sheet.add(
            stroke(line, sheet.shade.stroke, width=11), stroke(line, sheet.shade.base, width=8.5)
        )
    sheet.add(
        piece(sheet, skirt),
        folds(
            sheet,
            "330 410 296 600 216 886",
            "346 410 322 640 268 898",
            "362 410 350 660 320 904",
            "384 410 380 680 368 906",
            width=17,
        ),
        folds(sheet, "340 440 306 640 244 892", width=9),
        piece(sheet, bodice, lifted=4),
        folds(
            sheet,
            "316 250 350 330 396 370",
            "310 290 340 350 396 396",
            "316 340 350 380 390 410",
            width=9,
        ),
        piece(sheet, mirrored(knots("400 384| 314 376| 318 412| 400 424|")), lifted=4),
    )
    if sheet.picks(2, of=3):
        sheet.add(stud(sheet, 400, 402, radius=12, metal=sheet.metal("silver")))


def skirt(sheet: Sheet) -> None:
    pencil = sheet.picks(0, of=2)
    half = (
        "400 236| 290 230| 262 330 256 480 268 784| 330 794 400 796"
        if pencil
        else "400 236| 296 230| 246 420 188 752| 290 788 400 792"
    )
    body = mirrored(knots(half))
    sheet.add(
        shadow(sheet, body), neck(sheet, "400 216 296 224| 300 246 400 256"), piece(sheet, body)
    )
    if pencil:
        sheet.add(
            folds(sheet, "290 420 292 600 286 780", "340 480 344 640 340 788", width=14),
            seam(sheet, "340 262 336 300 328 340"),
            seam(sheet, "460 560 460 700 462 792", both=False),
            folds(sheet, "462 566 462 700 464 792", both=False, width=9),
        )
    else:
        sheet.add(
            folds(
                sheet,
                "300 280 262 520 224 764",
                "330 280 308 540 282 782",
                "360 280 346 560 334 788",
                "388 300 384 560 380 790",
                width=18,
            )
        )
    band = mirrored(knots("400 232| 294 224| 290 266| 400 276|"))
    sheet.add(piece(sheet, band, lifted=3))
    if sheet.picks(1, of=3):
        sheet.add(buckle(400, 256, width=44, height=50, metal=sheet.metal()))
    if sheet.picks(2, of=3):
        sheet.add(buttons(sheet, *((330, y) for y in range(300, 780, 70)), size=9))


def pleated_skirt(sheet: Sheet) -> None:
    body = mirrored(knots("400 240| 296 234| 246 460 184 772| 290 800 400 804"))
    sheet.add(
        shadow(sheet, body), neck(sheet, "400 218 298 226| 302 250 400 258"), piece(sheet, body)
    )
    count = 13
    lit, deep, edges = [], [], []
    for at in range(1, count):
        share = at / count
        top, foot = 298 + 204 * share, 186 + 428 * share
        sag = 800 - 26 * abs(share - 0.5) * 2
        lit.append(f"M{top - 3:.0f} 262L{foot - 12:.0f} {sag:.0f}")
        deep.append(f"M{top + 3:.0f} 262L{foot + 8:.0f} {sag:.0f}")
        edges.append(f"M{top:.0f} 262L{foot:.0f} {sag:.0f}")
    soft = f'filter="{sheet.blur(4)}"'
    sheet.add(
        stroke("".join(deep), sheet.shade.stroke, width=11, opacity=0.42, extra=soft),
        stroke("".join(lit), sheet.shade.light, width=9, opacity=0.5, extra=soft),
        stroke("".join(edges), sheet.shade.stroke, width=1.7, opacity=0.8),
    )
    if sheet.vary(2):
        hem = "M192 742Q290 774 400 776Q510 774 608 742"
        sheet.add(
            stroke(hem, second(sheet).base, width=9, opacity=0.9),
            stroke(hem, sheet.shade.stroke, width=9, opacity=0.2, extra='stroke-dasharray="2 30"'),
        )
    sheet.add(piece(sheet, mirrored(knots("400 232| 297 226| 293 268| 400 278|")), lifted=3))


def trousers(sheet: Sheet) -> None:
    wide = sheet.picks(0, of=2)
    hem = ("196 884| 362 892|", "250 884| 348 890|")[0 if wide else 1]
    outer = "252 340 222 600" if wide else "250 340 252 600"
    inner = "386 640" if wide else "372 640"
    leg = knots(f"400 146| 292 140| {outer} {hem} {inner} 396 400| 400 396|")
    other = reflected(leg)
    sheet.add(
        shadow(sheet, leg, other),
        neck(sheet, "400 130 294 136| 300 160 400 170"),
        piece(sheet, other),
        piece(sheet, leg, lifted=2),
        folds(sheet, "372 410 330 440 290 440", "380 430 350 470 330 480", width=10),
        folds(sheet, "260 460 250 640 " + ("226 870" if wide else "266 870"), width=14),
    )
    crease = "330 200 316 480 " + ("280 886" if wide else "300 886")
    if sheet.look.material is Material.DENIM:
        sheet.add(_jeans(sheet, "268 300 236 600 208 880" if wide else "264 340 264 600 262 880"))
    else:
        sheet.add(
            seam(sheet, crease),
            folds(sheet, crease, width=9),
            seam(sheet, "294 190 284 230 266 268"),
            seam(sheet, "344 184 342 210 338 236"),
        )
    sheet.add(
        seam(sheet, "402 184 402 300 398 396", "420 184 424 290 400 350", both=False),
        piece(sheet, mirrored(knots("400 142| 293 135| 289 176| 400 186|")), lifted=3),
        buttons(sheet, (400, 164), size=8),
    )
    for x in (330, 470):
        loop = knots(f"{x - 7} 132| {x + 7} 132| {x + 7} 188| {x - 7} 188|")
        sheet.add(piece(sheet, loop, lifted=2))


def _jeans(sheet: Sheet, side: str) -> str:
    return (
        seam(sheet, "282 190 310 240 372 236 388 186", "400 196 400 300 396 390")
        + seam(sheet, "276 196 306 250 376 246 394 190", side, sewn=True)
        + buttons(sheet, (296, 214), (504, 214), size=4)
    )
