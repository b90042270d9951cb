"""What pages promise: the delivery of a piece or a bag, and from when a boutique has it ready."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carts.queries import CartShown
from sellier.domain.promising.queries import promise as promising
from sellier.domain.promising.rules import Destination
from sellier.domain.promising.rules.basket import Asked, whichever
from sellier.domain.promising.rules.promise import Counter, Delivery, Standings, Timetable
from sellier.domain.promising.states import Way
from sellier.kernel.ids import LocationId, Sku
from sellier.surfaces.storefront.shown import Collect
from sellier.surfaces.storefront.visit import Visit

# Said to the quarter of an hour: nobody comes to the minute.
_STEP: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """What a page says: a delivery, if there is one, and collections by code of the boutique."""

    delivery: Delivery | None = None
    collects: Mapping[str, Collect]
    senders: Sequence[LocationId] = ()


NOTHING: Final = Promised(collects={})


async def of_piece(
    db: AsyncSession,
    standings: Standings,
    *,
    known: Timetable,
    skus: Sequence[Sku],
    visiting: Visit,
    now: datetime,
) -> Promised:
    """Return what is true of a piece whichever of its sizes is chosen."""
    channel_id = visiting.channel.id
    asked = Asked(
        channel_id=channel_id,
        wanted=dict.fromkeys(skus, 1),
        to=Destination(way=Way.SHIP, country=visiting.market.country),
        currency=visiting.market.currency,
        moment=now,
        maisons=await promising.maisons_asked(db, known=known, channel_id=channel_id, skus=skus),
    )
    found = whichever(asked, known=known, standings=standings)
    return Promised(
        delivery=next(iter(found.deliveries), None), collects=_collects(found.counters, now)
    )


async def of_bag(
    db: AsyncSession, cart: CartShown, *, known: Timetable, currency: str, now: datetime
) -> Promised:
    """Return how the whole bag would be delivered if ordered now, and where it could be fetched."""
    asked = Asked(
        channel_id=cart.channel_id,
        wanted={line.sku: line.quantity for line in cart.lines},
        to=Destination(way=Way.SHIP, country=cart.country),
        currency=currency,
        moment=now,
    )
    found = await promising.promise(db, asked, known=known)
    return Promised(
        delivery=next(iter(found.deliveries), None),
        collects=_collects(found.counters, now),
        senders=found.senders,
    )


def _collects(found: Sequence[Counter], now: datetime) -> Mapping[str, Collect]:
    return {one.place.code: _collect(one, now) for one in found if one.collect}


def _collect(one: Counter, now: datetime) -> Collect:
    assert one.collect is not None, "asked of boutiques that hand over"
    zone = one.place.calendar.time_zone
    past = (one.collect.start - datetime.min.replace(tzinfo=one.collect.start.tzinfo)) % _STEP
    rounded = one.collect.start + (_STEP - past if past else timedelta(0))
    at = min(rounded, one.collect.end)
    day, today = (moment.astimezone(ZoneInfo(zone)).date() for moment in (at, now))
    return Collect(day=day, days=(day - today).days, at=at, zone=zone)
