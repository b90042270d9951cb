"""Who could serve what."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import ARRAY, String, any_, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.locations.models import Location, LocationKind
from sellier.domain.promising.rules import Destination, Need, Source, choose_sources
from sellier.domain.promising.states import Way
from sellier.domain.stock.models import StockPosition
from sellier.infra.batch import Statement, send
from sellier.kernel.ids import ChannelId, LocationId, OrderLineId, Sku, new_id

SOURCES_MAX: Final = 5_000

_SOURCES: Final = Statement(
    select(
        Location.id,
        Location.code,
        Location.kind,
        Location.country,
        Location.ships,
        Location.pickup,
        StockPosition.sku,
        StockPosition.available,
    )
    .join(StockPosition, StockPosition.location_id == Location.id)
    .where(
        StockPosition.sku == any_(bindparam("skus", type_=ARRAY(String))),
        StockPosition.available > 0,
        or_(Location.ships, Location.pickup),
    )
    .limit(bindparam("most"))
)


async def sources(
    db: AsyncSession, *, channel_id: ChannelId, skus: Sequence[Sku]
) -> Sequence[Source]:
    """List the locations that have any of these SKUs for a channel, in one round trip."""
    del channel_id  # what a location gives to each channel is not recorded yet
    most = SOURCES_MAX * max(1, len(skus))
    found: dict[str, Source] = {}
    units: dict[str, dict[Sku, int]] = {}
    (rows,) = await send(db, _SOURCES(skus=list(skus), most=most))
    for row in rows:
        available = units.setdefault(row.code, {})
        available[row.sku] = row.available
        found[row.code] = Source(
            location_id=row.id,
            code=row.code,
            is_warehouse=row.kind == LocationKind.WAREHOUSE,
            country=row.country,
            available=available,
            ways=frozenset(_ways(ships=row.ships, pickup=row.pickup)),
        )
    return list(found.values())


def _ways(*, ships: bool, pickup: bool) -> Sequence[Way]:
    # Who hands over at the counter also lets carry out.
    return [*([Way.SHIP] if ships else []), *([Way.COLLECT, Way.CARRY] if pickup else [])]


async def foreseen(
    db: AsyncSession, *, channel_id: ChannelId, wanted: Mapping[Sku, int], to: Destination
) -> Sequence[LocationId]:
    """Return the locations that would serve this if it were ordered now; none if it cannot be."""
    needs = [
        Need(line_id=OrderLineId(new_id()), sku=sku, quantity=quantity, to=to)
        for sku, quantity in wanted.items()
    ]
    found = await sources(db, channel_id=channel_id, skus=list(wanted))
    takes = choose_sources(found, needs=needs) or ()
    return list(dict.fromkeys(take.location_id for take in takes))
