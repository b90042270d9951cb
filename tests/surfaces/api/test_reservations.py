"""Units of a piece in great demand, kept for a cart."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.stock import service as stock
from tests.surfaces.api import make
from tests.surfaces.api.make import SKU, Api
from tests.surfaces.make import Clock

Sessions = async_sessionmaker[AsyncSession]


async def test_a_cart_keeps_what_is_in_great_demand_and_orders_it(
    api: Api, sessions: Sessions, clock: Clock
) -> None:
    mine = await make.cart(api)
    path = f"/carts/{mine.id}/reservation"
    told = await mine.api.change("PUT", path, {"sku": SKU})
    assert (told.status_code, told.json()["code"]) == (409, "carts.not_hot")

    async with sessions.begin() as db:
        await stock.set_hot(db, sku=SKU, hot=True, by="staff:1", now=clock.now)
    kept = await mine.api.change("PUT", path, {"sku": SKU})
    assert kept.status_code == 200
    assert (kept.json()["sku"], kept.json()["quantity"]) == (SKU, 1)
    assert (await mine.api.change("PUT", path, {"sku": SKU})).content == kept.content
    assert (await mine.check_out()).json()["status"] == "confirmed"
    spent = await mine.api.change("PUT", path, {"sku": SKU})
    assert (spent.status_code, spent.json()["code"]) == (409, "carts.cart_frozen")


async def test_whoever_comes_too_late_hears_so(api: Api, sessions: Sessions, clock: Clock) -> None:
    async with sessions.begin() as db:
        await stock.set_hot(db, sku=SKU, hot=True, by="staff:1", now=clock.now)
    found = [await make.cart(api) for _ in range(8)]  # five are there
    told = await asyncio.gather(
        *(one.api.change("PUT", f"/carts/{one.id}/reservation", {"sku": SKU}) for one in found)
    )
    assert sorted(each.status_code for each in told) == [200] * 5 + [409] * 3
    late = next(each for each in told if each.status_code == 409)
    assert late.json()["code"] == "stock.out_of_stock"
    assert late.json()["sku"] == SKU
