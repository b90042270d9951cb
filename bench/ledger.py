"""The ledger with 1 million movements and with 10 million: reading it, and writing into it.

    .venv/bin/python -m bench.ledger [MILLIONS...]

Embedded PostgreSQL in a temporary folder: 10,000 SKUs at 10 places, filled evenly and ended by a
VACUUM, first to the smaller number of movements and then to the larger. Each figure is asked about
other SKUs and places each time, through our own code: a position with its units, the newest page
of a SKU's ledger and of a place's, a movement written with its position, and the same source once
more, which changes nothing. Beside it stands the same ledger as one table without parts.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from tests.domain.catalog import make as catalog
from tests.domain.organization import make as organization

from sellier.domain.stock import service as stock
from sellier.domain.stock.rules import Move
from sellier.domain.stock.states import Cause
from sellier.infra import db, postgres
from sellier.infra.settings import Settings
from sellier.kernel.ids import LocationId, Sku
from sellier.migrations import run
from sellier.surfaces.studio.queries import places
from sellier.surfaces.studio.queries import stock as studio

SKUS: Final = 10_000
PLACES: Final = 10
MILLIONS: Final = (1, 10)
ASKED: Final = 200
AT_ONCE: Final = 1_000_000  # rows of one statement that fills
NOW: Final = datetime.now(UTC)
# Every position gets as many; every SKU and place gets its own part of each run of the series.
FILL: Final = """
    INSERT INTO {table} (sku, location_id, quantity, cause, source, by, at)
    SELECT 'P-' || mod(n, %(skus)s),
        lpad(to_hex(mod(n / %(skus)s, %(places)s) + 1), 32, '0')::uuid,
        CASE mod(n / %(skus)s / %(places)s, 2) WHEN 0 THEN 2 ELSE -1 END,
        'adjustment', 'bench:' || n, 'bench', now()
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
"""
LOCATIONS: Final = """
    INSERT INTO location (id, code, name, kind, city, country, latitude, longitude, time_zone,
        ships, pickup, opens, closes, daily_capacity)
    SELECT lpad(to_hex(n), 32, '0')::uuid, 'L' || n, 'L' || n, 'warehouse', 'Paris', 'FR', 48.8,
        2.3, 'Europe/Paris', true, false, '09:00', '18:00', 100
    FROM generate_series(1, %s) n
"""
VARIANTS: Final = """
    INSERT INTO variant (sku, style_color_id, position, condition)
    SELECT 'P-' || n, s.id, n + 1, 'new' FROM style_color s, generate_series(0, %s - 1) n
