"""Closures from the moment they are written down until the locations open again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.closures import events, queries
from sellier.domain.closures.errors import (
    AlreadyClosing,
    ClosureNotFound,
    ClosureRefused,
    LastOpenPlace,
    NotEmpty,
)
from sellier.domain.closures.models import (
    CLOSURE_NUMBER,
    Closure,
    ClosureChoice,
    ClosureLocation,
    ClosureMove,
    ClosureTransition,
)
from sellier.domain.closures.states import (
    ChoiceState,
    ClosureEvent,
    ClosureState,
    MoveState,
    next_state,
)
from sellier.domain.locations import queries as locations
from sellier.domain.locations.service import close as open_or_closed
from sellier.domain.stock import service as stock
from sellier.infra import outbox
from sellier.kernel.ids import ClosureId, LocationId, new_id

REASON_LONGEST: Final = 200
LOCATIONS_MAX: Final = 500
ONE_SCHEDULE: Final = 727_004  # the advisory lock under which closures are written down
_TOLD: Final = {
    ClosureState.SCHEDULED: events.ClosureScheduled,
    ClosureState.CLOSING: events.ClosureBegun,
    ClosureState.CLOSED: events.ClosureFinished,
    ClosureState.REOPENED: events.ClosureReopened,
    ClosureState.CANCELED: events.ClosureCanceled,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which locations are to close, from when until when, and why."""

    location_ids: Sequence[LocationId]
    reason: str
    starts_at: datetime
    planned_reopening: datetime | None = None


async def schedule(db: AsyncSession, *, wish: Wish, by: str, now: datetime) -> ClosureId:
    """Write a closure down; one whose time has come begins at once.

    Raises `ClosureRefused`, `AlreadyClosing` when another closure has one of the locations, and
    `LastOpenPlace` when none would be open.
    """
    _check(wish, now=now)
    # Two closures at the same moment: the second waits here, and sees the first.
    await one_at_a_time(db)
    await locations.lock(db, location_ids=wish.location_ids)
    for code, number in await queries.closing_already(db, location_ids=wish.location_ids):
        raise AlreadyClosing(f"{code} is part of closure {number}. Leave it out, or end that one.")
    if not await queries.stays_open(
        db, but=wish.location_ids, since=wish.starts_at, until=wish.planned_reopening
    ):
        raise LastOpenPlace("Nothing would be open any more. Keep a warehouse or a boutique open.")
    drawn = await db.scalar(select(CLOSURE_NUMBER.next_value()))
    closure = Closure(
        id=ClosureId(new_id()),
        number=f"CL-{now.year}-{drawn:06d}",
        reason=wish.reason.strip(),
        starts_at=wish.starts_at,
        planned_reopening=wish.planned_reopening,
        state=ClosureState.SCHEDULED,
        created_at=now,
        by=by,
    )
    db.add(closure)
    await db.flush()
    db.add_all(
        ClosureLocation(closure_id=closure.id, location_id=place)
        for place in dict.fromkeys(wish.location_ids)
    )
    _tell(db, closure, ClosureEvent.SCHEDULE, before=None, by=by, now=now)
    await db.flush()
    if wish.starts_at <= now:
        await begin(db, closure_id=closure.id, by=by, now=now)
    return closure.id


async def one_at_a_time(db: AsyncSession) -> None:
    """Have whoever else writes a closure down wait for this transaction."""
    await db.execute(select(func.pg_advisory_xact_lock(ONE_SCHEDULE)))


async def begin(db: AsyncSession, *, closure_id: ClosureId, by: str, now: datetime) -> None:
    """Have the locations take no work from now on. Raises `TransitionRefused`."""
    closure = await _turned(db, closure_id, ClosureEvent.BEGIN, by=by, now=now)
    places = await _places(db, closure.id)
    await open_or_closed.close(db, location_ids=places, now=now)
    await stock.announce(db, location_ids=places, now=now)


async def cancel(db: AsyncSession, *, closure_id: ClosureId, by: str, now: datetime) -> None:
    """Give a closure up before it begins. Raises `TransitionRefused`."""
    await _turned(db, closure_id, ClosureEvent.CANCEL, by=by, now=now)


