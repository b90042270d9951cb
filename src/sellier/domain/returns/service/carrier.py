"""What a carrier does to units on their way to the customer: sends them back, loses them."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders.states import Work
from sellier.domain.returns import queries
from sellier.domain.returns.errors import NothingToReturn
from sellier.domain.returns.queries.parts import SentWith
from sellier.domain.returns.rules import Plan, Portion, Wish
from sellier.domain.returns.service.settle import paid_back
from sellier.domain.returns.service.work import advance, locked, opened
from sellier.domain.returns.states import Reason, ReturnEvent, ReturnWay
from sellier.kernel.ids import FulfillmentId, ReturnId, new_id

BY: Final = "carrier"


async def sent_back(
    db: AsyncSession, *, fulfillment_id: FulfillmentId, now: datetime
) -> ReturnId | None:
    """Open a return for a parcel that its carrier could not deliver and brings back.

    None when its units are on their way back already, or were written off. Raises
    `NothingToReturn` where no carrier has it.
    """
    return await _opened(
        db, fulfillment_id, states={Work.HANDED_OVER, Work.LOST}, reason=Reason.UNDELIVERED, now=now
    )


async def lost(
    db: AsyncSession, *, fulfillment_id: FulfillmentId, now: datetime
) -> ReturnId | None:
    """Give the customer back what they paid for units that their carrier lost.

    They left the books when they left the house. None when they are paid back already. Raises
    `NothingToReturn` when they are not lost.
    """
    return_id = await _opened(db, fulfillment_id, states={Work.LOST}, reason=Reason.LOST, now=now)
    if return_id is not None:
        found = await locked(db, return_id)
        units = [(line.quantity, line.unit) for line in found.lines]
        await paid_back(db, found, units=units, event=ReturnEvent.WRITE_OFF, by=BY, now=now)
    return return_id


async def _opened(
    db: AsyncSession,
    fulfillment_id: FulfillmentId,
    *,
    states: set[Work],
    reason: Reason,
    now: datetime,
) -> ReturnId | None:
    sent = await _sent(db, fulfillment_id, states=states)
    chosen = [
        Portion(
            wish=Wish(line_id=part.line_id, quantity=part.left, reason=reason),
            part=part,
            quantity=part.left,
        )
        for part in sent.parts
        if part.left
    ]
    if not chosen:
        return None
    return_id = ReturnId(new_id())
    plan = Plan(
        order_id=sent.order_id,
        wishes=[one.wish for one in chosen],
        way=ReturnWay.CARRIER,
        expected_at=sent.location_id,
    )
    # In time: the customer never had them.
    await opened(db, return_id=return_id, plan=plan, chosen=chosen, is_in_time=True, by=BY, now=now)
    if reason is Reason.UNDELIVERED:
        await advance(db, await locked(db, return_id), ReturnEvent.SEND, by=BY, now=now)
    return return_id


async def _sent(db: AsyncSession, fulfillment_id: FulfillmentId, *, states: set[Work]) -> SentWith:
    sent = await queries.sent_with(db, fulfillment_id=fulfillment_id)
    if sent is not None:
        await queries.lock_order(db, order_id=sent.order_id)
        sent = await queries.sent_with(db, fulfillment_id=fulfillment_id)  # behind the lock
    if sent is None or sent.state not in states:
        raise NothingToReturn("Nothing of this is with a carrier.")
    return sent
