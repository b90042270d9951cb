"""What carriers tell of parcels, as far as it moves the work of a location on."""

from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carriers.states import TrackingState
from sellier.domain.orders.events import ParcelReturned
from sellier.domain.orders.models import Parcel
from sellier.domain.orders.service.fulfill import deliver, lock_money, lose, take_along
from sellier.domain.orders.service.work import one_locked
from sellier.domain.orders.states import Work
from sellier.infra import outbox
from sellier.kernel.ids import ParcelId

log = structlog.get_logger()

BY: Final = "carrier"
# Until then the carrier does not have it.
_NOT_YET: Final = (TrackingState.LABELED, TrackingState.CANCELED)


async def take_tracking(
    db: AsyncSession, *, parcel_id: ParcelId, after: TrackingState, at: datetime, now: datetime
) -> bool:
    """Move a fulfillment on by what its carrier tells; False where that changes nothing.

    A parcel that the carrier has was handed over, whoever forgot to say so. What is told twice,
    late or out of turn changes nothing: nothing comes back from where it was delivered.
    """
    fulfillment_id = await db.scalar(select(Parcel.fulfillment_id).where(Parcel.id == parcel_id))
    if fulfillment_id is None or after in _NOT_YET:
        return False
    await lock_money(db, fulfillment_id)
    work = await one_locked(db, fulfillment_id)
    has_changed = work.state is Work.PACKED
    if has_changed:
        await take_along(db, work, by=BY, now=now)
        work = await one_locked(db, fulfillment_id)
    match after:
        case TrackingState.DELIVERED if work.state in (Work.HANDED_OVER, Work.LOST):
            await deliver(db, fulfillment_id=work.id, by=BY, now=now)
            has_changed = True
        case TrackingState.LOST if work.state is Work.HANDED_OVER:
            await lose(db, fulfillment_id=work.id, by=BY, now=now, note=None)
            has_changed = True
        case TrackingState.RETURNED if await _is_first_return(db, parcel_id, at=at):
            came = ParcelReturned(
                happened_at=now,
                parcel_id=parcel_id,
                fulfillment_id=work.id,
                order_id=work.order_id,
            )
            outbox.publish(db, came)
            has_changed = True
        case _ if work.state in (Work.WITHDRAWN, Work.CANCELED):
            log.error("carrier has a parcel of work that ended", parcel_id=parcel_id)
        case _:
            pass
    return has_changed


async def _is_first_return(db: AsyncSession, parcel_id: ParcelId, *, at: datetime) -> bool:
    told = (
        update(Parcel)
        .where(Parcel.id == parcel_id, Parcel.returned_at.is_(None))
        .values(returned_at=at)
        .returning(Parcel.id)
        .execution_options(synchronize_session=False)
    )
    return await db.scalar(told) is not None
