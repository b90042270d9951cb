"""Past orders, as the rules of sourcing are tried out on them."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.orders import queries as orders
from sellier.domain.promising.rules import DEFAULT, parse
from tests.domain.locations import make as locations
from tests.domain.orders import make
from tests.domain.stock import make as stock


async def test_paid_orders_are_sourced_anew_over_the_stock_before_them(
    sessions: async_sessionmaker[AsyncSession], noon: datetime
) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=2)  # a boutique in Lyon
        carts = [await make.cart(db, shop, now=noon) for _ in range(2)]
    for cart_id in carts:
        async with sessions.begin() as db:
            placed = await make.check_out(db, cart_id, now=noon)
        await make.pay(sessions, placed, now=noon)
    async with sessions.begin() as db:
        warehouse = await locations.location(db, code="wh", kind="warehouse", latitude=43.3)
        await stock.stock_position(db, location_id=warehouse, on_hand=1)

        near = parse({"rules": [{"rule": "nearest"}]})
        usual, close = await orders.replayed(
            db, rule_sets=[DEFAULT, near], since=noon - timedelta(days=1), now=noon
        )
        (none,) = await orders.replayed(
            db, rule_sets=[near], since=noon + timedelta(days=1), now=noon
        )

    assert (usual.orders, usual.unsourced, usual.located) == (2, 0, 2)
    assert (usual.from_boutiques, close.from_boutiques) == (1, 2)
    assert close.km < usual.km
    assert none.orders == 0
