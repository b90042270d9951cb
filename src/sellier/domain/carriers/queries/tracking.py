"""Where parcels are, as frozen values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carriers.models import Tracking, TrackingEventRow
from sellier.domain.carriers.rules.tracking import TrackingEvent
from sellier.domain.carriers.states import FINAL, TrackingState
from sellier.kernel.ids import ParcelId

EVENTS_MAX = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingRead:
    """Where a parcel is, when that was told, and how it came there, oldest first."""

    parcel_id: ParcelId
    tracking_number: str
    state: TrackingState
    told_at: datetime
    events: Sequence[TrackingEvent]


async def tracking(
    db: AsyncSession, *, parcel_ids: Collection[ParcelId]
) -> Mapping[ParcelId, TrackingRead]:
    """Say of each parcel that a carrier told of where it is."""
    rows = await db.execute(
        select(Tracking, TrackingEventRow)
        .join(TrackingEventRow, TrackingEventRow.parcel_id == Tracking.parcel_id)
        .where(Tracking.parcel_id.in_(parcel_ids))
        .order_by(Tracking.parcel_id, TrackingEventRow.number)
        .limit(EVENTS_MAX)
    )
    heads: dict[ParcelId, Tracking] = {}
    events: dict[ParcelId, list[TrackingEvent]] = {}
    for head, row in rows:
        heads[head.parcel_id] = head
        events.setdefault(head.parcel_id, []).append(event_of(row))
    return {
        parcel_id: TrackingRead(
            parcel_id=parcel_id,
            tracking_number=head.tracking_number,
            state=TrackingState(head.state),
            told_at=head.told_at,
            events=events[parcel_id],
        )
        for parcel_id, head in heads.items()
    }


async def silent(db: AsyncSession, *, since: datetime, limit: int) -> Sequence[ParcelId]:
    """List parcels on the way that nothing was told of since then, the longest silence first."""
    found = await db.scalars(
        select(Tracking.parcel_id)
        .where(Tracking.state.not_in([state.value for state in FINAL]), Tracking.told_at < since)
        .order_by(Tracking.told_at)
        .limit(limit)
    )
    return found.all()


def event_of(row: TrackingEventRow) -> TrackingEvent:
    """Return an event as a value."""
    return TrackingEvent(
        number=row.number, state=TrackingState(row.state), at=row.at, place=row.place
    )
