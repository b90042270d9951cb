import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from sellier.infra import db, postgres
from sellier.infra.settings import Settings
from sellier.invariants import breaches
from sellier.migrations import run
from sellier.migrations.schema import METADATA

# The long runs, `make soak`: tests that choose their own bounds look for this name.
hypothesis.settings.register_profile("soak", max_examples=2_000, deadline=None)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture(scope="session")
def settings() -> Iterator[Settings]:
    """Use the PostgreSQL named by DATABASE_URL, else the embedded one."""
    # Not pytest's own folder: it is closed to the user that the embedded server runs as.
    with tempfile.TemporaryDirectory(prefix="sellier-") as home:
        yield Settings(home=Path(home), database_url=os.environ.get("DATABASE_URL", ""))


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


@pytest.fixture
async def owner(database: postgres.Database) -> AsyncIterator[AsyncEngine]:
    engine = db.engine(database.url(postgres.OWNER), connections=2)
    yield engine
    await engine.dispose()


@pytest.fixture
async def sessions(
    database: postgres.Database, owner: AsyncEngine
) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Sessions as the application has them: not the owner's, so missing rights show."""
    engine = db.engine(database.url(postgres.APP), connections=40)
    made = db.sessions(engine)
    yield made
    async with made() as session:
        broken = await breaches(session)
    await engine.dispose()
    tables = ", ".join(f'"{table.name}"' for table in METADATA.sorted_tables)
    async with owner.begin() as connection:
        await connection.execute(text(f"TRUNCATE {tables}, procrastinate_jobs CASCADE"))
    assert not broken, "a test ends with every invariant holding"
