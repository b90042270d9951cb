"""What promises are made of, and the promise itself.

The network (calendars, lanes, holidays) changes a few times a day: whoever asks often keeps it for
a minute. What each place has is read at every question, in one round trip.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import ARRAY, Select, String, any_, bindparam, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carriers.queries.lanes import lanes
from sellier.domain.locations import queries as locations
from sellier.domain.locations.models import Location, LocationKind
from sellier.domain.promising.rules import Destination, Need, Source, choose_sources
from sellier.domain.promising.rules.promise import (
    Delivery,
    Network,
    Place,
    Promise,
    Standing,
    Standings,
    Why,
    counter,
    counters,
    covering,
    deliveries,
)
from sellier.domain.promising.states import Way
from sellier.domain.stock import queries as stock
from sellier.domain.stock.models import Allocation, LocationTerms, StockPosition
from sellier.infra.batch import Statement, Step, send
from sellier.kernel.ids import ChannelId, LocationId, OrderLineId, Sku, new_id

PLACES_MAX: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A basket, where it goes, and in which currency; and boutiques asked for by name."""

    channel_id: ChannelId
    wanted: Mapping[Sku, int]
    to: Destination
    currency: str
    moment: datetime
    boutiques: Sequence[LocationId] = ()


async def network(db: AsyncSession, *, now: datetime) -> Network:
    """Return every place with its calendar, every lane, and the holidays of countries."""
    calendars = await locations.calendars(db, now=now)
    statement = select(
        Location.id, Location.code, Location.country, Location.kind, Location.daily_capacity
    ).limit(PLACES_MAX)
    places = {
        row.id: Place(
            location_id=row.id,
            code=row.code,
            country=row.country,
            is_boutique=row.kind == LocationKind.BOUTIQUE,
            calendar=calendars[row.id],
            daily_capacity=row.daily_capacity,
        )
        for row in await db.execute(statement)
        if row.id in calendars
    }
    return Network(
        places=places, lanes=await lanes(db), holidays=await locations.holidays(db, now=now)
    )


async def promise(db: AsyncSession, asked: Asked, *, known: Network) -> Promise:
    """Return what can be promised for a basket: one round trip, then arithmetic."""
    (rows,) = await send(db, standing(channel_id=asked.channel_id, skus=list(asked.wanted)))
    return promised(asked, known=known, standings=standings_of(rows))


def promised(asked: Asked, *, known: Network, standings: Standings) -> Promise:
    """Return what can be promised, given what each place has."""
    senders = _senders(_sources(known, standings), wanted=asked.wanted, to=asked.to)
    sent = _sent(asked, senders, known=known, standings=standings)
    return Promise(
        senders=senders,
        deliveries=() if isinstance(sent, Why) else sent,
        no_delivery=sent if isinstance(sent, Why) else None,
        counters=[
            counter(known.places[one], standings.get(one), wanted=asked.wanted, moment=asked.moment)
            for one in asked.boutiques
            if one in known.places
        ]
        if asked.boutiques
        else counters(
            known,
            standings,
            wanted=asked.wanted,
            countries=(asked.to.country,),
            moment=asked.moment,
        ),
    )


def whichever(asked: Asked, *, known: Network, standings: Standings) -> Promise:
    """Return what can be promised whichever one of the SKUs is chosen, of those that there are.

    A delivery is as wide as all of theirs together; a boutique counts when it has any of them.
    """
    sources = _sources(known, standings)
    found: dict[tuple[LocationId, ...], Sequence[Delivery] | Why] = {}
    for sku, quantity in asked.wanted.items():
        senders = _senders(sources, wanted={sku: quantity}, to=asked.to)
        if senders and senders not in found:
            found[senders] = _sent(asked, senders, known=known, standings=standings)
    sent = [one for one in found.values() if not isinstance(one, Why)]
    refused = [one for one in found.values() if isinstance(one, Why)]
    return Promise(
        senders=(),
        deliveries=(covering([each[0] for each in sent]),) if sent else (),
        no_delivery=None if sent else next(iter(refused), Why.SHORT),
        counters=counters(
            known, standings, wanted={}, countries=(asked.to.country,), moment=asked.moment
        ),
    )


def _sent(
    asked: Asked, senders: Sequence[LocationId], *, known: Network, standings: Standings
) -> Sequence[Delivery] | Why:
    if not senders:
        return Why.SHORT
    return deliveries(
        known,
        standings,
        senders=senders,
        country=asked.to.country,
        currency=asked.currency,
        moment=asked.moment,
    )


def _sources(known: Network, standings: Standings) -> Sequence[Source]:
    return [
        Source(
            location_id=place.location_id,
            code=place.code,
            is_warehouse=not place.is_boutique,
            country=place.country,
            available=standing.available,
        )
        for location_id, standing in standings.items()
        if standing.ships and (place := known.places.get(location_id)) is not None
    ]


def _senders(
    sources: Sequence[Source], *, wanted: Mapping[Sku, int], to: Destination
) -> tuple[LocationId, ...]:
    """Return who would send the basket if it were ordered now, as sourcing decides."""
    sent_to = replace(to, way=Way.SHIP, location_id=None)
    needs = [
        Need(line_id=OrderLineId(new_id()), sku=sku, quantity=quantity, to=sent_to)
        for sku, quantity in wanted.items()
    ]
    takes = choose_sources(sources, needs=needs) or ()
    return tuple(dict.fromkeys(take.location_id for take in takes))


def standing(*, channel_id: ChannelId, skus: Sequence[Sku]) -> Step:
    """Return the statement that reads what each place has of some SKUs, for `standings_of`."""
    return _STANDING(channel_id=channel_id, skus=skus)


def standings_of(rows: Iterable[Any]) -> Standings:
    """Read back what `standing` read."""
    return {one.location_id: one for row in rows for one in _READ.decode(row.standings)}


def _standing() -> Select[*tuple[Any, ...]]:
    # Each side is added up by itself: what is joined then is one row a location. All of them in
    # one column, as text: a thousand rows of arrays cost the driver more than the question itself.
    has = (
        select(
            StockPosition.location_id,
            func.json_object_agg(StockPosition.sku, StockPosition.available).label("units"),
        )
        .where(
            StockPosition.sku == any_(bindparam("skus", type_=ARRAY(String))),
            StockPosition.available > 0,
        )
        .group_by(StockPosition.location_id)
        .subquery("has")
    )
    busy = (
        select(Allocation.location_id, func.count(Allocation.order_id.distinct()).label("orders"))
        .group_by(Allocation.location_id)
        .subquery("busy")
    )
    one = func.json_build_array(
        has.c.location_id,
        has.c.units,
        stock.buffer(),
        stock.ships(),
        stock.collects(),
        stock.holds(),
        func.coalesce(busy.c.orders, 0),
    )
    return (
        select(func.coalesce(cast(func.json_agg(one), String), "[]").label("standings"))
        .select_from(has)
        .join(Location, Location.id == has.c.location_id)
        .outerjoin(LocationTerms, stock.terms_with(bindparam("channel_id")))
        .outerjoin(busy, busy.c.location_id == has.c.location_id)
    )


_STANDING: Final = Statement(_standing())
_READ: Final = msgspec.json.Decoder(list[Standing])