"""
WHOLE: Final = "CREATE TABLE whole (LIKE stock_movement INCLUDING DEFAULTS)"
# Filled without them, or ten million rows would take an hour; then each is built at once.
INDEXES: Final = {
    "uq_{table}_source": "CREATE UNIQUE INDEX uq_{table}_source"
    " ON {table} (sku, location_id, source, condition)",
    "ix_{table}_location_id": "CREATE INDEX ix_{table}_location_id ON {table} (location_id, id)",
    "pk_{table}": "ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY (sku, id)",
}
BARE: Final = {
    "position": "SELECT available FROM stock_position WHERE sku = %(sku)s AND location_id = %(at)s",
    "newest of a SKU": "SELECT * FROM {table} WHERE sku = %(sku)s ORDER BY id DESC LIMIT 50",
    "newest of a place": "SELECT * FROM {table} WHERE location_id = %(at)s ORDER BY id DESC "
    "LIMIT 50",
    "write": "INSERT INTO {table} (sku, location_id, quantity, cause, source, by, at) "
    "VALUES (%(sku)s, %(at)s, 1, 'adjustment', %(source)s, 'bench', now())",
}

Ask = Callable[[Sku, LocationId, str], Awaitable[object]]
Sessions = async_sessionmaker[AsyncSession]


@dataclass(frozen=True, slots=True)
class Took:
    """Percentiles of one question, in milliseconds."""

    p50: float
    p99: float


async def measured(ask: Ask, *, of: random.Random) -> Took:
    times = []
    for number in range(ASKED):
        sku, place = Sku(f"P-{of.randrange(SKUS)}"), _place(of.randrange(PLACES) + 1)
        source = f"asked:{id(ask)}:{number}:{of.random()}"
        start = time.perf_counter()
        await ask(sku, place, source)
        times.append((time.perf_counter() - start) * 1000)
    cuts = statistics.quantiles(times, n=100)
    return Took(cuts[49], cuts[98])


def _place(number: int) -> LocationId:
    return LocationId(UUID(int=number))


def ours(sessions: Sessions) -> dict[str, Ask]:
    """Return what our own code is asked."""

    async def position(sku: Sku, _place: LocationId, _source: str) -> None:
        async with sessions.begin() as session:
            assert len(await studio.positions(session, sku=sku)) == PLACES

    async def of_sku(sku: Sku, _place: LocationId, _source: str) -> None:
        async with sessions.begin() as session:
            assert await studio.ledger(session, sku=sku)

    async def of_place(_sku: Sku, place: LocationId, _source: str) -> None:
        async with sessions.begin() as session:
            assert await places.ledger(session, location_id=place, before=studio.BIG)

    async def write(sku: Sku, place: LocationId, source: str) -> None:
        moves = [Move(sku=sku, location_id=place, quantity=1)]
        async with sessions.begin() as session:
            assert await stock.move(
                session, moves=moves, cause=Cause.RECEIPT, source=source, by="bench", now=NOW
            )

    async def twice(sku: Sku, place: LocationId, source: str) -> None:
        moves = [Move(sku=sku, location_id=place, quantity=1)]
        async with sessions.begin() as session:
            for _ in range(2):
                await stock.move(
                    session, moves=moves, cause=Cause.RECEIPT, source=source, by="bench", now=NOW
                )

    return {
        "positions of a SKU": position,
        "newest page of a SKU's ledger": of_sku,
        "newest page of a place's ledger": of_place,
        "a movement with its position": write,
        "a movement, and its source once more": twice,
    }


def bare(line: "psycopg.AsyncConnection[tuple[object, ...]]", table: str) -> dict[str, Ask]:
    """Return what bare psycopg is asked of a table."""

    def asking(statement: str) -> Ask:
        async def ask(sku: Sku, place: LocationId, source: str) -> None:
            values = {"sku": sku, "at": place, "source": source}
            cursor = await line.execute(statement.format(table=table).encode(), values)
            if cursor.description:
                await cursor.fetchall()

        return ask

    return {name: asking(statement) for name, statement in BARE.items()}


async def shop(sessions: Sessions, owner: psycopg.Connection) -> None:
    async with sessions.begin() as session:
        site = await organization.site(session)
        await catalog.style_color(session, code="P", title="P", site=site)
    owner.execute(LOCATIONS, (PLACES,))
    owner.execute(VARIANTS, (SKUS,))
    owner.execute(WHOLE)
    owner.execute("SET synchronous_commit = off")
    owner.execute("SET maintenance_work_mem = '1GB'")


def fill(owner: psycopg.Connection, *, first: int, last: int) -> None:
    """Write movements, and the positions that they add up to."""
    for table in ("stock_movement", "whole"):
        owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS pk_{table}".encode())
        for name in list(INDEXES)[:2]:
            owner.execute(f"DROP INDEX IF EXISTS {name.format(table=table)}".encode())
        for at in range(first, last, AT_ONCE):
            ends = {"first": at, "last": min(at + AT_ONCE, last) - 1}
            values = {"skus": SKUS, "places": PLACES, **ends}
            owner.execute(FILL.format(table=table).encode(), values)
        for statement in INDEXES.values():
            owner.execute(statement.format(table=table).encode())
    owner.execute("DELETE FROM stock_position")
    owner.execute(
        "INSERT INTO stock_position (sku, location_id, on_hand)"
        " SELECT sku, location_id, sum(quantity) FROM stock_movement GROUP BY 1, 2"
    )
    owner.execute("VACUUM (ANALYZE) stock_movement, whole, stock_position")
    owner.execute("CHECKPOINT")


def report(rows: Sequence[tuple[str, dict[float, Took]]], millions: Sequence[float]) -> None:
    heads = "".join(f" {n:g} M p50 ms | p99 ms |" for n in millions)
    print(f"| |{heads} p50, larger by smaller |")
    print("|---|" + "---|" * (2 * len(millions) + 1))
    for name, took in rows:
        cells = "".join(f" {took[n].p50:.2f} | {took[n].p99:.2f} |" for n in millions)
        print(f"| {name} |{cells} {took[millions[-1]].p50 / took[millions[0]].p50:.2f} |")


async def bench(database: postgres.Database, millions: Sequence[float]) -> None:
    engine = db.engine(database.url(postgres.APP), connections=2)
    sessions = db.sessions(engine)
    told: dict[str, dict[float, Took]] = {}
    conninfo = postgres.conninfo(database.admin)
    with psycopg.connect(conninfo, autocommit=True) as owner:
        await shop(sessions, owner)
        have = 0
        async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as line:
            for number in millions:
                rows = int(number * 1_000_000)
                fill(owner, first=have, last=rows)
                have = rows
                asks = [
                    *ours(sessions).items(),
                    *((f"bare, in parts: {k}", v) for k, v in bare(line, "stock_movement").items()),
                    *((f"bare, one table: {k}", v) for k, v in bare(line, "whole").items()),
                ]
                for name, ask in asks:
                    for_all = told.setdefault(name, {})
                    await measured(ask, of=random.Random(0))  # noqa: S311  what is warm stays so
                    for_all[number] = await measured(ask, of=random.Random(1))  # noqa: S311
    await engine.dispose()
    report(list(told.items()), millions)


def main(millions: Sequence[float]) -> None:
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sellier-bench-")))
        settings = Settings(home=home, url="http://127.0.0.1:1", payments_url="http://127.0.0.1:2")
        database = stack.enter_context(postgres.running(settings))
        run.upgrade(database)
        asyncio.run(bench(database, millions))


if __name__ == "__main__":
    main([float(each) for each in sys.argv[1:]] or MILLIONS)
