"""The database goes away under the running shop, and comes back."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import func, select

from sellier.domain.orders.models import OrderLine
from sellier.domain.orders.states import LineState
from sellier.domain.stock.models import StockPosition
from sellier.infra import db as databases
from sellier.infra import postgres
from sellier.infra.health import Heartbeat
from sellier.infra.outbox import OutboxRow
from sellier.invariants.check import breaches
from sellier.kernel.ids import new_id
from tests.domain.orders import make as orders
from tests.domain.orders.make import Sessions
from tests.faults import machines
from tests.faults.machines import OwnServer
from tests.sandbox.fixtures import free_port, running_sandbox
from tests.surfaces.api import make
from tests.surfaces.api.make import SKU, Api, Cart

HTML = {"accept": "text/html"}
ON_HAND = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The shop and its worker as processes, on a database that may be killed."""

    url: str
    server: OwnServer


@pytest.fixture(scope="module")
def shop(own: OwnServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    url = f"http://127.0.0.1:{free_port()}"
    outside = tmp_path_factory.mktemp("outside")
    log = tmp_path_factory.mktemp("logs") / "shop.log"
    asyncio.run(_stocked(own))
    with running_sandbox(outside, allowed_origins=[url]) as sandbox:
        known = machines.environment(own.home, url=url, outside=sandbox)
        port = url.rpartition(":")[2]
        with (
            machines.process("serve", "--port", port, environment=known, log=log),
            machines.process("worker", environment=known, log=log),
        ):
            machines.wait_until_ready(url)
            yield Running(url=url, server=own)


async def _stocked(own: OwnServer) -> None:
    async with sessions_on(own) as sessions, sessions.begin() as db:
        await orders.shop(db, on_hand=ON_HAND)


@asynccontextmanager
async def sessions_on(own: OwnServer) -> AsyncIterator[Sessions]:
    engine = databases.engine(own.database.url(postgres.WORKER), connections=4)
    yield databases.sessions(engine)
    await engine.dispose()


@asynccontextmanager
async def program(shop: Running) -> AsyncIterator[Api]:
    async with httpx.AsyncClient(base_url=shop.url, timeout=20) as client:
        yield Api(client=client)


async def assert_whole(own: OwnServer) -> None:
    async with sessions_on(own) as sessions, sessions() as db:
        assert not await breaches(db)


async def told(orders: list[dict[str, str]], *, at_least: int) -> bool:
    return len(orders) >= at_least


async def until(holds: Callable[[], Awaitable[bool]], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not await holds():
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        await asyncio.sleep(0.1)


def assert_unavailable(answer: httpx.Response, *, kind: str) -> None:
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["cache-control"] == "no-store"
    for told in ("psycopg", "postgres", "socket", "Traceback", "SELECT"):
        assert told not in answer.text


async def bought(api: Api, **changes: object) -> tuple[Cart, httpx.Response]:
    cart = await make.cart(api)
    return cart, await cart.check_out(**changes)  # type: ignore[arg-type]  # of the form


async def test_an_outage_is_told_as_one_and_ends_by_itself(shop: Running) -> None:
    async with program(shop) as api:
        _, before = await bought(api)
        page = await api.client.get("/en/", headers=HTML)
        found = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)
        token = found[1] if found else ""
        waiting = await make.cart(api)
        key = str(new_id())
        shop.server.kill()
        try:
            for _ in range(2):  # the first meets dead connections, the second none at all
                await assert_all_unavailable(api, waiting, key=key, token=token)
        finally:
            shop.server.start()

        again = await waiting.check_out(key=key)
        repeated = await waiting.check_out(key=key)
        kept = await api.holding(before.json()["secret"]).get(f"/orders/{before.json()['id']}")

    assert before.status_code == 201
    assert again.status_code == 201, again.text
    assert repeated.content == again.content
    assert kept.json()["status"] == "confirmed"
    await assert_whole(shop.server)


async def assert_all_unavailable(api: Api, cart: Cart, *, key: str, token: str) -> None:
    """Reads and writes, by programs and by people, are turned away alike; nothing is told as done.

    The form's token is good: without it the form would be refused before the database is asked.
    """
    ordered = await cart.check_out(key=key)
    assert_unavailable(ordered, kind="application/problem+json")
    assert ordered.json()["code"] == "http.service_unavailable"
    assert_unavailable(await api.get("/locations"), kind="application/problem+json")
    shown = await api.client.get("/en/", headers=HTML)
    assert_unavailable(shown, kind="text/html")
    assert "<h1" in shown.text
    form = {"sku": SKU, "_csrf_token": token}
    added = await api.client.post("/en/cart/lines", data=form, headers=HTML)
    assert_unavailable(added, kind="text/html")
    assert (await api.client.get("/health/live")).status_code == 200
    assert (await api.client.get("/health/ready")).status_code == 503


async def test_a_restart_that_nobody_noticed_costs_no_request(shop: Running) -> None:
    async with program(shop) as api:
        assert (await api.get("/locations")).status_code == 200
        shop.server.stop()
        shop.server.start()

        answers = await asyncio.gather(*(api.get("/locations") for _ in range(4)))

    assert [answer.status_code for answer in answers] == [200] * 4


async def test_what_was_acknowledged_survives_a_kill_under_load(shop: Running) -> None:
    acknowledged: list[dict[str, str]] = []
    answers: list[int] = []
    stop = asyncio.Event()

    async def buyer(api: Api) -> None:
        while not stop.is_set():
            try:
                cart = await make.cart(api)
            except (AssertionError, KeyError):  # the cart could not be filled: it is an outage
                await asyncio.sleep(0.1)
                continue
            answer = await cart.check_out()
            answers.append(answer.status_code)
            if answer.status_code == 201:
                acknowledged.append(answer.json())

    async with program(shop) as api:
        buyers = [asyncio.create_task(buyer(api)) for _ in range(4)]
        await until(lambda: told(acknowledged, at_least=6))
        shop.server.kill()
        await asyncio.sleep(0.5)
        shop.server.start()
        seen = len(acknowledged)
        await until(lambda: told(acknowledged, at_least=seen + 2))
        stop.set()
        await asyncio.gather(*buyers)
        for each in acknowledged:
            order = await api.holding(each["secret"]).get(f"/orders/{each['id']}")
            assert order.json()["status"] == "confirmed"

    assert set(answers) <= {201, 503}, answers
    await assert_whole(shop.server)


async def test_the_worker_outlives_the_outage_and_finishes_what_was_begun(shop: Running) -> None:
    """A payment whose answer was lost before the outage is settled after it."""
    async with program(shop) as api, sessions_on(shop.server) as sessions:
        _, lost = await bought(api, payment={"token": "tok_error"})
        assert lost.status_code == 503
        shop.server.kill()
        await asyncio.sleep(2)
        shop.server.start()
        began = datetime.now(UTC)

        async def is_settled() -> bool:
            async with sessions() as db:
                pending = select(func.count()).where(OrderLine.state == LineState.PENDING)
                waiting = select(func.count()).where(OutboxRow.dispatched_at.is_(None))
                return not await db.scalar(pending) and not await db.scalar(waiting)

        async def is_alive() -> bool:
            async with sessions() as db:
                beat = select(Heartbeat.at).where(Heartbeat.process == "worker")
                at = await db.scalar(beat)
                return at is not None and at > began

        await until(is_settled)
        await until(is_alive)
        async with sessions() as db:
            left, sold = (
                await db.execute(
                    select(
                        func.sum(StockPosition.available),
                        select(func.count(OrderLine.id))
                        .where(OrderLine.state == LineState.CONFIRMED)
                        .scalar_subquery(),
                    )
                )
            ).one()
    assert left + sold == ON_HAND
    await assert_whole(shop.server)
