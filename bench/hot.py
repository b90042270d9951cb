"""A piece that everyone wants at once, sold as any other and in hot mode.

    .venv/bin/python -m bench.hot

Embedded PostgreSQL in a temporary folder. First reservations of one SKU in the database, each in a
transaction of its own through `stock.reserve`; the same statements through bare psycopg; and carts
that ask together, as they do in hot mode. Then through HTTP, with the payment sandbox and one
`sellier serve` as processes of their own and the load generator in this one. In the flash sale
1,000 buyers want 10 units: as any other piece they check out and pay; in hot mode they ask for a
reservation, and who has one checks out and pays. 64 at a time is a crowd that goes on; 1,000 at a
time is every buyer with a connection of their own, pressing in the same millisecond.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import psycopg
from bench.sales import ADDRESS, Connection, cpu_s, free_port, process
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from tests.domain.catalog import make as catalog
from tests.domain.locations import make as locations
from tests.domain.organization import make as organization
from tests.domain.pricing import make as pricing
from tests.domain.stock import make as stocked
from tests.recording import recorded

from sellier.domain.carts import service as carts
from sellier.domain.carts.service import Ask, OpenedCart
from sellier.domain.stock import service as stock
from sellier.domain.stock.models import Allocation
from sellier.domain.stock.service import Units
from sellier.infra import db, postgres
from sellier.infra.settings import Settings
from sellier.kernel.ids import CartId, LocationId, OrderId, OrderLineId, Sku, new_id, public_id
from sellier.migrations import run

RESERVATIONS: Final = 2_000
BUYERS: Final = 1_000
UNITS: Final = 10
CONNECTIONS: Final = 32
CROWDS: Final = (32, 256)
SALES: Final = 300
VISITORS: Final = 8
PLENTY: Final = 1_000_000
NOW: Final = datetime.now(UTC)
PLAIN, HOT = Sku("PLAIN-U"), Sku("HOT-U")  # of which there are plenty
# Of which there are ten, with how many buyers ask at a time.
FEW: Final = {Sku(f"{kind}-{at}-U"): at for kind in ("ANY", "HOT") for at in (64, BUYERS)}
SKUS: Final = {PLAIN: PLENTY, HOT: PLENTY, **dict.fromkeys(FEW, UNITS)}

Sessions = async_sessionmaker[AsyncSession]


class Answer(Enum):
    """What a buyer hears."""

    SOLD = "sold"
    REFUSED = "refused"
    BUSY = "busy"


Buy = Callable[[Connection, OpenedCart], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """Where the bench buys."""

    sessions: Sessions
    site: organization.Site
    place: LocationId


@dataclass(slots=True)
class Measured:
    """How long each took, in seconds, and all together."""

    each: list[float] = field(default_factory=list)
    took: float = 0.0

    def row(self, name: str, *, bound: str = "") -> str:
        cuts = statistics.quantiles(self.each, n=100)
        per_second = len(self.each) / self.took
        return (
            f"| {name} | {per_second:,.0f} | {cuts[49] * 1000:.1f} | {cuts[98] * 1000:.1f} |{bound}"
        )


async def measured(count: int, at_once: int, do: Callable[[int], Awaitable[object]]) -> Measured:
    """Have so much done by so many at a time."""
    left = iter(range(count))
    times = Measured()

    async def one() -> None:
        for number in left:
            start = time.perf_counter()
            await do(number)
            times.each.append(time.perf_counter() - start)

    start = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(at_once)))
    times.took = time.perf_counter() - start
    return times


async def fill(sessions: Sessions) -> Shop:
    async with sessions.begin() as session:
        site = await organization.site(session)
        place = await locations.location(session, code="warehouse")
        for sku, units in SKUS.items():
            code = sku.removesuffix("-U")
            await catalog.style_color(session, code=code, title=code, site=site)
            await pricing.price(session, market_id=site.market_id, sku=sku)
            await stocked.stock_position(session, location_id=place, sku=sku, on_hand=units)
        for sku in SKUS:
            if sku.startswith("HOT"):
                await stock.set_hot(session, sku=sku, hot=True, by="bench", now=NOW)
    return Shop(sessions=sessions, site=site, place=place)


async def bags(shop: Shop, *, sku: Sku, count: int) -> Sequence[OpenedCart]:
    """Open carts that hold one piece, each with its secret."""
    site = shop.site
    opened = []
    async with shop.sessions.begin() as session:
        for _ in range(count):
            bag = carts.open_cart(
                session, channel_id=site.channel_id, market_id=site.market_id, now=NOW
            )
            await carts.add(session, cart_id=bag.cart_id, sku=sku, quantity=1, now=NOW)
            opened.append(bag)
    return opened


# In the database


async def reserve(shop: Shop) -> None:
    line = OrderLineId(new_id())
    units = Units(line_id=line, sku=PLAIN, location_id=shop.place, quantity=1)
    async with shop.sessions.begin() as session:
        await stock.reserve(
            session,
            order_id=OrderId(new_id()),
            units=[units],
            lasts=timedelta(minutes=20),
            now=NOW,
        )


async def bare(conninfo: str, sent: Sequence[tuple[str, Any]], *, at_once: int) -> Measured:
    """Send the statements of one reservation again and again, with ids of their own."""
    free = [
        await psycopg.AsyncConnection.connect(conninfo, autocommit=True) for _ in range(at_once)
    ]
    ids = ("id", "order_id", "order_line_id")

    async def one(_: int) -> None:
        connection = free.pop()
        for statement, values in sent:
            fresh = {name: new_id() for name in ids if name in (values or {})}
            await connection.execute(statement.encode(), {**values, **fresh} if values else None)
        free.append(connection)

    times = await measured(RESERVATIONS, at_once, one)
    for connection in free:
        await connection.close()
    return times


async def in_database(shop: Shop, engine: Any, conninfo: str) -> None:
    print(f"| {RESERVATIONS:,} reservations of one SKU | a second | p50 ms | p99 ms |")
    print("|---|---|---|---|")
    for at_once in (VISITORS, CONNECTIONS):
        plain = await measured(RESERVATIONS, at_once, lambda _: reserve(shop))
        print(plain.row(f"as any other, {at_once} connections"), flush=True)
    with recorded(engine) as sent:
        await reserve(shop)
    for at_once in (VISITORS, CONNECTIONS):
        same = await bare(conninfo, sent, at_once=at_once)
        print(same.row(f"the same SQL through bare psycopg, {at_once} connections"), flush=True)
    for at_once in CROWDS:
        left = [bag.cart_id for bag in await bags(shop, sku=HOT, count=RESERVATIONS)]
        counter = carts.counter(shop.sessions)

        async def keep(_: int, left: list[CartId] = left, counter: Any = counter) -> None:
            ask = Ask(cart_id=left.pop(), secret=None, quantity=1, now=NOW)
            await counter.ask(HOT, ask)

        crowd = await measured(RESERVATIONS, at_once, keep)
        print(crowd.row(f"hot mode, {at_once} carts at a time (at least 1,000)"), flush=True)


# Through HTTP


def _checkout(version: int) -> dict[str, Any]:
    return {
        "version": version,
        "email": "ada@customer.example",
        "address": ADDRESS,
        "payment": {"token": "tok_approve"},
    }


async def check_out(line: Connection, bag: OpenedCart) -> Answer:
    path = f"/api/v1/carts/{public_id('cart', bag.cart_id)}/checkout"
    status, told = await line.ask("POST", path, body=_checkout(2), secret=bag.secret)
    if status == HTTPStatus.CREATED and told["status"] == "confirmed":
        return Answer.SOLD
    return _refusal(status, told)


async def keep_one(line: Connection, bag: OpenedCart, sku: Sku) -> Answer:
    path = f"/api/v1/carts/{public_id('cart', bag.cart_id)}/reservation"
    status, told = await line.ask("PUT", path, body={"sku": sku}, secret=bag.secret)
    return Answer.SOLD if status == HTTPStatus.OK else _refusal(status, told)


def _refusal(status: int, told: dict[str, Any]) -> Answer:
    if told.get("code") == "stock.out_of_stock":
        return Answer.REFUSED
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return Answer.BUSY
    raise RuntimeError(f"neither sold nor refused: {status} {told}")


async def opened(port: int, count: int) -> list[Connection]:
    lines = [Connection(port) for _ in range(count)]
    for line in lines:
        await line.open()
    return lines


async def through_http(shop: Shop, port: int, web: int) -> None:
    print("\n| through HTTP, one web process | a second | p50 ms | p99 ms |")
    print("|---|---|---|---|")
    left = [*await bags(shop, sku=PLAIN, count=SALES)]
    free = await opened(port, VISITORS)

    async def sell(_: int) -> None:
        line = free.pop()
        assert await check_out(line, left.pop()) is Answer.SOLD
        free.append(line)

    sold = await measured(SALES, VISITORS, sell)
    print(sold.row(f"as any other: ordered and paid, {VISITORS} buyers at a time"), flush=True)
    for at_once in CROWDS:
        left = [*await bags(shop, sku=HOT, count=RESERVATIONS)]
        free = await opened(port, at_once)

        async def keep(
            _: int, left: list[OpenedCart] = left, free: list[Connection] = free
        ) -> None:
            line = free.pop()
            assert await keep_one(line, left.pop(), HOT) is Answer.SOLD
            free.append(line)

        before = cpu_s(web)
        kept = await measured(RESERVATIONS, at_once, keep)
        cpu_ms = (cpu_s(web) - before) / RESERVATIONS * 1000
        print(kept.row(f"hot mode: reserved, {at_once} carts at a time (at least 600)"), flush=True)
    print(f"\nProcessor time of the web process a reservation: {cpu_ms:.2f} ms.\n")


async def flash_sale(shop: Shop, port: int, sku: Sku, *, at_once: int, buy: Buy) -> str:
    """Let a thousand buy ten units; return the row that tells of it."""
    left = [*await bags(shop, sku=sku, count=BUYERS)]
    lines = await opened(port, at_once)
    times: dict[Answer, list[float]] = {answer: [] for answer in Answer}
    start = time.perf_counter()

    async def buyers(line: Connection) -> None:
        while left:
            pressed = time.perf_counter()
            answer = await buy(line, left.pop())
            times[answer].append(time.perf_counter() - pressed)

    await asyncio.gather(*map(buyers, lines))
    took = time.perf_counter() - start
    paid = await units_sold(shop, sku)
    cuts = statistics.quantiles(times[Answer.REFUSED], n=100)
    return (
        f"| {paid} | {len(times[Answer.REFUSED])} | {len(times[Answer.BUSY])} "
        f"| {cuts[49] * 1000:,.0f} | {cuts[98] * 1000:,.0f} | {BUYERS / took:,.0f} |"
    )


async def units_sold(shop: Shop, sku: Sku) -> int:
    async with shop.sessions.begin() as session:
        return sum(await session.scalars(select(Allocation.quantity).where(Allocation.sku == sku)))


async def sales(shop: Shop, port: int) -> None:
    print(
        f"| {BUYERS:,} buyers, {UNITS} units | sold and paid | refused | turned away (503) "
        "| refusal p50 ms | p99 ms (at most 250) | answers a second |"
    )
    print("|---|---|---|---|---|---|---|")
    for sku, at_once in FEW.items():

        async def reserve_and_pay(line: Connection, bag: OpenedCart, sku: Sku = sku) -> Answer:
            kept = await keep_one(line, bag, sku)
            return await check_out(line, bag) if kept is Answer.SOLD else kept

        is_hot = sku.startswith("HOT")
        buy = reserve_and_pay if is_hot else check_out
        row = await flash_sale(shop, port, sku, at_once=at_once, buy=buy)
        print(
            f"| {'hot mode' if is_hot else 'as any other'}, {at_once} at a time {row}", flush=True
        )


async def bench(database: postgres.Database, settings: Settings, *, port: int) -> None:
    engine = db.engine(database.url(postgres.APP), connections=CONNECTIONS)
    shop = await fill(db.sessions(engine))
    await in_database(shop, engine, postgres.conninfo(database.url(postgres.APP)))
    with process(settings, port, "serve", "--port", str(port)) as web:
        await through_http(shop, port, web)
        await sales(shop, port)
    await engine.dispose()


def main() -> None:
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sellier-bench-")))
        port, pay_port, smtp_port = free_port(), free_port(), free_port()
        settings = Settings(
            home=home,
            url=f"http://127.0.0.1:{port}",
            payments_url=f"http://127.0.0.1:{pay_port}",
        )
        database = stack.enter_context(postgres.running(settings))
        run.upgrade(database)
        sandbox = ("sandbox", "--port", str(pay_port), "--smtp-port", str(smtp_port))
        stack.enter_context(process(settings, pay_port, *sandbox))
        asyncio.run(bench(database, settings, port=port))


if __name__ == "__main__":
    sys.exit(main())
