"""The parcel of a fulfillment: begun when it is packed, dropped when its work ends."""

from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders.events import ParcelDropped, ParcelPacked
from sellier.domain.orders.models import Parcel, ParcelTransition
from sellier.domain.orders.states import (
    PARCEL_START,
    ParcelEvent,
    ParcelState,
    next_parcel,
)
from sellier.infra import outbox
from sellier.infra.batch import inserting, later
from sellier.kernel.ids import FulfillmentId, OrderId, ParcelId, new_id

STANDARD: Final = "standard"


def begin(
    db: AsyncSession, *, fulfillment_id: FulfillmentId, order_id: OrderId, now: datetime
) -> ParcelId:
    """Write a parcel down; a job asks the carrier for its label."""
    parcel_id = ParcelId(new_id())
    written = _PARCEL(
        id=parcel_id,
        fulfillment_id=fulfillment_id,
        state=PARCEL_START,
        service=STANDARD,
        created_at=now,
        tries=0,
        next_try_at=now,
    )
    later(db, written)
    packed = ParcelPacked(
        happened_at=now, parcel_id=parcel_id, fulfillment_id=fulfillment_id, order_id=order_id
    )
    outbox.publish(db, packed)
    return parcel_id


async def drop(db: AsyncSession, *, fulfillment_id: FulfillmentId, by: str, now: datetime) -> None:
    """Give up the parcel of locked work that ends; a job takes its label back."""
    rows = await db.execute(
        select(Parcel.id, Parcel.state)
        .where(
            Parcel.fulfillment_id == fulfillment_id,
            Parcel.state.in_((ParcelState.ASKED, ParcelState.LABELED)),
        )
        .with_for_update()
    )
    for row in rows.all():
        await move(
            db, row.id, state=ParcelState(row.state), event=ParcelEvent.CANCEL, by=by, now=now
        )
        outbox.publish(db, ParcelDropped(happened_at=now, parcel_id=row.id))


async def move(
    db: AsyncSession,
    parcel_id: ParcelId,
    *,
    state: ParcelState,
    event: ParcelEvent,
    by: str,
    now: datetime,
    **changes: object,
) -> None:
    """Move a locked parcel on. Raises `TransitionRefused`."""
    after = next_parcel(state, event)
    await db.execute(
        update(Parcel)
        .where(Parcel.id == parcel_id)
        .values(state=after, **changes)
        .execution_options(synchronize_session=False)
    )
    row = {"parcel_id": parcel_id, "event": event, "before": state, "after": after}
    later(db, _TRANSITION(**row, at=now, by=by))


_PARCEL: Final = inserting(
    Parcel,
    without=("refusal", "carrier_id", "tracking_number", "tracking_url", "label", "returned_at"),
)
_TRANSITION: Final = inserting(ParcelTransition)
