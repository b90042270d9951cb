"""Escrow: the web takes what was lent and no more, the boutique the rest and no less."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.stock import service
from sellier.domain.stock.errors import LoanAbsurd, NotThere, OutOfStock, SourceReused
from sellier.domain.stock.models import StockPosition
from sellier.domain.stock.rules import Move, Position, check_loan, inspection, moved
from sellier.domain.stock.service import Units
from sellier.domain.stock.states import Cause, Condition
from sellier.kernel.ids import LocationId, OrderId, OrderLineId, Sku, new_id
from tests.domain.orders import make

Sessions = async_sessionmaker[AsyncSession]
SKU = Sku(make.SKU)
PLACE = LocationId(new_id())
HOUR = timedelta(hours=1)


@pytest.fixture
async def shop(sessions: Sessions) -> make.Shop:
    async with sessions.begin() as db:
        return await make.shop(db, on_hand=10)


async def position(sessions: Sessions) -> StockPosition:
    async with sessions.begin() as db:
        return (await db.scalars(select(StockPosition))).one()


async def lend(
    sessions: Sessions, shop: make.Shop, *, units: int, now: datetime, source: str = "till:1:1"
) -> bool:
    async with sessions.begin() as db:
        return await service.lend(
            db,
            location_id=shop.location_id,
            units={SKU: units},
            source=source,
            by="till:1",
            now=now,
        )


async def share(sessions: Sessions, shop: make.Shop, *, now: datetime) -> int:
    async with sessions.begin() as db:
        return await service.share(
            db, location_id=shop.location_id, source="till:1:9", by="till:1", now=now
        )


async def reserve(
    sessions: Sessions, shop: make.Shop, *, quantity: int, now: datetime, buffer: int = 0
) -> OrderId:
    order_id = OrderId(new_id())
    units = Units(
        line_id=OrderLineId(new_id()),
        sku=SKU,
        location_id=shop.location_id,
        quantity=quantity,
        buffer=buffer,
    )
    async with sessions.begin() as db:
        await service.reserve(db, order_id=order_id, units=[units], lasts=HOUR, now=now)
    return order_id


async def sell(sessions: Sessions, shop: make.Shop, *, quantity: int, now: datetime) -> None:
    sold = Move(sku=SKU, location_id=shop.location_id, quantity=-quantity)
    async with sessions.begin() as db:
        source = f"receipt:{new_id()}"
        await service.move(db, moves=[sold], cause=Cause.SALE, source=source, by="till:1", now=now)


async def test_what_is_lent_goes_to_orders_and_comes_back_from_them(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    await lend(sessions, shop, units=4, now=noon)
    assert (await position(sessions)).available == 4

    order_id = await reserve(sessions, shop, quantity=3, now=noon)
    kept = await position(sessions)
    assert (kept.reserved, kept.lent, kept.available) == (3, 1, 1)

    async with sessions.begin() as db:
        await service.release(db, order_id=order_id, now=noon)
    after = await position(sessions)
    assert (after.reserved, after.lent, after.available) == (0, 4, 4)


async def test_what_is_lent_comes_back_when_a_reservation_ends_by_itself(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    await lend(sessions, shop, units=4, now=noon)
    await reserve(sessions, shop, quantity=4, now=noon)
    async with sessions.begin() as db:
        await db.execute(text("UPDATE reservation SET expires_at = now() - interval '1 second'"))
        await service.expire(db, now=noon)

    after = await position(sessions)
    assert (after.reserved, after.lent) == (0, 4)


async def test_the_boutique_sells_the_rest_and_never_what_it_lent(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    await reserve(sessions, shop, quantity=1, now=noon)
    await lend(sessions, shop, units=4, now=noon)
    await sell(sessions, shop, quantity=5, now=noon)

    with pytest.raises(NotThere) as refused:
        await sell(sessions, shop, quantity=1, now=noon)

    assert refused.value.details["free"] == 0
    assert (refused.value.details["promised"], refused.value.details["lent"]) == (1, 4)


async def test_what_was_taken_before_the_loan_is_lent_once_it_comes_back(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    order_id = await reserve(sessions, shop, quantity=2, now=noon)
    await lend(sessions, shop, units=4, now=noon)
    async with sessions.begin() as db:
        await service.release(db, order_id=order_id, now=noon)
    await sell(sessions, shop, quantity=4, now=noon)  # what the boutique had for itself

    after = await position(sessions)
    assert (after.on_hand, after.lent, after.available) == (6, 6, 6)


async def test_in_contact_again_all_is_shared(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    await lend(sessions, shop, units=4, now=noon)
    order_id = await reserve(sessions, shop, quantity=3, now=noon)
    assert await share(sessions, shop, now=noon) == 1
    assert await share(sessions, shop, now=noon) == 0
    async with sessions.begin() as db:
        await service.release(db, order_id=order_id, now=noon)

    after = await position(sessions)
    assert (after.lent, after.available) == (None, 10)


async def test_the_same_loan_again_gives_nothing_twice(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    assert await lend(sessions, shop, units=4, now=noon)
    await reserve(sessions, shop, quantity=3, now=noon)
    assert not await lend(sessions, shop, units=4, now=noon)
    with pytest.raises(SourceReused):
        await lend(sessions, shop, units=5, now=noon)

    assert (await position(sessions)).lent == 1


async def test_a_loan_of_what_is_not_there_is_refused_whole(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    await reserve(sessions, shop, quantity=7, now=noon)
    for units, refusal in ((4, NotThere), (-1, LoanAbsurd), (2**31, LoanAbsurd)):
        with pytest.raises(refusal):
            await lend(sessions, shop, units=units, now=noon)
    with pytest.raises(LoanAbsurd):
        check_loan({}, free={})

    assert (await position(sessions)).lent is None


async def test_units_that_a_count_does_not_find_are_lent_no_more(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    await lend(sessions, shop, units=4, now=noon)
    missing = Move(sku=SKU, location_id=shop.location_id, quantity=-8)
    async with sessions.begin() as db:
        await service.move(
            db, moves=[missing], cause=Cause.COUNT, source="count:1", by="ada", now=noon
        )

    after = await position(sessions)
    assert (after.on_hand, after.lent, after.available) == (2, 2, 2)


async def test_a_location_keeps_its_buffer_back(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    with pytest.raises(OutOfStock):
        await reserve(sessions, shop, quantity=9, buffer=2, now=noon)
    await reserve(sessions, shop, quantity=8, buffer=2, now=noon)
    with pytest.raises(OutOfStock):
        await reserve(sessions, shop, quantity=1, buffer=2, now=noon)

    assert (await position(sessions)).reserved == 8


async def test_safety_stock_is_taken_off_and_does_more_than_alert(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    async with sessions.begin() as db:
        await db.execute(text("UPDATE stock_position SET safety_stock = 3"))
    assert (await position(sessions)).available == 7
    with pytest.raises(OutOfStock):
        await reserve(sessions, shop, quantity=8, now=noon)
    await lend(sessions, shop, units=9, now=noon)

    assert (await position(sessions)).available == 7


async def test_on_a_hot_position_the_web_takes_its_quota_and_the_boutique_the_rest(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    """One source is never in two pools."""
    await lend(sessions, shop, units=4, now=noon)

    answers: Sequence[object] = await asyncio.gather(
        *(reserve(sessions, shop, quantity=1, now=noon) for _ in range(12)),
        *(sell(sessions, shop, quantity=1, now=noon) for _ in range(12)),
        return_exceptions=True,
    )

    taken, sold = answers[:12], answers[12:]
    assert sum(isinstance(one, OutOfStock) for one in taken) == 8
    assert sum(isinstance(one, NotThere) for one in sold) == 6
    after = await position(sessions)
    assert (after.on_hand, after.reserved, after.lent, after.available) == (4, 4, 0, 0)


async def test_a_loan_and_buyers_at_once_leave_no_unit_to_both(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    answers = await asyncio.gather(
        lend(sessions, shop, units=4, now=noon),
        *(reserve(sessions, shop, quantity=1, now=noon) for _ in range(12)),
        return_exceptions=True,
    )

    is_lent = answers[0] is True
    after = await position(sessions)
    assert is_lent or isinstance(answers[0], NotThere)
    assert after.available == 0
    assert after.reserved + (after.lent or 0) <= after.on_hand


@given(
    sellable=st.integers(0, 20),
    reserved=st.integers(0, 20),
    lent=st.none() | st.integers(0, 20),
    quantity=st.integers(-25, 25).filter(bool),
    cause=st.sampled_from([Cause.ADJUSTMENT, Cause.SALE, Cause.COUNT, Cause.INSPECTION]),
)
def test_no_movement_takes_what_is_lent_but_a_count_that_did_not_find_it(
    *, sellable: int, reserved: int, lent: int | None, quantity: int, cause: Cause
) -> None:
    reserved = min(reserved, sellable)
    lent = None if lent is None else min(lent, sellable - reserved)
    units = {**dict.fromkeys(Condition, 0), Condition.SELLABLE: sellable}
    before = Position(units=units, reserved=reserved, lent=lent)
    try:
        after = moved(before, Move(sku=SKU, location_id=PLACE, quantity=quantity), cause=cause)
    except NotThere:
        kept = 0 if cause is Cause.COUNT else lent or 0
        assert sellable + quantity < reserved + kept
        return
    assert (after.lent is None) == (lent is None)
    assert after.reserved + (after.lent or 0) <= after.units[Condition.SELLABLE]
    if cause is not Cause.COUNT:
        assert after.lent == lent


def test_units_that_are_lent_are_not_put_aside() -> None:
    units = {**dict.fromkeys(Condition, 0), Condition.SELLABLE: 3}
    leave, _ = inspection(
        sku=SKU,
        location_id=PLACE,
        quantity=2,
        before=Condition.SELLABLE,
        after=Condition.DISPLAY,
    )
    with pytest.raises(NotThere):
        moved(Position(units=units, reserved=0, lent=2), leave, cause=Cause.INSPECTION)


async def test_a_paid_order_leaves_while_the_boutique_lends(
    sessions: Sessions, shop: make.Shop, noon: datetime
) -> None:
    await lend(sessions, shop, units=10, now=noon)
    line = Units(line_id=OrderLineId(new_id()), sku=SKU, location_id=shop.location_id, quantity=3)
    async with sessions.begin() as db:
        await service.commit(db, order_id=OrderId(new_id()), units=[line], now=noon)
    async with sessions.begin() as db:
        await service.ship(db, units=[line], source="parcel:1", by="ada", now=noon)

    after = await position(sessions)
    assert (after.on_hand, after.reserved, after.lent) == (7, 0, 7)
