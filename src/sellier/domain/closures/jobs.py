"""What the worker does for closures."""

from uuid import UUID

from sellier.domain.closures import queries
from sellier.domain.closures import service as closures
from sellier.infra.jobs import Context, Events, Job
from sellier.kernel.ids import ClosureId


async def carry_out(context: Context, events: Events) -> None:
    """Find other places for what the locations of a closure had."""
    for event in events:
        closure_id = ClosureId(UUID(event["closure_id"]))
        await closures.carry_out(context.sessions, closure_id=closure_id, now=context.clock())


async def keep(context: Context, _events: Events) -> None:
    """Begin what is due, go on where somebody died, and decide for those who did not choose."""
    async with context.sessions.begin() as db:
        due = await queries.to_begin(db, now=context.clock())
    for closure_id in due:
        async with context.sessions.begin() as db:
            await closures.begin(db, closure_id=closure_id, by="clock", now=context.clock())
    await closures.settle_overdue(context.sessions, now=context.clock())
    async with context.sessions.begin() as db:
        running = await queries.in_force(db)
    for closure_id in running:
        await closures.carry_out(context.sessions, closure_id=closure_id, now=context.clock())


JOBS = [
    Job(name="closures.carry_out", run=carry_out),
    Job(name="closures.keep", run=keep, alone=True, every="* * * * * */20"),
]
