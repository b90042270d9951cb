"""What a customer can choose, with the days on which it would be true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.closures.queries.choices import ChoiceRead
from sellier.domain.locations.models import Location
from sellier.domain.orders.models import Order, OrderAddress
from sellier.domain.promising.queries import promise as promising
from sellier.domain.promising.rules.basket import Asked
from sellier.domain.promising.rules.geography import addressed
from sellier.domain.promising.rules.promise import Counter, Delivery
from sellier.domain.promising.states import Way
from sellier.kernel.ids import LocationId

ELSEWHERE_MAX: Final = 5
KEPT: Final = timedelta(days=7)  # after the boutique has opened again


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Another boutique that has all of it, and from when it waits there."""

    location_id: LocationId
    code: str
    name: str
    city: str
    ready_at: datetime
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What can be chosen now; to be refunded always can."""

    later_until: datetime | None
    elsewhere: Sequence[Elsewhere]
    shipped: Delivery | None


async def options(db: AsyncSession, asked: ChoiceRead, *, now: datetime) -> Options:
    """Return what can be chosen, as promises that would hold if they were taken now."""
    row = (
        await db.execute(
            select(Order.channel_id, Order.currency, OrderAddress.country, OrderAddress.postal_code)
            .join(OrderAddress, OrderAddress.order_id == Order.id)
            .where(Order.id == asked.order_id)
        )
    ).one()
    to = addressed(way=Way.SHIP, country=row.country, postal_code=row.postal_code, location_id=None)
    found = await promising.promise(
        db,
        Asked(
            channel_id=row.channel_id,
            wanted=asked.wanted,
            to=to,
            currency=row.currency,
            moment=now,
        ),
        known=await promising.timetable(db, now=now),
    )
    until = asked.planned_reopening
    return Options(
        later_until=until + KEPT if until and until > now else None,
        elsewhere=await _elsewhere(db, found.counters),
        shipped=next(iter(found.deliveries), None),
    )


async def _elsewhere(db: AsyncSession, counters: Sequence[Counter]) -> Sequence[Elsewhere]:
    able = [one for one in counters if one.collect is not None][:ELSEWHERE_MAX]
    ids = [one.place.location_id for one in able]
    rows = await db.execute(
        select(Location.id, Location.name, Location.city).where(Location.id.in_(ids))
    )
    names: Mapping[LocationId, tuple[str, str]] = {row.id: (row.name, row.city) for row in rows}
    return [
        Elsewhere(
            location_id=one.place.location_id,
            code=one.place.code,
            name=names[one.place.location_id][0],
            city=names[one.place.location_id][1],
            ready_at=one.collect.start,
            time_zone=one.place.calendar.time_zone,
        )
        for one in able
        if one.collect is not None
    ]
