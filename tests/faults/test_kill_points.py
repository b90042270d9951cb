"""Whoever sells dies at every step of a checkout; nothing is lost and nobody pays for nothing."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.app import create_app
from sellier.domain.orders.models import Order, OrderLine
from sellier.domain.orders.states import LineState
from sellier.domain.payments.gateway import HttpPaymentProvider
from sellier.infra import postgres
from sellier.infra.settings import Settings
from sellier.kernel.ids import new_id
from sellier.surfaces.api.router import router
from tests.domain.orders import make as orders
from tests.faults import books, dying
from tests.faults.books import Outside
from tests.sandbox.fixtures import API_KEY, CARRIER_KEY, RunningSandbox
from tests.surfaces.api import make
from tests.surfaces.api.make import Api, Cart

Sessions = async_sessionmaker[AsyncSession]
ROOT = Path(__file__).parents[2]
ENOUGH = 500
LEASE = timedelta(seconds=21)  # when a request may be taken for abandoned
TOLD = {
    "tok_approve": ("COMMIT", "provider", "a flush", "after INSERT INTO orders", "after WITH"),
    "tok_refuse": ("COMMIT", "provider"),
}
LATE = timedelta(minutes=16)


@dataclass(slots=True)
class Buyers:
    """The program whose forks die, and what it was started with."""

    process: asyncio.subprocess.Process

    async def order(self, cart: Cart, *, key: str, body: Any, dies_at: int | None) -> Any:
        told = {
            "path": f"/api/v1/carts/{cart.id}/checkout",
            "body": body,
            "headers": {"authorization": f"Bearer {cart.api.secret}", "idempotency-key": key},
            "dies_at": dies_at,
        }
        return await self.send(told)

    async def send(self, told: Any) -> Any:
        """Have the program do what it is told, in a fork that may die; return how that ended."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(told).encode() + b"\n")
        await self.process.stdin.drain()
        return json.loads(await self.process.stdout.readline())


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The real database, the real provider, a living program, and one that dies."""

    sessions: Sessions
    known: Settings
    client: httpx.AsyncClient
    provider: HttpPaymentProvider
    buyers: Buyers

    @asynccontextmanager
    async def program(self, *, now: datetime | None = None) -> AsyncIterator[Api]:
        app = create_app(
            settings=self.known,
            sessions=self.sessions,
            http=self.client,
            clock=lambda: now or datetime.now(UTC),
            routers=[router],
        )
        async with make.program(app) as client:
            yield Api(client=client)

    async def recover(self, *, now: datetime) -> None:
        outside = Outside(client=self.client, url=self.known.payments_url)
        await books.recover(outside.context(self.sessions, self.known, now=now))


@pytest.fixture
async def world(
    sessions: Sessions,
    database: postgres.Database,
    settings: Settings,
    *,
    sandbox: RunningSandbox,
) -> AsyncIterator[World]:
    known = Settings(
        home=settings.home, payments_url=sandbox.url, payments_key=API_KEY, carrier_key=CARRIER_KEY
    )
    url = database.url(postgres.APP).render_as_string(hide_password=False)
    given = {
        "database": url,
        "home": str(settings.home),
        "payments_url": sandbox.url,
        "payments_key": API_KEY,
        "carrier_key": CARRIER_KEY,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.dying", json.dumps(given)),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    async with httpx.AsyncClient() as client:
        provider = HttpPaymentProvider(client=client, base_url=sandbox.url, api_key=API_KEY)
        yield World(
            sessions=sessions,
            known=known,
            client=client,
            provider=provider,
            buyers=Buyers(process),
        )
    assert process.stdin is not None
    process.stdin.close()
    await process.wait()


def chosen(steps: list[str], *, told: tuple[str, ...]) -> list[int]:
    """Choose the steps to die at: in CI those where something has just become true, else all."""
    if hypothesis_settings.get_current_profile_name() == "soak":
        return list(range(len(steps)))
    return [number for number, name in enumerate(steps) if any(each in name for each in told)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A checkout whose seller died."""

    cart: Cart
    key: str
    order: Any
    step: str


async def test_a_seller_may_die_anywhere(world: World) -> None:
    """Half of the customers send their request again, the others are never heard of again."""
    before = {told.key for told in await books.book_of(world.provider)}
    async with world.sessions.begin() as db:
        await orders.shop(db, on_hand=ENOUGH)
    begun: list[Begun] = []
    async with world.program() as api:
        for token, told in TOLD.items():
            begun += await die_everywhere(world, api, token=token, told=told)

    now = datetime.now(UTC)
    async with world.program(now=now + LEASE) as later:
        for each in begun[::2]:
            await assert_goes_on(later, each)
    await world.recover(now=now + LEASE)
    await world.recover(now=now + LATE)

    assert not await books.unaccounted(world.sessions, world.provider, before=before)
    async with world.sessions() as db:
        twice = select(Order.cart_id).group_by(Order.cart_id).having(func.count() > 1)
        assert not (await db.scalars(twice)).all()
        pending = select(func.count()).where(OrderLine.state == LineState.PENDING)
        assert await db.scalar(pending) == 0


async def die_everywhere(
    world: World, api: Api, *, token: str, told: tuple[str, ...]
) -> list[Begun]:
    cart = await make.cart(api)
    order = cart.order(payment={"token": token})
    whole = await world.buyers.order(cart, key=str(new_id()), body=order, dies_at=None)
    assert whole["status"] == 201
    begun = []
    for number in chosen(whole["steps"], told=told):
        cart, key = await make.cart(api), str(new_id())
        order = cart.order(payment={"token": token})
        ended = await world.buyers.order(cart, key=key, body=order, dies_at=number)
        assert ended == {"code": dying.DIED}, whole["steps"][number]
        begun.append(Begun(cart=cart, key=key, order=order, step=whole["steps"][number]))
    return begun


async def assert_goes_on(later: Api, begun: Begun) -> None:
    """The same request under the same key has its one effect, and one answer."""
    mine = later.holding(begun.cart.api.secret)
    path = f"/carts/{begun.cart.id}/checkout"
    answers = [await mine.post(path, begun.order, key=begun.key) for _ in range(2)]
    assert answers[0].status_code == 201, (begun.step, answers[0].text)
    assert answers[1].content == answers[0].content
    is_good = begun.order["payment"]["token"] == "tok_approve"
    assert answers[0].json()["status"] == ("confirmed" if is_good else "canceled")
