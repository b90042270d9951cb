"""Rules over sets, where each of two could be right alone: asked of both at once.

No version of one row tells of them, as each writes another; so each probe says what became of it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.locations.models import Location
from sellier.domain.orders import service as orders
from sellier.domain.orders.models import OrderLine
from sellier.domain.payments.models import Payment
from sellier.domain.returns.models import ReturnLine
from sellier.kernel.errors import Refusal
from tests.domain.closures import make as closures
from tests.domain.orders import make
from tests.domain.returns import make as returns
from tests.domain.returns import swap

Sessions = async_sessionmaker[AsyncSession]
Probe = Callable[[Sessions, datetime], Awaitable[bool]]


async def _at_once(*asked: Awaitable[object]) -> int:
    """Ask all at once; return how many were not refused."""
    answers = await asyncio.gather(*asked, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, Refusal):
            raise answer
    return sum(not isinstance(answer, Refusal) for answer in answers)


async def last_two_places_close(sessions: Sessions, now: datetime) -> bool:
    """Each leaves the other open; together they would leave none."""
    async with sessions.begin() as db:
        found = await closures.network(db, on_hand=1, elsewhere=(1,))
    places = (found.closing, *found.others)
    done = await _at_once(*(closures.closed(sessions, place, now=now) for place in places))
    async with sessions() as db:
        still = await db.scalars(select(Location.id).where(Location.closed_at.is_(None)))
        return done == len(still.all()) == 1


async def one_unit_is_exchanged_twice(sessions: Sessions, now: datetime) -> bool:
    """There are two others to have, but only one that comes back."""
    rack = await swap.rack(sessions, here={swap.LARGE: 2})
    order = await returns.arrived(sessions, rack.shop, now=now)
    done = await _at_once(*(swap.announced(sessions, order, now=now) for _ in range(2)))
    async with sessions() as db:
        coming = sum((await db.scalars(select(ReturnLine.quantity))).all())
    return done == coming == 1 and await swap.available(sessions, swap.LARGE) == 1


async def three_cancel_of_two(sessions: Sessions, now: datetime) -> bool:
    """Each takes one unit out of an order of two."""
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=2)
    order = await make.bought(sessions, shop, now=now, quantity=2)

    async def cancel() -> None:
        async with sessions.begin() as db:
            units = {order.line_id: 1}
            await orders.cancel_units(
                db, order_id=order.order_id, units=units, by="customer", now=now
            )

    done = await _at_once(*(cancel() for _ in range(3)))
    async with sessions() as db:
        canceled = await db.scalar(select(OrderLine.canceled_units))
    return done == canceled == 2


async def delivery_is_given_back_once(sessions: Sessions, now: datetime) -> bool:
    """Of two returns that complete an order, each could be the one that gives its delivery back."""
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=2)
    order = await returns.arrived(sessions, shop, now=now, quantity=2)
    both = [await returns.announced(sessions, order, now=now) for _ in range(2)]
    for one in both:
        await returns.received(sessions, one, at=shop.location_id, now=now)
        await returns.inspected(sessions, one, now=now)
    await _at_once(*(returns.settled(sessions, one, now=now) for one in both))
    async with sessions() as db:
        payment = (await db.scalars(select(Payment))).one()
    return payment.refund_due_minor == payment.amount_minor


PROBES: Final[dict[str, Probe]] = {
    "the last two places close": last_two_places_close,
    "one unit is exchanged twice": one_unit_is_exchanged_twice,
    "three cancel of two": three_cancel_of_two,
    "delivery is given back once": delivery_is_given_back_once,
}
