"""Returns opened, locked and moved on: every verb on them is made of these."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.returns import events, queries
from sellier.domain.returns.errors import ReturnNotFound
from sellier.domain.returns.models import RETURN_NUMBER, Return, ReturnLine, ReturnTransition
from sellier.domain.returns.queries import ReturnRead
from sellier.domain.returns.rules import EXCHANGE_LAPSES_AFTER, LAPSES_AFTER, Plan, Portion
from sellier.domain.returns.states import (
    START,
    ReturnEvent,
    ReturnState,
    next_state,
)
from sellier.infra import outbox
from sellier.kernel.ids import OrderId, ReturnId, ReturnLineId, new_id

_TOLD: Final = {
    ReturnState.ANNOUNCED: events.ReturnAnnounced,
    ReturnState.RECEIVED: events.ReturnReceived,
    ReturnState.INSPECTED: events.ReturnInspected,
    ReturnState.SETTLED: events.ReturnSettled,
    ReturnState.REFUSED: events.ReturnRefused,
    ReturnState.CANCELED: events.ReturnCanceled,
    ReturnState.LAPSED: events.ReturnLapsed,
}


async def opened(
    db: AsyncSession,
    *,
    return_id: ReturnId,
    plan: Plan,
    chosen: Sequence[Portion],
    is_in_time: bool,
    by: str,
    now: datetime,
) -> None:
    """Write a return down. The order's lines are locked, so nobody else returns these units."""
    is_exchange = any(one.replacement_id for one in chosen)
    drawn = await db.scalar(select(RETURN_NUMBER.next_value()))
    db.add(
        Return(
            id=return_id,
            number=f"R-{now.year}-{drawn:06d}",
            order_id=plan.order_id,
            way=plan.way,
            state=START,
            expected_at_id=plan.expected_at,
            currency=chosen[0].part.unit.currency,
            is_in_time=is_in_time,
            lapses_at=now + (EXCHANGE_LAPSES_AFTER if is_exchange else LAPSES_AFTER),
            created_at=now,
            by=by,
        )
    )
    await db.flush()
    db.add_all(
        ReturnLine(
            id=ReturnLineId(new_id()),
            return_id=return_id,
            line_id=one.part.line_id,
            fulfillment_id=one.part.fulfillment_id,
            sku=one.part.sku,
            quantity=one.quantity,
            unit_minor=one.part.unit.minor,
            reason=one.wish.reason,
            words=one.wish.words,
            replacement_id=one.replacement_id,
        )
        for one in chosen
    )
    states = (None, START)
    await _told(
        db, return_id, plan.order_id, event=ReturnEvent.ANNOUNCE, states=states, by=by, now=now
    )


async def locked(db: AsyncSession, return_id: ReturnId) -> ReturnRead:
    """Lock a return, behind its order, and return it. Raises `ReturnNotFound`."""
    order_id = await db.scalar(select(Return.order_id).where(Return.id == return_id))
    if order_id is None:
        raise ReturnNotFound("There is no such return. Look at the list again.")
    await queries.lock_order(db, order_id=order_id)
    await db.execute(select(Return.id).where(Return.id == return_id).with_for_update())
    found = await queries.return_of(db, return_id=return_id)
    assert found is not None, "returns are never deleted"
    return found


async def advance(
    db: AsyncSession,
    found: ReturnRead,
    event: ReturnEvent,
    *,
    by: str,
    now: datetime,
    note: str | None = None,
    **changes: object,
) -> ReturnState:
    """Move a locked return on and return its new state. Raises `ReturnTransitionRefused`."""
    after = next_state(found.state, event)
    moved = update(Return).where(Return.id == found.id, Return.state == found.state)
    await db.execute(
        moved.values(state=after, **changes).execution_options(synchronize_session=False)
    )
    states = (found.state, after)
    await _told(db, found.id, found.order_id, event=event, states=states, by=by, now=now, note=note)
    return after


async def _told(
    db: AsyncSession,
    return_id: ReturnId,
    order_id: OrderId,
    *,
    event: ReturnEvent,
    states: tuple[ReturnState | None, ReturnState],
    by: str,
    now: datetime,
    note: str | None = None,
) -> None:
    before, after = states
    db.add(
        ReturnTransition(
            return_id=return_id,
            event=event,
            before=before,
            after=after,
            note=note,
            at=now,
            by=by,
        )
    )
    await db.flush()
    if told := _TOLD.get(after):
        outbox.publish(db, told(happened_at=now, return_id=return_id, order_id=order_id))
