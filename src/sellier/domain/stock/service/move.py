"""Movements: units come, go, or change their condition, and the ledger says why."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.stock import queries
from sellier.domain.stock.errors import SourceReused, UnknownPlace
from sellier.domain.stock.events import PositionsChanged
from sellier.domain.stock.models import StockMovement, StockPosition
from sellier.domain.stock.rules import Move, Position, check, moved
from sellier.domain.stock.states import Cause, Condition
from sellier.infra import outbox
from sellier.kernel.ids import LocationId, Sku

Key = tuple[Sku, LocationId]


async def move(
    db: AsyncSession,
    *,
    moves: Sequence[Move],
    cause: Cause,
    source: str,
    by: str,
    now: datetime,
    note: str | None = None,
) -> bool:
    """Write movements that have one cause, all or none; False when they were written before.

    `source` names what they came from and explains one thing: the same movements again change
    nothing, others under it raise `SourceReused`. Raises `UnknownPlace`, `MovementAbsurd`, and
    `NotThere` when units would go that are not there, or are promised or lent; the transaction
    may go on after a refusal, and nothing was done.
    """
    check(moves, cause)
    keys = sorted({(one.sku, one.location_id) for one in moves})
    await _check_known(db, keys)
    async with db.begin_nested():  # a refusal takes the positions back that were opened for it
        positions = await opened(db, keys)
        # Asked once the positions are ours: a twin that was quicker has written by now.
        if await _is_written(db, keys, moves=moves, cause=cause, source=source):
            return False
        for one in moves:
            key = (one.sku, one.location_id)
            positions[key] = moved(positions[key], one, cause=cause)
    for one in moves:
        db.add(
            StockMovement(
                sku=one.sku,
                location_id=one.location_id,
                quantity=one.quantity,
                condition=one.condition,
                cause=cause,
                source=source,
                note=note,
                by=by,
                at=now,
            )
        )
    for (sku, location_id), after in positions.items():
        await write(db, sku, location_id, after=after)
    skus = tuple(sorted({sku for sku, _ in keys}))
    outbox.publish(db, PositionsChanged(happened_at=now, skus=skus))
    return True


async def _check_known(db: AsyncSession, keys: Sequence[Key]) -> None:
    skus, places = {sku for sku, _ in keys}, {place for _, place in keys}
    known = await queries.known(db, skus=skus, location_ids=places)
    if missing := sorted(skus - known.skus):
        raise UnknownPlace(f"There is no SKU {missing[0]}.", sku=missing[0])
    if places - known.location_ids:
        raise UnknownPlace("There is no such location.")


async def opened(db: AsyncSession, keys: Sequence[Key]) -> dict[Key, Position]:
    """Lock positions in the order in which everyone takes them; one that is missing is opened."""
    await db.execute(
        insert(StockPosition)
        .values([{"sku": sku, "location_id": place, "on_hand": 0} for sku, place in keys])
        .on_conflict_do_nothing()
    )
    rows = await db.execute(
        select(StockPosition)
        .where(tuple_(StockPosition.sku, StockPosition.location_id).in_(keys))
        .order_by(StockPosition.sku, StockPosition.location_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {(row.sku, row.location_id): _position(row) for row in rows.scalars()}


def _position(row: StockPosition) -> Position:
    units = {
        Condition.SELLABLE: row.on_hand - row.aside,
        Condition.DISPLAY: row.display,
        Condition.DAMAGED: row.damaged,
        Condition.QUALITY_HOLD: row.quality_hold,
    }
    return Position(units=units, reserved=row.reserved, lent=row.lent, short=row.short)


async def _is_written(
    db: AsyncSession, keys: Sequence[Key], *, moves: Sequence[Move], cause: Cause, source: str
) -> bool:
    rows = await db.execute(
        select(
            StockMovement.sku,
            StockMovement.location_id,
            StockMovement.quantity,
            StockMovement.condition,
            StockMovement.cause,
        ).where(
            StockMovement.source == source,
            tuple_(StockMovement.sku, StockMovement.location_id).in_(keys),
        )
    )
    written = {tuple(row) for row in rows}
    if not written:
        return False
    asked = {(m.sku, m.location_id, m.quantity, m.condition, cause) for m in moves}
    if written != asked:
        raise SourceReused("This source stands for another movement. Name a new one.")
    return True


async def write(db: AsyncSession, sku: Sku, location_id: LocationId, *, after: Position) -> None:
    """Write a position that is locked."""
    await db.execute(
        update(StockPosition)
        .where(StockPosition.sku == sku, StockPosition.location_id == location_id)
        .values(
            on_hand=after.on_hand,
            display=after.units[Condition.DISPLAY],
            damaged=after.units[Condition.DAMAGED],
            quality_hold=after.units[Condition.QUALITY_HOLD],
            lent=after.lent,
            short=after.short,
        )
        .execution_options(synchronize_session=False)
    )
