"""Work done outside requests, by procrastinate in the same PostgreSQL.

A job is an async function `(context, events)`. It is run at least once for each event, so
it has to be idempotent on what it finds in the database.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import httpx
import procrastinate
import structlog
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.infra.keys import Keys
from sellier.infra.settings import Settings

log = structlog.get_logger()

Events = Sequence[Mapping[str, Any]]

RETRY_FIRST_SECONDS: Final = 3
RETRY_SECONDS_MAX: Final = 1_800


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a job may use: it opens its own transaction with `sessions.begin()`."""

    sessions: async_sessionmaker[AsyncSession]
    settings: Settings
    keys: Keys
    http: httpx.AsyncClient
    clock: Callable[[], datetime]


Run = Callable[[Context, Events], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A named job. `alone` jobs wait in the queue at most once: a second would do nothing.

    They are not tried again either: the one that waits is the next try, and two cannot wait.
    """

    name: str
    run: Run
    alone: bool = False
    in_turn: bool = False  # one at a time, in the order in which they were asked for
    every: str | None = None  # cron, for what must happen without an event
    attempts: int | None = 8  # None: again for ever, for what must not be left undone


@dataclass(frozen=True, slots=True, kw_only=True)
class Later(procrastinate.BaseRetryStrategy):
    """Try a failed job again: soon at first, then every half hour."""

    attempts: int | None

    def get_retry_decision(
        self,
        *,
        exception: BaseException,  # noqa: ARG002  all failures are worth another try
        job: procrastinate.jobs.Job,
    ) -> procrastinate.RetryDecision | None:
        if self.attempts is not None and job.attempts >= self.attempts:
            return None
        wait = min(RETRY_FIRST_SECONDS ** (job.attempts + 1), RETRY_SECONDS_MAX)
        return procrastinate.RetryDecision(retry_in={"seconds": wait})


def application(
    connector: procrastinate.BaseConnector, jobs: Sequence[Job], context: Context | None
) -> procrastinate.App:
    """Name every job to procrastinate; `context` is None where jobs are only deferred."""
    app = procrastinate.App(connector=connector)
    for job in jobs:
        _register(app, job, context)
    return app


def _register(app: procrastinate.App, job: Job, context: Context | None) -> None:
    async def run(events: list[dict[str, Any]]) -> None:
        assert context is not None, "this process defers jobs and runs none"
        await job.run(context, events)

    async def run_by_the_clock(timestamp: int) -> None:
        log.debug("time for job", job=job.name, timestamp=timestamp)
        await run([])

    retry = False if job.alone else Later(attempts=job.attempts)
    lock = job.name if job.alone or job.in_turn else None
    waits = job.name if job.alone else None
    app.task(name=job.name, retry=retry, queueing_lock=waits, lock=lock)(run)
    if job.every:
        # Waits apart from the same job by event: one of each, and never two at work.
        waiting = f"{job.name}.by_the_clock"
        task = app.task(name=waiting, queueing_lock=waiting, lock=lock)(run_by_the_clock)
        app.periodic(cron=job.every)(task)


async def defer(
    app: procrastinate.App, db: AsyncSession, *, name: str, events: Sequence[dict[str, Any]]
) -> None:
    """Put a job in the queue within the caller's transaction."""
    task = app.tasks[name]
    try:
        async with db.begin_nested():  # a job that waits already must not undo the rest
            # Asked for in here: only whoever asks for the connection has the savepoint set.
            raw = await (await db.connection()).get_raw_connection()
            await task.configure(connection=raw.driver_connection).defer_async(events=list(events))
    except AlreadyEnqueued:
        log.debug("job waits already", job=name)
