import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.infra import outbox
from sellier.infra.outbox import Event, OutboxRow, Reaction

Sessions = async_sessionmaker[AsyncSession]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sewn(Event):
    name: ClassVar[str] = "test.sewn"

    stitches: int


class Deferred:
    """Collects what would go to the queue."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, list[int]]] = []

    async def __call__(self, _db: AsyncSession, job: str, events: Sequence[dict[str, Any]]) -> None:
        self.calls.append((job, [event["stitches"] for event in events]))

    def stitches(self) -> list[int]:
        return sorted(count for _, counts in self.calls for count in counts)


async def publish(sessions: Sessions, count: int, *, now: datetime) -> None:
    async with sessions.begin() as db:
        for stitches in range(count):
            outbox.publish(db, Sewn(happened_at=now, stitches=stitches))


async def dispatch(
    sessions: Sessions, deferred: Deferred, *, now: datetime, at_most: int = 1
) -> int:
    subscriptions = {"test.sewn": (Reaction(job="test.press", at_most=at_most),)}
    async with sessions.begin() as db:
        return await outbox.dispatch(db, subscriptions=subscriptions, defer=deferred, now=now)


async def test_an_event_of_a_transaction_that_failed_never_leaves(
    sessions: Sessions, noon: datetime
) -> None:
    async def fail() -> None:
        async with sessions.begin() as db:
            outbox.publish(db, Sewn(happened_at=noon, stitches=1))
            await db.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await dispatch(sessions, Deferred(), now=noon) == 0


async def test_each_event_is_handed_on_once(sessions: Sessions, noon: datetime) -> None:
    await publish(sessions, 3, now=noon)
    deferred = Deferred()
    await dispatch(sessions, deferred, now=noon)
    await dispatch(sessions, deferred, now=noon)
    assert deferred.stitches() == [0, 1, 2]


async def test_events_are_batched_where_the_job_takes_many(
    sessions: Sessions, noon: datetime
) -> None:
    await publish(sessions, 5, now=noon)
    deferred = Deferred()
    await dispatch(sessions, deferred, now=noon, at_most=2)
    assert [len(counts) for _, counts in deferred.calls] == [2, 2, 1]


async def test_many_dispatchers_share_the_work_and_lose_nothing(
    sessions: Sessions, noon: datetime
) -> None:
    deferred = Deferred()

    async def write() -> None:
        for _ in range(5):
            await publish(sessions, 4, now=noon)

    async def hand_on() -> None:
        for _ in range(10):
            await dispatch(sessions, deferred, now=noon)

    await asyncio.gather(write(), write(), hand_on(), hand_on(), hand_on())
    await dispatch(sessions, deferred, now=noon)

    assert deferred.stitches() == sorted(list(range(4)) * 10)
    async with sessions() as db:
        waiting = select(OutboxRow.id).where(OutboxRow.dispatched_at.is_(None))
        assert (await db.scalars(waiting)).all() == []
