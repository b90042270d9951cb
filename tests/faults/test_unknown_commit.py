"""A COMMIT whose answer never came is unknown, not failed: the same key has one effect."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import QueuePool, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from sellier.domain.orders.models import Order
from sellier.domain.payments.gateway import HttpPaymentProvider, sandbox_keys
from sellier.infra import db as databases
from sellier.infra import keys, postgres
from sellier.infra.settings import Settings
from sellier.kernel.ids import new_id
from tests.domain.orders import make as orders
from tests.faults import books
from tests.faults.cutting import Cut, Proxy, cutting
from tests.sandbox.fixtures import in_process, sandbox_settings
from tests.surfaces.api import make
from tests.surfaces.api.make import Api, Cart
from tests.surfaces.make import Clock

Sessions = async_sessionmaker[AsyncSession]
LEASE = timedelta(seconds=21)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """The application over a line that can be cut, and its provider."""

    proxy: Proxy
    engine: AsyncEngine
    api: Api
    clock: Clock
    provider: HttpPaymentProvider
    sessions: Sessions  # straight to the database


@pytest.fixture
async def shop(
    database: postgres.Database, sessions: Sessions, settings: Settings
) -> AsyncIterator[Shop]:
    async with sessions.begin() as db:
        await orders.shop(db, on_hand=100)
    api_key = sandbox_keys(keys.of(settings)).api_key
    outside = in_process(sandbox_settings(api_key=api_key))
    clock = Clock(datetime.now(UTC))
    async with cutting(database.url(postgres.APP)) as proxy:
        engine = databases.engine(proxy.url(), connections=10)
        app = make.application(databases.sessions(engine), settings, clock=clock, transport=outside)
        async with make.program(app) as client, httpx.AsyncClient(transport=outside) as direct:
            yield Shop(
                proxy=proxy,
                engine=engine,
                api=Api(client=client),
                clock=clock,
                provider=HttpPaymentProvider(
                    client=direct, base_url="http://127.0.0.1:8002", api_key=api_key
                ),
                sessions=sessions,
            )
        await engine.dispose()


async def assert_one_effect(shop: Shop, cart: Cart, *, key: str) -> None:
    """Ask again, once the first request may be taken for dead: one order, one answer, paid."""
    shop.clock.now += LEASE
    answers = [await cart.check_out(key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201], answers[0].text
    assert answers[0].content == answers[1].content
    assert answers[0].json()["status"] == "confirmed"
    async with shop.sessions() as db:
        twice = select(Order.cart_id).group_by(Order.cart_id).having(func.count() > 1)
        assert not (await db.scalars(twice)).all()
    assert not await books.unaccounted(shop.sessions, shop.provider)


@pytest.mark.parametrize("is_answer", [False, True], ids=["commit lost", "answer lost"])
async def test_a_line_cut_at_a_commit_is_no_success_and_no_second_order(
    shop: Shop, *, is_answer: bool
) -> None:
    """The order, and the payment with the answer: two transactions, and each may be cut."""
    for number in (1, 2):
        cart, key = await make.cart(shop.api), str(new_id())
        shop.proxy.cut = Cut(at=number, is_answer=is_answer)

        first = await cart.check_out(key=key)

        assert shop.proxy.cut.at == 0, "it was cut"
        assert first.status_code == 503, first.text
        assert first.headers["retry-after"]
        await assert_one_effect(shop, cart, key=key)


async def test_a_form_cut_at_its_commit_may_be_sent_again(shop: Shop) -> None:
    """Putting a piece into a cart, where the key's claim and the effect are one transaction."""
    for is_answer in (False, True):
        cart, key = await make.cart(shop.api), str(new_id())
        body = {"sku": make.SKU, "quantity": 2}
        shop.proxy.cut = Cut(at=1, is_answer=is_answer)

        first = await cart.api.post(f"/carts/{cart.id}/lines", body, key=key)
        again = await cart.api.post(f"/carts/{cart.id}/lines", body, key=key)

        assert first.status_code == 503
        assert again.status_code == 201
        assert again.json()["units"] == 3


async def test_a_customer_who_goes_away_at_any_moment_ordered_once_or_not_at_all(
    shop: Shop,
) -> None:
    began = asyncio.get_running_loop().time()
    cart = await make.cart(shop.api)
    assert (await cart.check_out()).status_code == 201
    lasts = asyncio.get_running_loop().time() - began
    tries = 12
    for number in range(tries):
        cart, key = await make.cart(shop.api), str(new_id())
        asking = asyncio.create_task(cart.check_out(key=key))
        await asyncio.sleep(lasts * number / tries)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

        await assert_one_effect(shop, cart, key=key)
    pool = shop.engine.sync_engine.pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedout() == 0
