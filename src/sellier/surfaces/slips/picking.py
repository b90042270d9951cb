"""The list that goes along the shelves: places in walking order, one box to tick for each SKU."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from sellier.infra import templates
from sellier.kernel.ids import Sku
from sellier.surfaces.slips.sheet import LABEL, QUIET, STRONG, TEXT, Face, Paper, Sheet
from sellier.surfaces.slips.words import WORDS, Words, counted

TITLE: Final = Face(family="display", size=19, track=-0.015)
PLACE: Final = Face(family="display", size=12)
QUANTITY: Final = Face(family="display", size=13)
ROW: Final = 10.4
PLACE_HIGH: Final = 11.0
FIRST: Final = 36.5
OTHERS: Final = 27.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """Pieces of one SKU to take from one place, in the words of the list's language."""

    place: str | None  # a room, a shelf; None where nobody wrote it down
    walk: int  # the place's rank on the way through
    sku: Sku
    brand: str
    title: str
    color: str
    size: str
    quantity: int
    orders: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PickList:
    """What to fetch at one location, as of a moment."""

    lang: str
    location: str
    zone: str
    made_at: datetime
    picks: tuple[Pick, ...]


def pick_list(wanted: PickList, *, paper: Paper = Paper.A4) -> bytes:
    """Return the list as PDF, in the order of the walk; places nobody wrote down come last."""
    words = WORDS[wanted.lang]
    title = f"{words.pick_list} {wanted.location}"
    with Sheet(paper, title=title, lang=wanted.lang, made_at=wanted.made_at) as sheet:
        pages = list(_pages(wanted, words, bottom=sheet.height - 18))
        for number, page in enumerate(pages, 1):
            sheet.page()
            _head(sheet, wanted, words, is_first=number == 1)
            for y, item in page:
                if isinstance(item, str):
                    _place(sheet, item, y)
                else:
                    _pick(sheet, item, y, lang=wanted.lang)
            _foot(sheet, wanted, words, number=number, of=len(pages))
        return sheet.finished()


def _pages(
    wanted: PickList, words: Words, *, bottom: float
) -> Iterator[Sequence[tuple[float, str | Pick]]]:
    """Say what stands where, page by page; a place begins again where it is continued."""
    page: list[tuple[float, str | Pick]] = []
    y = FIRST
    in_order = sorted(wanted.picks, key=lambda p: (p.place is None, p.walk, p.place or "", p.sku))
    for place, picks in groupby(in_order, key=lambda pick: pick.place):
        is_named = False
        for pick in picks:
            needed = ROW if is_named else ROW + PLACE_HIGH
            if y + needed > bottom and page:
                yield page
                page, y, is_named = [], OTHERS, False
            if not is_named:
                page.append((y, place or words.place))
                y, is_named = y + PLACE_HIGH, True
            page.append((y, pick))
            y += ROW
    yield page


def _head(sheet: Sheet, wanted: PickList, words: Words, *, is_first: bool) -> None:
    if not is_first:
        sheet.text(sheet.edge, 17, wanted.location, face=STRONG)
        sheet.line(21, color=LABEL.color)
        return
    local = wanted.made_at.astimezone(ZoneInfo(wanted.zone))
    moment = format_datetime(local, "d MMMM y, HH:mm", locale=templates.LOCALES[wanted.lang])
    sheet.text(sheet.edge - 0.3, 22, words.pick_list, face=TITLE)
    sheet.text(sheet.edge, 29.5, wanted.location, face=STRONG)
    sheet.text_right(29.5, moment, face=QUIET)
    sheet.line(34, color=LABEL.color)


def _place(sheet: Sheet, name: str, y: float) -> None:
    sheet.text(sheet.edge, y + 7, name, face=PLACE)
    sheet.line(y + 9.6, color=LABEL.color)


def _pick(sheet: Sheet, pick: Pick, y: float, *, lang: str) -> None:
    edge = sheet.edge
    left, orders = edge + 18.5, sheet.width * 0.70
    sheet.box(edge, y + 3, 4.2)
    sheet.text(edge + 8, y + 6.9, f"{pick.quantity}", face=QUANTITY)
    about = " · ".join(part for part in (pick.color, pick.size, pick.sku) if part)
    width = orders - left - 4
    sheet.text(left, y + 4.4, pick.brand, face=STRONG)
    after = sheet.measure(pick.brand, face=STRONG) + 2
    title = sheet.fit(templates.typeset(pick.title, lang), width=width - after, face=TEXT)
    sheet.text(left + after, y + 4.4, title, face=TEXT)
    sheet.text(left, y + 8.2, sheet.fit(about, width=width, face=QUIET), face=QUIET)
    numbers = ", ".join(pick.orders)
    lines = sheet.wrap(numbers, width=sheet.right - orders, face=LABEL, most=2)
    for number, line in enumerate(lines):
        sheet.text(orders, y + 4.4 + 3.8 * number, line, face=LABEL)
    sheet.line(y + ROW, x=left)


def _foot(sheet: Sheet, wanted: PickList, words: Words, *, number: int, of: int) -> None:
    y = sheet.height - 10
    pieces = sum(pick.quantity for pick in wanted.picks)
    sheet.text(sheet.edge, y, counted(words, pieces, lang=wanted.lang), face=TEXT)
    if of > 1:
        sheet.text_right(y, words.page.format(number, of), face=LABEL)
