"""Closures out of a file: what closes and opens on the same days for the same reason is one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.closures import queries
from sellier.domain.closures.errors import ClosureRefused, LastOpenPlace
from sellier.domain.closures.service.change import REASON_LONGEST, Wish, one_at_a_time, schedule
from sellier.domain.locations import queries as locations
from sellier.domain.locations.queries import LocationRead
from sellier.infra.reports import Report
from sellier.infra.tables import Columns, Table
from sellier.kernel import parsing
from sellier.kernel.ids import ClosureId
from sellier.kernel.parsing import Cells, Unreadable

COLUMNS: Final = Columns(required=("location", "starts_on", "reopens_on", "reason"))
NOW: Final = "now"
FOR_GOOD: Final = "for good"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One row: a location, and the closure that it belongs to."""

    line: int
    place: LocationRead
    reason: str
    starts_at: datetime
    planned_reopening: datetime | None


async def import_closures(
    db: AsyncSession, *, table: Table, report: Report, by: str, now: datetime
) -> Sequence[ClosureId]:
    """Write down the closures of a file; what is due begins at once.

    Days are those of each location. Refused values go to the report; the caller keeps the
    transaction only if there are none.
    """
    await one_at_a_time(db)
    places = {place.code: place for place in await locations.locations(db)}
    asked = list(_rows(table, report, places=places, now=now))
    await _refuse_closing_already(db, report, asked)
    if not report.is_clean():
        return ()
    found = [await _schedule(db, rows, report=report, by=by, now=now) for rows in _together(asked)]
    return [closure_id for closure_id in found if closure_id is not None]


async def _refuse_closing_already(
    db: AsyncSession, report: Report, asked: Sequence[_Asked]
) -> None:
    ids = [one.place.id for one in asked]
    taken = dict(await queries.closing_already(db, location_ids=ids))
    for one in asked:
        if number := taken.get(one.place.code):
            why = f"is part of closure {number}: leave it out, or end that one"
            report.refuse(one.line, "location", one.place.code, why=why)


async def _schedule(
    db: AsyncSession, rows: Sequence[_Asked], *, report: Report, by: str, now: datetime
) -> ClosureId | None:
    first = rows[0]
    wish = Wish(
        location_ids=[one.place.id for one in rows],
        reason=first.reason,
        starts_at=first.starts_at,
        planned_reopening=first.planned_reopening,
    )
    try:
        closure_id = await schedule(db, wish=wish, by=by, now=now)
    except LastOpenPlace:
        why = "nothing would be open any more: keep a warehouse or a boutique open"
        report.refuse(rows[-1].line, "location", rows[-1].place.code, why=why)
    except ClosureRefused as refusal:
        report.refuse(first.line, "", "", why=refusal.message)
    else:
        report.count("closures added", 1)
        report.count("locations closed", len(rows))
        return closure_id
    return None


def _together(asked: Sequence[_Asked]) -> Sequence[Sequence[_Asked]]:
    found: dict[tuple[str, datetime, datetime | None], list[_Asked]] = {}
    for one in asked:
        found.setdefault((one.reason, one.starts_at, one.planned_reopening), []).append(one)
    return list(found.values())


def _rows(
    table: Table, report: Report, *, places: Mapping[str, LocationRead], now: datetime
) -> Iterator[_Asked]:
    """Read what can be used; no more than there are locations, as none is closed twice."""
    lines: dict[str, int] = {}
    for line, row in table.rows:
        cells = Cells(row)
        code = cells.text("location")
        place = places.get(code)
        if place is None:
            cells.refuse("location", code, "there is no location of this code")
        elif (before := lines.setdefault(code, line)) != line:
            cells.refuse("location", code, f"stands in line {before} already")
        zone = ZoneInfo(place.time_zone if place else "UTC")
        reason = cells.required(
            "reason", partial(parsing.line, longest=REASON_LONGEST), otherwise=""
        )
        starts_at = cells.required("starts_on", partial(_start, zone=zone, now=now), otherwise=now)
        until = cells.required("reopens_on", _end, otherwise=None)
        reopens_at = _morning(until, zone) if until else None
        if reopens_at is not None and reopens_at <= starts_at and not cells.flaws:
            cells.refuse("reopens_on", cells.text("reopens_on"), "is not after it closes")
        if report.accepts(line, cells) and place is not None:
            yield _Asked(
                line=line,
                place=place,
                reason=reason,
                starts_at=starts_at,
                planned_reopening=reopens_at,
            )


def _start(text: str, *, zone: ZoneInfo, now: datetime) -> datetime:
    if text == NOW:
        return now
    day = _day(text, otherwise=NOW)
    if day < now.astimezone(zone).date():
        raise Unreadable("this day is over: write now, or a day to come")
    return max(now, _morning(day, zone))


def _end(text: str) -> date | None:
    return None if text == FOR_GOOD else _day(text, otherwise=FOR_GOOD)


def _day(text: str, *, otherwise: str) -> date:
    try:
        return parsing.day(text)
    except Unreadable as error:
        raise Unreadable(f"not a day: write YYYY-MM-DD, or {otherwise}") from error


def _morning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC)
