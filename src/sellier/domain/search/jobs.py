"""What the worker does for search: note what changed, then bring the index up to date."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import structlog

from sellier.domain.search import queries
from sellier.domain.search import service as search
from sellier.domain.search.errors import IndexBusy
from sellier.infra.jobs import Context, Events, Job
from sellier.kernel.ids import Sku, StyleColorId

log = structlog.get_logger()

# Longer than the time between two runs, so that a late one misses nothing.
_LOOK_BACK = timedelta(minutes=15)


async def note(context: Context, events: Events) -> None:
    """Note the style-colors of events of catalog, pricing and stock."""
    ids = {StyleColorId(UUID(each)) for each in _each(events, "style_color_ids")}
    skus = [Sku(each) for each in _each(events, "skus")]
    async with context.sessions.begin() as db:
        if skus:
            ids |= set(await queries.style_colors_of(db, skus=skus))
        await search.note_changes(db, style_color_ids=list(ids), now=context.clock())


async def note_turned(context: Context, _events: Events) -> None:
    """Note what the clock alone listed, delisted or priced anew."""
    now = context.clock()
    async with context.sessions.begin() as db:
        ids = await queries.turned(db, since=now - _LOOK_BACK, until=now)
        await search.note_changes(db, style_color_ids=ids, now=now)


async def refresh(context: Context, _events: Events) -> None:
    """Bring the index up to date. Waits in the queue once, so a burst of changes is one run."""
    try:
        await search.refresh(context.sessions, home=context.settings.home, now=context.clock())
    except IndexBusy:
        # What is noted stays noted; the next run finds it.
        log.info("search index is being written; refreshing later")


async def rebuild(context: Context, _events: Events) -> None:
    """Make a new index of the whole catalog."""
    await search.rebuild(context.sessions, home=context.settings.home, now=context.clock())


def _each(events: Events, key: str) -> Iterable[str]:
    return (str(value) for event in events for value in event.get(key, ()))


JOBS = [
    Job(name="search.note", run=note),
    Job(name="search.note_turned", run=note_turned, alone=True, every="*/5 * * * *"),
    Job(name="search.refresh", run=refresh, alone=True, every="* * * * * */30"),
    Job(name="search.rebuild", run=rebuild, alone=True),
]
