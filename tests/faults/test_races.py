"""Many buyers at once: exactly what there is gets sold, and nobody waits for each other."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from psycopg.errors import LockNotAvailable
from sqlalchemy import delete, event, func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.util import await_

from sellier.domain.carts import service as carts
from sellier.domain.orders.service import Placed
from sellier.domain.payments.states import PaymentState
from sellier.domain.promising import service as promising
from sellier.domain.promising.rules import Destination, Need
from sellier.domain.promising.states import Way
from sellier.domain.stock import service as stock_service
from sellier.domain.stock.errors import OutOfStock
from sellier.domain.stock.models import Reservation, StockPosition
from sellier.domain.stock.states import ReservationState
from sellier.kernel.ids import CartId, ChannelId, LocationId, OrderId, OrderLineId, Sku, new_id
from tests.domain.catalog import make as catalog
from tests.domain.locations import make as locations
from tests.domain.orders import make
from tests.domain.organization import make as organization
from tests.domain.pricing import make as pricing
from tests.domain.stock import make as stock

Sessions = async_sessionmaker[AsyncSession]
AT_ONCE = 24  # connections; the rest wait for theirs, as in production
SIZES = ("S", "M", "L")
SKUS = [Sku(f"ECLUSE-RED-{size}") for size in SIZES]


async def stocked(
    db: AsyncSession, *, places: int, on_hand: int, skus: Sequence[str] = SKUS
) -> make.Shop:
    """A shop whose pieces lie in several places."""
    site = await organization.site(db)
    await catalog.style_color(db, site=site, sizes=[sku.rsplit("-", 1)[-1] for sku in skus])
    found: list[LocationId] = []
    for sku in skus:
        await pricing.price(db, sku=sku, market_id=site.market_id)
    for _ in range(places):
        found.append(await locations.location(db))
        for sku in skus:
            await stock.stock_position(db, location_id=found[-1], sku=sku, on_hand=on_hand)
    return make.Shop(site=site, location_id=found[0] if found else LocationId(new_id()))


async def filled(
    db: AsyncSession, shop: make.Shop, *, now: datetime, units: Sequence[tuple[Sku, int]]
) -> CartId:
    (sku, quantity), *others = units
    cart_id = await make.cart(db, shop, now=now, sku=sku, quantity=quantity)
    for sku, quantity in others:
        await carts.add(db, cart_id=cart_id, sku=sku, quantity=quantity, now=now)
    return cart_id


async def rush(
    sessions: Sessions, cart_ids: Sequence[CartId], *, now: datetime
) -> Sequence[Placed]:
    """Check all carts out at once; return the orders. Anything but `sold out` is an error."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def buy(cart_id: CartId) -> Placed | None:
        async with gate:
            try:
                async with sessions.begin() as db:
                    return await make.check_out(db, cart_id, now=now)
            except OutOfStock:
                return None
            except OperationalError as error:
                # On a slow machine the queue for a unit is longer than we let anyone wait: a 503,
                # and the customer presses again.
                if not isinstance(error.orig, LockNotAvailable):
                    raise
        return await buy(cart_id)

    outcomes = await asyncio.gather(*(buy(cart_id) for cart_id in cart_ids))
    return [placed for placed in outcomes if placed is not None]


async def available(sessions: Sessions) -> int:
    async with sessions() as db:
        return await db.scalar(select(func.sum(StockPosition.available))) or 0


async def test_a_hundred_buyers_of_ten_units_make_ten_orders_which_all_get_paid(
    sessions: Sessions, noon: datetime
) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=10)
        cart_ids = [await make.cart(db, shop, now=noon) for _ in range(100)]

    placed = await rush(sessions, cart_ids, now=noon)
    provider = make.provider()
    paid = await asyncio.gather(
        *(make.pay(sessions, order, now=noon, at=provider) for order in placed)
    )

    assert len(placed) == 10
    assert {each.state for each in paid} == {PaymentState.AUTHORIZED}
    assert await available(sessions) == 0


async def test_what_lies_in_many_places_is_sold_to_the_last_unit(
    sessions: Sessions, noon: datetime
) -> None:
    """Everyone prefers the same place; who comes too late there goes on to the next."""
    sku = SKUS[0]
    async with sessions.begin() as db:
        shop = await stocked(db, places=12, on_hand=1, skus=[sku])
        cart_ids = [await make.cart(db, shop, now=noon, sku=sku) for _ in range(30)]

    placed = await rush(sessions, cart_ids, now=noon)

    assert len(placed) == 12
    assert await available(sessions) == 0


async def test_an_order_may_take_its_units_from_several_places(
    sessions: Sessions, noon: datetime
) -> None:
    """Three each of ten that lie by two: three orders, and the last unit for who wants one."""
    sku = SKUS[0]
    async with sessions.begin() as db:
        shop = await stocked(db, places=5, on_hand=2, skus=[sku])
        threes = [await make.cart(db, shop, now=noon, sku=sku, quantity=3) for _ in range(10)]
        one = await make.cart(db, shop, now=noon, sku=sku)

    placed = await rush(sessions, threes, now=noon)
    left = await available(sessions)
    last = await rush(sessions, [one], now=noon)
    paid = [await make.pay(sessions, order, now=noon) for order in (*placed, *last)]

    assert len(placed) == 3
    assert left == 1
    assert len(last) == 1
    assert {each.state for each in paid} == {PaymentState.AUTHORIZED}


