"""Reads of locations."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.locations.models import Location, LocationKind, Opening, SpecialDay
from sellier.domain.locations.rules.hours import EVERY_DAY, Calendar, Hours
from sellier.kernel.ids import LocationId

LOCATIONS_MAX = 5_000
OPENINGS_MAX = 20 * LOCATIONS_MAX
SPECIAL_DAYS_MAX = 100_000

Key = TypeVar("Key", bound=Hashable)
_Weekday = tuple[int, time, time]
_Day = tuple[date, time | None, time | None]  # closed when it has no hours


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


async def closed(db: AsyncSession) -> AbstractSet[LocationId]:
    """Return the locations that take no work."""
    found = await db.scalars(
        select(Location.id).where(Location.closed_at.is_not(None)).limit(LOCATIONS_MAX)
    )
    return frozenset(found)


async def closed_among(db: AsyncSession, *, location_ids: Collection[LocationId]) -> Sequence[str]:
    """Return the codes of those that are closed; no other closes before this transaction ends."""
    rows = await db.execute(
        select(Location.code, Location.closed_at)
        .where(Location.id.in_(location_ids))
        .order_by(Location.id)
        .with_for_update(read=True)
    )
    return [row.code for row in rows if row.closed_at is not None]


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

    Places with the same calendar share one, and one that did not change since it was last read is
    the same: what was worked out from it stays known.
    """
    weeks = await _weeks(db)
    special = await _special_days(db, since=now.date() - timedelta(days=2))
    rows = await db.execute(
        select(
            Location.id,
            Location.country,
            Location.time_zone,
            Location.opens,
            Location.closes,
            Location.preparation_minutes,
            Location.cut_off,
            Location.prepares_on,
        )
        .order_by(Location.code)
        .limit(LOCATIONS_MAX)
    )
    return {
        row.id: _calendar(
            time_zone=row.time_zone,
            week=weeks.get(row.id) or tuple((day, row.opens, row.closes) for day in EVERY_DAY),
            of_country=special.get(row.country, ()),
            of_place=special.get(row.id, ()),
            preparation_minutes=row.preparation_minutes,
            cut_off=row.cut_off,
            prepares_on=EVERY_DAY if row.prepares_on is None else frozenset(row.prepares_on),
        )
        for row in rows
    }


async def holidays(db: AsyncSession, *, now: datetime) -> Mapping[str, AbstractSet[date]]:
    """Return the days on which whole countries are closed, from the day before on."""
    special = await _special_days(db, since=now.date() - timedelta(days=2))
    return {
        country: frozenset(day for day, opens, _ in days if opens is None)
        for country, days in special.items()
        if isinstance(country, str)
    }


@lru_cache(maxsize=LOCATIONS_MAX)
def _calendar(
    *,
    time_zone: str,
    week: tuple[_Weekday, ...],
    of_country: tuple[_Day, ...],
    of_place: tuple[_Day, ...],
    preparation_minutes: int,
    cut_off: time | None,
    prepares_on: AbstractSet[int],
) -> Calendar:
    return Calendar(
        time_zone=time_zone,
        week=_hours(week),
        special={**_hours(of_country), **_hours(of_place)},
        preparation=timedelta(minutes=preparation_minutes),
        cut_off=cut_off,
        prepares_on=prepares_on,
    )


def _hours(rows: Iterable[tuple[Key, time | None, time | None]]) -> Mapping[Key, Sequence[Hours]]:
    """Gather the hours of each day; a day without any is one on which it is closed."""
    found: dict[Key, Sequence[Hours]] = {}
    for day, opens, closes in rows:
        known = found.setdefault(day, ())
        if opens is not None and closes is not None:
            found[day] = (*known, Hours(opens=opens, closes=closes))
    return found


async def _weeks(db: AsyncSession) -> Mapping[LocationId, tuple[_Weekday, ...]]:
    rows = await db.execute(
        select(Opening.location_id, Opening.weekday, Opening.opens, Opening.closes)
        .order_by(Opening.location_id, Opening.weekday, Opening.opens)
        .limit(OPENINGS_MAX)
    )
    return {
        location_id: tuple((day, opens, closes) for _, day, opens, closes in days)
        for location_id, days in groupby(rows, key=itemgetter(0))
    }


async def _special_days(
    db: AsyncSession, *, since: date
) -> Mapping[LocationId | str, tuple[_Day, ...]]:
    """Return the days of each place and of each country that are not like the others."""
    rows = await db.execute(
        select(
            SpecialDay.location_id,
            SpecialDay.country,
            SpecialDay.day,
            SpecialDay.opens,
            SpecialDay.closes,
        )
        .where(SpecialDay.day >= since)
        .order_by(SpecialDay.day, SpecialDay.opens)
        .limit(SPECIAL_DAYS_MAX)
    )
    found: defaultdict[LocationId | str, list[_Day]] = defaultdict(list)
    for location_id, country, day, opens, closes in rows:
        whose = location_id or country
        assert whose is not None, "a special day is of a place or of a country"
        found[whose].append((day, opens, closes))
    return {whose: tuple(days) for whose, days in found.items()}
