"""Silk squares, stoles and ties."""

from collections.abc import Callable, Mapping
from math import cos, pi, sin
from types import MappingProxyType

from sellier.demo.drawings.ground import falling
from sellier.demo.drawings.materials import raised, surface
from sellier.demo.drawings.palette import PALETTE, Shade, blend
from sellier.demo.drawings.paths import box, ellipse, knots, moved, outline, trace
from sellier.demo.drawings.prints import second
from sellier.demo.drawings.sheet import Sheet, fill, group, stroke

_BIAS = 45  # ties are cut across the cloth
_LEFT, _TOP, _SIDE = 110, 210, 580
_EDGE = (
    "110 210| 250 216 420 204 560 212 690 210| 684 340 694 520 688 660 690 "
    "790| 540 784 380 796 240 786 110 790| 116 650 106 480 112 340"
)


def _square(sheet: Sheet) -> None:
    """Lay a square flat: rolled hem, border, and a design turned four times about its center."""
    cloth = outline(_EDGE)
    border = second(sheet)
    design = (_bridles, _garden, _sun, _waves)[sheet.vary(4)]
    sheet.add(
        falling(sheet, cloth, reach=13),
        surface(sheet, cloth, shade=border),
        group(
            fill(box(_LEFT + 46, _TOP + 46, width=_SIDE - 92, height=_SIDE - 92), sheet.shade.base),
            stroke(
                box(_LEFT + 30, _TOP + 30, width=_SIDE - 60, height=_SIDE - 60),
                sheet.shade.base,
                width=5,
            ),
            stroke(
                box(_LEFT + 56, _TOP + 56, width=_SIDE - 112, height=_SIDE - 112),
                border.light,
                width=2.4,
            ),
            design(sheet, border),
        ),
        _drape(sheet, cloth),
        stroke(cloth, border.stroke, width=1.4, opacity=0.7),
        stroke(
            outline(knots(_EDGE)),
            border.light,
            width=5,
            opacity=0.35,
            extra=f'filter="{sheet.blur(2)}"',
        ),
    )


def _drape(sheet: Sheet, cloth: str) -> str:
    """Cross creases and the sheen of silk."""
    clip = f'clip-path="{sheet.clip(cloth)}"'
    sheen = sheet.linear(
        "0 #ffffff .22, .3 #ffffff 0, .48 #ffffff .2, .6 #1a1020 .08, 1 #1a1020 .2"
    )
    creases = "M400 200V800M100 500H700"
    return group(
        fill(cloth, sheen),
        stroke(creases, "#1a1020", width=5, opacity=0.14, extra=f'filter="{sheet.blur(3)}"'),
        stroke(
            creases,
            "#ffffff",
            width=4,
            opacity=0.25,
            extra=f'transform="translate(-4 -4)" filter="{sheet.blur(2.5)}"',
        ),
        stroke(
            "M100 380Q260 420 340 560T420 800M480 200Q520 340 700 420",
            "#1a1020",
            width=14,
            opacity=0.1,
            extra=f'filter="{sheet.blur(8)}"',
        ),
        extra=clip,
    )


def _four(markup: str, *, turns: int = 4) -> str:
    return "".join(
        group(markup, extra=f'transform="rotate({360 * at / turns:g} 400 500)"')
        for at in range(turns)
    )


def _tones(sheet: Sheet, border: Shade) -> tuple[str, str, str, str]:
    return (
        border.base,
        sheet.shade.light,
        blend(sheet.shade.base, border.base, 0.4),
        PALETTE["gold"].base,
    )


def _bridles(sheet: Sheet, border: Shade) -> str:
    """Straps and rings crossing about a rosette."""
    dark, _, mid, gold = _tones(sheet, border)
    strap = "M400 500C330 420 250 420 190 300"
    arm = (
        stroke(strap, dark, width=24)
        + stroke(strap, mid, width=17)
        + stroke(strap, sheet.shade.light, width=2, extra='stroke-dasharray="7 5"')
        + stroke(ellipse(268, 404, rx=26, ry=26), gold, width=8)
        + stroke("M210 500V440A40 40 0 0 1 290 440", dark, width=5)
        + stroke("M214 486a26 26 0 1 0 52 0a26 26 0 1 0-52 0", gold, width=7)
        + fill(ellipse(190, 300, rx=15, ry=15), gold)
    )
    return (
        _four(arm)
        + fill(ellipse(400, 500, rx=46, ry=46), dark)
        + stroke(ellipse(400, 500, rx=34, ry=34), gold, width=5)
        + stroke("M388 510v-12a12 12 0 0 1 24 0v12Z", gold, width=4)
    )


