"""Labels: asked of the carrier outside any transaction, and its answer written down once."""

from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.carriers.errors import (
    AlreadyMoving,
    CarrierAnswerUnreadable,
    CarrierError,
    CarrierRefused,
)
from sellier.domain.carriers.gateway import Carrier
from sellier.domain.carriers.rules.tracking import CarrierParcel, Sending, where
from sellier.domain.carriers.service import tracking
from sellier.domain.carriers.states import TrackingState
from sellier.domain.orders import queries
from sellier.domain.orders.errors import CarrierKnowsNothingYet, LabelNotNeeded
from sellier.domain.orders.events import ParcelDropped
from sellier.domain.orders.models import Parcel
from sellier.domain.orders.rules import next_try
from sellier.domain.orders.service import parcels
from sellier.domain.orders.service.work import one_locked
from sellier.domain.orders.states import ParcelEvent, ParcelState, Work
from sellier.infra import outbox
from sellier.kernel.ids import FulfillmentId, LocationId, ParcelId

log = structlog.get_logger()

Sessions = async_sessionmaker[AsyncSession]
BY: Final = "carrier"
UNDER_WAY: Final = timedelta(minutes=1)  # much longer than we wait for the carrier's answer


async def label(
    sessions: Sessions, carrier: Carrier, *, parcel_id: ParcelId, notice_url: str, now: datetime
) -> ParcelState | None:
    """Ask for the label of a parcel and record the answer, once.

    None when it is not to be asked for now, or nobody knows what became of the question: it is
    asked again later, under the same key.
    """
    async with sessions.begin() as db:
        tries = await _claim(db, parcel_id, now=now)
        if tries is None:
            return None
        sending = await queries.sending(db, parcel_id=parcel_id)
    try:
        told, paper = await _ask(
            carrier, sending, notice_url=notice_url, is_asked_before=bool(tries)
        )
    except CarrierRefused as refusal:
        async with sessions.begin() as db:
            return await _refused(db, parcel_id, reason=refusal.reason, now=now)
    except CarrierError as error:
        log.warning("label not known yet", parcel_id=parcel_id, error=str(error))
        return None
    async with sessions.begin() as db:
        return await _labeled(db, parcel_id, told=told, paper=paper, now=now)


async def _ask(
    carrier: Carrier, sending: Sending, *, notice_url: str, is_asked_before: bool
) -> tuple[CarrierParcel, bytes]:
    """Have a parcel labeled and fetch the paper.

    What was asked before may have been heard: then it is known by its key, whatever has changed
    since in what we would ask for.
    """
    told = await carrier.find(parcel_id=sending.parcel_id) if is_asked_before else None
    told = told or await carrier.create(sending=sending, notice_url=notice_url)
    if told.key != str(sending.parcel_id):
        raise CarrierAnswerUnreadable("The carrier tells of another parcel.")
    try:
        return told, await carrier.label(carrier_id=told.id)
    except CarrierRefused as refusal:  # it said yes to the parcel: not the end
        raise CarrierAnswerUnreadable("The carrier labels a parcel and has no label.") from refusal


async def take_back(
    sessions: Sessions,
    carrier: Carrier,
    *,
    parcel_id: ParcelId,
    dropped_at: datetime,
    now: datetime,
) -> None:
    """Have the carrier forget a parcel that will not leave. Its key makes repeats harmless.

    Raises `CarrierKnowsNothingYet` while a question of ours may still be under way.
    """
    async with sessions.begin() as db:
        if not await queries.is_dropped(db, parcel_id=parcel_id):
            return
    told = await carrier.find(parcel_id=parcel_id)
    if told is None:
        if now < dropped_at + UNDER_WAY:
            raise CarrierKnowsNothingYet
        return
    if where(told.events) is TrackingState.CANCELED:
        return
    try:
        await carrier.cancel(carrier_id=told.id)
    except AlreadyMoving:
        log.exception(
            "carrier has a parcel that was dropped: somebody has to look", parcel=parcel_id
        )


async def ask_again(
    db: AsyncSession,
    *,
    fulfillment_id: FulfillmentId,
    at: LocationId | None = None,
    by: str,
    now: datetime,
) -> ParcelId:
    """Ask for the label of packed work anew, after the carrier refused.

    Raises `FulfillmentNotFound`, `LabelNotNeeded`.
    """
    work = await one_locked(db, fulfillment_id, at=at)
    latest = await db.scalar(
        select(Parcel.state)
        .where(Parcel.fulfillment_id == work.id)
        .order_by(Parcel.id.desc())
        .limit(1)
    )
    if work.state is not Work.PACKED or latest != ParcelState.REFUSED:
        raise LabelNotNeeded("No label has to be asked for here. Look at the parcel again.", by=by)
    return parcels.begin(db, fulfillment_id=work.id, order_id=work.order_id, now=now)


async def _claim(db: AsyncSession, parcel_id: ParcelId, *, now: datetime) -> int | None:
    """Take a parcel that waits for its label for as long as the carrier may take to answer."""
    tries = await db.scalar(
        select(Parcel.tries)
        .where(Parcel.id == parcel_id, Parcel.state == ParcelState.ASKED, Parcel.next_try_at <= now)
        .with_for_update(skip_locked=True)
    )
    if tries is not None:
        claimed = update(Parcel).where(Parcel.id == parcel_id)
        again = next_try(tries=tries, now=now)
        await db.execute(claimed.values(tries=tries + 1, next_try_at=again))
    return tries


async def _state(db: AsyncSession, parcel_id: ParcelId) -> ParcelState:
    state = await db.scalar(select(Parcel.state).where(Parcel.id == parcel_id).with_for_update())
    assert state is not None, "a parcel is never deleted"
    return ParcelState(state)


async def _refused(
    db: AsyncSession, parcel_id: ParcelId, *, reason: str, now: datetime
) -> ParcelState:
    state = await _state(db, parcel_id)
    if state is ParcelState.ASKED:
        log.warning("carrier refuses a parcel", parcel_id=parcel_id, reason=reason)
        event = ParcelEvent.REFUSE
        await parcels.move(
            db, parcel_id, state=state, event=event, by=BY, now=now, refusal=reason[:50]
        )
        return ParcelState.REFUSED
    return state


async def _labeled(
    db: AsyncSession, parcel_id: ParcelId, *, told: CarrierParcel, paper: bytes, now: datetime
) -> ParcelState:
    state = await _state(db, parcel_id)
    if state is ParcelState.CANCELED:  # meanwhile; and the carrier was asked for it all the same
        outbox.publish(db, ParcelDropped(happened_at=now, parcel_id=parcel_id))
    if state is not ParcelState.ASKED:
        return state
    await parcels.move(
        db,
        parcel_id,
        state=state,
        event=ParcelEvent.LABEL,
        by=BY,
        now=now,
        carrier_id=told.id,
        tracking_number=told.tracking_number,
        tracking_url=told.tracking_url,
        label=paper,
    )
    await tracking.take_answer(db, parcel_id=parcel_id, told=told, now=now)
    return ParcelState.LABELED
