from typing import Final

from sellier.domain.identity import service as identity
from sellier.infra.jobs import Context, Events, Job


async def forget(context: Context, _events: Events) -> None:
    async with context.sessions.begin() as db:
        await identity.forget(db, now=context.clock())


JOBS: Final = [Job(name="identity.forget", run=forget, alone=True, every="17 3 * * *")]
