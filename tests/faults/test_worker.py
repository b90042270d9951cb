"""Workers that die or fail in the middle of a job."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import httpx
import procrastinate
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier import worker
from sellier.infra import jobs, keys, postgres
from sellier.infra.jobs import Context, Events, Job
from sellier.infra.settings import Settings

Sessions = async_sessionmaker[AsyncSession]


@dataclass(slots=True)
class Runs:
    """Counts the runs of a job; each does the next of the steps, if any is left."""

    count: int = 0
    steps: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    async def __call__(self, _context: Context, _events: Events) -> None:
        self.count += 1
        if self.steps:
            await self.steps.pop()()


@pytest.fixture
def runs() -> Runs:
    return Runs()


@pytest.fixture
async def app(
    database: postgres.Database,
    sessions: Sessions,
    settings: Settings,
    *,
    runs: Runs,
    noon: datetime,
) -> AsyncIterator[procrastinate.App]:
    conninfo = postgres.conninfo(database.url(postgres.WORKER))
    async with httpx.AsyncClient() as http:
        context = Context(
            sessions=sessions,
            settings=settings,
            keys=keys.of(settings),
            http=http,
            clock=lambda: noon,
        )
        named = [Job(name="test.alone", run=runs, alone=True), Job(name="test.each", run=runs)]
        connector = procrastinate.PsycopgConnector(conninfo=conninfo, min_size=1, max_size=3)
        found = jobs.application(connector, named, context)
        async with found.open_async():
            yield found


async def drain(app: procrastinate.App) -> None:
    await app.run_worker_async(
        wait=False, delete_jobs="successful", listen_notify=False, install_signal_handlers=False
    )


@pytest.mark.parametrize("name", ["test.alone", "test.each"])
async def test_the_job_of_a_dead_worker_is_taken_up_again(
    app: procrastinate.App, sessions: Sessions, *, runs: Runs, name: str
) -> None:
    await app.tasks[name].defer_async(events=[])
    manager = app.job_manager
    dead = await manager.register_worker()
    assert await manager.fetch_job(queues=None, worker_id=dead) is not None
    await app.tasks[name].defer_async(events=[])
    async with sessions.begin() as db:
        await db.execute(
            text(
                "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"
                " WHERE id = :dead"
            ),
            {"dead": dead},
        )

    rescued = await worker.rescue(app)
    await drain(app)

    assert rescued == 1
    assert runs.count == (1 if name == "test.alone" else 2)
    assert await worker.rescue(app) == 0


async def test_a_job_that_fails_while_the_next_waits_does_not_block_it(
    app: procrastinate.App, runs: Runs
) -> None:
    """Its lock would be held for ever, and payments would never be settled again."""
    task = app.tasks["test.alone"]

    async def fail_while_the_next_waits() -> None:
        await task.defer_async(events=[])
        raise RuntimeError("the provider sent something new")

    runs.steps = [fail_while_the_next_waits]
    await task.defer_async(events=[])

    await drain(app)

    assert runs.count == 2


async def test_a_job_that_waits_already_does_not_undo_what_else_is_done(
    app: procrastinate.App, sessions: Sessions, runs: Runs
) -> None:
    """An import tells of hundreds of changes: the dispatcher would fail until the first is done."""
    for _ in range(2):
        async with sessions.begin() as db:
            await jobs.defer(app, db, name="test.each", events=[])
            await jobs.defer(app, db, name="test.alone", events=[])
            assert await db.scalar(text("SELECT 1")) == 1

    await drain(app)

    assert runs.count == 3


async def test_a_task_that_lost_its_cancellation_ends_all_the_same() -> None:
    """As when the error of a database that is away takes its place: the worker ends when asked."""
    lost = 0

    async def deaf() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if lost == 2:
                    raise
                lost += 1

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    await asyncio.wait_for(worker.end([task], patience=0.01), 10)

    assert task.done()
    assert lost == 2
