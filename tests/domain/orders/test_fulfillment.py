"""The work of locations: done, refused, taken away, found elsewhere, canceled."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from sellier.domain.orders import queries
from sellier.domain.orders import service as orders
from sellier.domain.orders.errors import (
    CodeRefused,
    FulfillmentNotFound,
    TooLateToCancel,
    TransitionRefused,
    UnitsRefused,
)
from sellier.domain.orders.models import Fulfillment, FulfillmentLine, OrderLine
from sellier.domain.orders.states import Cause, LineState
from sellier.domain.payments.models import Payment, PaymentOperation
from sellier.domain.payments.states import PaymentState
from sellier.domain.stock import service as stock_service
from sellier.domain.stock.models import StockPosition
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import FulfillmentId, LocationId, OrderId
from tests.domain.locations import make as locations
from tests.domain.orders import make
from tests.domain.stock import make as stock

Sessions = async_sessionmaker[AsyncSession]
BY = "staff:test"


async def two_places(
    sessions: Sessions, *, here: int = 5, there: int = 5
) -> tuple[make.Shop, LocationId]:
    """A boutique in Lyon that is asked first, and another."""
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=here)
        other = await locations.location(db, code="zz-nice", name="Rue de France", city="Nice")
        await stock.stock_position(db, location_id=other, on_hand=there)
    return shop, other


async def works(sessions: Sessions, order_id: OrderId) -> Counter[tuple[str, LocationId | None]]:
    """Count the units of an order by the state and place of their work."""
    async with sessions.begin() as db:
        rows = await db.execute(
            select(Fulfillment.state, Fulfillment.location_id, FulfillmentLine.quantity)
            .join(FulfillmentLine, FulfillmentLine.fulfillment_id == Fulfillment.id)
            .where(Fulfillment.order_id == order_id)
        )
        found: Counter[tuple[str, LocationId | None]] = Counter()
        for row in rows:
            found[row.state, row.location_id] += row.quantity
        return found


async def position(sessions: Sessions, place: LocationId) -> StockPosition:
    async with sessions.begin() as db:
        statement = select(StockPosition).where(StockPosition.location_id == place)
        return (await db.scalars(statement)).one()


async def prepared(sessions: Sessions, work: FulfillmentId, *, now: datetime) -> None:
    """Accept and pick all of it."""
    async with sessions.begin() as db:
        await orders.accept(db, fulfillment_id=work, by=BY, now=now)
        await orders.pick(db, fulfillment_id=work, missing={}, by=BY, now=now)


async def test_an_order_is_picked_packed_handed_over_and_delivered(
    sessions: Sessions, noon: datetime
) -> None:
    shop, _ = await two_places(sessions)
    order = await make.bought(sessions, shop, now=noon, quantity=2)
    (work,) = order.works

    await prepared(sessions, work, now=noon)
    async with sessions.begin() as db:
        await orders.pack(db, fulfillment_id=work, by=BY, now=noon)
    assert (await position(sessions, shop.location_id)).on_hand == 5
    async with sessions.begin() as db:
        await orders.hand_over(db, fulfillment_id=work, by=BY, now=noon)
    left = await position(sessions, shop.location_id)
    assert (left.on_hand, left.reserved) == (3, 0)
    async with sessions.begin() as db:
        due = (await db.scalars(select(PaymentOperation))).one()
        assert (due.kind, due.amount_minor) == ("capture", 2 * 185_000)
    async with sessions.begin() as db:
        await orders.deliver(db, fulfillment_id=work, by="carrier", now=noon)
    assert await works(sessions, order.order_id) == {("delivered", shop.location_id): 2}


async def test_a_step_is_taken_once_and_in_its_turn(sessions: Sessions, noon: datetime) -> None:
    shop, other = await two_places(sessions)
    order = await make.bought(sessions, shop, now=noon)
    (work,) = order.works

    async def accept() -> bool:
        try:
            async with sessions.begin() as db:
                await orders.accept(db, fulfillment_id=work, by=BY, now=noon)
        except TransitionRefused:
            return False
        return True

    assert sorted(await asyncio.gather(*(accept() for _ in range(5)))) == [False] * 4 + [True]
    with pytest.raises(TransitionRefused):
        async with sessions.begin() as db:
            await orders.hand_over(db, fulfillment_id=work, by=BY, now=noon)
    with pytest.raises(FulfillmentNotFound):
        async with sessions.begin() as db:
            await orders.pick(db, fulfillment_id=work, missing={}, at=other, by=BY, now=noon)


async def test_what_was_taken_away_meanwhile_is_not_picked(
    sessions: Sessions, noon: datetime
) -> None:
    shop, _ = await two_places(sessions)
    order = await make.bought(sessions, shop, now=noon)
    async with sessions.begin() as db:
        await orders.withdraw(db, fulfillment_ids=order.works, cause=Cause.MOVED, by=BY, now=noon)
    with pytest.raises(TransitionRefused):
        async with sessions.begin() as db:
            await orders.pick(db, fulfillment_id=order.works[0], missing={}, by=BY, now=noon)


async def test_refused_work_goes_to_another_location(sessions: Sessions, noon: datetime) -> None:
    shop, other = await two_places(sessions)
    order = await make.bought(sessions, shop, now=noon, quantity=2)
    async with sessions.begin() as db:
        await orders.reject(
            db, fulfillment_id=order.works[0], cause=Cause.TOO_BUSY, by=BY, now=noon
        )
    assert await works(sessions, order.order_id) == {
        ("withdrawn", shop.location_id): 2,
        ("unsourced", None): 2,
    }
    async with sessions.begin() as db:
        assert await orders.source(db, order_id=order.order_id, why="test", now=noon) == 0
    assert (await works(sessions, order.order_id))["offered", other] == 2
    assert (await position(sessions, shop.location_id)).reserved == 0
    assert (await position(sessions, other)).reserved == 2


@pytest.mark.parametrize(
    ("cause", "on_hand", "aside"),
    [
        (Cause.MISMATCH, 4, 0),
        (Cause.DAMAGED, 5, 1),
        (Cause.WORN_DISPLAY, 5, 1),
        (Cause.NOT_FOUND, 0, 0),
        (Cause.TOO_BUSY, 5, 0),
    ],
)
async def test_a_refusal_says_what_is_true_of_the_stock(
    sessions: Sessions, noon: datetime, cause: Cause, on_hand: int, aside: int
) -> None:
    shop, _ = await two_places(sessions)
    order = await make.bought(sessions, shop, now=noon)
    async with sessions.begin() as db:
        await orders.reject(db, fulfillment_id=order.works[0], cause=cause, by=BY, now=noon)
    left = await position(sessions, shop.location_id)
    assert (left.on_hand, left.aside, left.reserved) == (on_hand, aside, 0)


async def test_what_waits_for_a_place_is_refused_by_none(
    sessions: Sessions, noon: datetime
) -> None:
    """As who refuses work twice: the units that were refused are work too, and at no place."""
    async with sessions.begin() as db:
        shop = await make.shop(db, on_hand=1)
    bought = await make.bought(sessions, shop, now=noon)
    async with sessions.begin() as db:
        cause = Cause.DAMAGED
        await orders.reject(db, fulfillment_id=bought.works[0], cause=cause, by=BY, now=noon)
    async with sessions.begin() as db:
        waits = await db.scalar(select(Fulfillment.id).where(Fulfillment.state == "unsourced"))
        assert waits is not None
        with pytest.raises(TransitionRefused):
            await orders.reject(db, fulfillment_id=waits, cause=cause, by=BY, now=noon)


async def test_a_refusal_reaches_other_orders_for_the_same_missing_piece(
    sessions: Sessions, noon: datetime
) -> None:
    shop, _ = await two_places(sessions)
    first = await make.bought(sessions, shop, now=noon)
    second = await make.bought(sessions, shop, now=noon)
    picked = await make.bought(sessions, shop, now=noon)
    await prepared(sessions, picked.works[0], now=noon)

    async with sessions.begin() as db:
        await orders.reject(
            db, fulfillment_id=first.works[0], cause=Cause.NOT_FOUND, by=BY, now=noon
        )
    assert (await works(sessions, second.order_id))["unsourced", None] == 1
    assert await works(sessions, picked.order_id) == {("picked", shop.location_id): 1}
    left = await position(sessions, shop.location_id)
    assert (left.on_hand, left.reserved) == (1, 1)


async def test_what_is_missing_at_picking_is_found_elsewhere(
    sessions: Sessions, noon: datetime
) -> None:
    shop, other = await two_places(sessions)
    order = await make.bought(sessions, shop, now=noon, quantity=3)
    (work,) = order.works
    async with sessions.begin() as db:
        await orders.accept(db, fulfillment_id=work, by=BY, now=noon)
    missing = {order.line_id: 4}
    with pytest.raises(UnitsRefused):
        async with sessions.begin() as db:
            await orders.pick(
                db, fulfillment_id=work, missing=missing, cause=Cause.DAMAGED, by=BY, now=noon
            )
    missing = {order.line_id: 1}
    async with sessions.begin() as db:
        await orders.pick(
            db, fulfillment_id=work, missing=missing, cause=Cause.DAMAGED, by=BY, now=noon
        )
    async with sessions.begin() as db:
        await orders.source(db, order_id=order.order_id, why="test", now=noon)
    found = await works(sessions, order.order_id)
    assert found["picked", shop.location_id] == 2
    assert found["offered", other] == 1


async def test_an_offer_that_nobody_takes_goes_on(sessions: Sessions, noon: datetime) -> None:
    shop, other = await two_places(sessions)
    order = await make.bought(sessions, shop, now=noon)
    async with sessions.begin() as db:
        assert await orders.time_out_offers(db, now=noon + timedelta(hours=1)) == 0
        assert await orders.time_out_offers(db, now=noon + timedelta(hours=5)) == 1
    later = noon + timedelta(hours=5)
    async with sessions.begin() as db:
        await orders.source(db, order_id=order.order_id, why="test", now=later)
    assert (await works(sessions, order.order_id))["offered", other] == 1


async def test_units_wait_until_stock_appears(sessions: Sessions, noon: datetime) -> None:
    shop, other = await two_places(sessions, here=1, there=0)
    order = await make.bought(sessions, shop, now=noon)
    async with sessions.begin() as db:
        await orders.reject(db, fulfillment_id=order.works[0], cause=Cause.DAMAGED, by=BY, now=noon)
    async with sessions.begin() as db:
        assert await orders.source(db, order_id=order.order_id, why="test", now=noon) == 1
        assert await orders_waiting(db) == []
    async with sessions.begin() as db:
        await stock.more(db, location_id=other, units=1, now=noon)
    async with sessions.begin() as db:
        assert await orders_waiting(db) == [order.order_id]
        assert await orders.source(db, order_id=order.order_id, why="test", now=noon) == 0


async def orders_waiting(db: AsyncSession) -> list[OrderId]:
    return list(await queries.sourceable(db))


async def test_a_customer_collects_with_the_code(sessions: Sessions, noon: datetime) -> None:
    shop, _ = await two_places(sessions)
    order = await make.bought(sessions, shop, now=noon, at=shop.location_id)
    (work,) = order.works
    await prepared(sessions, work, now=noon)
    async with sessions.begin() as db:
        await orders.make_ready(db, fulfillment_id=work, by=BY, now=noon)
    async with sessions.begin() as db:
        code = await db.scalar(select(Fulfillment.pickup_code))
    assert code is not None
    with pytest.raises(CodeRefused):
        async with sessions.begin() as db:
            await orders.collect(db, fulfillment_id=work, code="000000", by=BY, now=noon)
    async with sessions.begin() as db:
        await orders.collect(db, fulfillment_id=work, code=f" {code.lower()} ", by=BY, now=noon)
    assert await works(sessions, order.order_id) == {("collected", shop.location_id): 1}
    assert (await position(sessions, shop.location_id)).on_hand == 4


async def test_what_nobody_collects_goes_back_on_sale(sessions: Sessions, noon: datetime) -> None:
    shop, _ = await two_places(sessions)
    order = await make.bought(sessions, shop, now=noon, at=shop.location_id)
    (work,) = order.works
    await prepared(sessions, work, now=noon)
    async with sessions.begin() as db:
        await orders.make_ready(db, fulfillment_id=work, by=BY, now=noon)
    async with sessions.begin() as db:
        assert await orders.expire_pickups(db, now=noon + timedelta(days=6)) == 0
        assert await orders.expire_pickups(db, now=noon + timedelta(days=8)) == 1
    left = await position(sessions, shop.location_id)
    assert (left.on_hand, left.reserved) == (5, 0)
    async with sessions.begin() as db:
        assert await db.scalar(select(OrderLine.state)) == LineState.CANCELED
        assert await db.scalar(select(Payment.state)) == PaymentState.VOIDED


async def test_units_are_canceled_before_they_are_picked(
    sessions: Sessions, noon: datetime
) -> None:
    shop, _ = await two_places(sessions)
    order = await make.bought(sessions, shop, now=noon, quantity=3)
    async with sessions.begin() as db:
        await orders.cancel_units(
            db, order_id=order.order_id, units={order.line_id: 1}, by=BY, now=noon
        )
    assert (await position(sessions, shop.location_id)).reserved == 2
    await prepared(sessions, order.works[0], now=noon)
    with pytest.raises(TooLateToCancel):
        async with sessions.begin() as db:
            await orders.cancel_units(
                db, order_id=order.order_id, units={order.line_id: 1}, by=BY, now=noon
            )


async def test_an_order_whose_every_unit_is_canceled_is_over(
    sessions: Sessions, noon: datetime
) -> None:
    shop, _ = await two_places(sessions)
    order = await make.bought(sessions, shop, now=noon, quantity=2)
    for _ in range(2):
        async with sessions.begin() as db:
            await orders.cancel_units(
                db, order_id=order.order_id, units={order.line_id: 1}, by=BY, now=noon
            )
    async with sessions.begin() as db:
        assert await db.scalar(select(OrderLine.state)) == LineState.CANCELED
        assert await db.scalar(select(Payment.state)) == PaymentState.VOIDED
    assert (await position(sessions, shop.location_id)).reserved == 0


async def test_canceling_and_picking_at_once_has_one_winner(
    sessions: Sessions, noon: datetime
) -> None:
    shop, _ = await two_places(sessions)
    order = await make.bought(sessions, shop, now=noon)
    (work,) = order.works
    async with sessions.begin() as db:
        await orders.accept(db, fulfillment_id=work, by=BY, now=noon)

    async def cancel() -> str:
        async with sessions.begin() as db:
            units = {order.line_id: 1}
            await orders.cancel_units(db, order_id=order.order_id, units=units, by=BY, now=noon)
        return "canceled"

    async def pick() -> str:
        async with sessions.begin() as db:
            await orders.pick(db, fulfillment_id=work, missing={}, by=BY, now=noon)
        return "picked"

    ended = await asyncio.gather(cancel(), pick(), return_exceptions=True)
    assert sum(isinstance(each, Refusal) for each in ended) == 1
    assert [key[0] for key in await works(sessions, order.order_id)] in (["canceled"], ["picked"])


async def test_what_a_count_does_not_find_is_taken_from_the_latest_orders(
    sessions: Sessions, noon: datetime
) -> None:
    shop, other = await two_places(sessions, here=3, there=5)
    first = await make.bought(sessions, shop, now=noon)
    second = await make.bought(sessions, shop, now=noon, quantity=2)
    async with sessions.begin() as db:
        taken = await orders.relieve(
            db, sku=make.SKU, location_id=shop.location_id, short=1, now=noon
        )
        assert taken == 1
    async with sessions.begin() as db:
        await orders.source(db, order_id=second.order_id, why="test", now=noon)
    assert await works(sessions, first.order_id) == {("offered", shop.location_id): 1}
    found = await works(sessions, second.order_id)
    assert found["offered", shop.location_id] == 1
    assert found["offered", other] == 1


async def test_a_damaged_piece_of_a_boutique_that_lends_is_set_aside(
    sessions: Sessions, noon: datetime
) -> None:
    shop, _ = await two_places(sessions, here=1)
    async with sessions.begin() as db:
        await stock_service.lend(
            db,
            location_id=shop.location_id,
            units={make.SKU: 1},
            source="loan:1",
            by=BY,
            now=noon,
        )
    order = await make.bought(sessions, shop, now=noon)
    async with sessions.begin() as db:
        await orders.reject(db, fulfillment_id=order.works[0], cause=Cause.DAMAGED, by=BY, now=noon)
    left = await position(sessions, shop.location_id)
    assert (left.on_hand, left.damaged, left.reserved) == (1, 1, 0)
