"""Rows out of TSV, CSV and XML files from outside, one at a time, within fixed limits.

What a file is follows from its content: `<` begins XML, else the header line tells tabs from
commas and semicolons; only a header of a single column falls back on the file's name.
What spoils one row is told to the report and the row is left out; what makes the rest of the
file unreadable raises `UnusableFile`.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from sellier.infra.reports import Report, UnusableFile, visible
from sellier.infra.sources import SourceLimits, open_source, texts
from sellier.infra.xml_tables import xml_rows

# Marks that change the reading direction can make a text look like another (CVE-2021-42574);
# other control characters have no business in a feed. Tabs and line ends may stand in a text.
FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How large a table may be."""

    source: SourceLimits = field(default_factory=SourceLimits)
    rows: int = 10_000_000
    columns: int = 300
    cell_characters: int = 100_000
    row_characters: int = 1_000_000


NAMES_LISTED: Final = 30
UNKNOWN_LISTED: Final = 300


class Row(NamedTuple):
    """One row: where it begins (line, or item number in XML) and its cells by column."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns a kind of file may have."""

    required: Sequence[str]
    optional: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """An open file: which of our columns it has, its rows, and how much of it was read."""

    columns: Sequence[str]
    rows: Iterator[Row]
    size: int
    position: Callable[[], int]
    sha256: Callable[[], str]  # complete once the rows are


@contextmanager
def open_table(
    path: Path, columns: Columns, *, report: Report, limits: Limits | None = None
) -> Iterator[Table]:
    """Open a file as rows of the given columns.

    Raises `UnusableFile`, here or while the rows are read.
    """
    limits = limits or Limits()
    with open_source(path, limits.source) as source:
        pieces = texts(source.stream)
        head = next(pieces, "")
        text = chain([head], pieces)
        if head.lstrip().startswith("<"):
            names: Sequence[str] = (*columns.required, *columns.optional)
            records = _known(xml_rows(text, limits.row_characters), columns, report)
        else:
            lines = _Lines(text, limits.row_characters)
            cells = csv.reader(lines, delimiter=_delimiter(head, path.name), strict=True)
            header = _header(cells, lines, limits)
            names = _names(header, columns, report)
            records = _records(cells, lines, header=header, report=report)
        yield Table(
            columns=names,
            rows=_checked(records, names, sizes=limits, report=report),
            sha256=source.sha256,
            size=source.size,
            position=source.position,
        )


class _Lines:
    """The lines of a text, numbered; refuses a record that never ends instead of collecting it."""

    def __init__(self, pieces: Iterator[str], longest: int) -> None:
        self._pieces = pieces
        self._longest = longest
        self._ready: Iterator[str] = iter(())
        self._rest = ""
        self._record = 0
        self.number = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = next(self._ready, None)
        while line is None:
            self._fill()
            line = next(self._ready, None)
        self.number += 1
        self._record += len(line)
        if self._record > self._longest:
            raise self._endless()
        return line

    def begin_record(self) -> None:
        self._record = 0

    def _fill(self) -> None:
        piece = next(self._pieces, None)
        if piece is None:
            if not self._rest:
                raise StopIteration
            self._ready, self._rest = iter([self._rest]), ""
            return
        *whole, self._rest = (self._rest + piece).split("\n")
        if len(self._rest) > self._longest:
            self.number += len(whole)
            raise self._endless()
        self._ready = iter([line + "\n" for line in whole])

    def _endless(self) -> UnusableFile:
        return UnusableFile(
            f"Line {self.number + 1:,} or the quoted text it begins is longer than "
            f"{self._longest:,} characters.",
            line=self.number + 1,
        )


def _delimiter(head: str, name: str) -> str:
    header = head.partition("\n")[0]
    mark = max("\t,;", key=header.count)
    if mark in header:
        return mark
    return "\t" if name.lower().removesuffix(".gz").endswith((".tsv", ".txt")) else ","


def _next_record(cells: Iterator[list[str]], lines: _Lines) -> list[str] | None:
    lines.begin_record()
    begins = lines.number + 1
    try:
        return next(cells, None)
    except csv.Error as error:
        raise UnusableFile(
            f"The row that begins at line {begins:,} cannot be read: {_why(str(error))}.",
            line=begins,
        ) from error


