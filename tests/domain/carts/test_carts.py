from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.carts import queries
from sellier.domain.carts import service as carts
from sellier.domain.carts.errors import CannotDeliver, CartChanged, CartEmpty, CartNotFound, NotSold
from sellier.domain.carts.rules import Recipient
from sellier.domain.orders.rules import Address
from sellier.kernel.ids import CartId, Sku, new_id
from sellier.kernel.money import Money
from tests.domain.orders import make

Sessions = async_sessionmaker[AsyncSession]


async def test_the_same_piece_twice_is_one_line(sessions: Sessions, noon: datetime) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=5)
        cart_id = await make.cart(db, shop, now=noon)
        await carts.add(db, cart_id=cart_id, sku=make.SKU, quantity=2, now=noon)
        seen = await queries.shown(db, cart_id=cart_id, lang="fr", now=noon)
    assert [line.quantity for line in seen.lines] == [3]
    assert seen.total == Money(3 * 185_000, "EUR")
    assert seen.can_check_out


async def test_a_quantity_of_none_removes_the_line(sessions: Sessions, noon: datetime) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db)
        cart_id = await make.cart(db, shop, now=noon)
        await carts.set_quantity(db, cart_id=cart_id, sku=make.SKU, quantity=0, now=noon)
        seen = await queries.shown(db, cart_id=cart_id, lang="fr", now=noon)
    assert seen.lines == []
    assert not seen.can_check_out


async def test_more_than_there_is_says_so_before_checkout(
    sessions: Sessions, noon: datetime
) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=2)
        cart_id = await make.cart(db, shop, now=noon, quantity=3)
        seen = await queries.shown(db, cart_id=cart_id, lang="fr", now=noon)
    assert [(line.problem, line.available) for line in seen.lines] == [("fewer_left", 2)]


async def test_a_piece_without_a_price_in_the_market_is_not_sold(
    sessions: Sessions, noon: datetime
) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db)
        opened = carts.open_cart(
            db, channel_id=shop.site.channel_id, market_id=shop.site.market_id, now=noon
        )
        with pytest.raises(NotSold):
            await carts.add(db, cart_id=opened.cart_id, sku=Sku("NONE"), quantity=1, now=noon)


async def test_only_the_secret_opens_a_cart(sessions: Sessions, noon: datetime) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db)
        opened = carts.open_cart(
            db, channel_id=shop.site.channel_id, market_id=shop.site.market_id, now=noon
        )
        assert await queries.find(db, secret=opened.secret) == opened.cart_id
        assert await queries.find(db, secret=opened.secret[:-1]) is None
        with pytest.raises(CartNotFound):
            await queries.shown(db, cart_id=CartId(new_id()), lang="fr", now=noon)


async def test_a_cart_that_was_paid_for_is_spent(sessions: Sessions, noon: datetime) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db)
        opened = carts.open_cart(
            db, channel_id=shop.site.channel_id, market_id=shop.site.market_id, now=noon
        )
        await carts.add(db, cart_id=opened.cart_id, sku=make.SKU, quantity=1, now=noon)
    async with sessions.begin() as db:
        placed = await make.check_out(db, opened.cart_id, now=noon)
    await make.pay(sessions, placed, now=noon)
    async with sessions() as db:
        assert await queries.find(db, secret=opened.secret) is None


async def test_what_changed_since_it_was_seen_is_not_ordered(
    sessions: Sessions, noon: datetime
) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=5)
        cart_id = await make.cart(db, shop, now=noon)
        seen = await queries.shown(db, cart_id=cart_id, lang="fr", now=noon)
        await carts.add(db, cart_id=cart_id, sku=make.SKU, quantity=1, now=noon)
        with pytest.raises(CartChanged):
            await order(db, cart_id, version=seen.version, address=make.PARIS, now=noon)


async def test_an_empty_cart_and_a_foreign_address_are_not_ordered(
    sessions: Sessions, noon: datetime
) -> None:
    async with sessions.begin() as db:
        shop = await make.shop(db)
        cart_id = await make.cart(db, shop, now=noon)
        london = Address(
            name="Ada",
            phone=None,
            line1="1 Try Street",
            line2=None,
            postal_code="N1",
            city="London",
            region=None,
            country="GB",
        )
        with pytest.raises(CannotDeliver):
            await order(db, cart_id, version=2, address=london, now=noon)
        await carts.set_quantity(db, cart_id=cart_id, sku=make.SKU, quantity=0, now=noon)
        seen = await queries.shown(db, cart_id=cart_id, lang="fr", now=noon)
        with pytest.raises(CartEmpty):
            await order(db, cart_id, version=seen.version, address=make.PARIS, now=noon)


async def order(
    db: AsyncSession, cart_id: CartId, *, version: int, address: Address, now: datetime
) -> None:
    await carts.check_out(
        db,
        cart_id=cart_id,
        version=version,
        recipient=Recipient(email="ada@customer.example", address=address, language="fr"),
        now=now,
    )