async def test_carts_that_name_the_same_pieces_in_other_orders_do_not_wait_for_each_other(
    sessions: Sessions, noon: datetime
) -> None:
    """Neither while they take, nor when each first has to free what has ended.

    A deadlock would be an error of the database, and is not caught here.
    """
    forward = [(sku, 1) for sku in SKUS]
    async with sessions.begin() as db:
        shop = await stocked(db, places=2, on_hand=6)
        first = [await filled(db, shop, now=noon, units=forward) for _ in range(12)]
        orders = (forward, forward[::-1], [*forward[1:], forward[0]])
        then = [await filled(db, shop, now=noon, units=orders[n % 3]) for n in range(24)]
    assert len(await rush(sessions, first, now=noon)) == 12
    async with sessions.begin() as db:
        await db.execute(update(Reservation).values(expires_at=func.now()))

    async def sweep() -> None:
        for _ in range(5):
            async with sessions.begin() as db:
                await stock_service.expire(db, now=noon)
            await asyncio.sleep(0.01)

    placed, _ = await asyncio.gather(rush(sessions, then, now=noon), sweep())

    assert len(placed) == 12
    assert await available(sessions) == 0
    async with sessions() as db:
        ended = select(func.count()).where(Reservation.state == ReservationState.EXPIRED)
        assert await db.scalar(ended) == 12 * len(SKUS)


async def test_an_ended_reservation_is_no_reason_to_turn_a_buyer_away(
    sessions: Sessions, noon: datetime
) -> None:
    """Many find the counter empty at once and free the same units: one gets each, nobody none."""
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=5)
        first = [await make.cart(db, shop, now=noon) for _ in range(5)]
        then = [await make.cart(db, shop, now=noon) for _ in range(20)]
    assert len(await rush(sessions, first, now=noon)) == 5
    async with sessions.begin() as db:
        await db.execute(update(Reservation).values(expires_at=func.now()))

    placed = await rush(sessions, then, now=noon)

    assert len(placed) == 5


async def test_units_that_another_frees_just_then_are_no_reason_to_turn_a_buyer_away(
    sessions: Sessions, engine: AsyncEngine, noon: datetime
) -> None:
    """The sweeper is quicker: between our look at the counter and our own sweep."""
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=1)
        carts = [await make.cart(db, shop, now=noon) for _ in range(2)]
    assert len(await rush(sessions, carts[:1], now=noon)) == 1
    async with sessions.begin() as db:
        await db.execute(update(Reservation).values(expires_at=func.now()))
    freed: list[int] = []

    async def sweep() -> None:
        async with sessions.begin() as db:
            freed.append(await stock_service.expire(db, now=noon))

    def look(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM reservation" in statement and not freed:
            freed.append(0)
            await_(sweep())

    event.listen(engine.sync_engine, "before_cursor_execute", look)
    placed = await rush(sessions, carts[1:], now=noon)
    event.remove(engine.sync_engine, "before_cursor_execute", look)

    assert freed == [0, 1]
    assert len(placed) == 1


async def test_buyers_who_prefer_other_places_do_not_wait_for_each_other(
    sessions: Sessions, noon: datetime
) -> None:
    """Who loses the race for a unit must not keep its counter locked while trying the next place.

    Each prefers the places of their own country, so a loser of one place meets those of the
    other, and all find the same ended reservations to free.
    """
    sku = SKUS[0]
    async with sessions.begin() as db:
        await stocked(db, places=0, on_hand=0, skus=[sku])
        for country in ("FR", "GB"):
            place = await locations.location(db, country=country)
            await stock.stock_position(db, location_id=place, sku=sku, on_hand=9)

    async def buy(country: str, quantity: int, *, lasts: timedelta) -> int:
        to = Destination(way=Way.SHIP, country=country)
        need = Need(line_id=OrderLineId(new_id()), sku=sku, quantity=quantity, to=to)
        try:
            async with sessions.begin() as db:
                await promising.hold(
                    db,
                    order_id=OrderId(new_id()),
                    channel_id=ChannelId(new_id()),
                    needs=[need],
                    lasts=lasts,
                    now=noon,
                )
        except OutOfStock:
            return 0
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable):  # as above; never a deadlock
                raise
            return await buy(country, quantity, lasts=lasts)
        return quantity

    for _ in range(3):
        async with sessions.begin() as db:
            await db.execute(delete(Reservation))
            await db.execute(update(StockPosition).values(reserved=0))
        for number in range(8):  # they end as they begin
            await buy("FR" if number % 2 else "GB", 1, lasts=timedelta(0))
        kept = [
            buy("FR" if number % 2 else "GB", 1 + number % 3, lasts=timedelta(minutes=20))
            for number in range(AT_ONCE)
        ]
        sold = sum(await asyncio.gather(*kept))

        assert sold + await available(sessions) == 18
        assert sold >= 16  # of who wants three, two may be left over
