"""Strict readers of single values: one text in, one typed value out, or a plain reason why not.

Every number, price, time and code that comes from outside passes through here, so that no
importer or form decides for itself what "1,250" means. No locale, no guessing: what could be
read in two ways is refused, and the reason says what to write instead.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time
from functools import cache, lru_cache
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from babel import Locale
from babel.numbers import get_currency_precision, list_currencies

from sellier.kernel.money import Money

PRICE_MINOR_MAX: Final = 10**12
CODE_LENGTH_MAX: Final = 50

Read = TypeVar("Read")


class Unreadable(Exception):
    """A value that cannot be read. Always caught by whoever knows its line and column."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def whole(text: str, *, low: int, high: int) -> int:
    """Return a whole number between two bounds, both included."""
    if not re.fullmatch(r"-?[0-9]{1,15}", text, re.ASCII):
        raise Unreadable(f"not a whole number: write only digits, from {low} to {high}")
    number = int(text)
    if not low <= number <= high:
        raise Unreadable(f"not between {low} and {high}")
    return number


@lru_cache(maxsize=8_192)  # a file says few prices many times
def price(text: str) -> Money:
    """Return the amount of `1250.00 EUR`: a point for decimals, a space, an ISO 4217 code."""
    found = _PRICE.fullmatch(text)
    if found is None:
        raise Unreadable(_why_no_price(text))
    units, decimals, currency = found["units"], found["decimals"] or "", found["currency"]
    digits = exponent(currency)
    if len(decimals) > digits:
        raise Unreadable(f"{currency} has {digits} decimals, not {len(decimals)}")
    minor = int(units + decimals.ljust(digits, "0"))
    if minor > PRICE_MINOR_MAX:
        raise Unreadable(f"more than {PRICE_MINOR_MAX} minor units")
    return Money(minor, currency)


_PRICE: Final = re.compile(
    r"(?P<units>[0-9]{1,13})(?:\.(?P<decimals>[0-9]{1,6}))? (?P<currency>[A-Z]{3})", re.ASCII
)


def _why_no_price(text: str) -> str:
    if "," in text:
        return "a comma may mean decimals or thousands: write 1250.00 EUR"
    if text.startswith("-"):
        return "a price is not negative"
    return "not a price: write 1250.00 EUR"


@cache
def exponent(currency: str) -> int:
    """Return how many decimals a currency has: 2 for EUR, 0 for JPY, 3 for KWD."""
    if currency not in list_currencies():
        raise Unreadable(f"{currency} is not an ISO 4217 currency")
    return get_currency_precision(currency)


def yes_no(text: str) -> bool:
    """Return whether the text is `yes`; anything but `yes` and `no` is refused."""
    return one_of(text, {"yes": True, "no": False})


def one_of(text: str, meanings: Mapping[str, Read]) -> Read:
    """Return what a word of a closed list means."""
    if text not in meanings:
        raise Unreadable("not one of " + ", ".join(meanings))
    return meanings[text]


def clock(text: str) -> time:
    """Return a time of day written `HH:MM`."""
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text, re.ASCII):
        raise Unreadable("not a time of day: write HH:MM, from 00:00 to 23:59")
    return time(int(text[:2]), int(text[3:]))


