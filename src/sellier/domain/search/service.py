"""Every change of the index: notes of what is out of date, refreshing, building anew."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import delete, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.search import queries
from sellier.domain.search.errors import IndexBroken, IndexMissing, IndexOutdated
from sellier.domain.search.events import DocumentsOutdated
from sellier.domain.search.gateway import folder, writing
from sellier.domain.search.models import SearchChange
from sellier.domain.search.queries import Change
from sellier.infra import outbox
from sellier.kernel.ids import StyleColorId

log = structlog.get_logger()

# Above this many changes a new index is made: it costs less, and readers see it all at once.
REBUILD_FROM = 10_000
_FORGET_BATCH = 5_000


def index_folder(home: Path) -> Path:
    """Return where a deployment's index lives."""
    return home / "index"


async def note_changes(
    db: AsyncSession, *, style_color_ids: Sequence[StyleColorId], now: datetime
) -> None:
    """Note style-colors as out of date, and ask for one refresh of them all."""
    if not style_color_ids:
        return
    # In order, so that two of these cannot wait for each other.
    rows = [{"style_color_id": each, "changed_at": now} for each in sorted(set(style_color_ids))]
    statement = insert(SearchChange)
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=[SearchChange.style_color_id],
            set_={"changed_at": statement.excluded.changed_at},
        ),
        rows,
    )
    outbox.publish(db, DocumentsOutdated(happened_at=now))


async def refresh(sessions: async_sessionmaker[AsyncSession], *, home: Path, now: datetime) -> int:
    """Bring the index up to date with all changes noted; returns how many there were.

    A change noted meanwhile stays noted: only what was read is forgotten. Raises `IndexBusy`
    when another process writes.
    """
    async with sessions.begin() as db:
        noted = await queries.changes(db)
        markets = await queries.market_codes(db)
    if len(noted) >= REBUILD_FROM or not _is_usable(index_folder(home), markets):
        await rebuild(sessions, home=home, now=now)
        return len(noted)
    for start in range(0, len(noted), queries.BATCH):
        batch = noted[start : start + queries.BATCH]
        async with sessions.begin() as db:
            documents = await queries.documents(
                db, style_color_ids=[change.style_color_id for change in batch], now=now
            )
        await asyncio.to_thread(writing.update, index_folder(home), documents, ())
        async with sessions.begin() as db:
            await forget(db, changes=batch)
    return len(noted)


async def rebuild(sessions: async_sessionmaker[AsyncSession], *, home: Path, now: datetime) -> int:
    """Make a new index of the whole catalog and switch to it; returns its style-colors."""
    async with sessions.begin() as db:
        noted = await queries.changes(db)
        markets = await queries.market_codes(db)
    build = await asyncio.to_thread(writing.Build, index_folder(home), markets)
    try:
        await _fill(sessions, build, now)
        await asyncio.to_thread(build.finish)
    except BaseException:
        await asyncio.to_thread(build.abandon)
        raise
    async with sessions.begin() as db:
        await forget(db, changes=noted)
    log.info("search index built", style_colors=build.count, markets=list(markets))
    return build.count


async def _fill(
    sessions: async_sessionmaker[AsyncSession], build: writing.Build, now: datetime
) -> None:
    after: StyleColorId | None = None
    while True:
        async with sessions.begin() as db:
            ids = await queries.style_colors_after(db, after=after)
            if not ids:
                return
            documents = await queries.documents(db, style_color_ids=ids, now=now)
        await asyncio.to_thread(build.add, documents)
        after = ids[-1]


def _is_usable(root: Path, markets: tuple[str, ...]) -> bool:
    try:
        path = folder.current(root)
        known = folder.markets_of(path)
        folder.open_index(path)
    except (IndexMissing, IndexOutdated, IndexBroken) as reason:
        log.info("search index is made anew", reason=str(reason))
        return False
    return known == markets


async def forget(db: AsyncSession, *, changes: Sequence[Change]) -> None:
    """Forget changes that the index has taken in; one noted again since stays."""
    for start in range(0, len(changes), _FORGET_BATCH):
        batch = changes[start : start + _FORGET_BATCH]
        seen = [(change.style_color_id, change.changed_at) for change in batch]
        noted = tuple_(SearchChange.style_color_id, SearchChange.changed_at)
        await db.execute(delete(SearchChange).where(noted.in_(seen)))
