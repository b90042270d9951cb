"""Run the jobs: every job is named here once, and events become jobs here."""

import asyncio
import signal
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import procrastinate
import structlog
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.closures import jobs as closure_jobs
from sellier.domain.identity import jobs as identity_jobs
from sellier.domain.orders import jobs as order_jobs
from sellier.domain.payments import jobs as payment_jobs
from sellier.domain.returns import jobs as return_jobs
from sellier.domain.search import jobs as search_jobs
from sellier.domain.stock import jobs as stock_jobs
from sellier.domain.webhooks import jobs as webhook_jobs
from sellier.infra import db, health, jobs, keys, logging, outbox, postgres
from sellier.infra.settings import Settings
from sellier.subscriptions import SUBSCRIPTIONS
from sellier.surfaces.letters import jobs as letter_jobs

log = structlog.get_logger()

JOBS: Final[Sequence[jobs.Job]] = (
    *payment_jobs.JOBS,
    *order_jobs.JOBS,
    *return_jobs.JOBS,
    *closure_jobs.JOBS,
    *search_jobs.JOBS,
    *stock_jobs.JOBS,
    *identity_jobs.JOBS,
    *letter_jobs.JOBS,
    *webhook_jobs.JOBS,
)

POLL_SECONDS: Final = 0.2
BEAT_SECONDS: Final = 10
CONCURRENCY: Final = 4
CONNECT_SECONDS: Final = 5
AGAIN_SECONDS: Final = 1
STOP_SECONDS: Final = 15  # longer than the payment provider may take to answer
STALLED_SECONDS: Final = 30  # three heartbeats of the library's worker


async def work(
    settings: Settings, database: postgres.Database, *, until_idle: bool = False
) -> None:
    """Dispatch events and run jobs until told to stop, or until nothing is left to do."""
    url = database.url(postgres.WORKER)
    engine = db.engine(url, connections=2 * CONCURRENCY + 2)
    async with httpx.AsyncClient() as http:
        context = jobs.Context(
            sessions=db.sessions(engine),
            settings=settings,
            keys=keys.of(settings),
            http=http,
            clock=lambda: datetime.now(UTC),
        )
        conninfo = postgres.conninfo(url)
        try:
            if until_idle:
                app = _application(conninfo, context)
                async with app.open_async():
                    await _drain(app, context)
            else:
                await _run(conninfo, context)
        finally:
            await engine.dispose()


def _application(conninfo: str, context: jobs.Context) -> procrastinate.App:
    connector = procrastinate.PsycopgConnector(
        conninfo=conninfo,
        min_size=1,
        max_size=CONCURRENCY + 1,
        timeout=CONNECT_SECONDS,
        reconnect_timeout=CONNECT_SECONDS,
    )
    return jobs.application(connector, JOBS, context)


async def _run(conninfo: str, context: jobs.Context) -> None:
    """Work until SIGINT or SIGTERM, whatever else happens; then let the running jobs end."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for asked in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(asked, stopping.set)
    tasks = [
        asyncio.create_task(each)
        for each in (
            _work(conninfo, context, until=stopping),
            _dispatch(_application(conninfo, context), context, until=stopping),
            _beat(context, until=stopping),
            webhook_jobs.deliver(context, until=stopping),
        )
    ]
    await stopping.wait()
    await end(tasks, patience=STOP_SECONDS + AGAIN_SECONDS)
    # What the libraries began and left running, such as a pool that was never fully open.
    left = {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}
    await end(left, patience=AGAIN_SECONDS)


async def end(tasks: Iterable[asyncio.Task[Any]], *, patience: float) -> None:
    """Cancel tasks, and again those that live on, until none is left.

    A cancellation may get lost: where the database is away its error takes the place of it, and
    `asyncio.wait_for` of Python 3.11 drops one that comes as its wait ends. `patience`, in
    seconds, is how long a task may take to end well.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=patience)


async def _work(conninfo: str, context: jobs.Context, *, until: asyncio.Event) -> None:
    """Run the queue; begin again, with fresh connections, whenever the database was away.

    The library's worker ends when it loses the database, with an error or as if it had been asked.
    """
    while not until.is_set():
        app = _application(conninfo, context)
        try:
            async with app.open_async():
                rescuing = asyncio.create_task(_rescue_for_ever(app))
                try:
                    await app.run_worker_async(
                        concurrency=CONCURRENCY,
                        delete_jobs="successful",
                        listen_notify=True,
                        install_signal_handlers=False,
                        shutdown_graceful_timeout=STOP_SECONDS,
                    )
                finally:
                    rescuing.cancel()
        except Exception as error:  # noqa: BLE001  the edge: the database may be away for a while
            log.warning("worker stopped; beginning again", error=str(error))
        else:
            log.warning("worker stopped; beginning again")
        await asyncio.sleep(AGAIN_SECONDS)


async def _rescue_for_ever(app: procrastinate.App) -> None:
    while True:
        try:
            await rescue(app)
        except (procrastinate.exceptions.ProcrastinateException, OSError) as error:
            log.warning("rescue failed; trying again", error=str(error))
        await asyncio.sleep(BEAT_SECONDS)


async def rescue(app: procrastinate.App) -> int:
    """Take up the jobs of workers that died: nobody else will, and their locks are still held."""
    manager = app.job_manager
    await manager.prune_stalled_workers(STALLED_SECONDS)
    stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS))
    for job in stalled:
        log.warning("job taken up again", job=job.task_name, id=job.id)
        try:
            await manager.retry_job(job)
        except procrastinate.exceptions.UniqueViolation:
            # The next one waits already, and only one of these may.
            await manager.finish_job(job, procrastinate.jobs.Status.FAILED, delete_job=True)
    return len(stalled)


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


async def _dispatch(app: procrastinate.App, context: jobs.Context, *, until: asyncio.Event) -> None:
    while not until.is_set():
        try:
            await dispatch_all(app, context.sessions, now=context.clock())
        except Exception as error:  # noqa: BLE001  the edge: the database may be away for a while
            logging.failure(log, "dispatch failed; trying again", error)
            await asyncio.sleep(AGAIN_SECONDS)
        await asyncio.sleep(POLL_SECONDS)


async def _beat(context: jobs.Context, *, until: asyncio.Event) -> None:
    while not until.is_set():
        with suppress(Exception):  # a missing beat is itself the message
            async with context.sessions.begin() as session:
                await health.beat(session, process="worker", now=context.clock())
        await asyncio.sleep(BEAT_SECONDS)