async def finish(db: AsyncSession, *, closure_id: ClosureId, by: str, now: datetime) -> None:
    """Say that nothing at the locations waits for anybody.

    What a customer wants to collect once the boutique has opened again may stay. Raises
    `NotEmpty` naming what does not, and `TransitionRefused`.
    """
    closure = await _locked(db, closure_id)
    left = [
        row
        for row in await queries.waiting(db, closure_id=closure_id)
        if not row.is_later or closure.planned_reopening is None
    ]
    coming = await queries.situation(db, location_ids=await _places(db, closure_id), now=now)
    if left or coming.inbound:
        orders = sorted({row.order for row in left})
        raise NotEmpty(
            "Something there still waits: have it prepared, moved or canceled first.",
            orders=orders[:20],
            transfers=len(coming.inbound),
        )
    await _turned(db, closure_id, ClosureEvent.FINISH, by=by, now=now)


async def reopen(db: AsyncSession, *, closure_id: ClosureId, by: str, now: datetime) -> None:
    """Have the locations take work again: what is still planned stays, nobody has to choose.

    What moved stays where it is: somebody there may have begun. Raises `TransitionRefused`.
    """
    closure = await _turned(db, closure_id, ClosureEvent.REOPEN, by=by, now=now)
    places = await _places(db, closure.id)
    await open_or_closed.reopen(db, location_ids=places)
    await db.execute(
        update(ClosureChoice)
        .where(ClosureChoice.closure_id == closure_id, ClosureChoice.state == ChoiceState.OPEN)
        .values(state=ChoiceState.LAPSED)
    )
    await db.execute(
        update(ClosureMove)
        .where(ClosureMove.closure_id == closure_id, ClosureMove.state == MoveState.PLANNED)
        .values(state=MoveState.GONE, done_at=now)
    )
    await stock.announce(db, location_ids=places, now=now)


def _check(wish: Wish, *, now: datetime) -> None:
    if not wish.location_ids:
        raise ClosureRefused("Choose at least one location.", field="locations")
    if len(wish.location_ids) > LOCATIONS_MAX:
        raise ClosureRefused(f"Close {LOCATIONS_MAX} locations at a time at most.")
    if not 0 < len(wish.reason.strip()) <= REASON_LONGEST:
        raise ClosureRefused(f"Say why, in 1 to {REASON_LONGEST} characters.", field="reason")
    until = wish.planned_reopening
    if until is not None and until <= max(wish.starts_at, now):
        raise ClosureRefused("It opens again after it has closed.", field="planned_reopening")


async def _places(db: AsyncSession, closure_id: ClosureId) -> Sequence[LocationId]:
    found = await db.scalars(
        select(ClosureLocation.location_id)
        .where(ClosureLocation.closure_id == closure_id)
        .order_by(ClosureLocation.location_id)
    )
    return found.all()


async def _locked(db: AsyncSession, closure_id: ClosureId) -> Closure:
    closure = await db.get(Closure, closure_id, with_for_update=True, populate_existing=True)
    if closure is None:
        raise ClosureNotFound("There is no such closure. Go back to the list.")
    return closure


async def _turned(
    db: AsyncSession, closure_id: ClosureId, event: ClosureEvent, *, by: str, now: datetime
) -> Closure:
    closure = await _locked(db, closure_id)
    before = ClosureState(closure.state)
    closure.state = next_state(before, event)
    _tell(db, closure, event, before=before, by=by, now=now)
    await db.flush()
    return closure


def _tell(
    db: AsyncSession,
    closure: Closure,
    event: ClosureEvent,
    *,
    before: ClosureState | None,
    by: str,
    now: datetime,
) -> None:
    after = ClosureState(closure.state)
    db.add(
        ClosureTransition(
            closure_id=closure.id, event=event, before=before, after=after, at=now, by=by
        )
    )
    outbox.publish(db, _TOLD[after](happened_at=now, closure_id=closure.id))
