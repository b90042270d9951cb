"""A promise for a basket of 5 over 1,000 locations, and what its SQL alone would cost.

    .venv/bin/python -m bench.promise [QUESTIONS]

Embedded PostgreSQL in a temporary folder; every location has every piece, hours of its own kind and
work in hand, and all of them may send, hand over and hold. Each question is another basket, asked
at another minute, in a transaction of its own; the timetable of hours and lanes is read once, as
web processes keep it for a minute. Bare psycopg then sends the very same statements.
"""

import asyncio
import gc
import random
import statistics
import sys
import tempfile
import time as clock
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from tests.domain.carriers import make as carriers
from tests.domain.catalog import make as catalog
from tests.domain.locations import make as locations
from tests.domain.organization import make as organization
from tests.recording import recorded

from sellier.app import GARBAGE
from sellier.domain.locations.models import Opening
from sellier.domain.promising.queries.promise import promise, timetable
from sellier.domain.promising.rules import Destination
from sellier.domain.promising.rules.basket import Asked
from sellier.domain.promising.rules.promise import Timetable
from sellier.domain.promising.states import Way
from sellier.domain.stock.models import Allocation, StockPosition
from sellier.infra import db, postgres
from sellier.infra.settings import Settings
from sellier.kernel.ids import ChannelId, OrderId, OrderLineId, Sku, new_id
from sellier.migrations import run

LOCATIONS: Final = 1_000
PIECES: Final = 40
BASKET: Final = 5
IN_HAND: Final = 3_000
QUESTIONS: Final = 300
WARM_UP: Final = 20
ZONES: Final = (
    ("FR", "Europe/Paris"),
    ("GB", "Europe/London"),
    ("US", "America/New_York"),
    ("JP", "Asia/Tokyo"),
)
NOW: Final = datetime(2026, 11, 25, 9, tzinfo=UTC)

Sessions = async_sessionmaker[AsyncSession]


def pieces() -> Sequence[Sku]:
    """Name the pieces that every location has."""
    return [Sku(f"P{number}-U") for number in range(PIECES)]


