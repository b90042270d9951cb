"""What the worker does for returns: hear of carriers, and stop waiting for what never comes."""

from typing import Final
from uuid import UUID

import structlog

from sellier.domain.carriers.states import TrackingState
from sellier.domain.returns import queries
from sellier.domain.returns import service as returns
from sellier.domain.returns.errors import NothingToReturn
from sellier.domain.returns.rules import FOUND_WITHIN
from sellier.infra.jobs import Context, Events, Job
from sellier.kernel.ids import FulfillmentId, ParcelId

log = structlog.get_logger()

NOT_GONE: Final = frozenset({TrackingState.LABELED, TrackingState.CANCELED})


async def sent_back(context: Context, events: Events) -> None:
    """Open a return for each parcel that its carrier could not deliver."""
    for event in events:
        fulfillment_id = FulfillmentId(UUID(event["fulfillment_id"]))
        try:
            async with context.sessions.begin() as db:
                await returns.sent_back(db, fulfillment_id=fulfillment_id, now=context.clock())
        except NothingToReturn:
            log.warning("a carrier brings back what it never had", fulfillment_id=fulfillment_id)


async def track(context: Context, events: Events) -> None:
    """Mark the returns by post that are on their way: each travels under its own id."""
    for event in events:
        if TrackingState(event["after"]) in NOT_GONE:
            continue
        async with context.sessions.begin() as db:
            parcel_id = ParcelId(UUID(event["parcel_id"]))
            return_id = await queries.sent_by_post(db, parcel_id=parcel_id)
            if return_id is not None:
                await returns.send(db, return_id=return_id, by="carrier", now=context.clock())


async def keep_time(context: Context, _events: Events) -> None:
    """End what was announced and never came; pay back what a carrier lost and did not find."""
    now = context.clock()
    async with context.sessions.begin() as db:
        due = await queries.due_to_lapse(db, now=now)
        overdue = await queries.due_to_let_go(db, now=now)
        lost = await queries.lost_since(db, before=now - FOUND_WITHIN)
    for return_id in due:
        async with context.sessions.begin() as db:
            await returns.lapse(db, return_id=return_id, now=now)
    for return_id in overdue:
        async with context.sessions.begin() as db:
            await returns.end_exchange(db, return_id=return_id, now=now)
    for fulfillment_id in lost:
        try:
            async with context.sessions.begin() as db:
                await returns.lost(db, fulfillment_id=fulfillment_id, now=now)
        except NothingToReturn:
            log.info("found meanwhile", fulfillment_id=fulfillment_id)


JOBS = [
    Job(name="returns.sent_back", run=sent_back),
    Job(name="returns.track", run=track),
    Job(name="returns.keep_time", run=keep_time, alone=True, every="*/5 * * * *"),
]
