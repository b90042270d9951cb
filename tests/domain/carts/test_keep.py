"""A piece that everyone wants at once: units are kept for carts, and nobody waits to be refused."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.carts import queries
from sellier.domain.carts import service as carts
from sellier.domain.carts.errors import CartFrozen, CartNotFound, NotHot
from sellier.domain.carts.service import Ask, KeptUnits
from sellier.domain.promising.models import SourcingDecision
from sellier.domain.stock import service as stock
from sellier.domain.stock.errors import OutOfStock
from sellier.domain.stock.models import Allocation, Reservation, StockPosition
from sellier.domain.stock.states import ReservationState
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import CartId, new_id
from tests.domain.orders import make

Sessions = async_sessionmaker[AsyncSession]


async def hot_shop(
    sessions: Sessions, *, on_hand: int, buyers: int, now: datetime, quantity: int = 1
) -> Sequence[CartId]:
    """Open a shop whose one piece is hot, and so many carts that hold it."""
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=on_hand)
        assert await stock.set_hot(db, sku=make.SKU, hot=True, by="staff:1", now=now)
        return [await make.cart(db, shop, now=now, quantity=quantity) for _ in range(buyers)]


def ask(cart_id: CartId, now: datetime, *, quantity: int = 1, secret: str | None = None) -> Ask:
    return Ask(cart_id=cart_id, secret=secret, quantity=quantity, now=now)


async def keep(sessions: Sessions, asked: Ask) -> KeptUnits:
    return await carts.counter(sessions).ask(make.SKU, asked)


async def reserved(sessions: Sessions) -> int:
    async with sessions.begin() as db:
        return (await db.scalars(select(StockPosition.reserved))).one()


async def order(sessions: Sessions, cart_id: CartId, now: datetime) -> None:
    async with sessions.begin() as db:
        placed = await make.check_out(db, cart_id, now=now)
    await make.pay(sessions, placed, now=now)


@pytest.mark.parametrize("processes", [1, 2, 4])
async def test_a_thousand_buyers_of_ten_units_get_exactly_ten(
    sessions: Sessions, noon: datetime, processes: int
) -> None:
    buyers = await hot_shop(sessions, on_hand=10, buyers=1_000, now=noon)
    counters = [carts.counter(sessions) for _ in range(processes)]

    async def buy(number: int, cart_id: CartId) -> bool:
        try:
            await counters[number % processes].ask(make.SKU, ask(cart_id, noon))
        except OutOfStock:
            return False
        return True

    kept = await asyncio.gather(*(buy(n, cart_id) for n, cart_id in enumerate(buyers)))

    assert kept.count(True) == 10
    winners = [cart_id for cart_id, has in zip(buyers, kept, strict=True) if has]
    for cart_id in winners[:3]:
        await order(sessions, cart_id, noon)
    async with sessions.begin() as db:
        assert await db.scalar(select(func.sum(Allocation.quantity))) == 3
    assert await reserved(sessions) == 10


async def test_what_a_cart_kept_is_its_orders_and_no_counter_moves(
    sessions: Sessions, noon: datetime
) -> None:
    (mine,) = await hot_shop(sessions, on_hand=1, buyers=1, now=noon)
    kept = await keep(sessions, ask(mine, noon))
    assert await keep(sessions, ask(mine, noon)) == kept  # asked again, nothing changes
    async with sessions.begin() as db:
        seen = await queries.shown(db, cart_id=mine, lang="fr", now=noon)
        assert seen.can_check_out  # though nothing is available, for it is theirs
        before = (await db.scalars(select(Reservation))).one()

    async with sessions.begin() as db:
        placed = await make.check_out(db, mine, now=noon)
    async with sessions.begin() as db:
        after = (await db.scalars(select(Reservation))).one()
        decision = (await db.scalars(select(SourcingDecision))).one()
    assert (after.id, after.cart_id, after.order_id) == (before.id, None, placed.order_id)
    assert after.expires_at > before.expires_at
    assert decision.why == "kept_for_cart"
    assert await reserved(sessions) == 1

    await make.pay(sessions, placed, now=noon)
    async with sessions.begin() as db:
        assert (await db.scalars(select(Allocation.quantity))).all() == [1]
        again = await keep_refused(db, ask(mine, noon))
    assert isinstance(again, CartFrozen)


async def keep_refused(db: AsyncSession, asked: Ask) -> KeptUnits | Refusal:
    (told,) = await carts.keep(db, sku=make.SKU, asked=[asked], now=asked.now)
    return told


async def test_another_number_than_was_kept_is_asked_for_anew(
    sessions: Sessions, noon: datetime
) -> None:
    mine, other = await hot_shop(sessions, on_hand=3, buyers=2, now=noon)
    await keep(sessions, ask(mine, noon))
    async with sessions.begin() as db:
        await carts.add(db, cart_id=mine, sku=make.SKU, quantity=2, now=noon)
    await order(sessions, mine, noon)  # three: what was kept is given back and taken with the rest
    assert await reserved(sessions) == 3
    with pytest.raises(OutOfStock):
        await keep(sessions, ask(other, noon))


async def test_who_takes_the_piece_out_of_the_bag_lets_the_next_have_it(
    sessions: Sessions, noon: datetime
) -> None:
    mine, other = await hot_shop(sessions, on_hand=1, buyers=2, now=noon)
    await keep(sessions, ask(mine, noon))
    async with sessions.begin() as db:
        await carts.set_quantity(db, cart_id=mine, sku=make.SKU, quantity=0, now=noon)
    assert (await keep(sessions, ask(other, noon))).quantity == 1


async def test_i4_no_unit_is_left_lying_while_somebody_is_turned_away(
    sessions: Sessions, noon: datetime
) -> None:
    """With stock left and no reservation open, the next buyer succeeds."""
    first, second, third, plain = await hot_shop(sessions, on_hand=2, buyers=4, now=noon)
    for cart_id in (first, second):
        await keep(sessions, ask(cart_id, noon))
    for buyer in (keep(sessions, ask(third, noon)), order(sessions, plain, noon)):
        with pytest.raises(OutOfStock):
            await buyer

    async with sessions.begin() as db:  # no sweeper has run
        await db.execute(update(Reservation).values(expires_at=func.now()))
    assert (await keep(sessions, ask(third, noon))).quantity == 1
    await order(sessions, plain, noon)
    assert await reserved(sessions) == 2


async def test_the_mode_goes_on_and_off_while_everybody_buys(
    sessions: Sessions, noon: datetime
) -> None:
    buyers = await hot_shop(sessions, on_hand=12, buyers=30, now=noon)
    counters = [carts.counter(sessions) for _ in range(3)]
    at_once = asyncio.Semaphore(4)

    async def buy(number: int, cart_id: CartId) -> str:
        async with at_once:
            try:
                with suppress(NotHot):
                    await counters[number % 3].ask(make.SKU, ask(cart_id, noon))
                await order(sessions, cart_id, noon)
            except OutOfStock:
                return "refused"
            return "ordered"

    async def switch() -> None:
        for turn in range(10):
            async with sessions.begin() as db:
                await stock.set_hot(db, sku=make.SKU, hot=bool(turn % 2), by="staff:1", now=noon)
            await asyncio.sleep(0.02)

    *outcomes, _ = await asyncio.gather(*map(buy, range(30), buyers), switch())

    assert Counter(outcomes) == {"ordered": 12, "refused": 18}
    async with sessions.begin() as db:
        kept = select(func.count()).where(Reservation.state == ReservationState.OPEN)
        assert await db.scalar(kept) == 0


async def test_only_whoever_may_has_units_kept(sessions: Sessions, noon: datetime) -> None:
    (mine,) = await hot_shop(sessions, on_hand=5, buyers=1, now=noon)
    for wrong in (ask(CartId(new_id()), noon), ask(mine, noon, secret="guessed")):
        with pytest.raises(CartNotFound):
            await keep(sessions, wrong)
    async with sessions.begin() as db:
        await make.check_out(db, mine, now=noon)
    with pytest.raises(CartFrozen):
        await keep(sessions, ask(mine, noon))
    assert await reserved(sessions) == 1


async def test_a_cart_that_is_being_changed_keeps_nobody_waiting(
    sessions: Sessions, noon: datetime
) -> None:
    busy, other = await hot_shop(sessions, on_hand=5, buyers=2, now=noon)
    counter = carts.counter(sessions)
    async with sessions.begin() as db:
        await carts.add(db, cart_id=busy, sku=make.SKU, quantity=1, now=noon)
        told = await asyncio.gather(
            *(map(partial(counter.ask, make.SKU), (ask(busy, noon), ask(other, noon)))),
            return_exceptions=True,
        )
    assert isinstance(told[0], CartFrozen)
    assert isinstance(told[1], KeptUnits)


async def test_a_piece_like_any_other_is_kept_by_ordering_it(
    sessions: Sessions, noon: datetime
) -> None:
    (mine,) = await hot_shop(sessions, on_hand=5, buyers=1, now=noon)
    async with sessions.begin() as db:
        assert await stock.set_hot(db, sku=make.SKU, hot=False, by="staff:1", now=noon)
        assert not await stock.set_hot(db, sku=make.SKU, hot=False, by="staff:2", now=noon)
    with pytest.raises(NotHot):
        await keep(sessions, ask(mine, noon))
    await order(sessions, mine, noon)
