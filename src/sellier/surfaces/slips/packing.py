"""The slip that lies in a parcel. It says no prices: there may be a gift inside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from babel.dates import format_date

from sellier.infra import templates
from sellier.kernel.ids import Sku
from sellier.surfaces.slips.sheet import DISPLAY, LABEL, QUIET, STRONG, TEXT, Face, Paper, Sheet
from sellier.surfaces.slips.words import WORDS, Words, counted

CODE: Final = 19.0
LEAD: Final = 4.3
WORDMARK: Final = Face(family="display", size=25, track=-0.02)
TITLE: Final = Face(family="display", size=12.5)
QUANTITY: Final = Face(family="display", size=15)
BRAND: Final = Face(style="B", size=7.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipLine:
    """Pieces of one SKU, in the words of the slip's language."""

    sku: Sku
    brand: str
    title: str
    color: str
    size: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What a parcel holds, for whom, and who packed it."""

    lang: str
    banner: str
    order_number: str
    recipient: tuple[str, ...]  # the name first, then the lines of the address
    location: str
    prepared_on: date
    lines: tuple[SlipLine, ...]
    code: str  # what a scan of the slip says: the fulfillment


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    line: SlipLine
    title: Sequence[str]

    @property
    def height(self) -> float:
        return 13.2 + 5.0 * len(self.title)


def packing_slip(slip: Slip, *, paper: Paper = Paper.A5) -> bytes:
    """Return the slip as PDF. The same slip is the same paper, byte for byte."""
    words = WORDS[slip.lang]
    title = f"{words.packing_slip} {slip.order_number}"
    made_at = datetime.combine(slip.prepared_on, time(), UTC)
    with Sheet(paper, title=title, lang=slip.lang, made_at=made_at) as sheet:
        rows = [_row(sheet, line, lang=slip.lang) for line in slip.lines]
        first, others, end = _head_height(sheet, slip), 24.0, sheet.height - 20
        pages = _paged(rows, first=end - first, others=end - others)
        for number, page in enumerate(pages, 1):
            sheet.page()
            if number == 1:
                _head(sheet, slip, words)
            else:
                _short_head(sheet, slip)
            y = first if number == 1 else others
            for row in page:
                _draw(sheet, row, y)
                y += row.height
            _foot(sheet, slip, words, number=number, of=len(pages))
        return sheet.finished()


def _paged(rows: Sequence[_Row], *, first: float, others: float) -> Sequence[Sequence[_Row]]:
    """Share rows out over pages; a row is never torn."""
    pages: list[list[_Row]] = [[]]
    left = first
    for row in rows:
        if row.height > left and pages[-1]:
            pages.append([])
            left = others
        pages[-1].append(row)
        left -= row.height
    return pages


def _head_height(sheet: Sheet, slip: Slip) -> float:
    return sheet.edge + 40.5 + LEAD * max(len(slip.recipient), 5)


def _head(sheet: Sheet, slip: Slip, words: Words) -> None:
    edge = sheet.edge
    banner = sheet.fit(slip.banner, width=sheet.right - edge - CODE - 8, face=WORDMARK)
    sheet.text(edge - 0.4, edge + 9, banner, face=WORDMARK)
    sheet.text(edge, edge + 17, words.packing_slip, face=TITLE)
    sheet.code(slip.code, x=sheet.right - CODE, y=edge + 0.4, side=CODE)
    top = edge + 26
    sheet.line(top, color=LABEL.color)
    _party(sheet, slip, words, y=top + 6)
    _facts(sheet, slip, words, x=sheet.width * 0.56, y=top + 6)
    sheet.line(_head_height(sheet, slip) - 2)


def _party(sheet: Sheet, slip: Slip, words: Words, *, y: float) -> None:
    sheet.text(sheet.edge, y, words.recipient, face=LABEL)
    width = sheet.width * 0.56 - sheet.edge - 6
    for number, line in enumerate(slip.recipient):
        face = STRONG if number == 0 else TEXT
        shown = sheet.fit(line, width=width, face=face)
        sheet.text(sheet.edge, y + 4.4 + LEAD * number, shown, face=face)


def _facts(sheet: Sheet, slip: Slip, words: Words, *, x: float, y: float) -> None:
    day = format_date(slip.prepared_on, "long", locale=templates.LOCALES[slip.lang])
    facts = (
        (words.order, slip.order_number),
        (words.prepared, day),
        (words.location, slip.location),
    )
    for number, (name, value) in enumerate(facts):
        top = y + 9.6 * number
        sheet.text(x, top, name, face=LABEL)
        shown = sheet.fit(value, width=sheet.right - x, face=TEXT)
        sheet.text(x, top + 4.4, shown, face=TEXT)


def _short_head(sheet: Sheet, slip: Slip) -> None:
    face = Face(family="display", size=13, track=-0.01)
    sheet.text(sheet.edge, 17, slip.banner, face=face)
    sheet.text_right(17, slip.order_number, face=TEXT)
    sheet.line(22, color=LABEL.color)


def _row(sheet: Sheet, line: SlipLine, *, lang: str) -> _Row:
    width = sheet.right - sheet.edge - 18
    title = templates.typeset(line.title, lang)
    return _Row(line=line, title=sheet.wrap(title, width=width, face=DISPLAY, most=2))


def _draw(sheet: Sheet, row: _Row, y: float) -> None:
    line, edge = row.line, sheet.edge
    sheet.text(edge, y + 4.6, line.brand, face=BRAND)
    for number, words in enumerate(row.title):
        sheet.text(edge, y + 9.8 + 5.0 * number, words, face=DISPLAY)
    below = y + 9.8 + 5.0 * len(row.title)
    about = " · ".join(part for part in (line.color, line.size) if part)
    width = sheet.right - edge - sheet.measure(line.sku, face=LABEL) - 6
    sheet.text(edge, below - 0.2, sheet.fit(about, width=width, face=QUIET), face=QUIET)
    sheet.text_right(y + 9.8, f"{line.quantity}", face=QUANTITY)
    sheet.text_right(below - 0.2, line.sku, face=LABEL)
    sheet.line(y + row.height - 0.6)


def _foot(sheet: Sheet, slip: Slip, words: Words, *, number: int, of: int) -> None:
    y = sheet.height - 11
    pieces = sum(line.quantity for line in slip.lines)
    sheet.text(sheet.edge, y, counted(words, pieces, lang=slip.lang), face=TEXT)
    if of > 1:
        sheet.text_right(y, words.page.format(number, of), face=LABEL)
