"""What reading a file found: counts, refused values, remarks; shown as a table or as JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import ClassVar, Final

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from sellier.kernel.errors import Invalid
from sellier.kernel.parsing import Cells

PROBLEMS_KEPT: Final = 1_000
PROBLEMS_SHOWN: Final = 50
VALUE_SHOWN: Final = 60


class UnusableFile(Invalid):
    """The file as a whole cannot be read; nothing of it was used."""

    code: ClassVar[str] = "file.unusable"

    def __init__(self, message: str, *, line: int | None = None) -> None:
        super().__init__(message, line=line)
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One value that was refused or remarked on, and why."""

    line: int
    column: str
    value: str
    why: str


@dataclass(slots=True, kw_only=True)
class Report:
    """Filled while a file is read. Every problem counts; the first thousand are kept."""

    file: str
    kind: str
    rows: int = 0
    refused: int = 0
    remarked: int = 0
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    unusable: str | None = None
    applied: bool = False

    def refuse(self, line: int, column: str, value: str, *, why: str) -> None:
        """Count a value that keeps the whole file from being applied."""
        self.refused += 1
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append(_problem(line, column, value, why=why))

    def remark(self, line: int, column: str, value: str, *, why: str) -> None:
        """Count something the sender should know, which keeps nothing from being applied."""
        self.remarked += 1
        if len(self.remarks) < PROBLEMS_KEPT:
            self.remarks.append(_problem(line, column, value, why=why))

    def accepts(self, line: int, cells: Cells) -> bool:
        """Take over what reading a row's cells found; tell whether the row can be used."""
        for flaw in cells.flaws:
            self.refuse(line, flaw.column, flaw.value, why=flaw.why)
        for flaw in cells.remarks:
            self.remark(line, flaw.column, flaw.value, why=flaw.why)
        return not cells.flaws

    def count(self, what: str, number: int) -> None:
        """Add to a figure of the summary."""
        self.counts[what] = self.counts.get(what, 0) + number

    def is_clean(self) -> bool:
        """Tell whether nothing was refused so far."""
        return self.refused == 0 and self.unusable is None

    @property
    def exit_code(self) -> int:
        if self.unusable is not None:
            return 2
        return 1 if self.refused else 0


def _problem(line: int, column: str, value: str, *, why: str) -> Problem:
    return Problem(line=line, column=visible(column), value=visible(value), why=why)


def visible(value: str) -> str:
    """Return a value safe to print: short, with every control and direction mark spelled out."""
    cut = value if len(value) <= VALUE_SHOWN else value[: VALUE_SHOWN - 1] + "…"
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut)


def as_json(report: Report) -> Mapping[str, object]:
    """Return the report as plain values for `--json`."""
    return {**asdict(report), "exit_code": report.exit_code}


def show(report: Report, console: Console) -> None:
    """Print the report for a person."""
    for line in _summary(report):
        console.print(line)
    for title, problems, total in (
        ("Refused", report.problems, report.refused),
        ("Remarks", report.remarks, report.remarked),
    ):
        if problems:
            console.print(_grid(title, problems[:PROBLEMS_SHOWN], total))


def _summary(report: Report) -> Iterator[Text]:
    name = visible(report.file)
    if report.unusable is not None:
        yield Text(f"{name}: cannot be used. {report.unusable} Nothing was changed.", "bold red")
    elif report.refused:
        yield Text(
            f"{name}: {report.refused:,} values refused in {report.rows:,} rows. "
            "Nothing was changed.",
            "bold red",
        )
    else:
        counts = ", ".join(f"{count:,} {what}" for what, count in report.counts.items() if count)
        done = "" if report.applied else " Dry run: nothing was changed."
        yield Text(f"{name}: {report.rows:,} rows read; {counts or 'no difference'}.{done}")


def _grid(title: str, problems: list[Problem], total: int) -> Grid:
    more = f", the first {len(problems)} shown" if total > len(problems) else ""
    grid = Grid(title=f"{title}: {total:,}{more}", title_justify="left")
    for heading in ("Line", "Column", "Value", "Why"):
        grid.add_column(heading, justify="right" if heading == "Line" else "left")
    for problem in problems:
        # Text, not str: a value such as "[red]" is shown, never obeyed.
        grid.add_row(
            f"{problem.line:,}", Text(problem.column), Text(problem.value), Text(problem.why)
        )
    return grid
