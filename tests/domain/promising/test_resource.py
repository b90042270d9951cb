"""Sourcing anew what a location could not serve."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.promising import service as promising
from sellier.domain.promising.rules import Destination, Need
from sellier.domain.promising.states import Way
from sellier.domain.stock import service as stock
from sellier.domain.stock.models import Allocation
from sellier.kernel.ids import ChannelId, OrderId, OrderLineId, Sku, new_id
from tests.domain.catalog import make as catalog
from tests.domain.locations import make as locations
from tests.domain.stock.make import stock_position

SKU = Sku("ECLUSE-RED-U")
FRANCE = Destination(way=Way.SHIP, country="FR")


async def test_what_can_be_had_elsewhere_is_committed_and_the_rest_waits(
    sessions: async_sessionmaker[AsyncSession], noon: datetime
) -> None:
    order_id, line_id = OrderId(new_id()), OrderLineId(new_id())
    async with sessions.begin() as db:
        await catalog.style_color(db)
        refused = await locations.location(db)
        other = await locations.location(db)
        for place in (refused, other):
            await stock_position(db, location_id=place, on_hand=2)
        takes = await promising.resource(
            db,
            order_id=order_id,
            channel_id=ChannelId(new_id()),
            needs=[Need(line_id=line_id, sku=SKU, quantity=3, to=FRANCE)],
            excluded={SKU: {refused}},
            why="rejected",
            now=noon,
        )
        assert [(take.line_id, take.location_id, take.quantity) for take in takes] == [
            (line_id, other, 2)
        ]
        (kept,) = (await db.scalars(select(Allocation))).all()
        assert (kept.order_id, kept.location_id, kept.quantity) == (order_id, other, 2)
        await stock.release(db, order_id=order_id, now=noon)


async def test_nothing_elsewhere_commits_nothing(
    sessions: async_sessionmaker[AsyncSession], noon: datetime
) -> None:
    async with sessions.begin() as db:
        await catalog.style_color(db)
        takes: Sequence[object] = await promising.resource(
            db,
            order_id=OrderId(new_id()),
            channel_id=ChannelId(new_id()),
            needs=[Need(line_id=OrderLineId(new_id()), sku=SKU, quantity=1, to=FRANCE)],
            excluded={},
            why="timed out",
            now=noon,
        )
        assert not takes
        assert not (await db.scalars(select(Allocation))).all()
