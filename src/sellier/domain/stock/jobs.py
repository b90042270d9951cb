"""What the worker does for stock."""

from typing import Final

from sellier.domain.stock.service.settle import settle_shorts
from sellier.infra.jobs import Context, Events, Job


async def settle(context: Context, _events: Events) -> None:
    """Take off the books what a count missed, once it is promised to nobody."""
    async with context.sessions.begin() as db:
        await settle_shorts(db, now=context.clock())


JOBS: Final = (Job(name="stock.settle_shorts", run=settle, alone=True, every="* * * * *"),)
