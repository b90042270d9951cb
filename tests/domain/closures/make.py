"""A network of boutiques with orders to prepare, for tests of closures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.closures import queries
from sellier.domain.closures import service as closures
from sellier.domain.closures.service import Wish
from sellier.domain.locations.models import Location
from sellier.domain.orders.models import Fulfillment
from sellier.domain.orders.states import Work
from sellier.domain.stock.models import Allocation, StockPosition
from sellier.kernel.ids import ClosureId, LocationId
from tests.domain.locations import make as locations
from tests.domain.orders import make as orders
from tests.domain.orders.make import Bought, Shop
from tests.domain.stock import make as stock

Sessions = async_sessionmaker[AsyncSession]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A shop whose first boutique will close, and others that could do its work."""

    shop: Shop
    others: Sequence[LocationId]

    @property
    def closing(self) -> LocationId:
        return self.shop.location_id


async def network(db: AsyncSession, *, on_hand: int, elsewhere: Sequence[int] = ()) -> Network:
    """The others get their stock by `stocked`, once orders have been placed at the first."""
    shop = await orders.shop(db, on_hand=on_hand)
    others = [await locations.location(db, code=f"other-{at}") for at in range(len(elsewhere))]
    for place, units in zip(others, elsewhere, strict=True):
        await stock.stock_position(db, location_id=place, on_hand=units)
    return Network(shop=shop, others=others)


async def bought(sessions: Sessions, shop: Shop, *, count: int, now: datetime) -> Sequence[Bought]:
    return [await orders.bought(sessions, shop, now=now) for _ in range(count)]


async def closed(
    sessions: Sessions,
    *location_ids: LocationId,
    now: datetime,
    reopens_in: timedelta | None = timedelta(days=30),
) -> ClosureId:
    wish = Wish(
        location_ids=location_ids,
        reason="Works",
        starts_at=now,
        planned_reopening=now + reopens_in if reopens_in else None,
    )
    async with sessions.begin() as db:
        return await closures.schedule(db, wish=wish, by="staff:test", now=now)


async def works(sessions: Sessions, place: LocationId | None) -> Sequence[Work]:
    """The states of all work at a place, or of what waits for one."""
    where = (
        Fulfillment.location_id == place if place is not None else Fulfillment.location_id.is_(None)
    )
    async with sessions() as db:
        rows = await db.scalars(select(Fulfillment.state).where(where).order_by(Fulfillment.id))
        return [Work(state) for state in rows]


async def allocated(sessions: Sessions, place: LocationId) -> int:
    async with sessions() as db:
        units = await db.scalar(
            select(func.sum(Allocation.quantity)).where(Allocation.location_id == place)
        )
        return int(units or 0)


async def available(sessions: Sessions, place: LocationId) -> int:
    async with sessions() as db:
        units = await db.scalar(
            select(StockPosition.available).where(StockPosition.location_id == place)
        )
        return int(units or 0)


async def is_closed(sessions: Sessions, place: LocationId) -> bool:
    async with sessions() as db:
        return await db.scalar(select(Location.closed_at).where(Location.id == place)) is not None


async def state(sessions: Sessions, closure_id: ClosureId) -> str:
    async with sessions() as db:
        found = await queries.closure_by_id(db, closure_id=closure_id)
        assert found is not None
        return found.state
