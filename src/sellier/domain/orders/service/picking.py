"""Picking, piece by piece: what was scanned is counted, so that anybody can carry on."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders.errors import UnitsRefused, WrongPiece
from sellier.domain.orders.models import FulfillmentLine
from sellier.domain.orders.service.fulfill import pick
from sellier.domain.orders.service.work import one_locked
from sellier.domain.orders.states import Cause, Work
from sellier.kernel.ids import FulfillmentId, LocationId, Sku


async def scan(
    db: AsyncSession, *, fulfillment_id: FulfillmentId, sku: Sku, at: LocationId | None = None
) -> None:
    """Count one unit as picked.

    Raises `FulfillmentNotFound`, and `WrongPiece` when no such unit is still wanted.
    """
    work = await one_locked(db, fulfillment_id, at=at)
    mine = [part for part in work.parts if part.sku == sku]
    if work.state is not Work.ACCEPTED or not mine:
        raise WrongPiece("This piece is not part of the work: put it back.", sku=sku)
    for part in mine:
        one_more = (
            update(FulfillmentLine)
            .where(
                FulfillmentLine.fulfillment_id == work.id,
                FulfillmentLine.line_id == part.line_id,
                FulfillmentLine.picked < FulfillmentLine.quantity,
            )
            .values(picked=FulfillmentLine.picked + 1)
            .returning(FulfillmentLine.line_id)
            .execution_options(synchronize_session=False)
        )
        if await db.scalar(one_more) is not None:
            return
    raise WrongPiece(
        "There are enough of this piece already: put it back.", sku=sku, is_enough=True
    )


async def put_back(
    db: AsyncSession, *, fulfillment_id: FulfillmentId, sku: Sku, at: LocationId | None = None
) -> None:
    """Forget the scans of a piece. Raises `FulfillmentNotFound`, `WrongPiece`."""
    work = await one_locked(db, fulfillment_id, at=at)
    mine = [part.line_id for part in work.parts if part.sku == sku]
    if work.state is not Work.ACCEPTED or not mine:
        raise WrongPiece("This piece is not part of the work.", sku=sku)
    await db.execute(
        update(FulfillmentLine)
        .where(FulfillmentLine.fulfillment_id == work.id, FulfillmentLine.line_id.in_(mine))
        .values(picked=0)
        .execution_options(synchronize_session=False)
    )


async def finish_picking(
    db: AsyncSession,
    *,
    fulfillment_id: FulfillmentId,
    cause: Cause | None,
    at: LocationId | None = None,
    by: str,
    now: datetime,
) -> None:
    """End picking with what was scanned; what was not is missing, for a cause.

    Raises `FulfillmentNotFound`, `TransitionRefused`, `UnitsRefused`.
    """
    work = await one_locked(db, fulfillment_id, at=at)
    rows = await db.execute(
        select(FulfillmentLine.line_id, FulfillmentLine.quantity, FulfillmentLine.picked).where(
            FulfillmentLine.fulfillment_id == work.id
        )
    )
    missing = {row.line_id: row.quantity - row.picked for row in rows}
    if cause is not None and not any(missing.values()):
        raise UnitsRefused("Nothing is missing: every piece was scanned.")
    await pick(db, fulfillment_id=work.id, missing=missing, cause=cause, at=at, by=by, now=now)
