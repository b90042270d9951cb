import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.carts import queries as cart_queries
from sellier.domain.carts.errors import CartChanged, CartFrozen
from sellier.domain.orders import queries
from sellier.domain.orders import service as orders
from sellier.domain.orders.rules import OrderStatus
from sellier.domain.payments.models import PaymentTransition
from sellier.domain.payments.states import PaymentState
from sellier.domain.stock.errors import OutOfStock
from sellier.domain.stock.models import Allocation, Reservation, StockPosition
from sellier.infra.outbox import OutboxRow
from tests.domain.orders import make

Sessions = async_sessionmaker[AsyncSession]


async def test_a_paid_order_has_its_stock_and_the_location_its_work(
    sessions: Sessions, noon: datetime
) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=2)
        cart_id = await make.cart(db, shop, now=noon)
    async with sessions.begin() as db:
        placed = await make.check_out(db, cart_id, now=noon)

    paid = await make.pay(sessions, placed, now=noon)

    async with sessions() as db:
        order = await queries.order(db, order_id=placed.order_id)
        work = await make.to_prepare(db, location_id=shop.location_id)
        available = await db.scalar(select(StockPosition.available))
        told = [entry.what for entry in await queries.history(db, order_id=placed.order_id)]
    assert paid.state is PaymentState.AUTHORIZED
    assert order is not None
    assert order.status is OrderStatus.CONFIRMED
    assert work == [placed.number]
    assert available == 1
    assert told == ["authorize", "confirm", "open"]


async def test_a_refused_payment_frees_the_stock_and_the_cart(
    sessions: Sessions, noon: datetime
) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db)
        cart_id = await make.cart(db, shop, now=noon)
    async with sessions.begin() as db:
        placed = await make.check_out(db, cart_id, now=noon)

    paid = await make.pay(sessions, placed, now=noon, token="tok_refuse")

    async with sessions.begin() as db:
        assert paid.state is PaymentState.REFUSED
        assert await db.scalar(select(StockPosition.available)) == 1
        assert await cart_queries.running_order(db, cart_id=cart_id) is None
        again = await make.check_out(db, cart_id, now=noon)
    assert again.order_id != placed.order_id


async def test_a_cart_being_paid_for_cannot_change(sessions: Sessions, noon: datetime) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=5)
        cart_id = await make.cart(db, shop, now=noon)
    async with sessions.begin() as db:
        await make.check_out(db, cart_id, now=noon)

    with pytest.raises(CartFrozen):
        async with sessions.begin() as db:
            await make.check_out(db, cart_id, now=noon)


async def test_two_presses_of_the_order_button_make_one_order(
    sessions: Sessions, noon: datetime
) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=5)
        cart_id = await make.cart(db, shop, now=noon)

    async def press() -> str:
        try:
            async with sessions.begin() as db:
                await make.check_out(db, cart_id, now=noon)
        except (CartFrozen, CartChanged):
            return "refused"
        return "ordered"

    outcomes = await asyncio.gather(*(press() for _ in range(4)))

    assert sorted(outcomes) == ["ordered"] + ["refused"] * 3


async def test_twenty_buyers_of_three_bags_make_exactly_three_orders(
    sessions: Sessions, noon: datetime
) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=3)
        carts = [await make.cart(db, shop, now=noon) for _ in range(20)]

    async def buy(index: int) -> str:
        try:
            async with sessions.begin() as db:
                await make.check_out(db, carts[index], now=noon)
        except OutOfStock:
            return "sold out"
        return "ordered"

    outcomes = await asyncio.gather(*(buy(index) for index in range(20)))

    assert outcomes.count("ordered") == 3


async def test_the_same_news_three_times_has_one_effect(sessions: Sessions, noon: datetime) -> None:
    provider = make.provider()
    async with sessions.begin() as db:
        shop = await make.shop(db)
        cart_id = await make.cart(db, shop, now=noon)
    async with sessions.begin() as db:
        placed = await make.check_out(db, cart_id, now=noon)
    await make.pay(sessions, placed, now=noon, at=provider)

    await asyncio.gather(
        *(
            orders.settle(sessions, provider, payment_id=placed.payment_id, by="notice", now=noon)
            for _ in range(3)
        )
    )

    async with sessions() as db:
        assert await db.scalar(select(func.count(PaymentTransition.id))) == 1
        assert await db.scalar(select(func.count()).select_from(Allocation)) == 1
        assert await db.scalar(select(StockPosition.reserved)) == 1


async def test_money_that_comes_after_the_piece_went_is_let_go(
    sessions: Sessions, noon: datetime
) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db)
        slow, quick = [await make.cart(db, shop, now=noon) for _ in range(2)]
    async with sessions.begin() as db:
        late = await make.check_out(db, slow, now=noon)
        await db.execute(update(Reservation).values(expires_at=noon - timedelta(days=400)))
    async with sessions.begin() as db:
        taken = await make.check_out(db, quick, now=noon)

    first = await make.pay(sessions, taken, now=noon)
    second = await make.pay(sessions, late, now=noon)

    async with sessions() as db:
        events = (await db.scalars(select(OutboxRow.name))).all()
        order = await queries.order(db, order_id=late.order_id)
    assert first.state is PaymentState.AUTHORIZED
    assert second.state is PaymentState.VOIDED
    assert events.count("payment.void_due") == 1
    assert order is not None
    assert order.status is OrderStatus.CANCELED


async def test_a_payment_never_decided_is_given_up(sessions: Sessions, noon: datetime) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db)
        cart_id = await make.cart(db, shop, now=noon)
    async with sessions.begin() as db:
        placed = await make.check_out(db, cart_id, now=noon)
    asked = await make.pay(sessions, placed, now=noon, token=None)

    for _ in range(2):
        async with sessions.begin() as db:
            await orders.give_up(db, payment_id=placed.payment_id, by="recovery", now=noon)

    async with sessions() as db:
        assert asked.state is PaymentState.REQUIRES_ACTION
        assert asked.hosted_url
        assert await db.scalar(select(StockPosition.available)) == 1
