"""What the worker does for webhooks."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Final

import structlog

from sellier.domain.webhooks import gateway, service
from sellier.domain.webhooks.gateway import Post
from sellier.domain.webhooks.service import Due
from sellier.domain.webhooks.service.deliver import AT_ONCE, EACH_AT_ONCE
from sellier.infra import logging
from sellier.infra.jobs import Context, Events, Job
from sellier.kernel.ids import WebhookEndpointId

log = structlog.get_logger()

POLL_SECONDS: Final = 1.0
AGAIN_SECONDS: Final = 5.0

Running = dict[asyncio.Task[None], WebhookEndpointId]


async def tell(context: Context, events: Events) -> None:
    """Write down who is to hear of what happened."""
    async with context.sessions.begin() as db:
        source = context.settings.url
        await service.tell(db, events=events, source=source, now=context.clock())


async def forget(context: Context, _events: Events) -> None:
    """Forget what was sent long ago."""
    async with context.sessions.begin() as db:
        await service.forget(db, now=context.clock())


async def deliver(context: Context, *, until: asyncio.Event) -> None:
    """Bring messages to endpoints until told to stop.

    Not a job of the queue: one that waits for somebody else's slow answer must not take the place
    of work that is ours, nor of another's messages.
    """
    async with gateway.client() as client:
        post = Post(client=client, is_loopback_allowed=context.settings.webhooks_loopback)
        running: Running = {}
        try:
            while not until.is_set():
                found = await _claim(context, running)
                for due in found:
                    running[asyncio.create_task(_try(context, post, due))] = due.endpoint.id
                await _wait(running, is_more=bool(found))
                for task in [each for each in running if each.done()]:
                    del running[task]
        finally:
            for task in running:
                task.cancel()  # its lease ends, and it is tried again
            await asyncio.gather(*running, return_exceptions=True)


async def _claim(context: Context, running: Running) -> Sequence[Due]:
    free = AT_ONCE - len(running)
    if free <= 0:
        return ()
    busy = Counter(running.values())
    resting = [each for each, count in busy.items() if count >= EACH_AT_ONCE]
    try:
        async with context.sessions.begin() as db:
            return await service.claim(db, now=context.clock(), resting=resting, limit=free)
    except Exception as error:  # noqa: BLE001  the edge: the database may be away for a while
        logging.failure(log, "webhooks not looked up; trying again", error)
        await asyncio.sleep(AGAIN_SECONDS)
        return ()


async def _try(context: Context, post: Post, due: Due) -> None:
    try:
        await service.try_once(
            context.sessions, post, due=due, keys=context.keys, now=context.clock()
        )
    except Exception:  # the edge: its lease ends, and it is tried again
        log.exception("webhook not written down", delivery_id=due.delivery_id)


async def _wait(running: Running, *, is_more: bool) -> None:
    """Wait a moment; not so long where one has ended and more may be waiting."""
    if running and is_more:
        await asyncio.wait(running, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    else:
        await asyncio.sleep(POLL_SECONDS)


JOBS = [
    Job(name="webhooks.tell", run=tell, in_turn=True),
    Job(name="webhooks.forget", run=forget, alone=True, every="41 3 * * *"),
]
