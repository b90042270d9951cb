"""Counts: somebody writes down what is there, blind; what differs too much is looked at."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.stock import events
from sellier.domain.stock.errors import CountStale, LinesAbsurd
from sellier.domain.stock.models import StockCount, StockCountLine, StockMovement, StockPosition
from sellier.domain.stock.rules.counts import (
    COUNTED_MAX,
    Tally,
    beyond,
    check_finished,
    check_found,
)
from sellier.domain.stock.rules.moves import UNITS_MAX
from sellier.domain.stock.service import papers
from sellier.domain.stock.service.papers import Turn
from sellier.domain.stock.service.settle import Source, settle
from sellier.domain.stock.states import (
    COUNT,
    COUNT_START,
    Cause,
    CountEvent,
    CountState,
    next_state,
)
from sellier.infra import outbox
from sellier.kernel.ids import LocationId, Sku, StockCountId

_TOLD: Final = {
    CountState.WAITING: events.CountWaiting,
    CountState.APPLIED: events.CountApplied,
    CountState.REJECTED: events.CountRejected,
    CountState.CANCELED: events.CountCanceled,
}


async def open_count(
    db: AsyncSession,
    *,
    count_id: StockCountId,
    location_id: LocationId,
    skus: Sequence[Sku],
    shelf: str | None,
    tolerance: int,
    now: datetime,
) -> None:
    """Begin a count of some SKUs, or of a shelf on which they are found as one goes.

    A variance of up to `tolerance` units of a SKU needs nobody's approval. The same id again
    changes nothing. Raises `LinesAbsurd`, `UnknownPlace` and `LocationClosed`.
    """
    if not (skus or shelf) or len(skus) > COUNTED_MAX:
        raise LinesAbsurd(f"Name a shelf, or 1 to {COUNTED_MAX} SKUs.", lines=len(skus))
    if not 0 <= tolerance <= UNITS_MAX:
        raise LinesAbsurd(f"Tolerate 0 to {UNITS_MAX} units.", quantity=tolerance)
    await papers.check_known(db, skus=skus, location_ids=(location_id,))
    await papers.check_open(db, location_id=location_id)
    new = insert(StockCount).values(
        id=count_id,
        number=await papers.number(db, "C", now=now),
        version=1,
        created_at=now,
        location_id=location_id,
        shelf=shelf,
        state=COUNT_START,
        tolerance=tolerance,
    )
    if await db.scalar(new.on_conflict_do_nothing().returning(StockCount.id)) is not None:
        db.add_all(StockCountLine(count_id=count_id, sku=sku) for sku in dict.fromkeys(skus))


async def tally(
    db: AsyncSession, *, turn: Turn, found: Mapping[Sku, int], by: str, now: datetime
) -> None:
    """Write down what was found; a SKU that is not on the list yet is added to it.

    What the books say is kept beside it, from this moment: what is sold later changes neither.
    Raises `LinesAbsurd`, `UnknownPlace` and `LocationClosed`.
    """
    check_found(found)
    await papers.check_known(db, skus=found, location_ids=())
    count = await papers.begun(db, StockCount, turn)
    if count is None:
        return
    await papers.check_open(db, location_id=count.location_id)
    _turned(db, count, turn, event=CountEvent.TALLY, by=by, now=now)
    lines = {line.sku: line for line in await _lines(db, count)}
    expected = await _expected(db, count.location_id, skus=found)
    for sku, units in found.items():
        line = lines.get(sku) or StockCountLine(count_id=count.id, sku=sku)
        line.counted, line.expected = units, expected.get(sku, 0)
        line.counted_by, line.counted_at = by, now
        db.add(line)


async def submit(db: AsyncSession, *, turn: Turn, by: str, now: datetime) -> CountState:
    """Hand a count in: what is within the tolerance is applied, the rest waits for approval.

    Raises `CountUnfinished`, `LocationClosed`, and `CountStale` when units were counted again
    meanwhile.
    """
    count = await papers.begun(db, StockCount, turn)
    if count is None:
        return await _state(db, turn)
    await papers.check_open(db, location_id=count.location_id)
    lines = await _lines(db, count)
    open_lines = [line for line in lines if not line.is_applied]
    tallies = _tallies(open_lines)
    check_finished(len(open_lines) - len(tallies), counted=len(lines))
    waiting = beyond(tallies, tolerance=count.tolerance)
    event = CountEvent.ASK if waiting else CountEvent.APPLY
    _turned(db, count, turn, event=event, by=by, now=now)
    plain = [line for line in open_lines if line.sku not in waiting]
    await _apply(db, count, plain, turn=turn, by=by, now=now)
    return CountState(count.state)


async def approve(
    db: AsyncSession, *, turn: Turn, by: str, now: datetime, note: str | None = None
) -> Mapping[Sku, int]:
    """Apply what waited; return the SKUs of which units are short, because they are promised.

    Raises `CountStale` when units were counted again meanwhile: have them counted anew.
    """
    count = await papers.begun(db, StockCount, turn)
    if count is None:
        return {}
    _turned(db, count, turn, event=CountEvent.APPROVE, by=by, now=now, note=note)
    lines = [line for line in await _lines(db, count) if not line.is_applied]
    return await _apply(db, count, lines, turn=turn, by=by, now=now)


async def recount(
    db: AsyncSession, *, turn: Turn, by: str, now: datetime, note: str | None = None
) -> None:
    """Have what waits counted again."""
    count = await papers.begun(db, StockCount, turn)
    if count is None:
        return
    _turned(db, count, turn, event=CountEvent.RECOUNT, by=by, now=now, note=note)
    for line in await _lines(db, count):
        if not line.is_applied:
            line.counted = line.expected = line.counted_at = line.counted_by = None


async def reject(
    db: AsyncSession, *, turn: Turn, by: str, now: datetime, note: str | None = None
) -> None:
    """Let the books stand: what waits is not applied."""
    await _end(db, turn, event=CountEvent.REJECT, by=by, now=now, note=note)


async def cancel(db: AsyncSession, *, turn: Turn, by: str, now: datetime) -> None:
    """Give up a count that was not handed in."""
    await _end(db, turn, event=CountEvent.CANCEL, by=by, now=now, note=None)


async def _end(
    db: AsyncSession, turn: Turn, *, event: CountEvent, by: str, now: datetime, note: str | None
) -> None:
    count = await papers.begun(db, StockCount, turn)
    if count is not None:
        _turned(db, count, turn, event=event, by=by, now=now, note=note)


async def _apply(
    db: AsyncSession,
    count: StockCount,
    lines: Sequence[StockCountLine],
    *,
    turn: Turn,
    by: str,
    now: datetime,
) -> Mapping[Sku, int]:
    await _refuse_stale(db, count, lines)
    source = Source(name=f"count:{count.id}:{turn.key}", by=by, note=count.number)
    variances = {sku: one.variance for sku, one in _tallies(lines).items()}
    short = await settle(
        db, location_id=count.location_id, variances=variances, source=source, now=now
    )
    for line in lines:
        line.is_applied = True
        line.short = short.get(line.sku, 0)
    return short


async def _refuse_stale(
    db: AsyncSession, count: StockCount, lines: Iterable[StockCountLine]
) -> None:
    """Refuse what another count has set right since: its variance would be applied twice."""
    again = exists().where(
        StockMovement.sku == StockCountLine.sku,
        StockMovement.location_id == count.location_id,
        StockMovement.cause == Cause.COUNT,
        StockMovement.at >= StockCountLine.counted_at,
        ~StockMovement.source.startswith("short:"),
        ~StockMovement.source.startswith(f"count:{count.id}:"),
    )
    stale = await db.scalar(
        select(StockCountLine.sku)
        .where(
            StockCountLine.count_id == count.id,
            StockCountLine.sku.in_([line.sku for line in lines]),
            again,
        )
        .order_by(StockCountLine.sku)
        .limit(1)
    )
    if stale is not None:
        raise CountStale(f"{stale} was counted again meanwhile: count it anew.", sku=stale)


async def _expected(
    db: AsyncSession, location_id: LocationId, *, skus: Iterable[Sku]
) -> Mapping[Sku, int]:
    there = StockPosition.on_hand - StockPosition.short
    rows = await db.execute(
        select(StockPosition.sku, there.label("there")).where(
            StockPosition.location_id == location_id, StockPosition.sku.in_(list(skus))
        )
    )
    return {row.sku: row.there for row in rows}


async def _lines(db: AsyncSession, count: StockCount) -> Sequence[StockCountLine]:
    found = await db.scalars(
        select(StockCountLine)
        .where(StockCountLine.count_id == count.id)
        .order_by(StockCountLine.sku)
        .execution_options(populate_existing=True)
    )
    return found.all()


async def _state(db: AsyncSession, turn: Turn) -> CountState:
    found = await db.scalar(select(StockCount.state).where(StockCount.id == turn.paper_id))
    assert found is not None
    return CountState(found)


def _tallies(lines: Iterable[StockCountLine]) -> Mapping[Sku, Tally]:
    return {
        line.sku: Tally(counted=line.counted, expected=line.expected)
        for line in lines
        if line.counted is not None and line.expected is not None
    }


def _turned(
    db: AsyncSession,
    count: StockCount,
    turn: Turn,
    *,
    event: CountEvent,
    by: str,
    now: datetime,
    note: str | None = None,
) -> None:
    before = CountState(count.state)
    after = count.state = next_state(COUNT, before, event)
    papers.ended(db, count, turn, event=event, states=(before, after), by=by, now=now, note=note)
    if told := _TOLD.get(after):
        outbox.publish(db, told(happened_at=now, count_id=count.id, location_id=count.location_id))
