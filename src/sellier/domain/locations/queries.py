"""Reads of locations."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.locations.models import Location, LocationKind, Opening, SpecialDay
from sellier.domain.locations.rules.hours import EVERY_DAY, Calendar, Hours
from sellier.kernel.ids import LocationId

LOCATIONS_MAX = 5_000
OPENINGS_MAX = 20 * LOCATIONS_MAX
SPECIAL_DAYS_MAX = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationRead:
    """A place that holds stock; hours are local to its time zone."""

    id: LocationId
    code: str
    kind: LocationKind
    name: str
    city: str
    country: str
    latitude: float
    longitude: float
    time_zone: str
    ships: bool
    pickup: bool
    opens: time
    closes: time


async def locations(db: AsyncSession) -> Sequence[LocationRead]:
    """List every location by code."""
    statement = select(Location).order_by(Location.code).limit(LOCATIONS_MAX)
    return [
        LocationRead(
            id=row.id,
            code=row.code,
            kind=LocationKind(row.kind),
            name=row.name,
            city=row.city,
            country=row.country,
            latitude=row.latitude,
            longitude=row.longitude,
            time_zone=row.time_zone,
            ships=row.ships,
            pickup=row.pickup,
            opens=row.opens,
            closes=row.closes,
        )
        for row in await db.scalars(statement)
    ]


async def ids_by_code(db: AsyncSession) -> Mapping[str, LocationId]:
    """Return the id of every location under its code."""
    rows = await db.execute(select(Location.code, Location.id).limit(LOCATIONS_MAX))
    return {row.code: row.id for row in rows}


async def lock(db: AsyncSession, *, location_ids: Collection[LocationId]) -> None:
    """Have whoever else decides about these locations wait for this transaction."""
    await db.execute(
        select(Location.id)
        .where(Location.id.in_(location_ids))
        .order_by(Location.id)
        .with_for_update(key_share=True)
    )


async def open_one(db: AsyncSession, *, but: LocationId) -> LocationId | None:
    """Return another location that is open, a warehouse if there is one, or None."""
    statement = (
        select(Location.id)
        .where(Location.closed_at.is_(None), Location.id != but)
        .order_by((Location.kind == LocationKind.WAREHOUSE).desc(), Location.code)
        .limit(1)
    )
    return (await db.scalars(statement)).first()


async def calendars(db: AsyncSession, *, now: datetime) -> Mapping[LocationId, Calendar]:
    """Return when each location is open and prepares, from the day before on.

    Places with the same calendar share one.
    """
    weeks = await _weeks(db)
    special = await _special_days(db, since=now.date() - timedelta(days=2))
    statement = select(Location).order_by(Location.code).limit(LOCATIONS_MAX)
    made: dict[object, Calendar] = {}
    found: dict[LocationId, Calendar] = {}
    for row in await db.scalars(statement):
        usual = dict.fromkeys(EVERY_DAY, (Hours(opens=row.opens, closes=row.closes),))
        calendar = Calendar(
            time_zone=row.time_zone,
            week=weeks.get(row.id, usual),
            special={**special.get(row.country, {}), **special.get(row.id, {})},
            preparation=timedelta(minutes=row.preparation_minutes),
            cut_off=row.cut_off,
            prepares_on=EVERY_DAY if row.prepares_on is None else frozenset(row.prepares_on),
        )
        found[row.id] = made.setdefault(_said(calendar), calendar)
    return found


async def holidays(db: AsyncSession, *, now: datetime) -> Mapping[str, AbstractSet[date]]:
    """Return the days on which whole countries are closed, from the day before on."""
    special = await _special_days(db, since=now.date() - timedelta(days=2))
    return {
        country: frozenset(day for day, hours in days.items() if not hours)
        for country, days in special.items()
        if isinstance(country, str)
    }


async def _weeks(db: AsyncSession) -> Mapping[LocationId, Mapping[int, Sequence[Hours]]]:
    rows = await db.execute(
        select(Opening.location_id, Opening.weekday, Opening.opens, Opening.closes)
        .order_by(Opening.location_id, Opening.weekday, Opening.opens)
        .limit(OPENINGS_MAX)
    )
    weeks: dict[LocationId, dict[int, Sequence[Hours]]] = {}
    for (location_id, weekday), spans in groupby(rows, key=lambda row: (row[0], row[1])):
        hours = tuple(Hours(opens=row.opens, closes=row.closes) for row in spans)
        weeks.setdefault(location_id, {})[weekday] = hours
    return weeks


async def _special_days(
    db: AsyncSession, *, since: date
) -> Mapping[LocationId | str | None, Mapping[date, Sequence[Hours]]]:
    rows = await db.scalars(
        select(SpecialDay)
        .where(SpecialDay.day >= since)
        .order_by(SpecialDay.day, SpecialDay.opens)
        .limit(SPECIAL_DAYS_MAX)
    )
    found: dict[LocationId | str | None, dict[date, Sequence[Hours]]] = {}
    for row in rows:
        days = found.setdefault(row.location_id or row.country, {})
        days.setdefault(row.day, ())
        if row.opens is not None and row.closes is not None:
            days[row.day] = (*days[row.day], Hours(opens=row.opens, closes=row.closes))
    return found


def _said(calendar: Calendar) -> object:
    """Say a calendar as a value: two places that say the same share one."""
    return (
        calendar.time_zone,
        frozenset(calendar.week.items()),
        frozenset(calendar.special.items()),
        calendar.preparation,
        calendar.cut_off,
        frozenset(calendar.prepares_on),
    )
