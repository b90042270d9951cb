"""Sourcing one order of 1 to 5 lines over 1,000 locations, and what its SQL alone would cost.

    .venv/bin/python -m bench.sourcing [ORDERS]

The network of `bench.promise`. Each order is another basket, sent to another French address, in a
transaction of its own: who could serve is read, who does is decided, the units are reserved, and
the decision is written down with its reasons. Once by the rules that the product starts with, and
once by rules that weigh distance, work in hand and last sizes. Bare psycopg then sends the very
statements of other such orders.
"""

import asyncio
import gc
import random
import sys
import tempfile
import time as clock
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import psycopg
from bench.promise import BASKET, LOCATIONS, NOW, WARM_UP, Sessions, at, fill, pieces, timed
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from tests.recording import Sent, recorded

from sellier.app import GARBAGE
from sellier.domain.promising import service as promising
from sellier.domain.promising.rules import Need, addressed
from sellier.domain.promising.states import Way
from sellier.infra import db, postgres
from sellier.infra.settings import Settings
from sellier.kernel.ids import ChannelId, OrderId, OrderLineId, RuleSetId, new_id
from sellier.migrations import run

ORDERS: Final = 300
LASTS: Final = timedelta(hours=1)
WEIGHING: Final = {
    "max_parcels": 3,
    "fences": {"within_capacity": True},
    "rules": [
        {"rule": "fewest_parcels"},
        {"rule": "nearest"},
        {"rule": "least_busy"},
        {"rule": "spare_last_sizes"},
    ],
    "relaxations": ["capacity", "parcels"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """How long orders took in milliseconds, and how many statements each sent."""

    ours: Sequence[float]
    bare: Sequence[float]
    processor_ms: float
    statements: int


def orders(count: int, *, seed: int) -> Sequence[Sequence[Need]]:
    """Return what each order needs."""
    chance = random.Random(seed)  # noqa: S311  the same orders each time
    found = []
    for _ in range(count):
        postal_code = f"{chance.randint(1, 95):02}000"
        to = addressed(way=Way.SHIP, country="FR", postal_code=postal_code, location_id=None)
        skus = chance.sample(pieces(), chance.randint(1, BASKET))
        found.append(
            [
                Need(line_id=OrderLineId(new_id()), sku=sku, quantity=chance.randint(1, 2), to=to)
                for sku in skus
            ]
        )
    return found


async def source(session: AsyncSession, needs: Sequence[Need], *, channel_id: ChannelId) -> None:
    """Find who serves an order and reserve it there."""
    takes = await promising.hold(
        session,
        order_id=OrderId(new_id()),
        channel_id=channel_id,
        needs=needs,
        lasts=LASTS,
        now=NOW,
    )
    if not takes:
        raise RuntimeError("nothing sourced")


async def measure(database: postgres.Database, count: int) -> None:
    engine = db.engine(database.url(postgres.APP), connections=1)
    sessions = db.sessions(engine)
    channel_id = await fill(database, sessions)
    gc.freeze()  # as web processes do
    gc.set_threshold(*GARBAGE)
    usual = await take(database, engine, channel_id=channel_id, count=count)
    await weigh(sessions, channel_id)
    weighing = await take(database, engine, channel_id=channel_id, count=count)
    await engine.dispose()
    report({"the usual rules": usual, "distance, work, last sizes": weighing}, count=count)


async def weigh(sessions: Sessions, channel_id: ChannelId) -> None:
    """Have the rules that ask for more decide from now on."""
    rule_set_id = RuleSetId(new_id())
    async with sessions.begin() as session:
        await promising.save(
            session,
            rule_set_id=rule_set_id,
            name="weighing",
            body=WEIGHING,
            note="bench",
            by="bench",
            now=NOW,
        )
        await promising.activate(
            session,
            rule_set_id=rule_set_id,
            channel_ids=[channel_id],
            note="bench",
            by="bench",
            now=NOW,
        )


async def take(
    database: postgres.Database, engine: AsyncEngine, *, channel_id: ChannelId, count: int
) -> Taken:
    """Source orders, then have bare psycopg send the statements of others."""
    sessions = db.sessions(engine)

    async def ask(needs: Sequence[Need]) -> None:
        async with sessions.begin() as session:
            await source(session, needs, channel_id=channel_id)

    asked = orders(count + WARM_UP, seed=2)
    processor = clock.process_time()
    ours = await timed(asked, ask)
    processor_ms = (clock.process_time() - processor) / len(asked) * 1000
    others = [
        await statements(engine, needs, channel_id=channel_id)
        for needs in orders(count + WARM_UP, seed=3)
    ]
    bare = await replay(database, others)
    sent = sum(map(len, others)) / len(others)
    return Taken(ours=ours, bare=bare, processor_ms=processor_ms, statements=round(sent))


async def statements(
    engine: AsyncEngine, needs: Sequence[Need], *, channel_id: ChannelId
) -> Sequence[tuple[str, Any]]:
    """Return what is sent to source an order, and take it back."""
    sent: Sent
    with recorded(engine) as sent:
        async with db.sessions(engine)() as session:
            await source(session, needs, channel_id=channel_id)
            await session.execute(text("SELECT 1"))  # what waits leaves ahead of it
            await session.rollback()
    return [(said, values) for said, values in sent if values and said != "SELECT 1"]


async def replay(
    database: postgres.Database, asked: Sequence[Sequence[tuple[str, Any]]]
) -> list[float]:
    conninfo = postgres.conninfo(database.url(postgres.APP))
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:

        async def ask(sent: Sequence[tuple[str, Any]]) -> None:
            async with connection.transaction():
                for statement, values in sent:
                    cursor = await connection.execute(statement, values)
                    if cursor.description:
                        await cursor.fetchall()

        return await timed(asked, ask)


def report(taken: dict[str, Taken], *, count: int) -> None:
    print(f"| {count} orders of 1 to {BASKET} lines, {LOCATIONS:,} locations | p50 ms | p99 ms |")
    print("|---|---|---|")
    for name, one in taken.items():
        ours, bare = one.ours, one.bare
        print(f"| {name} (p99 at most 20) | {at(ours, 50):.1f} | **{at(ours, 99):.1f}** |")
        print(f"| the same SQL through bare psycopg | {at(bare, 50):.1f} | {at(bare, 99):.1f} |")
        print(f"| ratio | {at(ours, 50) / at(bare, 50):.2f} | {at(ours, 99) / at(bare, 99):.2f} |")
    said = ", ".join(f"{one.statements} and {one.processor_ms:.1f} ms" for one in taken.values())
    print(f"\nStatements an order and processor time of our process: {said}.")


def main(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="sellier-bench-") as home:
        settings = Settings(home=Path(home))
        with postgres.running(settings) as database:
            run.upgrade(database)
            asyncio.run(measure(database, count))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ORDERS)
