"""Make the typefaces that slips are printed with, from those of the pages.

python -m tools.fonts     needs `brotli` beside what `make setup` brings, to open web fonts

A slip carries its letters inside, so each file is one weight, for Latin letters of every language,
without what only screens need. Narrow spaces are added: French sets them, the typefaces do not.
"""

import io
import sys
from pathlib import Path
from typing import Any, Final

from fontTools.merge import Merger  # type: ignore[import-untyped]
from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fontTools.ttLib.tables._g_l_y_f import Glyph  # type: ignore[import-untyped]
from fontTools.varLib.instancer import instantiateVariableFont  # type: ignore[import-untyped]

FROM: Final = Path("browser/node_modules/@fontsource-variable")
TO: Final = Path("src/sellier/surfaces/slips/fonts")
WEIGHTS: Final = {"petrona": (300,), "instrument-sans": (400, 500)}
PARTS: Final = ("latin", "latin-ext")
NARROW: Final = {0x2009: "thinspace", 0x202F: "narrownbspace"}
NARROW_EM: Final = 0.18
SPACE_EM: Final = 0.26


def main() -> int:
    TO.mkdir(parents=True, exist_ok=True)
    for family, weights in WEIGHTS.items():
        for weight in weights:
            font = merged(family, weight)
            set_spaces(font)
            path = TO / f"{family}-{weight}.ttf"
            font.save(path)
            print(path, path.stat().st_size)
        notice = (FROM / family / "LICENSE").read_text()
        (TO / f"{family}.LICENSE.txt").write_text(notice)
    return 0


def merged(family: str, weight: int) -> Any:
    files = [io.BytesIO() for _ in PARTS]
    for part, file in zip(PARTS, files, strict=True):
        font = TTFont(FROM / family / "files" / f"{family}-{part}-wght-normal.woff2")
        font = instantiateVariableFont(font, {"wght": weight})
        font.flavor = None
        plain(font).save(file)
        file.seek(0)
    return Merger().merge(files)


def plain(font: Any) -> Any:
    """Keep the letters and leave what shapes them: slips are set letter by letter."""
    options = Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=set(font.getBestCmap()))
    subsetter.subset(font)
    return font


def set_spaces(font: Any) -> None:
    """Add narrow spaces, and open words up: nothing kerns them on paper."""
    em = font["head"].unitsPerEm
    advance = round(em * NARROW_EM)
    for name in {font.getBestCmap()[code] for code in (0x20, 0xA0)}:
        wide, side = font["hmtx"][name]
        font["hmtx"][name] = (max(wide, round(em * SPACE_EM)), side)
    for code, name in NARROW.items():
        font["glyf"][name] = Glyph()
        font["hmtx"][name] = (advance, 0)
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[code] = name
    font.setGlyphOrder(list(dict.fromkeys([*font.getGlyphOrder(), *NARROW.values()])))


if __name__ == "__main__":
    sys.exit(main())
