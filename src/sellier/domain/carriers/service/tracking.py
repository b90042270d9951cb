"""Take in what carriers tell: by notices, or because we asked."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.carriers import queries
from sellier.domain.carriers.events import ParcelMoved
from sellier.domain.carriers.gateway import Notice
from sellier.domain.carriers.models import CarrierNotice, Tracking, TrackingEventRow
from sellier.domain.carriers.queries.tracking import event_of
from sellier.domain.carriers.rules import tracking as rules
from sellier.domain.carriers.rules.tracking import CarrierParcel, News, TrackingEvent
from sellier.domain.carriers.states import START
from sellier.infra import outbox
from sellier.kernel.ids import ParcelId

log = structlog.get_logger()


async def take_notice(db: AsyncSession, *, notice: Notice, now: datetime) -> News | None:
    """Take a signed notice in; None when it came before, or moves the parcel nowhere.

    News is published as `parcel.moved`; whoever acts on it here and now does so in this very
    transaction, so that the notice is taken if and only if its effect is.
    The parcel's tracking stays locked to the end of it, so that two notices of one parcel are
    never each the news.
    """
    kept = await db.scalar(
        insert(CarrierNotice)
        .values(notice_id=notice.id, parcel_id=notice.parcel_id, received_at=now)
        .on_conflict_do_nothing()
        .returning(CarrierNotice.notice_id)
    )
    if kept is None:
        return None
    return await _take(
        db,
        parcel_id=notice.parcel_id,
        tracking_number=notice.tracking_number,
        told=[notice.event],
        now=now,
    )


async def take_answer(
    db: AsyncSession, *, parcel_id: ParcelId, told: CarrierParcel, now: datetime
) -> News | None:
    """Take in what the carrier answered of a parcel; None when it moves the parcel nowhere.

    What notices told is told again here, and the other way round: whichever comes first counts.
    """
    if told.key != str(parcel_id):
        log.error("carrier tells of another parcel", parcel_id=parcel_id, told=told.key)
        return None
    return await _take(
        db, parcel_id=parcel_id, tracking_number=told.tracking_number, told=told.events, now=now
    )


async def _take(
    db: AsyncSession,
    *,
    parcel_id: ParcelId,
    tracking_number: str,
    told: Sequence[TrackingEvent],
    now: datetime,
) -> News | None:
    if not told:
        return None
    tracking = await _locked(db, parcel_id, tracking_number=tracking_number, now=now)
    known = await _known(db, parcel_id)
    after = rules.progress(known, told)
    numbers = {event.number for event in known}
    for event in after:
        if event.number not in numbers:
            db.add(
                TrackingEventRow(
                    parcel_id=parcel_id,
                    number=event.number,
                    state=event.state,
                    at=event.at,
                    place=event.place,
                    received_at=now,
                )
            )
    before = rules.where(known) if known else None
    tracking.state, tracking.told_at = rules.where(after), now
    await db.flush()
    if tracking.state == before:
        return None
    news = News(
        parcel_id=parcel_id,
        tracking_number=tracking.tracking_number,
        before=before,
        after=tracking.state,
        event=rules.latest(after, tracking.state),
    )
    outbox.publish(db, _moved(news, now=now))
    return news


def _moved(news: News, *, now: datetime) -> ParcelMoved:
    return ParcelMoved(
        happened_at=now,
        parcel_id=news.parcel_id,
        tracking_number=news.tracking_number,
        before=news.before,
        after=news.after,
        at=news.event.at,
    )


async def _locked(
    db: AsyncSession, parcel_id: ParcelId, *, tracking_number: str, now: datetime
) -> Tracking:
    """Return the parcel's tracking, made if need be, and locked: events are read after this."""
    await db.execute(
        insert(Tracking)
        .values(parcel_id=parcel_id, tracking_number=tracking_number, state=START, told_at=now)
        .on_conflict_do_nothing()
    )
    found = await db.scalars(
        select(Tracking)
        .where(Tracking.parcel_id == parcel_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    tracking = found.one()
    if tracking.tracking_number != tracking_number:
        log.error("carrier gave a parcel another number", parcel_id=parcel_id)
    return tracking


async def _known(db: AsyncSession, parcel_id: ParcelId) -> Sequence[TrackingEvent]:
    rows = await db.scalars(
        select(TrackingEventRow)
        .where(TrackingEventRow.parcel_id == parcel_id)
        .order_by(TrackingEventRow.number)
        .limit(queries.tracking.EVENTS_MAX)
    )
    return [event_of(row) for row in rows]
