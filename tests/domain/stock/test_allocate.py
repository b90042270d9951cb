import asyncio
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.stock import service as stock
from sellier.domain.stock.errors import NotAllocated, OutOfStock
from sellier.domain.stock.models import Allocation, StockMovement, StockPosition
from sellier.domain.stock.service import Units
from sellier.domain.stock.states import Cause
from sellier.kernel.ids import LocationId, OrderId, OrderLineId, Sku, new_id
from tests.domain.orders import make

Sessions = async_sessionmaker[AsyncSession]


def units(place: LocationId, quantity: int, *, line: OrderLineId) -> Units:
    return Units(line_id=line, sku=Sku(make.SKU), location_id=place, quantity=quantity)


async def place(sessions: Sessions, *, on_hand: int) -> LocationId:
    async with sessions.begin() as db:
        return (await make.shop(db, on_hand=on_hand)).location_id


async def position(sessions: Sessions) -> tuple[int, int]:
    async with sessions.begin() as db:
        row = (await db.scalars(select(StockPosition))).one()
        return row.on_hand, row.reserved


async def test_units_are_committed_given_up_and_shipped(sessions: Sessions, noon: datetime) -> None:
    here = await place(sessions, on_hand=5)
    line, order = OrderLineId(new_id()), OrderId(new_id())

    async with sessions.begin() as db:
        await stock.commit(db, order_id=order, units=[units(here, 3, line=line)], now=noon)
        await stock.commit(db, order_id=order, units=[units(here, 1, line=line)], now=noon)
    assert await position(sessions) == (5, 4)

    async with sessions.begin() as db:
        await stock.give_up(db, units=[units(here, 1, line=line)], now=noon)
    assert await position(sessions) == (5, 3)

    async with sessions.begin() as db:
        await stock.ship(
            db, units=[units(here, 3, line=line)], source="parcel:1", by="test", now=noon
        )
    assert await position(sessions) == (2, 0)
    async with sessions.begin() as db:
        assert (await db.scalars(select(Allocation))).all() == []
        sold = await db.scalars(select(StockMovement).where(StockMovement.cause == Cause.SALE))
        assert [each.quantity for each in sold] == [-3]


async def test_what_is_not_there_is_not_committed(sessions: Sessions, noon: datetime) -> None:
    here = await place(sessions, on_hand=2)
    line, order = OrderLineId(new_id()), OrderId(new_id())
    async with sessions.begin() as db:
        with pytest.raises(OutOfStock):
            await stock.commit(db, order_id=order, units=[units(here, 3, line=line)], now=noon)
    assert await position(sessions) == (2, 0)


async def test_what_is_not_allocated_cannot_leave(sessions: Sessions, noon: datetime) -> None:
    here = await place(sessions, on_hand=5)
    line, order = OrderLineId(new_id()), OrderId(new_id())
    async with sessions.begin() as db:
        await stock.commit(db, order_id=order, units=[units(here, 1, line=line)], now=noon)
    too_many = [units(here, 2, line=line)]
    with pytest.raises(NotAllocated):
        async with sessions.begin() as db:
            await stock.ship(db, units=too_many, source="parcel:1", by="test", now=noon)
    with pytest.raises(NotAllocated):
        async with sessions.begin() as db:
            await stock.give_up(db, units=too_many, now=noon)
    assert await position(sessions) == (5, 1)


async def test_the_last_unit_is_committed_once(sessions: Sessions, noon: datetime) -> None:
    here = await place(sessions, on_hand=1)

    async def take() -> bool:
        try:
            async with sessions.begin() as db:
                mine = [units(here, 1, line=OrderLineId(new_id()))]
                await stock.commit(db, order_id=OrderId(new_id()), units=mine, now=noon)
        except OutOfStock:
            return False
        return True

    assert sorted(await asyncio.gather(*(take() for _ in range(8)))) == [False] * 7 + [True]
