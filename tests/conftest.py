import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import psycopg
import pytest
from sqlalchemy import QueuePool
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from sellier.infra import db, postgres
from sellier.infra.settings import Settings
from sellier.invariants.check import ALWAYS, SAMPLE
from sellier.migrations import run
from sellier.migrations.schema import METADATA

# The long runs, `make soak`: tests that choose their own bounds look for this name.
hypothesis.settings.register_profile("soak", max_examples=2_000, deadline=None)

# To truncate fifty tables takes fifty times as long as to delete the few rows that a test makes.
TABLES = (
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_jobs",
    *(table.name for table in reversed(METADATA.sorted_tables)),
)
EMPTY = [f'DELETE FROM "{name}"'.encode() for name in TABLES]
ASKED = [f"{each.query} LIMIT {SAMPLE}".encode() for each in ALWAYS]

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture(scope="session")
def settings() -> Iterator[Settings]:
    """Use the PostgreSQL named by DATABASE_URL, else the embedded one."""
    named = os.environ.get("DATABASE_URL", "")
    assert not (named and "PYTEST_XDIST_WORKER" in os.environ), "one database, several processes"
    # Not pytest's own folder: it is closed to the user that the embedded server runs as.
    with tempfile.TemporaryDirectory(prefix="sellier-") as home:
        yield Settings(home=Path(home), database_url=named)


@pytest.fixture(scope="session")
def database(settings: Settings) -> Iterator[postgres.Database]:
    """A migrated database for the whole run; each test leaves it empty."""
    with postgres.running(settings) as found:
        if postgres.is_embedded(settings):
            _forget_on_a_crash(found)
        run.upgrade(found)
        yield found


def _forget_on_a_crash(found: postgres.Database) -> None:
    """Spare the disk: this server lives as long as the tests do."""
    with psycopg.connect(postgres.conninfo(found.admin), autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
def engine(database: postgres.Database) -> AsyncEngine:
    """One pool for all tests, so that a statement is compiled once; each leaves it closed.

    Not the owner's, but as the application has it, so that missing rights show.
    """
    return db.engine(database.url(postgres.APP), connections=40)


@pytest.fixture(scope="session")
def owner(database: postgres.Database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(
        postgres.conninfo(database.url(postgres.OWNER)), autocommit=True
    ) as connection:
        yield connection


@pytest.fixture
async def sessions(
    engine: AsyncEngine, owner: psycopg.Connection
) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    made = db.sessions(engine)
    yield made
    await _all_back(engine)
    await engine.dispose()  # its connections belong to the event loop of this test
    rows = [cursor.fetchall() for cursor in together(owner, ASKED)]
    together(owner, EMPTY)
    broken = [(each.says, found) for each, found in zip(ALWAYS, rows, strict=True) if found]
    assert not broken, "a test ends with every invariant holding"


async def _all_back(engine: AsyncEngine) -> None:
    """Let end what goes on after a test, as a commit does whose customer has left."""
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    for _ in range(1_000):
        if not pool.checkedout():
            return
        await asyncio.sleep(0.001)


def together(line: psycopg.Connection, statements: Sequence[bytes]) -> Sequence[psycopg.Cursor]:
    """Send statements that every test ends with: planned once, and in one round trip."""
    with line.transaction(), line.pipeline():
        return [line.execute(each, prepare=True) for each in statements]
