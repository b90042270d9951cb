"""Rules over sets hold though nobody writes what the other reads; without the lock they do not."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from sellier.domain.closures.service import change
from sellier.domain.orders.service import lines
from sellier.invariants.check import breaches
from tests.conftest import EMPTY, together
from tests.histories import plots
from tests.histories.checker import Kind, anomalies
from tests.histories.probes import PROBES
from tests.histories.recorder import Recorder
from tests.histories.test_histories import IS_SOAK

Sessions = async_sessionmaker[AsyncSession]
LOCKS = (" FOR NO KEY UPDATE", " FOR UPDATE")
# What is canceled twice is refused by its allocation too, which has so many units and no more.
HELD_BY_LOCKS = [name for name in PROBES if name != "three cancel of two"]
TRIES = 5  # two that could meet sometimes do not


@pytest.mark.parametrize("name", PROBES)
async def test_a_rule_over_a_set_holds(
    name: str, sessions: Sessions, owner: psycopg.Connection, noon: datetime
) -> None:
    for _ in range(50 if IS_SOAK else 1):
        assert await PROBES[name](sessions, noon)
        async with sessions() as db:
            assert not await breaches(db)
        together(owner, EMPTY)


def _bare(statement: str) -> str:
    for lock in LOCKS:
        statement = statement.replace(lock, "")
    return statement


@contextmanager
def without_locks(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have nobody lock what they read."""

    def bare(
        _connection: object, _cursor: object, statement: str, parameters: Any, *_: object
    ) -> tuple[str, Any]:
        return _bare(statement), parameters

    async def not_in_turn(_db: object) -> None:
        pass

    assert LOCKS[0] in lines.OF_ORDER._sql
    monkeypatch.setattr(lines.OF_ORDER, "_sql", _bare(lines.OF_ORDER._sql))
    monkeypatch.setattr(change, "one_at_a_time", not_in_turn)
    event.listen(engine.sync_engine, "before_cursor_execute", bare, retval=True)
    try:
        yield
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", bare)


async def _is_kept(name: str, sessions: Sessions, now: datetime) -> bool:
    try:
        return await PROBES[name](sessions, now)
    except DBAPIError:  # a constraint of the table, behind the lock
        return False


@pytest.mark.parametrize("name", HELD_BY_LOCKS)
async def test_without_the_lock_a_probe_notices(
    name: str,
    sessions: Sessions,
    engine: AsyncEngine,
    owner: psycopg.Connection,
    noon: datetime,
    *,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    is_kept = True
    with without_locks(engine, monkeypatch):
        for _ in range(TRIES):
            is_kept = is_kept and await _is_kept(name, sessions, noon)
            together(owner, EMPTY)
            if not is_kept:
                break
    assert not is_kept


async def test_without_the_lock_the_history_of_work_forks(
    recorder: Recorder,
    engine: AsyncEngine,
    noon: datetime,
    *,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bought = await plots.sold(recorder, count=6, now=noon)
    with without_locks(engine, monkeypatch):
        await plots.everybody(recorder, bought, seed=0, now=noon)
    found = anomalies(recorder.history())
    together(recorder.owner, EMPTY)
    assert Kind.LOST_UPDATE in {one.kind for one in found}