def day(text: str) -> date:
    """Return a date written `YYYY-MM-DD`."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
        raise Unreadable("not a date: write YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Unreadable("no such day in the calendar") from error


def weekdays(text: str) -> tuple[int, ...]:
    """Return days of the week, 1 being Monday, of `mon-fri sun`, or of `daily`."""
    if text == "daily":
        return tuple(_WEEKDAYS.values())
    found: set[int] = set()
    for part in text.split():
        first, dash, last = part.partition("-")
        begins, ends = _WEEKDAYS.get(first), _WEEKDAYS.get(last if dash else first)
        if begins is None or ends is None or begins > ends:
            raise Unreadable("not days of the week: write them like mon-fri sun, or daily")
        found.update(range(begins, ends + 1))
    return tuple(sorted(found))


_WEEKDAYS: Final = {
    day: number
    for number, day in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), start=1)
}


def coordinate(text: str, *, limit: int) -> float:
    """Return degrees with a point for decimals: 90 limits a latitude, 180 a longitude."""
    if not re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,10})?", text, re.ASCII):
        raise Unreadable("not a coordinate: write decimal degrees such as 48.8690")
    degrees = float(text)
    if not -limit <= degrees <= limit:
        raise Unreadable(f"not between -{limit} and {limit} degrees")
    return degrees


@cache
def time_zone(text: str) -> str:
    """Return an IANA time zone name such as `Europe/Paris`."""
    if re.fullmatch(r"[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+){1,2}|UTC", text, re.ASCII):
        with suppress(KeyError, OSError, ValueError):
            return ZoneInfo(text).key
    raise Unreadable("not an IANA time zone: write a name such as Europe/Paris")


@cache
def country(text: str) -> str:
    """Return a two-letter ISO 3166-1 code."""
    known = Locale("en").territories
    if re.fullmatch(r"[A-Z]{2}", text, re.ASCII) and text in known and text not in _NO_COUNTRY:
        return text
    raise Unreadable("not a country: write its two-letter ISO 3166 code, such as FR")


# Codes that CLDR lists beside the countries: unions, pseudo locales, "unknown".
_NO_COUNTRY: Final = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


def gtin(text: str) -> str:
    """Return a GTIN of 8, 12, 13 or 14 digits whose check digit is right."""
    if not re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", text, re.ASCII):
        raise Unreadable("not a GTIN: write its 8, 12, 13 or 14 digits")
    weighted = sum(int(digit) * (3, 1)[i % 2] for i, digit in enumerate(reversed(text[:-1])))
    if (weighted + int(text[-1])) % 10:
        raise Unreadable("the check digit of this GTIN is wrong")
    return text


def code(text: str) -> str:
    """Return an identifier: at most 50 visible characters, never the start of a formula.

    A spreadsheet runs a cell that begins with `=` or `@`; an identifier never needs to.
    """
    if not text:
        raise Unreadable("is empty")
    if len(text) > CODE_LENGTH_MAX:
        raise Unreadable(f"longer than {CODE_LENGTH_MAX} characters")
    if not text.isprintable() or text != text.strip():
        raise Unreadable("holds an invisible character or begins or ends with a space")
    if text[0] in "=@":
        raise Unreadable("begins like a spreadsheet formula")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def line(text: str, *, longest: int) -> str:
    """Return a text of one line of at most `longest` characters.

    Runs of blanks become one; the no-break and thin spaces of French typography stay.
    """
    if "  " in text or not text.isprintable():
        text = _BLANKS.sub(" ", text)
    tidied = text.strip(" ")
    if not tidied.isascii():
        tidied = unicodedata.normalize("NFC", tidied)
    if len(tidied) > longest:
        raise Unreadable(f"longer than {longest} characters")
    return tidied


_BLANKS: Final = re.compile(r"[ \t\r\n\f\v]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """A cell that cannot be read, or that was changed while reading."""

    column: str
    value: str
    why: str


class Cells:
    """The cells of one row, read one after the other; keeps what is wrong with each."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self.cells = cells
        self.flaws: list[Flaw] = []
        self.remarks: list[Flaw] = []

    def text(self, column: str) -> str:
        """Return a cell as it stands, blanks around it left out."""
        return self.cells.get(column, "").strip()

    def required(self, column: str, read: Callable[[str], Read], *, otherwise: Read) -> Read:
        """Read a cell that must be there; `otherwise` stands in after a flaw was kept."""
        text = self.text(column)
        if not text:
            self.flaws.append(Flaw(column=column, value="", why="is missing"))
            return otherwise
        found = self.optional(column, read)
        return otherwise if found is None else found

    def optional(self, column: str, read: Callable[[str], Read]) -> Read | None:
        """Read a cell that may be empty."""
        # Most cells of most rows are empty, or the hottest path of an import: no call to spare.
        text = self.cells.get(column)
        if not text or not (text := text.strip()):
            return None
        try:
            return read(text)
        except Unreadable as error:
            self.flaws.append(Flaw(column=column, value=text, why=error.why))
            return None

    def refuse(self, column: str, value: str, why: str) -> None:
        """Keep a flaw that only several cells together show."""
        self.flaws.append(Flaw(column=column, value=value, why=why))

    def remark(self, column: str, value: str, why: str) -> None:
        """Keep something the sender should know; the row stays good."""
        self.remarks.append(Flaw(column=column, value=value, why=why))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What is asked for a piece, and the higher price it is reduced from, if any."""

    price: Money
    reduced_from: Money | None


def asking(cells: Cells) -> Asking | None:
    """Read the columns `price` and `sale_price`; None when the row asks no price."""
    full = cells.optional("price", price)
    reduced = cells.optional("sale_price", price)
    if full is None or full.minor == 0:
        if full is not None:
            cells.remark("price", cells.text("price"), "a price of zero is left out: not for sale")
        return None
    if reduced is None or reduced == full:
        return Asking(price=full, reduced_from=None)
    if reduced.currency != full.currency or not 0 < reduced.minor < full.minor:
        cells.refuse("sale_price", cells.text("sale_price"), "not a lower price in the currency")
    return Asking(price=reduced, reduced_from=full)
