"""Find locations for the units of paid orders that have none."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import not_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders import queries
from sellier.domain.orders.models import Fulfillment
from sellier.domain.orders.rules import openings
from sellier.domain.orders.service.holds import is_held
from sellier.domain.orders.service.work import WorkRead, locked, opening, take_out
from sellier.domain.orders.states import Cause, Work, WorkEvent
from sellier.domain.promising import service as promising
from sellier.domain.promising.rules import Take
from sellier.infra.batch import later
from sellier.kernel.ids import OrderId, OrderLineId

BY: Final = "sourcing"


async def source(db: AsyncSession, *, order_id: OrderId, why: str, now: datetime) -> int:
    """Offer the units of an order that wait to locations that have them; return how many are left.

    Units on hold wait on. Locations that gave units up are passed over, as long as their reason
    says.
    """
    waiting = await db.scalars(
        select(Fulfillment.id)
        .where(
            Fulfillment.order_id == order_id,
            Fulfillment.state == Work.UNSOURCED,
            not_(is_held()),
        )
        .order_by(Fulfillment.id)
    )
    works = [work for work in await locked(db, waiting.all()) if work.state is Work.UNSOURCED]
    if not works:
        return 0
    # Behind the lock: whoever lets out what was set aside looks for this work first.
    bound = await queries.bound(db, order_id=order_id)
    units: dict[OrderLineId, int] = {}
    for part in (part for work in works for part in work.parts):
        units[part.line_id] = units.get(part.line_id, 0) + part.quantity
    takes = await promising.resource(
        db,
        order_id=order_id,
        channel_id=bound.channel_id,
        needs=bound.needs(units),
        excluded=await queries.passed_over(db, order_id=order_id, now=now),
        why=why,
        now=now,
    )
    await _end_waiting(db, works, takes, now=now)
    ways = {line_id: line.to.way for line_id, line in bound.lines.items()}
    taken = ((one.line_id, one.location_id, one.quantity) for one in takes)
    opened = openings(taken, ways=ways, kept=bound.kept)
    later(db, *opening(order_id=order_id, opened=opened, by=BY, now=now))
    return sum(units.values()) - sum(take.quantity for take in takes)


async def _end_waiting(
    db: AsyncSession, works: Sequence[WorkRead], takes: Sequence[Take], *, now: datetime
) -> None:
    left: dict[OrderLineId, int] = {}
    for take in takes:
        left[take.line_id] = left.get(take.line_id, 0) + take.quantity
    for work in works:
        found = {
            part.line_id: min(part.quantity, left[part.line_id])
            for part in work.parts
            if left.get(part.line_id)
        }
        for line_id, units in found.items():
            left[line_id] -= units
        if found:
            await take_out(
                db, work, units=found, event=WorkEvent.WITHDRAW, cause=Cause.SOURCED, by=BY, now=now
            )