def _garden(sheet: Sheet, border: Shade) -> str:
    """Stems growing from the corners, open flowers along them."""
    dark, _, mid, gold = _tones(sheet, border)
    leaf = blend(PALETTE["sage"].base, sheet.shade.base, 0.2)
    stem = stroke(
        (
            "M186 290C230 330 250 400 330 420S400 440 400 500M250 350C240 410 220 "
            "440 190 470M320 418C330 370 360 340 400 330"
        ),
        leaf,
        width=6,
    )
    leaves = fill(
        (
            "M236 330c30-24 46-14 54-2c-20 16-40 16-54 2ZM262 396c-34-4-44 12-46 "
            "28c24 4 42-8 46-28ZM350 428c10-30 30-34 44-30c-4 24-20 34-44 30Z"
        ),
        leaf,
    )
    blooms = (
        _blossom(206, 300, petal=dark, heart=gold, size=40)
        + _blossom(310, 330, petal=mid, heart=gold, size=28)
        + _blossom(206, 450, petal=mid, heart=gold, size=26)
    )
    return _four(stem + leaves + blooms) + _blossom(400, 500, petal=dark, heart=gold, size=58)


def _blossom(x: float, y: float, *, petal: str, heart: str, size: float) -> str:
    petals = "".join(
        f'<ellipse cx="{x:g}" cy="{y - size * 0.6:g}" rx="{size * 0.42:g}" ry="{size * 0.58:g}"'
        f' transform="rotate({turn} {x:g} {y:g})"/>'
        for turn in range(0, 360, 60)
    )
    line = blend(petal, "#14101c", 0.35)
    return f'<g fill="{petal}" stroke="{line}" stroke-width="1.4">{petals}</g>' + fill(
        ellipse(x, y, rx=size * 0.22, ry=size * 0.22), heart
    )


def _sun(sheet: Sheet, border: Shade) -> str:
    """Rays and rings, as on an engraved astrolabe."""
    dark, pale, mid, gold = _tones(sheet, border)
    rays = "".join(
        (
            f"M{400 + 70 * cos(a):.0f} "
            f"{500 + 70 * sin(a):.0f}L{400 + 200 * cos(a - 0.05):.0f} "
            f"{500 + 200 * sin(a - 0.05):.0f}"
            f"L{400 + 218 * cos(a):.0f} "
            f"{500 + 218 * sin(a):.0f}L{400 + 200 * cos(a + 0.05):.0f} "
            f"{500 + 200 * sin(a + 0.05):.0f}Z"
        )
        for a in (2 * pi * at / 24 for at in range(24))
    )
    corner = (
        fill("M168 268H300A132 132 0 0 1 168 400Z", mid)
        + stroke("M168 340A72 72 0 0 0 240 268M168 372A104 104 0 0 0 272 268", gold, width=5)
        + fill(ellipse(190, 290, rx=12, ry=12), dark)
    )
    return (
        _four(corner)
        + fill(rays, dark)
        + stroke(
            ellipse(400, 500, rx=216, ry=216) + ellipse(400, 500, rx=228, ry=228), gold, width=3.5
        )
        + fill(ellipse(400, 500, rx=74, ry=74), mid)
        + stroke(ellipse(400, 500, rx=60, ry=60), pale, width=4)
        + fill(ellipse(400, 500, rx=34, ry=34), gold)
    )


def _waves(sheet: Sheet, border: Shade) -> str:
    dark, pale, mid, gold = _tones(sheet, border)
    colors = (dark, mid, pale, gold, dark)
    rows = []
    for at, y in enumerate(range(300, 740, 50)):
        data = f"M168 {y}q29-44 58 0t58 0 58 0 58 0 58 0 58 0 58 0 58 0"
        rows.append(stroke(data, colors[at % 5], width=(16, 7, 22, 4, 12)[at % 5]))
    frame = box(168, 268, width=464, height=464)
    return group(*rows, extra=f'clip-path="{sheet.clip(frame)}"')


