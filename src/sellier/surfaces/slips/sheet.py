"""Paper to draw on: its typefaces, its colors, and text that never runs over an edge."""

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, Literal, Self

import segno
from fpdf import FPDF
from fpdf.fonts import TTFFont

FONTS: Final = Path(__file__).parent / "fonts"
INK: Final = (22, 19, 15)
SOFT: Final = (99, 93, 85)
LINE: Final = (216, 209, 198)
UNKNOWN: Final = "?"

Style = Literal["", "B"]


class Paper(StrEnum):
    A4 = "a4"
    A5 = "a5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """How a text is set; sizes in points, for A5."""

    family: Literal["display", "text"] = "text"
    style: Style = ""
    size: float = 8.0
    color: tuple[int, int, int] = INK
    track: float = 0.0


DISPLAY: Final = Face(family="display", size=12.5)
LABEL: Final = Face(size=6.8, color=SOFT)
TEXT: Final = Face(size=8.4)
STRONG: Final = Face(style="B", size=8.4)
QUIET: Final = Face(size=8.0, color=SOFT)


class Sheet:
    """One document. Lengths are millimeters on A5; A4 is set larger, with more of everything."""

    def __init__(self, paper: Paper, *, title: str, lang: str, made_at: datetime) -> None:
        wide, high = (148.0, 210.0) if paper is Paper.A5 else (210.0, 297.0)
        self.scale = 1.0 if paper is Paper.A5 else 1.18
        self.edge = 13.0 if paper is Paper.A5 else 17.0
        self.width, self.height = wide / self.scale, high / self.scale
        self.right = self.width - self.edge
        self.pdf = FPDF(unit="mm", format=(wide, high))
        self.pdf.set_creation_date(made_at.astimezone(UTC))
        self.pdf.set_title(title)
        self.pdf.set_lang(lang)
        self.pdf.set_auto_page_break(auto=False)
        self.pdf.set_margin(0)
        self.pdf.add_font("display", fname=FONTS / "petrona-300.ttf")
        self.pdf.add_font("text", fname=FONTS / "instrument-sans-400.ttf")
        self.pdf.add_font("text", style="B", fname=FONTS / "instrument-sans-500.ttf")
        self.letters = frozenset[int].intersection(*(frozenset(f.cmap) for f in self._faces()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # The writer reads letters from the files as it needs them, and never closes one.
        for font in self._faces():
            font.ttfont.close()

    def page(self) -> None:
        self.pdf.add_page()

    def text(self, x: float, y: float, words: str, *, face: Face) -> None:
        """Set words with their baseline at `y`."""
        self._set(face)
        self.pdf.text(x * self.scale, y * self.scale, self._legible(words))

    def text_right(self, y: float, words: str, *, face: Face) -> None:
        """Set words that end at the right edge."""
        self.text(self.right - self.measure(words, face=face), y, words, face=face)

    def measure(self, words: str, *, face: Face) -> float:
        """Return how wide words are."""
        self._set(face)
        return self.pdf.get_string_width(self._legible(words)) / self.scale

    def fit(self, words: str, *, width: float, face: Face) -> str:
        """Shorten words that do not fit, so that it shows."""
        while len(words) > 1 and self.measure(words, face=face) > width:
            words = words.rstrip("…")[:-1].rstrip() + "…"
        return words

    def wrap(self, words: str, *, width: float, face: Face, most: int) -> Sequence[str]:
        """Break words into at most so many lines, the last of them shortened if need be."""
        lines: list[str] = []
        left = words.split(" ")
        while left and len(lines) < most - 1:
            taken = 1
            while taken < len(left) and self._fits(left[: taken + 1], width=width, face=face):
                taken += 1
            lines.append(self.fit(" ".join(left[:taken]), width=width, face=face))
            left = left[taken:]
        return [*lines, self.fit(" ".join(left), width=width, face=face)] if left else lines

    def line(self, y: float, *, color: tuple[int, int, int] = LINE, x: float | None = None) -> None:
        """Draw a hairline to the right edge."""
        self.pdf.set_draw_color(color)
        self.pdf.set_line_width(0.18 * self.scale)
        start = (self.edge if x is None else x) * self.scale
        self.pdf.line(start, y * self.scale, self.right * self.scale, y * self.scale)

    def box(self, x: float, y: float, side: float) -> None:
        """Draw a square to be ticked."""
        self.pdf.set_draw_color(SOFT)
        self.pdf.set_line_width(0.25 * self.scale)
        self.pdf.rect(x * self.scale, y * self.scale, side * self.scale, side * self.scale)

    def code(self, words: str, *, x: float, y: float, side: float) -> None:
        """Draw a QR code in plain squares, sharp at any resolution."""
        rows = segno.make(words, error="m", micro=False).matrix
        module = side * self.scale / len(rows)
        self.pdf.set_fill_color(INK)
        for down, row in enumerate(rows):
            for along, dark in enumerate(row):
                if dark:
                    left, top = x * self.scale + along * module, y * self.scale + down * module
                    self.pdf.rect(left, top, module, module, style="F")

    def finished(self) -> bytes:
        """Return the document."""
        return bytes(self.pdf.output())

    def _faces(self) -> Sequence[TTFFont]:
        return [font for font in self.pdf.fonts.values() if isinstance(font, TTFFont)]

    def _legible(self, words: str) -> str:
        return legible(words, known=self.letters)

    def _fits(self, words: Sequence[str], *, width: float, face: Face) -> bool:
        return self.measure(" ".join(words), face=face) <= width

    def _set(self, face: Face) -> None:
        size = face.size * self.scale
        self.pdf.set_font(face.family, face.style, size)
        self.pdf.set_char_spacing(face.track * size)
        self.pdf.set_text_color(face.color)


def legible(words: str, *, known: Collection[int]) -> str:
    """Return words in letters that are known; one that is not shows that it was there."""
    shown: list[str] = []
    for letter in " ".join(words.splitlines()):
        bare = letter if ord(letter) in known else unicodedata.normalize("NFKD", letter)
        kept = "".join(part for part in bare if ord(part) in known)
        shown.append(kept or ("" if unicodedata.category(letter)[0] in "MC" else UNKNOWN))
    return "".join(shown)
