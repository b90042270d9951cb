"""Opening hours and special days out of files: what a file names is replaced as a whole."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import Column, Integer, String, Table, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.locations import queries
from sellier.domain.locations.models import Opening, SpecialDay
from sellier.domain.locations.rules.files import hours_feed, special_day_feed
from sellier.infra import staging
from sellier.infra import tables as files
from sellier.infra.reports import Report
from sellier.infra.tables import Columns
from sellier.kernel.ids import LocationId
from sellier.kernel.parsing import Cells

HOURS_COLUMNS: Final = Columns(required=("location", "days", "opens", "closes"))
SPECIAL_DAY_COLUMNS: Final = Columns(
    required=("location", "country", "day", "opens", "closes"), optional=("name",)
)
_UNKNOWN: Final = "there is no location of this code"
_OVERLAPS: Final = "overlaps the hours of line "


def _staged(name: str, model: type[Opening | SpecialDay], *columns: str) -> Table:
    of_model = model.__table__.c
    copies = (Column(column, of_model[column].type) for column in columns)
    return staging.staging_table(name, Column("line", Integer), Column("said", String), *copies)


_HOURS: Final = _staged("staged_opening", Opening, "location_id", "weekday", "opens", "closes")
_DAYS: Final = _staged(
    "staged_special_day", SpecialDay, "location_id", "country", "day", "opens", "closes", "name"
)


async def import_hours(db: AsyncSession, *, table: files.Table, report: Report) -> None:
    """Give each location that a file names the week that the file says; a day not said is closed.

    Refused values go to the report; the caller keeps the transaction only if there are none.
    """
    known = await queries.ids_by_code(db)
    await staging.stage(db, _HOURS, _hours_rows(table, known, report))
    await _refuse_overlaps(db, report, _HOURS, among=("location_id", "weekday"))
    if report.is_clean():
        merged = await staging.replace(db, Opening, _HOURS, of=("location_id",))
        merged.count(report, "spans of hours")


async def import_special_days(db: AsyncSession, *, table: files.Table, report: Report) -> None:
    """Give places and countries the special days that a file says; other days stay as they are.

    Refused values go to the report; the caller keeps the transaction only if there are none.
    """
    known = await queries.ids_by_code(db)
    await staging.stage(db, _DAYS, _day_rows(table, known, report))
    await _refuse_overlaps(db, report, _DAYS, among=("location_id", "country", "day"))
    if report.is_clean():
        of = ("location_id", "country", "day")
        merged = await staging.replace(db, SpecialDay, _DAYS, of=of)
        merged.count(report, "special days")


def _hours_rows(
    table: files.Table, known: Mapping[str, LocationId], report: Report
) -> Iterator[Sequence[object]]:
    for line, row in table.rows:
        cells = Cells(row)
        read = hours_feed(cells)
        _refuse_unknown(cells, read.location, known)
        if report.accepts(line, cells):
            for day in read.days:
                yield line, row["opens"], known[read.location], day, read.opens, read.closes


def _day_rows(
    table: files.Table, known: Mapping[str, LocationId], report: Report
) -> Iterator[Sequence[object]]:
    for line, row in table.rows:
        cells = Cells(row)
        read = special_day_feed(cells)
        _refuse_unknown(cells, read.location, known)
        if report.accepts(line, cells):
            place = known[read.location] if read.location else None
            yield (
                line,
                row["day"],
                place,
                read.country,
                read.day,
                read.opens,
                read.closes,
                read.name,
            )


def _refuse_unknown(cells: Cells, code: str | None, known: Mapping[str, LocationId]) -> None:
    if code and code not in known:
        cells.refuse("location", code, _UNKNOWN)


async def _refuse_overlaps(
    db: AsyncSession, report: Report, staged: Table, *, among: Sequence[str]
) -> None:
    """Refuse hours of a day that begin before others of it have ended, or stand beside "closed"."""
    other = staged.alias("other")
    # One that ends the next day ends after all that begin on its own.
    is_late = other.c.closes <= other.c.opens
    overlaps = (other.c.opens <= staged.c.opens) & (is_late | (other.c.closes > staged.c.opens))
    is_closed = staged.c.opens.is_(None) | other.c.opens.is_(None)
    is_earlier = (other.c.opens < staged.c.opens) | (other.c.line < staged.c.line)
    found = (
        select(
            staged.c.line,
            staged.c.said.label("value"),
            func.concat(_OVERLAPS, func.min(other.c.line)).label("why"),
        )
        .join(
            other,
            and_(
                *(staged.c[name].is_not_distinct_from(other.c[name]) for name in among),
                (overlaps & is_earlier) | (is_closed & (other.c.line < staged.c.line)),
            ),
        )
        .group_by(staged.c.line, staged.c.said)
        .order_by(staged.c.line)
    )
    await staging.refuse_where(db, report, found, column="opens")