# What the csv module says, and what the sender should do about it.
_WHY: Final = (
    ("end of data", "a quote is opened and never closed"),
    ("field limit", "a cell is too long, or a quote is never closed"),
    ("expected after", 'text follows a closing quote; inside quotes, write a quote twice ("")'),
    ("new-line", "a carriage return stands inside a cell without quotes"),
)


def _why(message: str) -> str:
    return next((why for part, why in _WHY if part in message), message)


def _header(cells: Iterator[list[str]], lines: _Lines, limits: Limits) -> Sequence[str]:
    header = _next_record(cells, lines)
    if not header:
        raise UnusableFile("The first line is empty: it must name the columns.")
    if len(header) > limits.columns:
        raise UnusableFile(f"{len(header):,} columns: more than {limits.columns}.")
    return [_column(name) for name in header]


def _column(name: str) -> str:
    return name.strip().lower().removeprefix("g:").replace(" ", "_")


def _names(header: Sequence[str], columns: Columns, report: Report) -> Sequence[str]:
    known = {*columns.required, *columns.optional}
    repeated = [name for name, count in Counter(header).items() if count > 1 and name]
    missing = [name for name in columns.required if name not in header]
    if repeated:
        raise UnusableFile(f"The header names a column twice: {_listed(repeated)}.", line=1)
    if missing:
        raise UnusableFile(
            f"The header has no column {_listed(missing)}; it has {_listed(header)}.", line=1
        )
    for name in header:
        if name not in known:
            report.remark(1, name, "", why="this column is not known and was left out")
    return [name for name in header if name in known]


def _listed(names: Iterable[str]) -> str:
    shown = [visible(name) for name in names]
    more = ["…"] if len(shown) > NAMES_LISTED else []
    return ", ".join(shown[:NAMES_LISTED] + more)


def _records(
    cells: Iterator[list[str]], lines: _Lines, *, header: Sequence[str], report: Report
) -> Iterator[tuple[int, dict[str, str]]]:
    width = len(header)
    while True:
        begins = lines.number + 1
        record = _next_record(cells, lines)
        if record is None:
            return
        if len(record) == width:
            yield begins, dict(zip(header, record, strict=True))
        elif record:
            report.rows += 1
            why = f"{len(record):,} cells where the header has {width}"
            report.refuse(begins, "", "", why=why)


def _known(
    items: Iterator[tuple[int, dict[str, str]]], columns: Columns, report: Report
) -> Iterator[tuple[int, dict[str, str]]]:
    """Give each XML item every column, and remark on each unknown element once."""
    known = (*columns.required, *columns.optional)
    unknown: set[str] = set()
    for number, item in items:
        for name in item.keys() - known - unknown:
            if len(unknown) < UNKNOWN_LISTED:
                unknown.add(name)
                report.remark(number, name, "", why="this element is not known and was left out")
        yield number, {name: item.get(name, "") for name in known}


def _checked(
    records: Iterator[tuple[int, dict[str, str]]],
    names: Sequence[str],
    *,
    sizes: Limits,
    report: Report,
) -> Iterator[Row]:
    known = frozenset(names)
    for line, cells in records:
        report.rows += 1
        if report.rows > sizes.rows:
            raise UnusableFile(f"More than {sizes.rows:,} rows: split the file.")
        joined = "".join(cells.values())
        # Nearly every row passes here; only the others are looked at cell by cell.
        if len(joined) <= sizes.cell_characters and joined.isprintable():
            yield Row(line, cells)
            continue
        problems = [
            (column, why)
            for column in cells
            if column in known and (why := _unfit(cells[column], sizes.cell_characters))
        ]
        for column, why in problems:
            report.refuse(line, column, cells[column], why=why)
        if not problems:
            yield Row(line, cells)


def _unfit(cell: str, longest: int) -> str | None:
    if len(cell) > longest:
        return f"longer than {longest:,} characters"
    found = FORBIDDEN.search(cell)
    return found and f"holds the invisible control character U+{ord(found[0]):04X}"