async def fill(database: postgres.Database, sessions: Sessions) -> ChannelId:
    """Make a thousand locations, half of them in one country, with every piece in each."""
    chance = random.Random(1)  # noqa: S311  the same shop each time
    async with sessions.begin() as session:
        site = await organization.site(session)
        for sku in pieces():
            code = sku.removesuffix("-U")
            await catalog.style_color(session, code=code, title="Piece", site=site)
        for number in range(LOCATIONS):
            country, zone = ZONES[max(0, number % 6 - 2)]
            place = await locations.location(
                session,
                country=country,
                time_zone=zone,
                cut_off=time(14 + number % 4),
                preparation_minutes=30 * (1 + number % 5),
            )
            rows = [
                {"location_id": place, "weekday": day, "opens": time(9 + number % 3), "closes": end}
                for day in range(1, 7)
                for end in (time(18 + number % 3),)
            ]
            await session.execute(insert(Opening), rows)
            held = [
                {"location_id": place, "sku": sku, "on_hand": chance.choice((1, 2, 2, 5))}
                for sku in pieces()
            ]
            await session.execute(insert(StockPosition), held)
            await session.execute(insert(Allocation), _work(place, count=IN_HAND // LOCATIONS))
        for country, _ in ZONES:
            for service, days in (("standard", 2), ("express", 1)):
                one = carriers.lane(from_country=country, service=service, days_min=days)
                await carriers.keep(session, one)
    with psycopg.connect(postgres.conninfo(database.admin), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")  # as autovacuum has done in any shop
    return site.channel_id


def _work(place: object, *, count: int) -> list[dict[str, object]]:
    return [
        {
            "order_line_id": OrderLineId(new_id()),
            "location_id": place,
            "order_id": OrderId(new_id()),
            "sku": Sku("P0-U"),
            "quantity": 1,
            "at": NOW,
        }
        for _ in range(count)
    ]


def baskets(channel_id: ChannelId, count: int) -> Sequence[Asked]:
    chance = random.Random(2)  # noqa: S311
    return [
        Asked(
            channel_id=channel_id,
            wanted=dict.fromkeys(chance.sample(pieces(), BASKET), 1),
            to=Destination(way=Way.SHIP, country="FR"),
            currency="EUR",
            moment=NOW + timedelta(minutes=number),
        )
        for number in range(count)
    ]


async def timed(asked: Sequence[Any], one: Callable[[Any], Awaitable[object]]) -> list[float]:
    """Return how long each question took, in milliseconds."""
    taken = []
    for number, basket in enumerate(asked):
        begin = clock.perf_counter()
        await one(basket)
        if number >= WARM_UP:
            taken.append((clock.perf_counter() - begin) * 1000)
    return taken


async def measure(database: postgres.Database, count: int) -> None:
    engine = db.engine(database.url(postgres.APP), connections=1)
    sessions = db.sessions(engine)
    channel_id = await fill(database, sessions)
    asked = baskets(channel_id, count + WARM_UP)
    async with sessions.begin() as session:
        begin = clock.perf_counter()
        known = await timetable(session, now=NOW)
        read_ms = (clock.perf_counter() - begin) * 1000

    async def ask(basket: Asked) -> None:
        async with sessions.begin() as session:
            found = await promise(session, basket, known=known)
        if not found.deliveries or not found.counters:
            raise RuntimeError("nothing promised")

    gc.freeze()  # as web processes do
    gc.set_threshold(*GARBAGE)
    processor = clock.process_time()
    ours = await timed(asked, ask)
    processor_ms = (clock.process_time() - processor) / len(asked) * 1000
    with recorded(engine) as sent:
        await ask(asked[0])
    await engine.dispose()
    bare = await replay(database, asked, sent)
    report(ours, bare, sent=sent, processor_ms=processor_ms, read_ms=read_ms, known=known)


async def replay(
    database: postgres.Database, asked: Sequence[Asked], sent: Sequence[tuple[str, Any]]
) -> list[float]:
    conninfo = postgres.conninfo(database.url(postgres.APP))
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:

        async def ask(basket: Asked) -> None:
            for statement, values in sent:
                own = {**values, "skus": list(basket.wanted)} if values else None
                cursor = await connection.execute(statement, own)
                if cursor.description:
                    await cursor.fetchall()

        return await timed(asked, ask)


def report(
    ours: Sequence[float],
    bare: Sequence[float],
    *,
    sent: Sequence[tuple[str, Any]],
    processor_ms: float,
    read_ms: float,
    known: Timetable,
) -> None:
    trips = sum(values is not None for _, values in sent)
    kinds = len({id(place.calendar) for place in known.places.values()})
    print(f"| {len(ours)} baskets of {BASKET}, {len(known.places):,} locations | p50 ms | p99 ms |")
    print("|---|---|---|")
    print(f"| a promise (p99 at most 30) | {at(ours, 50):.1f} | **{at(ours, 99):.1f}** |")
    print(f"| the same SQL through bare psycopg | {at(bare, 50):.1f} | {at(bare, 99):.1f} |")
    print(f"| ratio | {at(ours, 50) / at(bare, 50):.2f} | {at(ours, 99) / at(bare, 99):.2f} |")
    print(
        f"\nStatements a question, BEGIN and COMMIT aside: {trips}. Processor time of our process"
    )
    print(f"a question: {processor_ms:.1f} ms. Reading the timetable, {kinds} different calendars,")
    print(f"once a minute: {read_ms:.0f} ms.")


def at(taken: Sequence[float], percent: int) -> float:
    """Return a percentile."""
    return statistics.quantiles(taken, n=100)[percent - 1]


def main(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="sellier-bench-") as home:
        settings = Settings(home=Path(home))
        with postgres.running(settings) as database:
            run.upgrade(database)
            asyncio.run(measure(database, count))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else QUESTIONS)
