"""Who does what at once: buyers of a few units, and everybody who has to do with one order."""

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.orders import service as orders
from sellier.domain.orders.states import Cause
from sellier.domain.stock import service as stock
from sellier.domain.stock.service import Units
from sellier.kernel.ids import FulfillmentId, LocationId, OrderId, OrderLineId, Sku, new_id
from tests.domain.orders import make
from tests.domain.orders.make import Bought
from tests.faults.test_races import SKUS, stocked
from tests.histories.recorder import Do, Recorder

HANDS: Final = 8  # sessions at once
LASTS: Final = timedelta(hours=1)
VERBS: Sequence[str] = ("reserve", "reserve", "commit", "allocate", "release", "release")
# Verbs that take what there is, which may be nothing.
MAY_DO_NOTHING: Final = ("allocate", "release", "withdraw")


async def buyers(recorder: Recorder, *, seed: int, rounds: int, now: datetime) -> None:
    """Few units of three pieces, and hands that take them and give them back."""
    async with recorder.sessions.begin() as db:
        place = (await stocked(db, places=1, on_hand=9)).location_id
    recorder.owner.execute("TRUNCATE witness")
    shared = [OrderId(new_id()) for _ in range(HANDS)]
    hands = (
        _hand(recorder, random.Random(f"{seed}:{hand}"), shared, place, rounds=rounds, now=now)
        for hand in range(HANDS)
    )
    await asyncio.gather(*hands)


async def _hand(
    recorder: Recorder,
    dice: random.Random,
    shared: Sequence[OrderId],
    place: LocationId,
    *,
    rounds: int,
    now: datetime,
) -> None:
    for _ in range(rounds):
        verb = dice.choice(VERBS)
        patience = dice.uniform(0.001, 0.02) if dice.random() < 0.1 else None
        skus = dice.sample(SKUS, dice.randint(1, 2))
        units = [_units(sku, place, dice.randint(1, 3)) for sku in skus]
        do = _stock_verb(verb, dice.choice(shared), units, now=now)
        await recorder.call(verb, do, patience=patience)


def _units(sku: Sku, place: LocationId, quantity: int) -> Units:
    return Units(line_id=OrderLineId(new_id()), sku=sku, location_id=place, quantity=quantity)


def _stock_verb(verb: str, order: OrderId, units: Sequence[Units], *, now: datetime) -> Do:
    async def do(db: AsyncSession, _name: str) -> None:
        if verb == "reserve":
            await stock.reserve(db, order_id=order, units=units, lasts=LASTS, now=now)
        elif verb == "commit":
            await stock.commit(db, order_id=order, units=units, now=now)
        elif verb == "allocate":
            await stock.allocate(db, order_id=order, now=now)
        else:
            await stock.release(db, order_id=order, now=now)

    return do


async def sold(recorder: Recorder, *, count: int, now: datetime) -> Sequence[Bought]:
    """Sell orders of two units each, and forget how."""
    async with recorder.sessions.begin() as db:
        shop = await make.shop(db, on_hand=2 * count)
    bought = [await make.bought(recorder.sessions, shop, now=now, quantity=2) for _ in range(count)]
    recorder.owner.execute("TRUNCATE witness")
    return bought


async def everybody(
    recorder: Recorder, bought: Sequence[Bought], *, seed: int, now: datetime
) -> None:
    """The boutique, the desk, the customer and the house, all at each order at once."""
    dice = random.Random(seed)
    calls = []
    for order in bought:
        (work,) = order.works
        verbs = [*("accept", "pick", "pack", "hand_over"), "cancel", "cancel", "withdraw", "reject"]
        dice.shuffle(verbs)
        calls += [(verb, _order_verb(verb, order, work, now=now)) for verb in verbs[:5]]
        calls += [("accept", _order_verb("accept", order, work, now=now))]
    gate = asyncio.Semaphore(HANDS)

    async def one(verb: str, do: Do) -> None:
        async with gate:
            patience = dice.uniform(0.001, 0.03) if dice.random() < 0.1 else None
            await recorder.call(verb, do, patience=patience)

    await asyncio.gather(*(one(verb, do) for verb, do in calls))


def _order_verb(verb: str, order: Bought, work: FulfillmentId, *, now: datetime) -> Do:
    async def do(db: AsyncSession, name: str) -> None:
        if verb == "accept":
            await orders.accept(db, fulfillment_id=work, by=name, now=now)
        elif verb == "pick":
            await orders.pick(db, fulfillment_id=work, missing={}, by=name, now=now)
        elif verb == "pack":
            await orders.pack(db, fulfillment_id=work, by=name, now=now)
        elif verb == "hand_over":
            await orders.hand_over(db, fulfillment_id=work, by=name, now=now)
        elif verb == "cancel":
            one = {order.line_id: 1}
            await orders.cancel_units(db, order_id=order.order_id, units=one, by=name, now=now)
        elif verb == "withdraw":
            await orders.withdraw(db, fulfillment_ids=[work], cause=Cause.MOVED, by=name, now=now)
        else:
            await orders.reject(db, fulfillment_id=work, cause=Cause.TOO_BUSY, by=name, now=now)

    return do
