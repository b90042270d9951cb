"""Say that units will come back, that they left, that they will not come after all."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.returns import queries
from sellier.domain.returns.errors import PlaceUnknown, ReturnNotFound
from sellier.domain.returns.rules import CARRIED_WITHIN, Plan, portions
from sellier.domain.returns.service.exchange import let_go, set_aside
from sellier.domain.returns.service.work import advance, locked, opened
from sellier.domain.returns.states import ReturnEvent, ReturnState
from sellier.kernel.ids import ReturnId

TIME_OUT: Final = "time-out"


async def announce(
    db: AsyncSession, *, return_id: ReturnId, plan: Plan, by: str, now: datetime
) -> None:
    """Write down which units of an order come back, why and how. The same id again does nothing.

    What somebody wants instead is set aside for them. Raises `ReturnUnitsAbsurd`,
    `NothingToReturn`, `PlaceUnknown`, `ReturnNotFound`, and what `set_aside` raises.
    """
    if await queries.lock_order(db, order_id=plan.order_id) is None:
        raise ReturnNotFound("There is no such order.")
    known = await queries.return_of(db, return_id=return_id)
    if known is not None:
        if known.order_id != plan.order_id:
            raise ReturnNotFound("There is no such return of this order.")
        return
    place = plan.expected_at
    if place is not None and not await queries.is_place(db, location_id=place):
        raise PlaceUnknown("There is no such place. Choose another one.")
    window = plan.window
    parts = await queries.returnable(db, order_id=plan.order_id)
    allowed = [one for one in parts if window is None or one.is_in_time(now, window=window)]
    chosen = portions(plan.wishes, allowed)
    if any(one.wish.wanted for one in chosen):
        chosen = await set_aside(db, plan=plan, chosen=chosen, by=by, now=now)
    is_in_time = all(one.part.is_in_time(now) for one in chosen)
    await opened(
        db, return_id=return_id, plan=plan, chosen=chosen, is_in_time=is_in_time, by=by, now=now
    )


async def send(db: AsyncSession, *, return_id: ReturnId, by: str, now: datetime) -> None:
    """Write down that the units left with a carrier. Raises `ReturnTransitionRefused`."""
    await advance(db, await locked(db, return_id), ReturnEvent.SEND, by=by, now=now)


async def cancel(
    db: AsyncSession, *, return_id: ReturnId, by: str, now: datetime, note: str | None = None
) -> None:
    """Write down that the units will not come: they may be announced again.

    Raises `ReturnTransitionRefused`.
    """
    found = await locked(db, return_id)
    await advance(db, found, ReturnEvent.CANCEL, by=by, now=now, note=note)
    await let_go(db, found, by=by, now=now)


async def lapse(db: AsyncSession, *, return_id: ReturnId, now: datetime) -> bool:
    """Stop waiting for what was announced and never came; False when it is not so."""
    found = await locked(db, return_id)
    if found.state is not ReturnState.ANNOUNCED or found.lapses_at > now:
        return False
    await advance(db, found, ReturnEvent.LAPSE, by=TIME_OUT, now=now)
    await let_go(db, found, by=TIME_OUT, now=now)
    return True


async def end_exchange(db: AsyncSession, *, return_id: ReturnId, now: datetime) -> bool:
    """Stop keeping what units on their way were to be exchanged for; they are paid back instead.

    False when it is not so far.
    """
    found = await locked(db, return_id)
    if found.state is not ReturnState.ON_THE_WAY or found.lapses_at > now - CARRIED_WITHIN:
        return False
    return await let_go(db, found, by=TIME_OUT, now=now)
