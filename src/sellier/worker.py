"""Run the jobs: every job is named here once, and events become jobs here."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import procrastinate
import structlog
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.orders import jobs as order_jobs
from sellier.domain.payments import jobs as payment_jobs
from sellier.domain.search import jobs as search_jobs
from sellier.infra import db, health, jobs, keys, outbox, postgres
from sellier.infra.settings import Settings
from sellier.subscriptions import SUBSCRIPTIONS

log = structlog.get_logger()

JOBS: Final[Sequence[jobs.Job]] = (
    *payment_jobs.JOBS,
    *order_jobs.JOBS,
    *search_jobs.JOBS,
)

POLL_SECONDS: Final = 0.2
BEAT_SECONDS: Final = 10
CONCURRENCY: Final = 4


async def work(
    settings: Settings, database: postgres.Database, *, until_idle: bool = False
) -> None:
    """Dispatch events and run jobs until told to stop, or until nothing is left to do."""
    url = database.url(postgres.WORKER)
    engine = db.engine(url, connections=CONCURRENCY + 2)
    async with httpx.AsyncClient() as http:
        context = jobs.Context(
            sessions=db.sessions(engine),
            settings=settings,
            keys=keys.of(settings),
            http=http,
            clock=lambda: datetime.now(UTC),
        )
        connector = procrastinate.PsycopgConnector(
            conninfo=postgres.conninfo(url), min_size=1, max_size=CONCURRENCY + 1
        )
        app = jobs.application(connector, JOBS, context)
        try:
            async with app.open_async():
                await (_drain(app, context) if until_idle else _run(app, context))
        finally:
            await engine.dispose()


async def _run(app: procrastinate.App, context: jobs.Context) -> None:
    background = [
        asyncio.create_task(_dispatch_for_ever(app, context)),
        asyncio.create_task(_beat_for_ever(context)),
    ]
    try:
        # Returns on SIGINT or SIGTERM, once the jobs it runs have ended.
        await app.run_worker_async(
            concurrency=CONCURRENCY, delete_jobs="successful", listen_notify=True
        )
    finally:
        for task in background:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _drain(app: procrastinate.App, context: jobs.Context) -> None:
    """Work until the outbox and the queue are both empty; for imports and tests."""
    while True:
        dispatched = await dispatch_all(app, context.sessions, now=context.clock())
        await app.run_worker_async(
            wait=False,
            concurrency=CONCURRENCY,
            delete_jobs="successful",
            listen_notify=False,
            install_signal_handlers=False,
        )
        if not dispatched and not await dispatch_all(app, context.sessions, now=context.clock()):
            return


async def dispatch_all(
    app: procrastinate.App, sessions: async_sessionmaker[AsyncSession], *, now: datetime
) -> int:
    """Turn every waiting event into jobs, a batch a transaction; return how many there were."""

    async def defer(session: AsyncSession, name: str, events: Sequence[dict[str, Any]]) -> None:
        await jobs.defer(app, session, name=name, events=events)

    total = 0
    while True:
        async with sessions.begin() as session:
            count = await outbox.dispatch(
                session, subscriptions=SUBSCRIPTIONS, defer=defer, now=now
            )
        total += count
        if count < outbox.BATCH:
            return total


async def _dispatch_for_ever(app: procrastinate.App, context: jobs.Context) -> None:
    while True:
        try:
            await dispatch_all(app, context.sessions, now=context.clock())
        except Exception:  # the edge: the database may be away for a while
            log.exception("dispatch failed; trying again")
            await asyncio.sleep(BEAT_SECONDS)
        await asyncio.sleep(POLL_SECONDS)


async def _beat_for_ever(context: jobs.Context) -> None:
    while True:
        with suppress(Exception):  # a missing beat is itself the message
            async with context.sessions.begin() as session:
                await health.beat(session, process="worker", now=context.clock())
        await asyncio.sleep(BEAT_SECONDS)