def _stole(sheet: Sheet) -> None:
    """Fold a stole over an unseen rail, its two ends fringed."""
    shade = sheet.shade
    back = knots("420 170| 560 176 596 190| 606 400 590 600 600 780| 450 790| 440 500")
    front = knots(
        "236 190| 280 160 400 150 500 160 556 186| 520 320 470 440 452 600 448 "
        "840| 220 836| 214 600 226 380"
    )
    sheet.add(
        falling(sheet, outline(back) + outline(front), reach=15),
        _fringe(sheet, 456, 596, foot=784),
        surface(sheet, outline(back), line=1.4, turn=4),
        fill(outline(back), shade.stroke, opacity=0.22),
        _bands(sheet, (("448 700 520 704 600 698"), ("446 730 520 734 600 728")))
        if sheet.vary(2)
        else "",
        _fringe(sheet, 224, 446, foot=838),
        surface(sheet, outline(front), line=1.4, lifted=9, turn=-4),
    )
    for fold in (
        "300 176 276 400 268 600 262 830",
        "370 168 340 400 326 620 322 834",
        "440 172 400 380 386 600 384 836",
    ):
        deep = trace(fold)
        lit = trace(moved(knots(fold), -18, 0))
        sheet.add(
            stroke(deep, shade.stroke, width=16, opacity=0.32, extra=f'filter="{sheet.blur(9)}"'),
            stroke(lit, shade.light, width=13, opacity=0.42, extra=f'filter="{sheet.blur(8)}"'),
        )
    if sheet.vary(2):
        sheet.add(_bands(sheet, ("218 730 330 736 449 734", "218 770 330 776 448 774")))


def _bands(sheet: Sheet, lines: tuple[str, ...]) -> str:
    color = second(sheet)
    return "".join(
        stroke(trace(line), color.base, width=16, opacity=0.9, extra='stroke-linecap="butt"')
        for line in lines
    )


def _fringe(sheet: Sheet, left: int, right: int, *, foot: int) -> str:
    strands = "".join(
        f"M{x} {foot - 8}q{(x % 3 - 1) * 3} 30 {(x % 5 - 2) * 2} 58"
        for x in range(left + 2, right, 7)
    )
    return stroke(strands, sheet.shade.stroke, width=4.6) + stroke(
        strands, sheet.shade.base, width=3.2
    )


def _tie(sheet: Sheet) -> None:
    shade = sheet.shade
    tail = knots("392 268| 424 268| 446 560 452 740| 424 776| 396 744|")
    blade = knots("380 262| 420 262| 452 440 476 760| 400 868| 324 760| 348 440")
    loop = outline(
        "350 186| 296 150 290 92 340 66 400 60 460 66 510 92 504 150 450 186| "
        "478 140 474 108 440 92 400 88 360 92 326 108 322 140"
    )
    knot = knots("346 168| 400 158 454 168| 426 272| 374 272|")
    sheet.add(
        falling(sheet, outline(blade) + outline(knot) + loop, reach=13),
        fill(loop, shade.dark, extra=f'stroke="{shade.stroke}" stroke-width="1.5"'),
        fill(
            outline(tail),
            shade.dark,
            extra=f'transform="translate(22 0)" stroke="{shade.stroke}" stroke-width="1.4"',
        ),
        surface(sheet, outline(blade), line=1.4, lifted=6, turn=_BIAS),
        stroke(
            "M400 290Q392 360 398 440",
            shade.stroke,
            width=12,
            opacity=0.4,
            extra=f'filter="{sheet.blur(6)}"',
        ),
        stroke(
            "M376 300Q366 500 352 740",
            shade.light,
            width=12,
            opacity=0.45,
            extra=f'filter="{sheet.blur(7)}"',
        ),
        raised(sheet, surface(sheet, outline(knot), line=1.4, turn=-_BIAS), 5),
        stroke(
            "M362 182Q390 200 388 264",
            shade.stroke,
            width=7,
            opacity=0.3,
            extra=f'filter="{sheet.blur(4)}"',
        ),
    )


SHAPES: Mapping[str, Callable[[Sheet], None]] = MappingProxyType(
    {"square": _square, "stole": _stole, "tie": _tie}
)
